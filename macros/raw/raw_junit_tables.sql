{% macro raw_junit_tables() %}
    {#-
        JUnit reports. `signals load junit` writes a load's testcases to junit_rows, then finds the job of each report and
        copies its testcases to the table of test runs. A report whose job is not known yet keeps its testcases here and
        is looked at again when jobs are loaded. The same report for the same job is one row of junit_reports.
    -#}
    {% set database = adapter.quote(var("load_database")) %}

    {% set junit_reports %}
create table if not exists {{ database }}.junit_reports (
    digest String,
    file_name String,
    named_job_id Int64,
    named_run_id Int64,
    named_run_attempt Int64,
    named_job_name String,
    named_by LowCardinality(String),
    file String,
    load_id String,
    report_number UInt32,
    testcases UInt64,
    job_id Int64,
    reason String,
    candidates Array(Tuple(job_id Int64, job_name String)),
    updated_at DateTime64(6, 'UTC') default now64(6, 'UTC')
) engine = ReplacingMergeTree(updated_at)
order by (digest, file_name, named_job_id, named_run_id, named_run_attempt, named_job_name) comment 'made by ci_signals'
    {% endset %}

    {% set junit_rows %}
create table if not exists {{ database }}.junit_rows (
    load_id String,
    report_number UInt32,
    position UInt32,
    name String,
    classname String,
    file String,
    suite_file String,
    line String,
    time String,
    status String,
    result String,
    findings Array(Tuple(element String, type String, message String, text String))
) engine = MergeTree partition by load_id order by (report_number, position) comment 'made by ci_signals'
    {% endset %}

    {{ return([junit_reports, junit_rows]) }}
{% endmacro %}
