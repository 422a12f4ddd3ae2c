"""Loading CI rows in this process, which has the store open: a load takes no start of a command."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from workspace import FIXTURES, PROJECT, Workspace

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.loaders.ci import LoadReport, NothingUsableError, load_ci
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, open_client

KINDS = {"push": "dynamoKey", "workflow_job": "id", "test_run_s3": "job_id"}


def sample_rows(kind: str, count: int) -> list[dict[str, Any]]:
    with gzip.open(FIXTURES / "sample" / "ci" / f"{kind}.jsonl.gz") as lines:
        rows = [json.loads(line) for line in itertools.islice(lines, count)]
    return [{name: value for name, value in row.items() if name != "_row_hash"} for row in rows]


ROWS = {kind: sample_rows(kind, 4) for kind in KINDS}
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Loader:
    """A store that this process has open, and a folder for files. Loads run in the process."""

    folder: Path
    settings: Settings
    client: Client

    def load(self, files: dict[str, bytes]) -> tuple[Path, LoadReport | None, str]:
        """Load the files; their folder, what the load counted, and the error it ended with."""
        folder = self.folder / str(next(_numbers))
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        try:
            return folder, load_ci(self.settings, Console(quiet=True), [folder]), ""
        except NothingUsableError as error:
            return folder, error.report, ""
        except UserError as error:
            return folder, None, str(error)

    def keys(self, kind: str) -> set[Any]:
        rows = self.client.query(f"select distinct {KINDS[kind]} from ci_raw.{kind}").result_rows
        return {row[0] for row in rows}

    def rejected(self, file: Path) -> dict[int, str]:
        rows = self.client.query(
            "select row_number, reason from ci_raw.rejected_rows final where file = {file:String}",
            parameters={"file": str(file)},
        ).result_rows
        return {int(number): str(reason) for number, reason in rows}

    def all_rejected(self, folder: Path) -> dict[str, dict[int, str]]:
        rows = self.client.query(
            "select file, row_number, reason from ci_raw.rejected_rows final"
            " where startsWith(file, {at:String})",
            parameters={"at": f"{folder}/"},
        ).result_rows
        found: dict[str, dict[int, str]] = {}
        for file, number, reason in rows:
            found.setdefault(Path(file).name, {})[int(number)] = str(reason)
        return found


@contextmanager
def open_loader(folder: Path) -> Iterator[Loader]:
    """A loader on a new store in `folder`."""
    workspace = Workspace(folder)
    first = workspace.folder / "push.jsonl"
    first.write_text(json.dumps(ROWS["push"][0]))
    workspace.signals("load", "ci", first)  # makes the tables
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIGNALS_STORE", str(workspace.folder / "store"))
        settings = Settings(PROJECT)
        with open_client(settings) as client:
            yield Loader(workspace.folder, settings, client)


def numbered(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """The row under a key that no other row has."""
    number = next(_numbers)
    return row | {KINDS[kind]: f"key-{number}" if kind == "push" else 10_000_000 + number}
