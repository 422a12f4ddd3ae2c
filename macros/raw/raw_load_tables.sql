{% macro raw_load_tables() %}
    {#- The rows that the loaders set aside. Loading a file again replaces its rejected rows. -#}
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
    {{ return([rejected_rows]) }}
{% endmacro %}
