{% macro metric_tuple_type() -%}
    {#- The type that one JSONExtract reads all known keys with: a parse per key would be 99 parses of 40 KB. -#}
    {%- set elements = [] -%}
    {%- for type, keys in metric_keys().items() -%}
        {%- for key in keys -%}
            {%- do elements.append("`" ~ key ~ "` " ~ metric_types()[type]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ sql_string("Tuple(" ~ elements | join(", ") ~ ")") }}
{%- endmacro %}
