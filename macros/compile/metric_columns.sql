{% macro metric_columns(tuple) -%}
    {#- Every known key of `tuple` as a column with its name; torch's compile_id as torch_compile_id. -#}
    {%- for keys in metric_keys().values() -%}
        {%- set outer = loop -%}
        {%- for key in keys -%}
            tupleElement({{ tuple }}, '{{ key }}') as {{ "torch_compile_id" if key == "compile_id" else key }}
            {%- if not (outer.last and loop.last) %}, {% endif -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
