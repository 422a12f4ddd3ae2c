{% macro is_beyond(before, after, whole=none) -%}
    {#-
        Whether two times of ms differ by more than the vars run_change_ms and run_change_percent (of `whole`, or of the
        first time) allow.
    -#}
    (
        abs({{ after }} - {{ before }}) > {{ var("run_change_ms") | float }}
        and abs({{ after }} - {{ before }})
        > {{ whole or before }} * {{ var("run_change_percent") | float }} / 100
    )
{%- endmacro %}
