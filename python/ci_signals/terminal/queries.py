"""What the terminal reads. States, streaks and outcomes are the report models'; this picks columns.

The client's database is that of the models, so tables stand by their names alone.
"""

from __future__ import annotations

from ci_signals.export_sql import SIGNAL_COLUMNS

# Without these tables there is nothing to list.
NEEDED = "rpt_signal_overview"

# Applied to a whole query: times and 64-bit numbers as people write them.
_JSON = """
settings
    output_format_json_quote_64bit_integers = 0,
    output_format_json_escape_forward_slashes = 0,
    output_format_json_validate_utf8 = 1
"""

_OVERVIEW = ",\n        ".join(
    f"{expression} as {name}" if expression != name else name for name, expression in SIGNAL_COLUMNS.items()
)

WORKFLOWS = """
select workflow_name from rpt_workflow_summary
union distinct
select distinct workflow_name from int_window_jobs
order by workflow_name
"""

# One object a signal: what signals.csv has of it, and what every commit said, newest first ("" for nothing).
LIST = """
with
    window_commits as (select toUInt64(count()) as commits from dim_commits),

    histories as (
        select signal_id, groupArrayInsertAt('')(outcome, toUInt32(commit_rank - 1)) as known_outcomes
        from rpt_signal_commits
        group by signal_id
    ),

    signals as (
        select <overview>, recently_broken_order, flakiest_order
        from rpt_signal_overview
        where
            (
                ({failing:Bool} and is_failing)
                or ({flaky:Bool} and is_flaky)
                or not ({failing:Bool} or {flaky:Bool})
            )
            and (empty({workflows:Array(String)}) or has({workflows:Array(String)}, workflow_name))
        settings prefer_column_name_to_alias = 1
    )

select signals.* except (recently_broken_order, flakiest_order),
    arrayResize(known_outcomes, assumeNotNull((select commits from window_commits))) as outcomes
from signals
inner join histories on signals.signal_id = histories.signal_id
order by
    is_failing desc,
    is_flaky desc,
    if(is_failing or not is_flaky, recently_broken_order, flakiest_order)

"""

# Signals that KEY names: by id, by key, or by the start of either. The closest kind of match counts.
MATCHES = """
with
    compared as (
        select
            signal_id,
            signal_number,
            toValidUTF8(signal_key) as key,
            multiIf(
                signal_id = {key:String} or signal_key = {key:String},
                'whole',
                length({key:String}) >= 4 and startsWith(signal_id, lower({key:String})),
                'id_start',
                startsWith(signal_key, {key:String}),
                'key_start',
                positionCaseInsensitiveUTF8(signal_key, {key:String}) > 0,
                'inside',
                ''
            ) as match
        from rpt_signal_overview
    )

select signal_id, key, match
from compared
where match != ''
order by indexOf(['whole', 'id_start', 'key_start', 'inside'], match), signal_number
"""

# One object a signal, with its newest commits and their events, or why there are none.
SHOW = """
with
    signals as (
        select <overview>, signal_number
        from rpt_signal_overview
        where has({ids:Array(String)}, signal_id)
        settings prefer_column_name_to_alias = 1
    ),

    commits as (select * from dim_commits where commit_rank <= {commits:UInt32}),

    outcomes as (
        select signal_id, commit_rank, outcome
        from rpt_signal_commits
        where has({ids:Array(String)}, signal_id)
    ),

    cells as (
        select
            signal_id,
            commit_rank,
            groupArray(
                tuple(
                    event_number,
                    status,
                    formatDateTime(started_at, '%Y-%m-%dT%H:%i:%S'),
                    wf_run_id,
                    run_attempt,
                    job_id
                )
            ) as numbered_events
        from fct_signal_events
        where has({ids:Array(String)}, signal_id)
        group by signal_id, commit_rank
    ),

    gaps as (
        select signal_id, commit_rank, argMax(reason, tuple(wf_run_id, run_attempt)) as last_reason
        from fct_signal_gaps
        where has({ids:Array(String)}, signal_id)
        group by signal_id, commit_rank
    ),

    grid as (
        select
            signals.signal_id as signal_id,
            groupArray(
                tuple(
                    commits.commit_rank,
                    commits.head_sha,
                    formatDateTime(commits.committed_at, '%Y-%m-%dT%H:%i:%S'),
                    toValidUTF8(splitByChar('\\n', commits.message)[1]),
                    toValidUTF8(commits.author),
                    outcomes.outcome,
                    if(outcomes.outcome = '', gaps.last_reason, ''),
                    arrayMap(
                        event -> tuple(
                            tupleElement(event, 2),
                            tupleElement(event, 3),
                            tupleElement(event, 4),
                            tupleElement(event, 5),
                            tupleElement(event, 6)
                        ),
                        arraySort(cells.numbered_events)
                    )
                )
            ) as ranked_commits
        from signals
        cross join commits
        left join
            outcomes
            on signals.signal_id = outcomes.signal_id
            and commits.commit_rank = outcomes.commit_rank
        left join
            cells
            on signals.signal_id = cells.signal_id
            and commits.commit_rank = cells.commit_rank
        left join
            gaps
            on signals.signal_id = gaps.signal_id
            and commits.commit_rank = gaps.commit_rank
        group by signals.signal_id
    )

select
    signals.* except (signal_number),
    cast(
        arraySort(ranked_commits),
        'Array(Tuple(commit_rank UInt64, head_sha String, committed_at String, title String, author String,
            outcome String, gap String, events Array(Tuple(status String, started_at String, wf_run_id Int64,
            run_attempt Int64, job_id Int64))))'
    ) as commits
from signals
inner join grid on signals.signal_id = grid.signal_id
order by signals.signal_number

"""

WINDOW = """
select
    repository,
    formatDateTime(starts_at, '%Y-%m-%d %H:%i') as starts_at,
    formatDateTime(as_of, '%Y-%m-%d %H:%i') as as_of,
    commits,
    signals,
    failing_signals,
    flaky_signals,
    recovered_signals
from rpt_window_summary
"""


def with_columns(query: str) -> str:
    """The query with the columns of signals.csv in their place, to print as JSON."""
    return query.replace("<overview>", _OVERVIEW) + _JSON
