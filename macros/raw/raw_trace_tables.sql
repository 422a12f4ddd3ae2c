{% macro raw_trace_tables() %}
    {#-
        Loaded traces. A load first writes its lines under a new load_id and then adds that id to trace_loads,
        so readers see the old load or the new one, never a mix. Lines stay as they were logged; models in
        models/staging/compile parse them.
    -#}
    {% set database = adapter.quote(var("load_database")) %}

    {% set trace_loads %}
create table if not exists {{ database }}.trace_loads (
    trace String,
    load_id String,
    files UInt32,
    loaded_at DateTime64(6, 'UTC') default now64(6, 'UTC')
) engine = ReplacingMergeTree(loaded_at) order by trace comment 'made by ci_signals'
    {% endset %}

    {% set trace_lines %}
create table if not exists {{ database }}.trace_lines (
    load_id String,
    source_number UInt32,
    file LowCardinality(String),
    door LowCardinality(String),
    line_number UInt64,
    problem LowCardinality(String),
    line String codec(ZSTD(1)),
    reason LowCardinality(String) alias {{ trace_line_reason() }}
) engine = MergeTree partition by load_id order by (source_number, file, line_number) comment 'made by ci_signals'
    {% endset %}

    {#- A load's name, run and labels. A load writes them before it adds its id to trace_loads. -#}
    {% set trace_runs %}
create table if not exists {{ database }}.trace_runs (
    load_id String,
    trace_name String,
    run String,
    run_started_at Nullable(DateTime64(6, 'UTC')),
    labels Map(String, String)
) engine = MergeTree partition by load_id order by load_id comment 'made by ci_signals'
    {% endset %}

    {{ return([trace_loads, trace_lines, trace_runs]) }}
{% endmacro %}
