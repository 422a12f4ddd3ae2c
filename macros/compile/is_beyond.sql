{% macro is_beyond(before, after) -%}
    {#- Whether two times of ms differ by more than the vars run_change_ms and run_change_percent allow. -#}
    (
        abs({{ after }} - {{ before }}) > {{ var("run_change_ms") | float }}
        and abs({{ after }} - {{ before }}) > {{ before }} * {{ var("run_change_percent") | float }} / 100
    )
{%- endmacro %}
