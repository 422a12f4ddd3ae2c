"""What the files say about the job of a JUnit report: its path, or a sidecar beside it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import IO

from ci_signals.errors import UserError

SIDECAR = "ci_signals.json"
_LONGEST_SIDECAR = 1 << 16
_PLACES = {
    "job_id": r"(?P<job_id>\d{1,18})",
    "run_id": r"(?P<run_id>\d{1,18})",
    "run_attempt": r"(?P<run_attempt>\d{1,9})",
    "job_name": r"(?P<job_name>[^/]+)",
    "artifact": r"[^/]*?",
}
_PIECE = re.compile(r"\{(\w*)\}|\*\*/|\*\*|\*")
_WILD = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
_DEFAULT = re.compile(r"(?<![A-Za-z0-9])job-(\d{1,18})(?![A-Za-z0-9])")


@dataclass(frozen=True)
class NamedJob:
    """The job that a report is said to be of: its id, or its run, attempt and name. by: who says so."""

    by: str
    job_id: int = 0
    run_id: int = 0
    run_attempt: int = 0
    job_name: str = ""


class UnclearJobError(UserError):
    """The files name no job, or several, or not in a way that can be read."""


@dataclass(frozen=True)
class PathTemplate:
    """How paths name jobs, as `--path` says it: `{artifact}-{job_id}/**`.

    Placeholders are job_id, run_id, run_attempt, job_name and artifact (any text); * stands for text
    within a part of the path, ** for any parts.
    """

    pattern: re.Pattern[str]

    @classmethod
    def parse(cls, text: str) -> PathTemplate:
        """Raises UserError for an unknown placeholder, one that repeats, or too few to name a job."""
        parts, named, end = [], [], 0
        for piece in _PIECE.finditer(text):
            parts.append(re.escape(text[end : piece.start()]))
            end = piece.end()
            if piece[0] in _WILD:
                parts.append(_WILD[piece[0]])
            elif piece[1] in _PLACES:
                parts.append(_PLACES[piece[1]])
                named.append(piece[1])
            else:
                raise UserError(f"--path has {piece[0]}: choose from {', '.join(_PLACES)}")
        keys = [name for name in named if name != "artifact"]
        if len(set(keys)) < len(keys):
            raise UserError("--path names a placeholder twice")
        if "job_id" not in keys and set(keys) != {"run_id", "run_attempt", "job_name"}:
            raise UserError("--path needs {job_id}, or all of {run_id}, {run_attempt} and {job_name}")
        return cls(re.compile("".join([*parts, re.escape(text[end:])]), re.DOTALL))

    def find(self, path: str) -> NamedJob | None:
        """The job that the whole path names; the name of a zip counts without its ending."""
        match = self.pattern.fullmatch(path.replace(".zip/", "/")) or self.pattern.fullmatch(path)
        if not match:
            return None
        found = match.groupdict()
        if "job_id" in found:
            return NamedJob("path", job_id=int(found["job_id"]))
        return NamedJob(
            "path",
            run_id=int(found["run_id"]),
            run_attempt=int(found["run_attempt"]),
            job_name=found["job_name"],
        )


def job_in_path(path: str) -> NamedJob | None:
    """The job that `job-<id>` in any part of the path names. Raises UnclearJobError when it names several."""
    ids = sorted({int(found) for found in _DEFAULT.findall(path)} - {0})
    if len(ids) > 1:
        raise UnclearJobError(f"its path names {len(ids)} jobs: {', '.join(map(str, ids))}")
    return NamedJob("path", job_id=ids[0]) if ids else None


def read_sidecar(file: IO[bytes]) -> NamedJob:
    """The job that a sidecar names. Raises UnclearJobError for one that names none or cannot be read."""
    try:
        content = json.loads(file.read(_LONGEST_SIDECAR))
    except (ValueError, RecursionError) as error:
        raise UnclearJobError(f"{SIDECAR} beside it is not JSON") from error
    if not isinstance(content, dict):
        raise UnclearJobError(f"{SIDECAR} beside it is not a JSON object")
    numbers = {name: _number(content, name) for name in ("job_id", "run_id", "run_attempt")}
    name = content.get("job_name") or ""
    if not isinstance(name, str):
        raise UnclearJobError(f"job_name in {SIDECAR} beside it is not text")
    if numbers["job_id"]:
        return NamedJob("sidecar", job_id=numbers["job_id"])
    if not (numbers["run_id"] and numbers["run_attempt"] and name):
        raise UnclearJobError(
            f"{SIDECAR} beside it has neither job_id nor all of run_id, run_attempt, job_name"
        )
    return NamedJob("sidecar", 0, numbers["run_id"], numbers["run_attempt"], name)


def _number(content: dict[str, object], name: str) -> int:
    value = content.get(name)
    if value is None:
        return 0
    text = str(value)
    if isinstance(value, bool | float) or not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        raise UnclearJobError(f"{name} in {SIDECAR} beside it is not a whole number")
    return int(text)
