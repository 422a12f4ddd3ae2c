{% macro raw_ci_tables() %}
    {#-
        Names, types and alias columns are those of the public CI database, with three differences. Times
        carry UTC, because an embedded engine has its host's time zone. Every distinct version of a job is kept
        (`_row_hash`), because int_job_versions decides which one counts, not the order of loading. A job's
        repository is read from addresses of any host, and from the key that `signals load github` writes.
    -#}
    {% set database = adapter.quote(var("ci_database")) %}
    {% set author = "author Tuple(username String, email String, name String)" %}
    {% set commit = "id String, timestamp DateTime64(9, 'UTC'), message String, " ~ author %}
    {% set classification = "Tuple(captures Array(String), context Array(String), job_id Int64, line String, line_num Int64, rule String)" %}
    {% set finding = "Array(Tuple(type String, message String, text String))" %}

    {% set push %}
create table if not exists {{ database }}.{{ adapter.quote(var("push_table")) }} (
    ref String,
    after String,
    before String,
    dynamoKey String,
    repository Tuple(full_name String, name String, owner Tuple(name String, login String)),
    head_commit Tuple({{ commit }}),
    commits Array(Tuple({{ commit }}))
) engine = MergeTree order by (dynamoKey, ref, after) comment 'made by ci_signals'
    {% endset %}

    {% set workflow_job %}
create table if not exists {{ database }}.{{ adapter.quote(var("workflow_job_table")) }} (
    id Int64,
    run_id Int64,
    run_attempt Int64,
    name String,
    workflow_name String,
    head_sha String,
    head_branch String,
    status String,
    conclusion String,
    created_at DateTime64(9, 'UTC'),
    started_at DateTime64(9, 'UTC'),
    completed_at DateTime64(9, 'UTC'),
    url String,
    html_url String,
    runner_name String,
    labels Array(String),
    dynamoKey String,
    torchci_classification {{ classification }},
    torchci_classification_temp {{ classification }},
    repository_full_name String
        alias if(
            match(dynamoKey, '^[^/]+/[^/]+/workflow_job/'),
            extract(dynamoKey, '^[^/]+/[^/]+'),
            extract(url, 'https?://[^/]+/(?:api/v3/)?repos/([^/]+/[^/]+)/actions/jobs/')
        ),
    torchci_classification_kg {{ classification }}
        alias if(tupleElement(torchci_classification, 'line') = '', torchci_classification_temp, torchci_classification),
    conclusion_kg String
        alias if(conclusion = '' and tupleElement(torchci_classification_temp, 'line') != '', 'failure', conclusion),
    _row_hash UInt64 materialized cityHash64(
        id, run_id, run_attempt, name, workflow_name, head_sha, head_branch, status, conclusion, created_at,
        started_at, completed_at, url, html_url, runner_name, labels, dynamoKey,
        torchci_classification, torchci_classification_temp
    ),
    index created_at_index created_at type minmax granularity 1
) engine = ReplacingMergeTree primary key (id, run_id, dynamoKey) order by (id, run_id, dynamoKey, _row_hash) comment 'made by ci_signals'
    {% endset %}

    {% set test_run_s3 %}
create table if not exists {{ database }}.{{ adapter.quote(var("test_run_table")) }} (
    job_id Int64,
    name String,
    classname String,
    invoking_file String,
    file String,
    line Int64,
    time Float64,
    duration Float64,
    result String,
    status String,
    failure {{ finding }},
    error {{ finding }},
    skipped {{ finding }},
    rerun Array(Tuple(message String, text String)),
    time_inserted DateTime64(9, 'UTC'),
    workflow_id Int64,
    workflow_run_attempt Int64,
    failure_count UInt32 materialized length(failure),
    error_count UInt32 materialized length(error),
    rerun_count UInt32 materialized length(rerun),
    skipped_count UInt32 materialized length(skipped)
) engine = MergeTree order by (job_id, name, classname, invoking_file, file) comment 'made by ci_signals'
    {% endset %}

    {{ return([push, workflow_job] + ([] if var("test_run_database") else [test_run_s3])) }}
{% endmacro %}
