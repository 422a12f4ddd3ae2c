-- one row per (pair of traces, compilation in either of them): the two sides that are the same compilation
-- A view of all pairs: a reader chooses one pair, or each run and the run before it.
{{ config(materialized="view") }}

with
    pairs as (
        select before_trace, after_trace, is_previous_pair, side_trace, is_after
        from {{ ref("dim_run_pairs") }}
        array join [before_trace, after_trace] as side_trace, [0, 1] as is_after
    ),

    compilations as (select * from {{ ref("fct_run_compilations") }}),

    sides as (
        select
            pairs.before_trace as before_trace,
            pairs.after_trace as after_trace,
            pairs.is_previous_pair as is_previous_pair,
            pairs.is_after as is_after,
            compilations.* except (trace)
        from pairs
        inner join compilations on pairs.side_trace = compilations.trace
    ),

    placed as (
        select *, min(is_after) over (place_in_code) != max(is_after) over (place_in_code) as is_in_both
        from sides
        window
            place_in_code as (
                partition by
                    before_trace,
                    after_trace,
                    is_previous_pair,
                    rank_or_none,
                    file_key,
                    function_key,
                    function_file,
                    function_line
            )
    ),

    -- a function on the same line is the same one; of those that are left, the first is taken for the first
    coded as (
        select
            *,
            if(
                is_in_both,
                concat(function_file, ':', toString(function_line)),
                toString(
                    dense_rank() over (
                        partition by
                            before_trace,
                            after_trace,
                            is_previous_pair,
                            is_previous_pair,
                            rank_or_none,
                            file_key,
                            function_key,
                            is_in_both,
                            is_after
                        order by function_file, function_line
                    )
                )
            ) as code_key
        from placed
    )

select
    before_trace,
    after_trace,
    is_previous_pair,
    rank_or_none,
    file_key,
    function_key,
    code_key,
    compile_number,
    repeat_number,
    {% for side in ["before", "after"] %}
        {% set is_side = "is_after = " ~ loop.index0 %}
        countIf({{ is_side }}) as {{ side }}_compilations,
        {% for column in [
            "display_name",
            "page",
            "function",
            "function_file",
            "function_line",
            "total_ms",
            "phases",
            "failures",
            "restarts",
            "failure_reasons",
            "break_reasons",
            "recompile_reason",
            "cache_hits",
            "cache_misses",
            "guard_count",
            "guard_expressions",
        ] %}
            anyIf(coded.{{ column }}, {{ is_side }}) as {{ side }}_{{ column }}
            {% if not loop.last %}, {% endif %}
        {% endfor %}
        {% if not loop.last %}, {% endif %}
    {% endfor %}
from coded
group by
    before_trace,
    after_trace,
    is_previous_pair,
    rank_or_none,
    file_key,
    function_key,
    code_key,
    compile_number,
    repeat_number
