-- one row per (signal, commit that can be its culprit): how probable that is, what the other signals say
-- included
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
    ),

    -- what the other signals point at
    compared as (
        select
            *,
            sum(own_probability) over (partition by commit_rank) - own_probability as others_here,
            sum(own_probability) over (partition by signal_id) as broke
        from own
    ),

    agreements as (
        select signal_id, any(compared.broke) as broke, sum(own_probability * others_here) as agreement
        from compared
        group by signal_id
    ),

    all_broken as (select sum(broke) as breaks from agreements),

    -- how well each concentration predicts each signal's culprit from the others; 0 when culprits are not
    -- shared
    concentrations as (
        select
            concentration,
            sum(
                broke * log(
                    (concentration * broke + commits * agreement) / ((concentration + breaks - broke) * broke)
                )
            ) as evidence
        from agreements
        cross join all_broken
        cross join window_commits
        array join {{ var("suspects_concentrations") }} as concentration
        group by concentration
    ),

    weighed as (
        select
            groupArray(tuple(concentration, exp(evidence))) as shared, 1 + sum(exp(evidence)) as all_weights
        from concentrations
    ),

    scores as (
        select
            compared.*,
            own_probability * (
                1 + arraySum(
                    shared
                    -> tupleElement(shared, 2)
                    * (tupleElement(shared, 1) + commits * others_here)
                    / (tupleElement(shared, 1) + breaks - broke),
                    weighed.shared
                )
            )
            / all_weights
            * if(
                compared.commit_rank in (select reverted_rank from reverts),
                {{ var("suspects_odds_reverted") }},
                1
            ) as score
        from compared
        cross join all_broken
        cross join window_commits
        cross join weighed
    ),

    elsewhere as (
        select signal_id, sum(probability) as not_here
        from change_points
        where change != 'broke'
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
