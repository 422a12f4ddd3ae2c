-- one row per (pair of traces, measure of the whole run): its value in both
-- A view of all pairs: a reader chooses one pair, or each run and the run before it.
{{ config(materialized="view") }}

with
    pairs as (
        select before_trace, after_trace, is_previous_pair, side_trace, is_after
        from {{ ref("dim_run_pairs") }}
        array join [before_trace, after_trace] as side_trace, [0, 1] as is_after
    ),

    measures as (select * from {{ ref("fct_run_measures") }} where function_key = ''),

    compared as (
        select
            pairs.before_trace as before_trace,
            pairs.after_trace as after_trace,
            pairs.is_previous_pair as is_previous_pair,
            measures.measure as measure,
            measures.unit as unit,
            min(measures.measure_number) as measure_number,
            anyIf(cast(measures.measured as Nullable(Float64)), pairs.is_after = 0) as before_value,
            anyIf(cast(measures.measured as Nullable(Float64)), pairs.is_after = 1) as after_value
        from pairs
        inner join measures on pairs.side_trace = measures.trace
        group by
            pairs.before_trace, pairs.after_trace, pairs.is_previous_pair, measures.measure, measures.unit
    )

select before_trace, after_trace, is_previous_pair, measure_number, measure, unit, before_value, after_value
from compared
