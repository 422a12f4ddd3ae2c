{% macro advice_columns() -%}
    {#- The columns of a finding, the same in each model that rpt_advice puts together. -#}
    {{
        return(
            [
                "trace",
                "rule",
                "amount",
                "finding",
                "detail",
                "link",
                "function",
                "function_file",
                "function_line",
                "times",
                "cost_ms",
                "display_names",
                "page",
            ]
        )
    }}
{%- endmacro %}
