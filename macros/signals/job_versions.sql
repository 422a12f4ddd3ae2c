{% macro job_versions(name) -%}
    {#- The versions in a job's name: each parenthesis without a comma. -#}
    arrayDistinct(extractAll({{ name }}, '\\(\\s*([^(),]+?)\\s*\\)'))
{%- endmacro %}
