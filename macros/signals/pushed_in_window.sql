{% macro pushed_in_window(bounds) -%}
    {#- Whether a push like those of stg_ci__pushes counts in the window, a relation of one row. -#}
    ref = (select branch_ref from {{ bounds }})
    and repository = (select repository from {{ bounds }})
    and pushed_at >= (select starts_at from {{ bounds }})
    and pushed_at <= (select as_of from {{ bounds }})
{%- endmacro %}
