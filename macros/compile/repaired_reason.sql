{% macro repaired_reason() %}
    {#- The reason that the loader gives a line whose lone surrogates it replaced. Models use such a line. -#}
    {{ return("lone surrogate, shown as U+FFFD") }}
{% endmacro %}
