{% macro job_title(name) -%}
    {#- A job's name without its parentheses: `a (3.12) / test (default, 1, 2, gpu)` -> `a / test`. -#}
    trimBoth(replaceRegexpAll(replaceRegexpAll({{ name }}, '\\s*\\([^()]*\\)', ''), '\\s+', ' '))
{%- endmacro %}
