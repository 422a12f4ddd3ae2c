-- one row per (signal, first_bad_rank, fixed_rank): a break and its end, and the evidence for the two
-- together
-- a table: int_signal_change_points reads it twice
{{ config(materialized="table", order_by="(signal_id, first_bad_rank, fixed_rank)") }}

with
    verdicts as (select * from {{ ref("int_signal_verdict_sums") }}),

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
    )

-- each commit newer than the break is as likely as another to be its fix
select
    signal_id,
    first_bad_rank,
    last_good_rank,
    fixed_rank,
    last_bad_rank,
    bad_failures,
    bad_successes,
    if(
        fixed_rank = 0,
        log({{ var("suspects_open_share") }}),
        log((1 - {{ var("suspects_open_share") }}) * (last_bad_rank - fixed_rank) / first_bad_rank)
    ) as end_prior,
    -- nine decimals, so that every engine gives the same
    round(
        end_prior
        + {{ log_evidence("suspects_bad_rate", "bad_failures", "bad_successes") }}
        + {{ log_evidence("suspects_good_rate", "good_failures", "good_successes") }},
        9
    ) as evidence
from counted_pairs
