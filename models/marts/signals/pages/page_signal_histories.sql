-- one row per signal, for `signals list` and `signals show`: the columns of signals.csv, and its commits
{{ config(materialized="view") }}

with
    signals as (select * from {{ ref("export_signals") }}),

    orders as (select signal_id, list_order from {{ ref("rpt_signal_overview") }}),

    nested as (select signal_id, commits from {{ ref("fct_signals_nested") }}),

    verdicts as (
        select
            signal_id,
            verdict,
            probability_broken,
            probability_broken_now,
            good_failure_rate,
            good_failure_rate_low,
            good_failure_rate_high
        from {{ ref("rpt_signal_verdicts") }}
    ),

    flakes as (
        select signal_id, rpt_flakes.is_new as is_new_flake, lost_jobs, lost_minutes
        from {{ ref("rpt_flakes") }} as rpt_flakes
    ),

    -- the 90 % set of a signal that broke
    suspicions as (
        select
            suspects.signal_id as signal_id,
            cast(
                arraySort(
                    groupArray(
                        tuple(
                            suspects.suspect_number,
                            suspects.head_sha,
                            suspects.probability,
                            commits.title,
                            toValidUTF8(commits.author)
                        )
                    )
                ),
                'Array(Tuple(suspect_number UInt64, head_sha String, probability Float64, title String,
                    author String))'
            ) as suspects
        from {{ ref("rpt_signal_suspects") }} as suspects
        inner join {{ ref("dim_commits") }} as commits on suspects.commit_rank = commits.commit_rank
        inner join verdicts on suspects.signal_id = verdicts.signal_id
        where suspects.is_in_90 and verdicts.verdict != 'flaky'
        group by suspects.signal_id
    ),

    ranked_commits as (
        select arraySort(groupArray(tuple(commit_rank, dim_commits.title, toValidUTF8(author)))) as words
        from {{ ref("dim_commits") }} as dim_commits
    ),

    cells as (
        select signal_id, groupArrayInsertAt('')(outcome, toUInt32(commit_rank - 1)) as outcomes
        from {{ ref("int_signal_commits") }}
        group by signal_id
    ),

    gaps as (
        select signal_id, groupArrayInsertAt('')(reason, toUInt32(commit_rank - 1)) as reasons
        from {{ ref("rpt_cell_gaps") }}
        group by signal_id
    ),

    -- messages by cell and event
    messages as (
        select
            signal_id,
            mapFromArrays(
                groupArray(concat(toString(commit_rank), ' ', toString(event_number))),
                groupArray(ifNull(message, ''))
            ) as messages
        from {{ ref("fct_failure_texts") }}
        group by signal_id
    ),

    -- arrays by commit_rank, padded after the signal's oldest event or gap
    histories as (
        select
            signal_id,
            list_order,
            arrayResize(cells.outcomes, length(nested.commits)) as outcomes,
            cast(
                arrayMap(
                    (commit, words, outcome, reason) -> tuple(
                        tupleElement(words, 1),
                        tupleElement(commit, 'head_sha'),
                        tupleElement(commit, 'timestamp'),
                        tupleElement(words, 2),
                        tupleElement(words, 3),
                        outcome,
                        if(outcome = '', reason, ''),
                        arrayMap(
                            (event, event_number) -> tuple(
                                tupleElement(event, 'status'),
                                tupleElement(event, 'started_at'),
                                tupleElement(event, 'wf_run_id'),
                                tupleElement(event, 'run_attempt'),
                                tupleElement(event, 'job_id'),
                                messages.messages[
                                    concat(toString(tupleElement(words, 1)), ' ', toString(event_number))
                                ]
                            ),
                            tupleElement(commit, 'events'),
                            arrayEnumerate(tupleElement(commit, 'events'))
                        )
                    ),
                    nested.commits,
                    assumeNotNull((select words from ranked_commits)),
                    outcomes,
                    arrayResize(gaps.reasons, length(nested.commits))
                ),
                'Array(Tuple(commit_rank UInt64, head_sha String, committed_at String, title String, author String,
                    outcome String, gap String, events Array(Tuple(status String, started_at String,
                    wf_run_id Int64, run_attempt Int64, job_id Int64, message String))))'
            ) as commits
        from orders
        inner join nested using (signal_id)
        inner join cells using (signal_id)
        left join gaps using (signal_id)
        left join messages using (signal_id)
    )

select *
from signals
inner join histories using (signal_id)
left join verdicts using (signal_id)
left join suspicions using (signal_id)
left join flakes using (signal_id)
