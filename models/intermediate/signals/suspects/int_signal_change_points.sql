-- one row per (signal, change, first_bad_rank): how probable it is, by the signal's own verdicts, that it
-- broke there
-- a table: int_signal_suspects and rpt_signal_verdicts read it
{{ config(materialized="table", order_by="(signal_id, change, first_bad_rank)") }}

with
    verdicts as (select * from {{ ref("int_signal_verdict_sums") }}),

    window_commits as (select count() as commits from {{ ref("int_push_dedup") }}),

    pairs as (select * from {{ ref("int_signal_break_pairs") }}),

    -- the most probable break that was fixed: what broke after it is another break
    past_breaks as (
        select
            signal_id,
            argMax(
                tuple(
                    fixed_rank,
                    bad_failures,
                    bad_successes,
                    end_prior
                    + log((if(last_good_rank = 0, commits + 1, last_good_rank) - first_bad_rank) / commits)
                ),
                tuple(evidence, - toInt64(first_bad_rank), - toInt64(fixed_rank))
            ) as past,
            tupleElement(past, 1) as past_fixed_rank,
            tupleElement(past, 2) as past_failures,
            tupleElement(past, 3) as past_successes,
            tupleElement(past, 4) as past_prior
        from pairs
        cross join window_commits
        where fixed_rank > 0
        group by signal_id
    ),

    second_breaks as (
        select
            verdicts.signal_id as signal_id,
            verdicts.commit_rank as first_bad_rank,
            verdicts.older_rank as last_good_rank,
            verdicts.failures_so_far + past_failures as bad_failures,
            verdicts.successes_so_far + past_successes as bad_successes,
            verdicts.all_failures - bad_failures as good_failures,
            verdicts.all_successes - bad_successes as good_successes,
            log({{ var("suspects_open_share") }})
            + past_prior
            + {{ log_evidence("suspects_bad_rate", "bad_failures", "bad_successes") }}
            + {{ log_evidence("suspects_good_rate", "good_failures", "good_successes") }} as evidence
        from verdicts
        inner join past_breaks on verdicts.signal_id = past_breaks.signal_id
        where
            verdicts.commit_rank <= past_fixed_rank
            and verdicts.failures_so_far > 0
            and verdicts.successes_so_far <= 2 * verdicts.failures_so_far
    ),

    all_pairs as (
        select signal_id, first_bad_rank, last_good_rank, fixed_rank, last_bad_rank, evidence
        from pairs
        union all
        select signal_id, first_bad_rank, last_good_rank, toUInt64(0), toUInt64(0), evidence
        from second_breaks
    ),

    breaks as (
        select
            signal_id,
            first_bad_rank,
            any(all_pairs.last_good_rank) as last_good_rank,
            groupArray(evidence) as evidences,
            groupArrayIf(evidence, fixed_rank = 0) as open_evidences,
            arrayMax(evidences)
            + log(arraySum(pair -> exp(pair - arrayMax(evidences)), evidences)) as break_evidence,
            arraySum(pair -> exp(pair - break_evidence), open_evidences) as open_share,
            argMaxIf(
                tuple(fixed_rank, last_bad_rank), tuple(evidence, fixed_rank), fixed_rank > 0
            ) as likely_end
        from all_pairs
        group by signal_id, first_bad_rank
    ),

    bounded as (
        select
            breaks.*,
            window_commits.commits as commits,
            toUInt64(if(last_good_rank = 0, commits + 1, last_good_rank) - first_bad_rank) as candidates
        from breaks
        cross join window_commits
    ),

    -- a signal is one because it failed: the chance of that divides the evidence that it is only flaky
    totals as (
        select
            signal_id,
            {{ log_evidence("suspects_good_rate", "all_failures", "all_successes") }} - log(
                1 - exp({{ log_evidence("suspects_good_rate", "0", "all_failures + all_successes") }})
            ) as unchanged_evidence
        from verdicts
        where newer_rank = 0
    ),

    -- the cause of a signal that never passed can be older than the window, too
    hypotheses as (
        select
            signal_id,
            tupleElement(hypothesis, 1) as change,
            first_bad_rank,
            last_good_rank,
            tupleElement(hypothesis, 2) as candidate_commits,
            open_share,
            likely_end,
            break_evidence + log(tupleElement(hypothesis, 3)) as weight
        from bounded
        array join
            arrayConcat(
                [('broke', candidates, candidates / commits)],
                if(
                    last_good_rank = 0,
                    [('broke_before', toUInt64(0), toFloat64({{ var("suspects_odds_broken_before") }}))],
                    []
                )
            ) as hypothesis
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
    -- eight decimals, so that every engine gives the same
    round(relative_weight / sum(relative_weight) over (partition by signal_id), 8) as probability,
    round(compared.open_share, 8) as open_share,
    tupleElement(likely_end, 1) as fixed_rank,
    tupleElement(likely_end, 2) as last_bad_rank
from compared
