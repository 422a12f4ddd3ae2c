-- one row per setting of a trace whose value differs from torch's default, and its value
{{ config(materialized="view") }}

with
    defaults as (select * from {{ ref("config_defaults") }}),

    configs as (
        select trace, metric_key, records, config_json, config_page from {{ ref("dim_compile_configs") }}
    ),

    settings as (
        select
            configs.trace as trace,
            defaults.config as config,
            defaults.config_key as config_key,
            defaults.default_value as default_value,
            JSONExtractRaw(configs.config_json, defaults.config_key) as logged_value,
            sum(configs.records) as records,
            argMax(configs.config_page, configs.records) as config_page
        from configs
        inner join defaults on configs.metric_key = defaults.config
        -- JSONExtractRaw writes 1.0 as 1
        where
            logged_value not in ('', default_value)
            and ifNull(toFloat64OrNull(logged_value) != toFloat64OrNull(default_value), true)
        group by trace, config, config_key, default_value, logged_value
    )

select
    trace,
    'config_value' as rule,
    toFloat64(records) as amount,
    concat(
        config_key,
        ' is ',
        logged_value,
        ', by default ',
        default_value,
        ' (',
        replaceOne(config, '_config', ''),
        '; ',
        {{ counted("records", "record", "records") }},
        ')'
    ) as finding,
    '' as detail,
    '' as link,
    '' as function,
    '' as function_file,
    toInt64(0) as function_line,
    toUInt64(records) as times,
    cast(null as Nullable(Float64)) as cost_ms,
    cast([] as Array(String)) as display_names,
    config_page as page
from settings
