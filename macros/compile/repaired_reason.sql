{% macro repaired_reason() -%}
    {#- The one reason that does not set a line aside. A returned string, since a formatter would space it out. -#}
    {{ return("lone surrogate, shown as U+FFFD") }}
{%- endmacro %}
