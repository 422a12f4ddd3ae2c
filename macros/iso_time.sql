{% macro iso_time(column) -%}
    {#- A time as files and pages write it: ISO 8601, UTC without a zone, whole seconds. -#}
    formatDateTime({{ column }}, '%Y-%m-%dT%H:%i:%S')
{%- endmacro %}
