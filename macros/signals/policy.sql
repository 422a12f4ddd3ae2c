{% macro policy(name, choices) -%}
    {#- A var that takes one of these values, today's rule first. docs/policies.md says what they mean. -#}
    {% set chosen = var(name) %}
    {% if chosen not in choices and exceptions is defined %}
        {% do exceptions.raise_compiler_error(
            "var " ~ name ~ " is '" ~ chosen ~ "': choose from " ~ choices | join(", ")
        ) %}
    {% endif %}
    {{ return(chosen if chosen in choices else choices[0]) }}
{%- endmacro %}
