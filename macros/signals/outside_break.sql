{% macro outside_break(commit_rank, verdicts) -%}
    {#- Whether a commit is outside the break of its signal: what fails there is a flake. -#}
    (
        {{ verdicts }}.break_newest_rank = 0
        or {{ commit_rank }} < {{ verdicts }}.break_newest_rank
        or ({{ verdicts }}.break_oldest_rank > 0 and {{ commit_rank }} > {{ verdicts }}.break_oldest_rank)
    )
{%- endmacro %}
