{% macro phase_names() %}
    {#- The phases of fct_time_ledger in the order that pages draw them. -#}
    {{
        return(
            [
                "restarts",
                "dynamo",
                "backward",
                "aot_autograd",
                "inductor",
                "code_generation",
                "autotuning",
                "cuda_graphs",
                "unattributed",
            ]
        )
    }}
{% endmacro %}
