"""The run that a load is of: its name, its time and its labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ci_signals.errors import UserError
from ci_signals.loaders.row_binary import nullable_microseconds, string, string_map
from ci_signals.loaders.trace_sources import TraceFile, checked_name
from ci_signals.warehouse import Client, qualified, table_names

AUTO = "auto"
"""The value of --run that names a run by the time of its log."""

_COLUMNS = ["load_id", "trace_name", "run", "run_started_at", "labels"]
_LABEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,49}")
_LONGEST_VALUE = 200

# torch writes when each compilation began, in seconds since 1970. Without that there are the record's own
# times: those of a log are local and have no year.
_TIMES = """
select
    minOrNullIf(started_s, started_s > 0) as started_s,
    minIf(logged_at, logged_at != '') as first_logged_at,
    argMinIf(glog_time, tuple(source_number, line_number), glog_time != '') as first_glog_time,
    argMinIf(tuple(source_number, file), tuple(source_number, line_number), glog_time != '') as first_file
from (
    select
        source_number,
        cast(file as String) as file,
        line_number,
        if(
            position(line, '"start_time"') > 0,
            toFloat64OrZero(extract(line, '"start_time": ?([0-9]{{9,10}}(?:[.][0-9]+)?)[^0-9]')),
            0
        ) as started_s,
        if(door = 'log', extract(line, '^[A-Z]([0-9]{{4}} [0-9:]{{8}})[. ]'), '') as glog_time,
        if(
            door = 'log',
            '',
            extract(line, '"timestamp": ?"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9:]{{8}})')
        ) as logged_at
    from {lines}
    where load_id = {{load:String}} and problem = ''
)
"""


@dataclass(frozen=True)
class RunOptions:
    """Which run of a name is loaded. run: its name, AUTO, or None for the only one. labels: by key."""

    run: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


ONLY_RUN = RunOptions()


def run_options(run: str | None, labels: Sequence[str]) -> RunOptions:
    """The options from `run` and from labels as KEY=VALUE. Raises UserError for what cannot be one."""
    if run is not None:
        checked_name(run, "a run", "--run")
    found: dict[str, str] = {}
    for label in labels:
        key, is_pair, value = label.partition("=")
        if not (is_pair and _LABEL.fullmatch(key) and 0 < len(value) <= _LONGEST_VALUE):
            shown = ascii(label[:80])
            raise UserError(
                f"--label {shown} is not KEY=VALUE: a key has 1 to 50 letters, digits, . _ -,"
                f" a value 1 to {_LONGEST_VALUE} characters"
            )
        if found.get(key, value) != value:
            raise UserError(f"--label {key} is given twice, with different values")
        found[key] = value
    return RunOptions(run, found)


def write_run(
    client: Client, database: str, load_id: str, name: str, files: Sequence[TraceFile], options: RunOptions
) -> str:
    """Write the load's row of `trace_runs`. Returns the trace's key: NAME, or NAME/RUN.

    Raises UserError when the log has to name its run and has no time.
    """
    started_at = _started_at(client, database, load_id, files)
    run = options.run or ""
    if run == AUTO:
        if started_at is None:
            raise UserError(f"no record of {name} has a time to name its run by: give --run a name")
        run = f"{started_at:%Y-%m-%dT%H%M%S}"
    row = string(load_id.encode()) + string(name.encode()) + string(run.encode())
    row += nullable_microseconds(started_at) + string_map(options.labels)
    client.raw_insert(qualified(database, "trace_runs"), _COLUMNS, row, fmt="RowBinary")
    return f"{name}/{run}" if run else name


def run_folder(trace: str) -> str:
    """The folder of a trace's pages, as the model of traces has it: no name has the @."""
    return trace.replace("/", "@")


def drop_load(client: Client, database: str, load_id: str) -> None:
    """Drop the lines and the run of a load."""
    there = table_names(client, database)  # older versions made no trace_runs
    for table in ("trace_lines", "trace_runs"):
        if table in there:
            client.command(
                f"alter table {qualified(database, table)} drop partition {{load:String}}",
                parameters={"load": load_id},
            )


def _started_at(client: Client, database: str, load_id: str, files: Sequence[TraceFile]) -> datetime | None:
    """When the first compilation of the load began, UTC; None when no record says."""
    query = _TIMES.format(lines=qualified(database, "trace_lines"))
    seconds, logged_at, glog_time, key = client.query(query, parameters={"load": load_id}).first_row
    if seconds is not None:
        return datetime.fromtimestamp(seconds, UTC)
    try:
        if logged_at:
            return datetime.fromisoformat(logged_at).replace(tzinfo=UTC)
        if glog_time:
            [file] = [file for file in files if file.key == tuple(key)]
            return _in_year(glog_time, datetime.fromtimestamp(file.path.stat().st_mtime, UTC))
    except ValueError:  # such as month 13
        pass
    return None


def _in_year(glog_time: str, written_at: datetime) -> datetime:
    """A log's time, such as `1121 17:35:01`, in the last year that puts it before the file was written."""
    for year in (written_at.year, written_at.year - 1):
        moment = datetime.strptime(f"{year}{glog_time}", "%Y%m%d %H:%M:%S").replace(tzinfo=UTC)
        if moment < written_at + timedelta(days=1):  # local time may be ahead of UTC
            break
    return moment
