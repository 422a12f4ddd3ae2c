-- one row per (metrics record, category): the values that are not null, in the record's order; empty ones
-- apart
{{ config(order_by="(trace, page, category_number)") }}

with
    metric_values as (select * from {{ ref("int_metric_values") }}),

    pages as (select record_id, page from {{ ref("int_compile_metrics") }}),

    shown as (
        select
            metric_values.trace as trace,
            pages.page as page,
            if(metric_values.text in ('', '[]', '{}'), 'empty', metric_values.category) as category,
            tuple(
                metric_values.key_position,
                metric_values.metric_key,
                metric_values.unit,
                if(metric_values.config_hash = '', metric_values.text, ''),
                if(
                    metric_values.config_hash = '',
                    '',
                    concat('configs/', metric_values.metric_key, '_', metric_values.config_hash, '.html')
                )
            ) as entry
        from metric_values
        inner join pages on metric_values.record_id = pages.record_id
    )

select
    trace,
    page,
    category,
    indexOf(
        ['failure', 'recompilation', 'time', 'graph', 'cache', 'ops', 'identity', 'config', 'other', 'empty'],
        category
    ) as category_number,
    arrayMap(
        item -> cast(
            tuple(tupleElement(item, 2), tupleElement(item, 3), tupleElement(item, 4), tupleElement(item, 5)),
            'Tuple(metric_key String, unit String, text String, config_page String)'
        ),
        arraySort(groupArray(entry))
    ) as entries
from shown
group by trace, page, category
