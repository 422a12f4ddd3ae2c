-- what the seed explains is what int_compile_metrics reads, with the same types
{{ config(tags=["code"]) }}

with
    read_keys as (
        select tupleElement(pair, 1) as metric_key, tupleElement(pair, 2) as value_type
        from
            (
                select
                    arrayJoin(
                        [
                            {% for value_type, keys in metric_keys().items() -%}
                                {%- set outer = loop -%}
                                {%- for key in keys -%}
                                    tuple('{{ key }}', '{{ value_type }}')
                                    {%- if not (outer.last and loop.last) %}, {% endif -%}
                                {%- endfor -%}
                            {%- endfor %}
                        ]
                    ) as pair
            ) as pairs
    ),

    seed_keys as (select metric_key, value_type from {{ ref("metric_keys") }})

select metric_key, value_type
from read_keys
where (metric_key, value_type) not in (select metric_key, value_type from seed_keys)
union all
select metric_key, value_type
from seed_keys
where (metric_key, value_type) not in (select metric_key, value_type from read_keys)
