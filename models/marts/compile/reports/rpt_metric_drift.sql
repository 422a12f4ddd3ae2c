-- one row per (trace, metrics key) that the project does not know, or knows with another type
{{ config(order_by="(trace, metric_key)") }}

with
    metrics as (select trace, page, kind, other_metrics from {{ ref("fct_compile_metrics") }}),

    known_keys as (select metric_key, value_type from {{ ref("metric_keys") }}),

    other_values as (
        select trace, page, kind, metric_key as key, raw_value
        from metrics
        array join mapKeys(other_metrics) as metric_key, mapValues(other_metrics) as raw_value
    )

select
    other_values.trace as trace,
    other_values.key as metric_key,
    known_keys.value_type as known_type,
    arraySort(groupUniqArray({{ metric_value_type("other_values.raw_value") }})) as seen_types,
    arraySort(groupUniqArray(other_values.kind)) as kinds,
    count() as records,
    min(other_values.page) as first_page
from other_values
left join known_keys on other_values.key = known_keys.metric_key
group by other_values.trace, other_values.key, known_keys.value_type
