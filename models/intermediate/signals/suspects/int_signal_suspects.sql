-- one row per (signal, commit that can be its culprit): how probable that is, what other signals say included
-- commit_rank 0 stands for all commits that are older than the window
-- a table: verdicts, suspects and incidents read it
{{ config(materialized="table", order_by="(signal_id, commit_rank)") }}

with
    change_points as (select * from {{ ref("int_signal_change_points") }}),

    window_commits as (select toFloat64(count()) as commits from {{ ref("int_push_dedup") }}),

    reverts as (select * from {{ ref("int_reverts") }}),

    -- commits without a verdict right before the first failure are suspects as much as it is
    own as (
        select
            signal_id,
            first_bad_rank + step as commit_rank,
            probability / candidate_commits as own_probability,
            open_share,
            fixed_rank,
            last_bad_rank
        from change_points
        array join range(candidate_commits) as step
        where change = 'broke' and probability > 0
        union all
        select signal_id, toUInt64(0), probability, open_share, fixed_rank, last_bad_rank
        from change_points
        where change = 'broke_before' and probability > 0
    ),

    -- not as window functions, which would sort all rows once more
    pointed_at as (select commit_rank, sum(own_probability) as pointing from own group by commit_rank),

    -- what the other signals point at, in units of what chance would give
    compared as (
        select
            own.signal_id as signal_id,
            own.commit_rank as commit_rank,
            own.own_probability as own_probability,
            own.open_share as open_share,
            own.fixed_rank as fixed_rank,
            own.last_bad_rank as last_bad_rank,
            pointed_at.pointing - own.own_probability as others_here,
            (1 + {{ var("suspects_odds_broken_before") }})
            * if(own.commit_rank = 0, 1 / {{ var("suspects_odds_broken_before") }}, window_commits.commits)
            * others_here as surprise
        from own
        inner join pointed_at on own.commit_rank = pointed_at.commit_rank
        cross join window_commits
    ),

    agreements as (
        select
            signal_id,
            sum(own_probability) as broke,
            sum(own_probability * surprise) as agreement,
            sum(broke) over () as breaks
        from compared
        group by signal_id
    ),

    -- how well each concentration predicts each signal's culprit from the others; 0 when none is shared
    concentrations as (
        select
            concentration,
            sum(
                broke * log((concentration * broke + agreement) / ((concentration + breaks - broke) * broke))
            ) as evidence
        from agreements
        array join {{ var("suspects_concentrations") }} as concentration
        group by concentration
    ),

    -- the evidence of a thousand signals is past what exp can hold
    weighed as (
        select
            greatest(0, max(evidence)) as best,
            arrayMap(
                pair -> tuple(tupleElement(pair, 1), exp(tupleElement(pair, 2) - best)),
                groupArray(tuple(toFloat64(concentration), evidence))
            ) as shared,
            exp(- best) as unshared,
            unshared + arraySum(pair -> tupleElement(pair, 2), shared) as all_weights
        from concentrations
    ),

    elsewhere as (
        select signal_id, sum(probability) as not_here
        from change_points
        where change = 'unchanged'
        group by signal_id
    ),

    -- a suspect's probability grows by a line with the surprise
    factors as (
        select
            agreements.signal_id as signal_id,
            elsewhere.not_here as not_here,
            arrayMap(
                pair -> tupleElement(pair, 2) / (tupleElement(pair, 1) + breaks - broke), shared
            ) as slopes,
            arraySum(slopes) / all_weights as slope,
            (unshared + arraySum((pair, one) -> tupleElement(pair, 1) * one, shared, slopes))
            / all_weights as foot
        from agreements
        inner join elsewhere on agreements.signal_id = elsewhere.signal_id
        cross join weighed
    ),

    scores as (
        select
            compared.signal_id as signal_id,
            compared.commit_rank as commit_rank,
            compared.own_probability as own_probability,
            compared.open_share as open_share,
            compared.fixed_rank as fixed_rank,
            compared.last_bad_rank as last_bad_rank,
            factors.not_here as not_here,
            compared.own_probability
            * (factors.foot + factors.slope * compared.surprise)
            * if(
                compared.commit_rank in (select reverted_rank from reverts),
                {{ var("suspects_odds_reverted") }},
                1
            ) as score
        from compared
        inner join factors on compared.signal_id = factors.signal_id
    )

select
    signal_id,
    commit_rank,
    own_probability,
    round(score / (sum(score) over (partition by signal_id) + not_here), 9) as probability,
    open_share,
    fixed_rank,
    last_bad_rank
from scores
