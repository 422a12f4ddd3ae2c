{% macro signal_id() -%}
    {#- A signal's id in joins, page files and links: 32 hex digits, so a hostile test name never gets into a path. -#}
    lower(hex(sipHash128(source, workflow_name, job_base_name, signal_key)))
{%- endmacro %}
