{% macro same_compilation(rows, functions) -%}
    {#- Whether a row is of the compilation that a row of int_compile_functions names; both are aliases. -#}
    {{ rows }}.trace = {{ functions }}.trace
    and {{ rows }}.compile_base = {{ functions }}.compile_base
    and {{ rows }}.occurrence = {{ functions }}.occurrence
    and ifNull({{ rows }}.rank, -1) = {{ functions }}.rank_or_none
{%- endmacro %}
