{% macro logged_start_ms() -%}
    {#- When a metrics record says that it began, in ms since 1970; null outside 1970 to 2099, as in a damaged log. -#}
    if(
        coalesce(start_time_us / 1e6, start_time) between 0 and 4.1e9,
        coalesce(start_time_us / 1e3, start_time * 1e3),
        null
    )
{%- endmacro %}
