"""Find JUnit reports: files, folders of them, and zips as artifacts are downloaded."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, cast
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile

from ci_signals.loaders.files import DamagedFileError, find_files, open_bytes, stored_name
from ci_signals.loaders.junit_jobs import (
    SIDECAR,
    NamedJob,
    PathTemplate,
    UnclearJobError,
    job_in_path,
    read_sidecar,
)

# What a folder holds beside reports. A file with another ending is looked into.
_REPORT_SUFFIXES = {".xml", ".json", ".trx"}
_PASSED_OVER = {".html", ".htm", ".svg", ".js", ".css", ".map", ".jsonl", ".ndjson"}
_DAMAGE = (BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError, ValueError, OSError)


@dataclass(frozen=True)
class ReportFile:
    """A file that may be a report.

    label: its path as given, with the path inside a zip after the zip's. inside: its path below the
    folder that was given; the label when the file itself was. is_named: whether it was given itself.
    sidecar: what opens the nearest sidecar.
    """

    label: str
    inside: str
    is_named: bool
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    sidecar: Callable[[], AbstractContextManager[IO[bytes]]] | None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return PurePosixPath(self.label).name

    def is_report(self, start: bytes) -> bool:
        """Whether a file with this start is read, or passed over without a word."""
        suffix = PurePosixPath(self.name.removesuffix(".gz").removesuffix(".zst")).suffix.lower()
        if self.is_named or suffix in _REPORT_SUFFIXES:
            return True
        return suffix not in _PASSED_OVER and start.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] in (
            b"<",
            b"{",
        )

    def job(self, template: PathTemplate | None) -> NamedJob:
        """The job that its path or its sidecar names. Raises UnclearJobError when neither does."""
        found = (
            template.find(self.inside) if template else job_in_path(self.inside) or job_in_path(self.label)
        )
        if found:
            return found
        if self.sidecar:
            with self.sidecar() as file:
                return read_sidecar(file)
        raise UnclearJobError(f"nothing names its job: give --job or --path, or put a {SIDECAR} beside it")


@dataclass(frozen=True)
class Damaged:
    """A file that cannot be opened as what it is: its label, and why."""

    label: str
    reason: str


def report_files(paths: list[Path]) -> Iterator[ReportFile | Damaged]:
    """Every file among `paths`, below their folders and in their zips, in order.

    Raises UserError for a path that does not exist. A file of a zip is open until the next one is taken.
    """
    for path in paths:
        for file in find_files([path]):
            if file.name == SIDECAR and file != path:
                continue
            label = stored_name(file)
            inside = label if file == path else stored_name(file.relative_to(path))
            if file.suffix.lower() == ".zip" or _is_zip(file):
                yield from _zipped(file, label, inside)
            else:
                yield ReportFile(label, inside, file == path, partial(open_bytes, file), _beside(file, path))


def _is_zip(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(4) == b"PK\x03\x04" and is_zipfile(file)
    except OSError:
        return False


def _beside(file: Path, given: Path) -> Callable[[], AbstractContextManager[IO[bytes]]] | None:
    for folder in file.parents:
        if (folder / SIDECAR).is_file():
            return partial(open_bytes, folder / SIDECAR)
        if folder == given or file == given:
            break
    return None


def _zipped(file: Path, label: str, inside: str) -> Iterator[ReportFile | Damaged]:
    try:
        with ZipFile(file) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            sidecars = {
                PurePosixPath(member.filename).parent: member
                for member in members
                if PurePosixPath(member.filename).name == SIDECAR
            }
            for member in members:
                path = PurePosixPath(member.filename)
                if path.name == SIDECAR:
                    continue
                if path.suffix.lower() == ".zip":
                    yield Damaged(f"{label}/{path}", "a zip inside a zip is not opened")
                    continue
                nearest = next((sidecars[folder] for folder in path.parents if folder in sidecars), None)
                yield ReportFile(
                    f"{label}/{path}",
                    f"{inside}/{path}",
                    False,
                    partial(_member, opened, member),
                    partial(_member, opened, nearest) if nearest else None,
                )
    except _DAMAGE as error:
        yield Damaged(label, f"not a whole zip: {error}")


@contextmanager
def _member(opened: ZipFile, member: ZipInfo) -> Iterator[IO[bytes]]:
    try:
        with opened.open(member) as file:
            yield (
                cast(IO[bytes], gzip.GzipFile(fileobj=file))
                if member.filename.lower().endswith(".gz")
                else file
            )
    except _DAMAGE as error:
        raise DamagedFileError(f"cut short or damaged: {error}") from error
