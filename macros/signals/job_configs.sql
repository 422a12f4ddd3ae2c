{% macro job_configs(name) -%}
    {#- The test configs in a job's name: the first item of each parenthesis with commas. -#}
    arrayDistinct(extractAll({{ name }}, '\\(\\s*([^(),]*?)\\s*,[^()]*\\)'))
{%- endmacro %}
