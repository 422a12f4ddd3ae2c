"""Read JUnit reports in batches: many small ones share a batch, a large one is several."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ci_signals.loaders.files import DamagedFileError
from ci_signals.loaders.junit_files import Damaged, ReportFile, report_files
from ci_signals.loaders.junit_jobs import NamedJob, PathTemplate, UnclearJobError
from ci_signals.loaders.junit_scan import NotAReportError, Row, Scan

_BATCH_ROWS = 50_000
_BATCH_CHUNKS = 32  # of a quarter of a megabyte of XML


class Refused(NamedTuple):
    """A file that is set aside: its path, the line that says why (0: the whole file), and the reason."""

    label: str
    line: int
    reason: str


class ReadReport(NamedTuple):
    """A report that was read to its end: its number in the load, and the job that it is said to be of."""

    number: int
    digest: str
    name: str
    file: str
    testcases: int
    job: NamedJob


@dataclass
class Batch:
    """Testcases, the reports that ended, and the files that are set aside."""

    rows: list[Row] = field(default_factory=list)
    chunks: int = 0
    reports: list[ReadReport] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= _BATCH_ROWS or self.chunks >= _BATCH_CHUNKS


@dataclass
class ReportReader:
    """Reads every report among `paths` for a load.

    job: the job of all of them. template: how paths name jobs.

    The rows of a report that turns out to be damaged come in batches all the same; only reports
    that were read to their end are named.
    """

    paths: list[Path]
    load_id: str
    job: NamedJob | None = None
    template: PathTemplate | None = None

    def read(self) -> Iterator[Batch]:
        """The reports in batches; the next one is read while the caller is busy with the one before."""
        batches = self._batches()
        with ThreadPoolExecutor(1) as pool:
            coming = pool.submit(next, batches, None)
            while batch := coming.result():
                coming = pool.submit(next, batches, None)
                yield batch

    def _batches(self) -> Iterator[Batch]:
        batch = Batch()
        for number, file in enumerate(report_files(self.paths), start=1):
            if isinstance(file, Damaged):
                batch.refused.append(Refused(file.label, 0, file.reason))
                continue
            try:
                job, why_none = self._job_of(file)
                with file.open() as opened:
                    scan = Scan(opened, self.load_id, number)
                    if not file.is_report(scan.start):
                        continue
                    for rows in scan.pieces():
                        batch.rows += rows if job else []
                        batch.chunks += 1
                        if batch.is_full:
                            full, batch = batch, Batch()
                            yield full
                if job:
                    report = ReadReport(number, scan.digest, file.name, file.label, scan.testcases, job)
                    batch.reports.append(report)
                else:
                    batch.refused.append(Refused(file.label, 0, why_none))
            except NotAReportError as error:
                batch.refused.append(Refused(file.label, error.line, str(error)))
            except DamagedFileError as error:
                batch.refused.append(Refused(file.label, 0, str(error)))
        yield batch

    def _job_of(self, file: ReportFile) -> tuple[NamedJob | None, str]:
        """The job that the file is said to be of, or None and the reason."""
        try:
            return self.job or file.job(self.template), ""
        except UnclearJobError as error:
            return None, str(error)
