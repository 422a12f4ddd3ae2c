{% macro is_metrics_kind(kind) -%}
    {#- The three kinds of metrics, and what torch logs of them at run time. -#}
    match({{ kind }}, '^(bwd_|aot_autograd_backward_)?compilation_metrics(_runtime)?$')
{%- endmacro %}
