-- one row per signal: how probable it is that a commit broke it, and that it is broken now
-- a table: incidents, the terminal and the pages read it
{{ config(order_by="signal_id") }}

{% set is_outside = outside_break("verdict_sums.commit_rank", "judged") %}

with
    change_points as (select * from {{ ref("int_signal_change_points") }}),

    suspects as (select * from {{ ref("int_signal_suspects") }}),

    verdict_sums as (select * from {{ ref("int_signal_verdict_sums") }}),

    known as (select distinct signal_id from change_points),

    -- rank 0 stands for commits that are older than the window
    stories as (
        select
            signal_id,
            sum(suspects.probability) as broke,
            sumIf(suspects.probability, commit_rank = 0) as broke_before,
            sum(suspects.probability * open_share) as broken_now,
            argMax(
                tuple(fixed_rank, last_bad_rank), tuple(suspects.probability * (1 - open_share), commit_rank)
            ) as likely_end,
            argMaxIf(commit_rank, tuple(suspects.probability, commit_rank), commit_rank > 0) as culprit_rank
        from suspects
        group by signal_id
    ),

    judged as (
        select
            known.signal_id as signal_id,
            stories.broke as probability_broken,
            stories.broke_before as probability_broken_before,
            stories.broken_now as probability_broken_now,
            multiIf(
                probability_broken < 0.5,
                'flaky',
                probability_broken_now >= probability_broken / 2,
                'broken',
                'fixed'
            ) as verdict,
            if(verdict = 'fixed', tupleElement(likely_end, 1), 0) as fixed_rank,
            if(verdict = 'fixed', tupleElement(likely_end, 2), 0) as last_bad_rank,
            if(verdict = 'flaky', 0, fixed_rank + 1) as break_newest_rank,
            if(
                verdict = 'flaky' or probability_broken_before * 2 > probability_broken, 0, culprit_rank
            ) as break_oldest_rank
        from known
        left join stories on known.signal_id = stories.signal_id
    ),

    -- what the signal did on the commits that are not in its break
    good as (
        select
            judged.signal_id as signal_id,
            sumIf(verdict_sums.failures, {{ is_outside }}) as good_failures,
            sumIf(verdict_sums.successes, {{ is_outside }}) as good_successes
        from judged
        inner join verdict_sums on judged.signal_id = verdict_sums.signal_id
        group by judged.signal_id
    ),

    -- the posterior of its failure rate there, on a grid of rates from 0.001 to 100 %, evenly spaced by
    -- their logs
    rates as (
        select
            signal_id,
            good_failures,
            good_successes,
            arrayMap(step -> exp10(-5 + step / 200), range(1000)) as grid,
            arrayMap(
                (log_rate, log_rest)
                -> ({{ var("suspects_good_rate")[0] }} + good_failures) * log_rate
                + ({{ var("suspects_good_rate")[1] }} + good_successes - 1) * log_rest,
                arrayMap(rate -> log(rate), grid),
                arrayMap(rate -> log1p(- rate), grid)
            ) as log_densities,
            arrayMax(log_densities) as highest,
            arrayCumSum(arrayMap(density -> exp(density - highest), log_densities)) as cumulated
        from good
    )

select
    judged.signal_id as signal_id,
    judged.verdict as verdict,
    round(judged.probability_broken, 6) as probability_broken,
    round(judged.probability_broken_before, 6) as probability_broken_before,
    round(judged.probability_broken_now, 6) as probability_broken_now,
    judged.fixed_rank as fixed_rank,
    judged.last_bad_rank as last_bad_rank,
    toUInt64(judged.break_newest_rank) as break_newest_rank,
    toUInt64(judged.break_oldest_rank) as break_oldest_rank,
    round(
        ({{ var("suspects_good_rate")[0] }} + good_failures) / (
            {{ var("suspects_good_rate")[0] + var("suspects_good_rate")[1] }} + good_failures + good_successes
        ),
        4
    ) as good_failure_rate,
    round(grid[arrayFirstIndex(sum -> sum >= 0.05 * cumulated[-1], cumulated)], 4) as good_failure_rate_low,
    round(grid[arrayFirstIndex(sum -> sum >= 0.95 * cumulated[-1], cumulated)], 4) as good_failure_rate_high
from judged
inner join rates on judged.signal_id = rates.signal_id
