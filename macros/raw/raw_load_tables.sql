{% macro raw_load_tables() %}
    {#-
        The rows that the loaders set aside; loading a file again replaces its rejected rows. And the runs of
        workflows that `signals load github` reads: jobs that do not name their workflow get its name from the run.
    -#}
    {% set database = adapter.quote(var("load_database")) %}
    {% set rejected_rows %}
create table if not exists {{ database }}.rejected_rows (
    source_table LowCardinality(String),
    file String,
    row_number UInt64,
    reason String,
    row String,
    loaded_at DateTime64(3, 'UTC') default now64(3, 'UTC')
) engine = ReplacingMergeTree(loaded_at) order by (source_table, file, row_number) comment 'made by ci_signals'
    {% endset %}

    {% set workflow_run %}
create table if not exists {{ database }}.workflow_run (
    id Int64,
    run_attempt Int64,
    name String,
    path String,
    event String,
    repository String,
    head_branch String,
    head_sha String,
    status String,
    conclusion String,
    created_at DateTime64(9, 'UTC'),
    run_started_at DateTime64(9, 'UTC'),
    updated_at DateTime64(9, 'UTC'),
    html_url String
) engine = MergeTree order by (id, run_attempt, updated_at) comment 'made by ci_signals'
    {% endset %}
    {{ return([rejected_rows, workflow_run]) }}
{% endmacro %}
