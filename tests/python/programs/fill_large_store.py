"""Fill the steps below the marts with 150 commits x 1,500 signals, in SQL, the same rows each time."""

from __future__ import annotations

import os

from ci_signals.store import connect_store

COMMITS, SIGNALS = 150, 1500
DATABASE = os.environ.get("SIGNALS_DATABASE", "ci_signals")

WINDOW = """
create table int_window engine = MergeTree order by as_of as
select
    toDateTime64('2026-11-20 12:00:00', 9, 'UTC') as as_of,
    as_of - toIntervalHour(72) as starts_at,
    toUInt32(72) as lookback_hours,
    'pytorch/pytorch' as repository,
    'refs/heads/main' as branch_ref,
    cast([] as Array(String)) as workflows,
    'large' as build_id,
    'https://github.com' as server_url
"""

COMMITS_TABLE = """
create table int_push_dedup engine = MergeTree order by commit_rank as
select
    number + 1 as commit_rank,
    lower(hex(SHA1(toString(number)))) as head_sha,
    toDateTime64('2026-11-20 11:50:00', 9, 'UTC') - toIntervalMinute(28 * number) as committed_at,
    concat('Change number ', toString(number), ' of many (#', toString(171000 + number), ')') as message,
    concat('Author ', toString(number % 17)) as author,
    committed_at as pushed_at
from numbers({commits})
"""

# Every signal fails once; a third stay broken for a while or until now, a tenth are flaky,
# some cells are blank, and the newest commits still run.
EVENTS = """
create table int_signal_events engine = MergeTree order by (signal_id, commit_rank, event_number) as
with cells as (
    select
        s.number as n,
        c.number + 1 as commit_rank,
        cityHash64(n, c.number) % 100 as dice,
        cityHash64(n, 'breaks at') % 140 as breaks_at,
        breaks_at - cityHash64(n, 'for') % 60 as heals_at,
        n % 3 = 0 and commit_rank <= breaks_at and commit_rank > heals_at as is_broken,
        n % 10 = 1 and dice < 8 as is_flaky,
        multiIf(
            commit_rank = 5 + n % 140, ['failure'],
            dice >= 97, cast([] as Array(String)),
            commit_rank <= 3, ['pending'],
            is_flaky, ['failure', 'success'],
            is_broken, ['failure'],
            ['success']
        ) as statuses
    from numbers({signals}) as s
    cross join numbers({commits}) as c
)
select
    lower(hex(sipHash128(n))) as signal_id,
    if(n % 25 = 0, 'job', 'test') as source,
    ['inductor', 'periodic', 'pull', 'trunk'][n % 4 + 1] as workflow_name,
    concat('linux-py3.', toString(n % 7), '-gcc', toString(intDiv(n, 99) % 5), ' / test') as job_base_name,
    if(source = 'job', job_base_name, concat(
        'inductor/test_file_', toString(n % 90), '.py::test_case_', toString(n),
        transform(n, [7, 8, 9, 10], [
            '</script><img src=x onerror="window.injected=1">', '_line\\nbreak\\t\\0\\\\ "quoted" \\'both\\'',
            '_\u202eright to left\u202c_עברית_', repeat('_long', 400)
        ], ''), '_float32_cuda'
    )) as signal_key,
    toUInt64(commit_rank) as commit_rank,
    lower(hex(SHA1(toString(commit_rank - 1)))) as head_sha,
    toUInt64(n_in_cell) as event_number,
    status,
    toDateTime64('2026-11-20 12:10:00', 9, 'UTC')
    - toIntervalMinute(28 * commit_rank - event_number) as started_at,
    lower(hex(sipHash128(workflow_name, job_base_name, commit_rank, event_number))) as attempt_id,
    toInt64(19540000000 + commit_rank * 10) as run_id,
    toInt64(event_number) as run_attempt,
    toInt64(55951000000 + n * 1000 + commit_rank + event_number * 2000000) as job_id,
    concat(
        'wf=', workflow_name, ' kind=', source, ' id=', signal_key, ' run=', toString(run_id),
        ' attempt=', toString(run_attempt)
    ) as event_name
from cells
array join statuses as status, arrayEnumerate(statuses) as n_in_cell
"""

JOBS = """
create table int_window_jobs engine = MergeTree order by job_id as
select
    workflow_name, job_base_name, head_sha, run_id, job_id,
    concat(job_base_name, ' (default, ', toString(job_id % 4 + 1), ', 4, linux.4xlarge)') as job_name,
    started_at,
    if(status = 'pending', toDateTime64(0, 9, 'UTC'), started_at + toIntervalSecond(600)) as completed_at,
    run_attempt, started_at as recorded_started_at, source = 'test' as is_test_failure,
    status as outcome, status = 'pending' as is_pending
from int_signal_events
"""

FAILING_RUNS = """
create table int_failing_runs engine = MergeTree order by job_id as
select distinct job_id, signal_key as test_id
from int_signal_events
where status = 'failure' and source = 'test'
"""

GAPS = """
create table fct_signal_gaps engine = MergeTree order by (signal_id, commit_rank) as
select
    s.signal_id as signal_id, c.commit_rank as commit_rank, c.head_sha as head_sha,
    '' as attempt_id, toInt64(1) as wf_run_id, toInt64(1) as run_attempt,
    ['cancelled', 'not_run', 'skipped'][cityHash64(signal_id, commit_rank) % 3 + 1] as reason
from (select distinct signal_id from int_signal_events) as s cross join int_push_dedup as c
left anti join int_signal_events as e on s.signal_id = e.signal_id and c.commit_rank = e.commit_rank
"""

# What failures say: hostile texts, long ones, none.
TEXTS = """
create table fct_failure_texts engine = MergeTree order by (signal_id, commit_rank, event_number) as
select
    signal_id, source, commit_rank, head_sha, event_number, attempt_id, run_id as wf_run_id, run_attempt,
    job_id,
    cast(null as Nullable(String)) as rule, cast(null as Nullable(String)) as error_type,
    [null, concat('AssertionError: ', toString(commit_rank), ' of 9'),
        '</script><img src=x onerror="window.injected=1">',
        concat('\u202eright to left ', repeat('long ', 120)),
        'nul\\0 and \\x1b[31mred'][commit_rank % 5 + 1] as message,
    cast(null as Nullable(String)) as line, cast(null as Nullable(Int64)) as line_number,
    cast([] as Array(String)) as captures,
    if(message is null, null, concat(message, '\\n<b onclick="window.injected=1">more</b>')) as context,
    ifNull(message, 'no text recorded') as failure_kind
from int_signal_events
where status = 'failure'
"""


def main() -> None:
    client = connect_store(os.environ["SIGNALS_STORE"])
    client.command(f"create database {DATABASE}")
    for statement in (WINDOW, COMMITS_TABLE, EVENTS, JOBS, FAILING_RUNS, GAPS, TEXTS):
        client.command(f"use {DATABASE}")
        client.command(statement.format(commits=COMMITS, signals=SIGNALS))
    client.close()


if __name__ == "__main__":
    main()
