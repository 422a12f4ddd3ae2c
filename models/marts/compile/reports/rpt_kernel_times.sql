-- one row per kernel of a trace, by name: how often it was compiled and how long that took, longest first
{{ config(materialized="view") }}

with
    metrics as (
        select
            trace,
            page,
            display_name,
            arrayJoin(
                JSONExtract(
                    ifNull(tupleElement(known, 'triton_kernel_compile_times_us'), ''),
                    'Array(Tuple(String, Float64))'
                )
            ) as pair
        from {{ ref("int_compile_metrics") }}
    ),

    kernels as (
        select
            trace,
            tupleElement(pair, 1) as kernel,
            count() as times,
            sum(tupleElement(pair, 2)) / 1e3 as all_ms,
            max(tupleElement(pair, 2)) / 1e3 as most_ms,
            argMax(display_name, tuple(tupleElement(pair, 2), page)) as longest_name,
            argMax(page, tuple(tupleElement(pair, 2), page)) as longest_page
        from metrics
        group by trace, kernel
    )

select
    trace,
    row_number() over (partition by trace order by all_ms desc, kernel) as kernel_number,
    kernel,
    times,
    round(all_ms, 3) as total_ms,
    round(most_ms, 3) as longest_ms,
    longest_name,
    longest_page
from kernels
