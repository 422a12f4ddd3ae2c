-- one row per distinct configuration of a trace: records repeat its 30 KB, and their pages link to one copy
{{ config(order_by="(trace, config_page)") }}

with
    metric_values as (
        select trace, metric_key, config_hash, text
        from {{ ref("int_metric_values") }}
        where config_hash != ''
    )

select
    trace,
    concat('configs/', metric_key, '_', config_hash, '.html') as config_page,
    metric_key,
    config_hash,
    count() as records,
    any(metric_values.text) as config_json
from metric_values
group by trace, metric_key, config_hash
