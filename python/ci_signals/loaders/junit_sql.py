"""The SQL that finds the job of each JUnit report and copies its testcases to the table of test runs.

Not in models: it runs when rows are loaded, and which columns are filled is what the target table has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import NamedTuple

from clickhouse_connect.driver.binding import quote_identifier

from ci_signals.loaders.ci_sql import RawTable
from ci_signals.loaders.junit_read import ReadReport, Refused
from ci_signals.loaders.junit_scan import Row
from ci_signals.warehouse import Client, qualified

_KEY = "digest, file_name, named_job_id, named_run_id, named_run_attempt, named_job_name"
_REPORT = f"{_KEY}, named_by, file, load_id, report_number, testcases"
_ROW = [
    "load_id",
    "report_number",
    "position",
    "name",
    "classname",
    "file",
    "suite_file",
    "line",
    "time",
    "status",
    "result",
    "findings",
]
# For 2 million testcases the engine's own block sizes take 1.6 GB, these 0.7 GB.
_SMALL = (
    "max_block_size = 16384, min_insert_block_size_rows = 131072, min_insert_block_size_bytes = 33554432,"
    " max_insert_threads = 1, max_threads = 1"
)
_AS_LISTS = {"input_format_json_named_tuples_as_objects": 0}


def _findings(elements: str, parts: str) -> str:
    wanted = f"tupleElement(f, 'element') in ({elements})"
    values = ", ".join(f"tupleElement(f, '{part}')" for part in parts.split())
    return f"arrayMap(f -> ({values}), arrayFilter(f -> {wanted}, rows.findings))"


_PLAIN_TIME = r"match(trim(rows.time), '^(\\d*\\.?\\d+|\\d+\\.)([eE][-+]?\\d+)?$')"
# 1,234.5 and 1,234,567 are numbers; 1,234 could be either of two
_GROUPED_TIME = r"match(trim(rows.time), '^[1-9]\\d{0,2}((,\\d{3})+\\.\\d+|(,\\d{3}){2,})$')"
_IS_ODD_TIME = f"rows.time != '' and not {_PLAIN_TIME} and not {_GROUPED_TIME}"
_FAILURES, _ERRORS = _findings("'failure'", "type message text"), _findings("'error'", "type message text")
_SKIPS = _findings("'skipped'", "type message text")
_RERUNS = _findings("'flakyFailure', 'flakyError', 'rerunFailure', 'rerunError'", "message text")
# The columns of a test run that a report fills. Position and path tell equal testcases of a report apart.
_VALUES = {
    "job_id": "matched.job_id",
    "name": "rows.name",
    "classname": "rows.classname",
    "invoking_file": "concat(matched.file, '#', toString(rows.position))",
    "file": "multiIf(rows.file != '', rows.file, rows.suite_file != '', rows.suite_file, rows.classname)",
    "line": "toInt64OrZero(rows.line)",
    "time": f"if({_PLAIN_TIME} or {_GROUPED_TIME}, toFloat64OrZero(replaceAll(trim(rows.time), ',', '')), 0)",
    "result": "rows.result",
    "status": "rows.status",
    "failure": _FAILURES,
    "error": _ERRORS,
    "skipped": _SKIPS,
    "rerun": _RERUNS,
    "time_inserted": "matched.completed_at",
    "workflow_id": "matched.run_id",
    "workflow_run_attempt": "matched.run_attempt",
    "failure_count": f"length({_FAILURES})",
    "error_count": f"length({_ERRORS})",
    "skipped_count": f"length({_SKIPS})",
    "rerun_count": f"length({_RERUNS})",
}


@dataclass(frozen=True)
class Warehouse:
    """Where the rows are: the table of test runs, and quoted names of the others."""

    runs: RawTable
    jobs: str
    database: str

    @property
    def reports(self) -> str:
        return qualified(self.database, "junit_reports")

    @property
    def rows(self) -> str:
        return qualified(self.database, "junit_rows")


class Settled(NamedTuple):
    """What became of a report: its job, or the reason why it has none yet, and what it gave."""

    load_id: str
    number: int
    job_id: int
    reason: str
    candidates: str
    loaded: int
    odd_times: int


def insert_rows(client: Client, where: Warehouse, rows: list[Row]) -> None:
    """Store testcases as they were read."""
    if rows:
        lines = json.dumps(rows, ensure_ascii=False)[1:-1].encode()
        client.raw_insert(where.rows, _ROW, lines, fmt="JSONCompactEachRow", settings=_AS_LISTS)


def start_reports(client: Client) -> None:
    """Make the session's table of the reports that are to find their jobs."""
    client.command("drop temporary table if exists pending")
    client.command("""
        create temporary table pending (
            digest String, file_name String, named_job_id Int64, named_run_id Int64, named_run_attempt Int64,
            named_job_name String, named_by String, file String, load_id String, report_number UInt32,
            testcases UInt64
        )
    """)


def add_reports(client: Client, load_id: str, reports: Iterable[ReadReport]) -> None:
    """Add reports of this load to the session's table."""
    lines = [
        json.dumps(
            [
                report.digest,
                report.name,
                report.job.job_id,
                report.job.run_id,
                report.job.run_attempt,
                report.job.job_name,
                report.job.by,
                report.file,
                load_id,
                report.number,
                report.testcases,
            ]
        )
        for report in reports
    ]
    if lines:
        client.raw_insert("pending", _REPORT.split(", "), "\n".join(lines).encode(), fmt="JSONCompactEachRow")


