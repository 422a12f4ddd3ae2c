{% macro is_runtime_kind(kind) -%}
    {#- Whether a record of metrics is about work at run time, after compiling. -#}
    endsWith({{ kind }}, '_runtime')
{%- endmacro %}
