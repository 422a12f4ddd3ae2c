{% macro signal_id() -%}
    {#- A signal's name in page files and joins: 32 hex digits, so a hostile test name never reaches a path. -#}
    lower(hex(sipHash128(source, workflow_name, job_base_name, signal_key)))
{%- endmacro %}
