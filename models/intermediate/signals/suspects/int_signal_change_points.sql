-- one row per (signal, change, first_bad_rank): how probable it is, by the signal's own verdicts, that it
-- broke there
-- a table: all pairs of a break and a fix are weighed here; 0.2 s for 1,532 signals on 150 commits
{{ config(materialized="table", order_by="(signal_id, change, first_bad_rank)") }}

with
    verdicts as (select * from {{ ref("int_signal_verdict_sums") }}),

    window_commits as (select count() as commits from {{ ref("int_push_dedup") }}),

    -- a break lasts until now, or ends between a failure and the next newer commit with a success
    ends as (
        select distinct
            signal_id,
            toUInt64(0) as fixed_rank,
            toUInt64(0) as last_bad_rank,
            toUInt64(0) as failures_after,
            toUInt64(0) as successes_after
        from verdicts
        union all
        select
            signal_id,
            newer_rank,
            commit_rank,
            toUInt64(failures_so_far - failures),
            toUInt64(successes_so_far - successes)
        from verdicts
        where failures > 0 and newer_successes > 0
    ),

    -- A broken part that passes more than two times in three is none. These commits can start one that is.
    -- Without this step the join below has ten times as many rows.
    bounded_verdicts as (
        select
            *,
            toInt64(successes_so_far) - 2 * toInt64(failures_so_far) as surplus,
            max(if(failures > 0 and newer_successes > 0, surplus - successes + 2 * failures, 0)) over (
                partition by signal_id order by commit_rank rows between unbounded preceding and current row
            ) as most_surplus_after
        from verdicts
    ),

    counted_pairs as (
        select
            verdicts.signal_id as signal_id,
            verdicts.commit_rank as first_bad_rank,
            verdicts.older_rank as last_good_rank,
            ends.fixed_rank as fixed_rank,
            ends.last_bad_rank as last_bad_rank,
            verdicts.failures_so_far - ends.failures_after as bad_failures,
            verdicts.successes_so_far - ends.successes_after as bad_successes,
            verdicts.all_failures - bad_failures as good_failures,
            verdicts.all_successes - bad_successes as good_successes
        from bounded_verdicts as verdicts
        inner join ends on verdicts.signal_id = ends.signal_id
        where
            verdicts.surplus <= greatest(0, verdicts.most_surplus_after)
            and verdicts.commit_rank > ends.fixed_rank
            and bad_successes <= 2 * bad_failures
            and bad_failures > 0
    ),

    -- each commit newer than the break is as likely as another to be its fix
    pairs as (
        select
            signal_id,
            first_bad_rank,
            last_good_rank,
            fixed_rank,
            last_bad_rank,
            if(
                fixed_rank = 0,
                log({{ var("suspects_open_share") }}),
                log((1 - {{ var("suspects_open_share") }}) * (last_bad_rank - fixed_rank) / first_bad_rank)
            )
            + {{ log_evidence("suspects_bad_rate", "bad_failures", "bad_successes") }}
            + {{ log_evidence("suspects_good_rate", "good_failures", "good_successes") }} as evidence
        from counted_pairs
    ),

    breaks as (
        select
            signal_id,
            first_bad_rank,
            any(pairs.last_good_rank) as last_good_rank,
            groupArray(evidence) as evidences,
            arrayMax(evidences) + log(
                arraySum(pair_evidence -> exp(pair_evidence - arrayMax(evidences)), evidences)
            ) as break_evidence,
            exp(max(if(fixed_rank = 0, evidence, - inf)) - break_evidence) as open_share,
            argMaxIf(tuple(fixed_rank, last_bad_rank), evidence, fixed_rank > 0) as likely_end
        from pairs
        group by signal_id, first_bad_rank
    ),

    bounded as (
        select
            breaks.*,
            window_commits.commits as commits,
            toUInt64(
                if(last_good_rank = 0, commits + 1, last_good_rank) - first_bad_rank
            ) as candidate_commits
        from breaks
        cross join window_commits
    ),

    -- a signal is one because it failed: the chance of that divides the evidence that it is only flaky
    totals as (
        select distinct
            signal_id,
            {{ log_evidence("suspects_good_rate", "all_failures", "all_successes") }} - log(
                1 - exp({{ log_evidence("suspects_good_rate", "0", "all_failures + all_successes") }})
            ) as unchanged_evidence
        from verdicts
    ),

    hypotheses as (
        select
            signal_id,
            'broke' as change,
            first_bad_rank,
            last_good_rank,
            candidate_commits,
            open_share,
            likely_end,
            break_evidence + log(candidate_commits / commits) as weight
        from bounded
        union all
        -- the cause of a signal that never passed can be older than the window
        select
            signal_id,
            'broke_before' as change,
            first_bad_rank,
            last_good_rank,
            toUInt64(0) as candidate_commits,
            open_share,
            likely_end,
            break_evidence + log({{ var("suspects_odds_broken_before") }}) as weight
        from bounded
        where last_good_rank = 0
        union all
        select
            signal_id,
            'unchanged' as change,
            toUInt64(0) as first_bad_rank,
            toUInt64(0) as last_good_rank,
            toUInt64(0) as candidate_commits,
            toFloat64(0) as open_share,
            tuple(toUInt64(0), toUInt64(0)) as likely_end,
            unchanged_evidence + log({{ var("suspects_odds_unchanged") }}) as weight
        from totals
    ),

    compared as (
        select *, exp(weight - max(weight) over (partition by signal_id)) as relative_weight from hypotheses
    )

select
    signal_id,
    change,
    first_bad_rank,
    last_good_rank,
    candidate_commits,
    -- nine decimals, so that every engine gives the same
    round(relative_weight / sum(relative_weight) over (partition by signal_id), 9) as probability,
    round(compared.open_share, 9) as open_share,
    tupleElement(likely_end, 1) as fixed_rank,
    tupleElement(likely_end, 2) as last_bad_rank
from compared
