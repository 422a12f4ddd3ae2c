{% macro metric_value_type(raw) -%}
    {#- The type of a raw JSON value, as metric_keys names types. A whole number beyond Int64 is a float. -#}
    multiIf(
        {{ raw }} = 'null',
        'null',
        startsWith({{ raw }}, '"'),
        'string',
        {{ raw }} in ('true', 'false'),
        'bool',
        startsWith({{ raw }}, '['),
        'list',
        startsWith({{ raw }}, '{'),
        'map',
        toInt64OrNull({{ raw }}) is not null,
        'int',
        'float'
    )
{%- endmacro %}
