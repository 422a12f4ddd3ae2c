{% macro utc_text(moment) -%}
    {#- A time in words, to the second, UTC; 1970 is no time. -#}
    if({{ moment }} <= toDateTime64(0, 9, 'UTC'), 'never', formatDateTime({{ moment }}, '%F %T', 'UTC'))
{%- endmacro %}