def settle_reports(client: Client, where: Warehouse) -> list[Settled]:
    """Find the jobs of the session's reports and of those that wait, and copy the testcases of those found.

    Running it twice changes nothing: a testcase that is stored for the job is left out.
    """
    client.command(
        f"insert into pending ({_REPORT}) select {_REPORT} from {where.reports} final"
        f" where job_id = 0 and ({_KEY}) not in (select {_KEY} from pending)"
    )
    try:
        _match(client, where)
        settled = _copy_rows(client, where)
        client.command(
            f"insert into {where.reports} ({_REPORT}, job_id, reason, candidates)"
            f" select {_REPORT}, job_id, reason, candidates from matched"
        )
        return settled
    finally:
        for name in ("pending", "named_jobs", "known_reports", "matched", "stored"):
            client.command(f"drop temporary table if exists {name}")


def _match(client: Client, where: Warehouse) -> None:
    """Make the table `matched`: the session's reports with their jobs, as match_junit_reports.sql says."""
    client.command(
        "create temporary table named_jobs as"
        f" select id, run_id, run_attempt, name, status, completed_at, started_at from {where.jobs}"
        " where id in (select named_job_id from pending where named_job_id != 0 union all"
        f" select id from {where.jobs}"
        " where run_id in (select named_run_id from pending where named_run_id != 0))"
    )
    client.command(
        "create temporary table known_reports as"
        f" select digest, file_name, job_id, file, updated_at, report_number from {where.reports} final"
        " where job_id != 0 and digest in (select digest from pending)"
    )
    query = files("ci_signals").joinpath("sql", "match_junit_reports.sql").read_text()
    client.command(f"create temporary table matched as {query}")


def _copy_rows(client: Client, where: Warehouse) -> list[Settled]:
    columns = {name: type_ for name, type_ in where.runs.columns.items() if name in _VALUES}
    listed = ", ".join(map(quote_identifier, columns))
    values = ", ".join(
        f"cast({_VALUES[name]} as {type_}) as {quote_identifier(name)}" for name, type_ in columns.items()
    )
    told_apart = [name for name in columns if name != "time_inserted"]
    hash_of_row = f"cityHash64({', '.join(map(quote_identifier, told_apart))})"
    # one report a job and file: a copy in another folder is no further run of its tests
    wanted = (
        "(select * from matched where job_id != 0 order by load_id, report_number"
        " limit 1 by digest, file_name, job_id) as matched"
    )
    rows = (
        f"select {values}, matched.load_id as _load_id, matched.report_number as _report,"
        f" {_IS_ODD_TIME} as _is_odd from {where.rows} as rows inner join {wanted}"
        " on rows.load_id = matched.load_id and rows.report_number = matched.report_number"
    )
    client.command(
        f"create temporary table stored as select {hash_of_row} as _row from {where.runs.name}"
        " where job_id in (select job_id from matched where job_id != 0)"
    )
    has_stored = client.query("select count() from stored").result_rows[0][0]
    new = f"{hash_of_row} not in (select _row from stored)" if has_stored else "true"
    counted = client.query(
        f"select _load_id, _report, countIf({new}), countIf(_is_odd) from ({rows}) group by _load_id, _report"
    ).result_rows
    if any(loaded for _, _, loaded, _ in counted):
        chosen = f"select {listed} from ({rows}) where {new}"
        client.command(f"insert into {where.runs.name} ({listed}) {chosen} settings {_SMALL}")
    counts = {(str(load), int(number)): (int(loaded), int(odd)) for load, number, loaded, odd in counted}
    found = client.query(
        "select load_id, report_number, job_id, reason, arrayStringConcat("
        "arrayMap(job -> concat(toString(job.1), ' (', job.2, ')'), arraySlice(candidates, 1, 5)), ', ')"
        " from matched order by load_id, report_number"
    ).result_rows
    return [
        Settled(load, number, job, reason, candidates, *counts.get((load, number), (0, 0)))
        for load, number, job, reason, candidates in found
    ]


def drop_rows(client: Client, where: Warehouse, load_id: str, is_embedded: bool) -> None:
    """Drop the stored testcases of `load_id` and of earlier loads of which no report waits.

    On a server another load may be running, so those of an unknown load are kept for a day.
    """
    day_ago = f"{datetime.now(UTC) - timedelta(days=1):%Y%m%dT%H%M%S}"
    stored = client.query(
        "select distinct partition from system.parts where active and table = 'junit_rows'"
        " and database = {database:String}"
        f" and partition not in (select load_id from {where.reports} final where job_id = 0)",
        parameters={"database": where.database},
    ).result_rows
    for (stored_id,) in stored:
        if stored_id == load_id or is_embedded or stored_id < day_ago:
            client.command(
                f"alter table {where.rows} drop partition {{load:String}}", parameters={"load": stored_id}
            )


def reject_files(client: Client, where: Warehouse, files: list[Refused]) -> None:
    """Name the files that were set aside in `rejected_rows`, with the line and the reason."""
    lines = "\n".join(json.dumps(["junit", file.label, file.line, file.reason, ""]) for file in files)
    if lines:
        columns = ["source_table", "file", "row_number", "reason", "row"]
        table = qualified(where.database, "rejected_rows")
        client.raw_insert(table, columns, lines.encode(), fmt="JSONCompactEachRow")
