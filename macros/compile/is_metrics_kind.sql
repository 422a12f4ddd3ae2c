{% macro is_metrics_kind(kind) -%}
    {#- Whether a record holds metrics: one of three kinds, or its variant that torch logs at run time. -#}
    match({{ kind }}, '^(bwd_|aot_autograd_backward_)?compilation_metrics(_runtime)?$')
{%- endmacro %}
