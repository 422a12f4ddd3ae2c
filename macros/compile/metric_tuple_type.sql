{% macro metric_tuple_type() -%}
    {#- The type with which one JSONExtract reads all known keys. One call per key would parse 40 KB 99 times. -#}
    {%- set elements = [] -%}
    {%- for type, keys in metric_keys().items() -%}
        {%- for key in keys -%}
            {%- do elements.append("`" ~ key ~ "` " ~ metric_types()[type]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ sql_string("Tuple(" ~ elements | join(", ") ~ ")") }}
{%- endmacro %}
