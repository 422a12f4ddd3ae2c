{% macro metric_key_type(key) -%}
    {#- The type of a metrics key in torch; '' for a key that the project does not know. -#}
    {%- set keys = [] -%}
    {%- set types = [] -%}
    {%- for type, names in metric_keys().items() -%}
        {%- for name in names -%} {%- do keys.append(name) -%} {%- do types.append(type) -%} {%- endfor -%}
    {%- endfor -%}
    transform({{ key }}, {{ sql_string_array(keys) }}, {{ sql_string_array(types) }}, '')
{%- endmacro %}
