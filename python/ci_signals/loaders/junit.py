"""Load JUnit reports: their testcases become rows of `test_run_s3`, each under the job it ran in."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from ci_signals.console import Console
from ci_signals.damage import restoring
from ci_signals.errors import UserError
from ci_signals.loaders.ci_sql import raw_table
from ci_signals.loaders.junit_jobs import NamedJob, PathTemplate
from ci_signals.loaders.junit_read import ReadReport, Refused, ReportReader
from ci_signals.loaders.junit_sql import (
    Settled,
    Warehouse,
    add_reports,
    drop_rows,
    insert_rows,
    reject_files,
    settle_reports,
    start_reports,
)
from ci_signals.loaders.raw_tables import check_test_rows_are_ours, ensure_ci_tables, ensure_load_tables
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, open_client, qualified, table_names

_SHOWN = 5


def load_junit(
    settings: Settings,
    console: Console,
    paths: list[Path],
    job_id: int | None = None,
    template: str | None = None,
) -> None:
    """Load every report among `paths`, below their folders and in their zips.

    job_id: the job of all of them. template: how paths name jobs. A report whose job is not loaded or
    has not ended waits for it. A file that is no report, is damaged, or names no job is set aside in
    `rejected_rows`: none of it is loaded, and the rest goes on. Raises UserError when a path does not
    exist or no report was found.
    """
    check_test_rows_are_ours(settings)
    job = NamedJob("--job", job_id=job_id) if job_id else None
    load_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}_{secrets.token_hex(6)}"
    reader = ReportReader(paths, load_id, job, PathTemplate.parse(template) if template else None)
    for path in paths:
        if not path.exists():
            raise UserError(f"no such file or folder: {path}")
    started, read = time.monotonic(), 0
    reports, refused = list[ReadReport](), list[Refused]()
    with (
        open_client(settings, whole=False) as client,
        restoring(settings, client, console),
        console.progress("load junit") as progress,
    ):
        where = _warehouse(settings, console, client)
        start_reports(client)
        for batch in reader.read():
            insert_rows(client, where, batch.rows)
            add_reports(client, load_id, batch.reports)
            reports += batch.reports
            refused += batch.refused
            read += len(batch.rows)
            progress.describe(f"load junit, {read:,} testcases")
        settled = settle_reports(client, where)
        drop_rows(client, where, load_id, settings.is_embedded)
        reject_files(client, where, refused)
    here = {report.number: report for report in settled if report.load_id == load_id}
    _say_reports(console, reports, here)
    _say_waiting(console, [report for report in settled if report.load_id != load_id])
    _say_refused(console, refused, f"{where.database}.rejected_rows", bool(reports))
    if not reports and not refused:
        raise UserError(f"no JUnit reports in {', '.join(map(str, paths))}")
    seconds = time.monotonic() - started
    console.say(f"{read:,} testcases read in {seconds:.1f} s, {read / seconds:,.0f} a second")


def settle_waiting(settings: Settings, console: Console, client: Client) -> None:
    """Look again for the jobs of reports that wait for them. Call it when jobs were loaded."""
    database = str(settings.project_vars["load_database"])
    if settings.project_vars["test_run_database"] or "junit_reports" not in table_names(client, database):
        return
    reports = qualified(database, "junit_reports")
    if not client.query(f"select 1 from {reports} final where job_id = 0 limit 1").result_rows:
        return
    where = _warehouse(settings, console, client)
    start_reports(client)
    settled = settle_reports(client, where)
    drop_rows(client, where, "", settings.is_embedded)
    _say_waiting(console, settled)


def _warehouse(settings: Settings, console: Console, client: Client) -> Warehouse:
    ensure_ci_tables(settings, console, client)
    ensure_load_tables(settings, console, client, ["junit_reports", "junit_rows"])
    names = settings.project_vars
    runs = raw_table(client, "test_run_s3", names["ci_database"], names["test_run_table"])
    jobs = qualified(names["ci_database"], names["workflow_job_table"])
    return Warehouse(runs, jobs, str(names["load_database"]))


def _say_reports(console: Console, reports: list[ReadReport], settled: dict[int, Settled]) -> None:
    waiting, odd_times = Counter[str](), 0
    for report in reports:
        found = settled.get(report.number)
        if found is None:
            what = "a copy of another report"
        elif found.reason:
            what = f"wait: {found.reason}"
            waiting[found.reason + (f"; it may be {found.candidates}" if found.candidates else "")] += 1
        else:
            known = report.testcases - found.loaded
            what = f"{found.loaded:,} loaded, {known:,} already there (job {found.job_id})"
            odd_times += found.odd_times
        console.say(f"{report.file}: {report.testcases:,} testcases, {what}")
    if odd_times:
        console.warn(f"{odd_times:,} testcases have a time that is no number of seconds; it counts as 0")
    if waiting:
        reasons = [f"{reason} ({count:,})" for reason, count in waiting.most_common()]
        console.warn(f"{waiting.total():,} report(s) wait for their job: {_some(reasons)}")


def _say_waiting(console: Console, waiting: list[Settled]) -> None:
    found = [report for report in waiting if report.job_id]
    if found:
        loaded = sum(report.loaded for report in found)
        console.say(
            f"{len(found):,} of {len(waiting):,} waiting reports found their job: {loaded:,} testcases loaded"
        )


def _say_refused(console: Console, refused: list[Refused], table: str, others: bool) -> None:
    """Warn of the files that were set aside. Raises UserError when there were no others."""
    if not refused:
        return
    what = _some([f"{file.label}: {file.reason}" for file in refused])
    if not others:
        raise UserError(f"no report was loaded: {what}")
    console.warn(f"{len(refused):,} file(s) set aside, see {table}: {what}")


def _some(texts: list[str]) -> str:
    more = len(texts) - _SHOWN
    return "; ".join(texts[:_SHOWN]) + (f"; and {more:,} more" if more > 0 else "")
