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

    -- what the other signals point at, in units of what chance would give
    compared as (
        select
            own.*,
            sum(own_probability) over (partition by commit_rank) - own_probability as others_here,
            (1 + {{ var("suspects_odds_broken_before") }})
            * if(commit_rank = 0, 1 / {{ var("suspects_odds_broken_before") }}, window_commits.commits)
            * others_here as surprise,
            sum(own_probability) over (partition by signal_id) as broke
        from own
        cross join window_commits
    ),

    agreements as (
        select signal_id, any(compared.broke) as broke, sum(own_probability * surprise) as agreement
        from compared
        group by signal_id
    ),

    all_broken as (select sum(broke) as breaks from agreements),

    -- how well each concentration predicts each signal's culprit from the others; 0 when none is shared
    concentrations as (
        select
            concentration,
            sum(
                broke * log((concentration * broke + agreement) / ((concentration + breaks - broke) * broke))
            ) as evidence
        from agreements
        cross join all_broken
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

    scores as (
        select
            signal_id,
            commit_rank,
            own_probability,
            open_share,
            fixed_rank,
            last_bad_rank,
            own_probability * (
                unshared + arraySum(
                    pair
                    -> tupleElement(pair, 2)
                    * (tupleElement(pair, 1) + surprise)
                    / (tupleElement(pair, 1) + breaks - broke),
                    shared
                )
            )
            / all_weights
            * if(
                commit_rank in (select reverted_rank from reverts), {{ var("suspects_odds_reverted") }}, 1
            ) as score
        from compared
        cross join all_broken
        cross join weighed
    ),

    elsewhere as (
        select signal_id, sum(probability) as not_here
        from change_points
        where change = 'unchanged'
        group by signal_id
    )

select
    scores.signal_id as signal_id,
    scores.commit_rank as commit_rank,
    scores.own_probability as own_probability,
    round(
        scores.score / (sum(scores.score) over (partition by scores.signal_id) + elsewhere.not_here), 9
    ) as probability,
    scores.open_share as open_share,
    scores.fixed_rank as fixed_rank,
    scores.last_bad_rank as last_bad_rank
from scores
inner join elsewhere on scores.signal_id = elsewhere.signal_id
