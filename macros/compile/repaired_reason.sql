{% macro repaired_reason() %}
    {#- What the loader writes for a line whose lone surrogates it replaced; such a line is used. -#}
    {{ return("lone surrogate, shown as U+FFFD") }}
{% endmacro %}
