{% macro metric_types() %}
    {{
        return(
            {
                "string": "Nullable(String)",
                "int": "Nullable(Int64)",
                "float": "Nullable(Float64)",
                "bool": "Nullable(Bool)",
                "list": "Array(String)",
                "map": "Map(String, String)",
            }
        )
    }}
{% endmacro %}
