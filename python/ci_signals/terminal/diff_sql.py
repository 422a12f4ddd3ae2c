"""Two files of signals, compared by the engine: `before` is side 0 and `after` side 1."""

from __future__ import annotations

CREATE = """
create table lines (
    side UInt8,
    source String,
    workflow_name String,
    job_base_name String,
    key String,
    commits Array(Tuple(
        head_sha String,
        timestamp String,
        events Array(Tuple(
            name String, status String, started_at String, ended_at Nullable(String),
            wf_run_id Int64, run_attempt Int64, job_id Int64
        ))
    ))
)
engine = Memory
settings compress = 1
"""

# A name that is not in a line reads as empty; the checks below find that.
LOAD = """
insert into lines
select {side}, source, workflow_name, job_base_name, key, commits
from
    file({path}, 'JSONEachRow', '
        source String, workflow_name String, job_base_name String, key String,
        commits Array(Tuple(head_sha String, timestamp String, events Array(Tuple(
            name String, status String, started_at String, ended_at Nullable(String),
            wf_run_id Int64, run_attempt Int64, job_id Int64))))
    ')
settings input_format_json_read_numbers_as_strings = 0, input_format_skip_unknown_fields = 1
"""

# What keeps a file from being compared: lines that are no Signal, and a signal that is there twice.
CHECK = """
select
    countIf(source not in ('test', 'job') or empty(commits)) as strange,
    count() - uniqExact(source, workflow_name, job_base_name, key) as repeated
from lines
where side = {side:UInt8}
"""

SIGNALS = """
select
    if(any(side) = 1, 'signal_came', 'signal_went') as change,
    source,
    workflow_name,
    job_base_name,
    key
from lines
group by source, workflow_name, job_base_name, key
having count() = 1
order by source, workflow_name, job_base_name, key
"""

# Only where both files have lines: an empty one does not say which commits it looked at.
COMMITS = """
with
    cells as (
        select side, tupleElement(cell, 'head_sha') as head_sha, tupleElement(cell, 'timestamp') as timestamp,
            tupleElement(cell, 'events') as events
        from lines
        array join commits as cell
        where (select uniqExact(side) from lines) = 2
    )

select
    multiIf(
        uniqExact(side) = 2, 'commit_moved', any(side) = 1, 'commit_came', 'commit_went'
    ) as change,
    head_sha,
    any(cells.timestamp) as timestamp,
    countIf(notEmpty(events)) as signals_with_events,
    countIf(arrayExists(event -> tupleElement(event, 'status') = 'failure', events)) as signals_with_failures
from cells
group by head_sha
having uniqExact(side) = 1 or uniqExact(cells.timestamp) > 1
order by timestamp desc, head_sha
"""

# Cells of signals and commits that both files have. Digests first: of two hundred thousand
# cells only those that differ are worth carrying their events along.
CELLS = """
with
    cells as (
        select
            side,
            source,
            workflow_name,
            job_base_name,
            key,
            sipHash64(source, workflow_name, job_base_name, key) as signal,
            place,
            tupleElement(cell, 'head_sha') as head_sha,
            tupleElement(cell, 'events') as events
        from lines
        array join commits as cell, arrayEnumerate(commits) as place
    ),

    changed as (
        select signal, head_sha
        from cells
        group by signal, head_sha
        having uniqExact(side) = 2 and uniqExact(sipHash64(events)) > 1
    )

select
    'cell' as change,
    source,
    workflow_name,
    job_base_name,
    key,
    head_sha,
    anyIf(events, side = 0) as before,
    anyIf(events, side = 1) as after
from cells
where (signal, head_sha) in (select signal, head_sha from changed)
group by source, workflow_name, job_base_name, key, head_sha
order by source, workflow_name, job_base_name, key, maxIf(place, side = 1)
"""

JSON = """
settings
    output_format_json_quote_64bit_integers = 0,
    output_format_json_escape_forward_slashes = 0,
    output_format_json_validate_utf8 = 1
"""
