{% macro repaired_reason() -%} lone surrogate, shown as U + FFFD {%- endmacro %}
