"""`signals junit-tag`: inside a job of GitHub Actions, say beside its reports which job they are of."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.loaders.junit_jobs import SIDECAR

_NUMBERS = {"run_id": "GITHUB_RUN_ID", "run_attempt": "GITHUB_RUN_ATTEMPT"}


def tag_reports(console: Console, folder: Path, check_run_id: str) -> None:
    """Write the sidecar to `folder`. check_run_id: the job's id as text, or '' for run, attempt and name.

    Raises UserError when the folder is missing, the id is no number, or neither it nor the variables of
    a job are there.
    """
    if not folder.is_dir():
        raise UserError(f"no such folder: {folder}")
    if check_run_id and not re.fullmatch(r"[1-9]\d{0,17}", check_run_id, re.ASCII):
        raise UserError(
            f"--check-run-id {check_run_id!r} is not the id of a job: pass ${{{{ job.check_run_id }}}}"
        )
    found: dict[str, int | str] = {"job_id": int(check_run_id)} if check_run_id else {}
    for key, variable in _NUMBERS.items():
        value = os.environ.get(variable, "")
        if value and not re.fullmatch(r"[1-9]\d{0,17}", value, re.ASCII):
            raise UserError(f"{variable} is {value!r}, not a number")
        found |= {key: int(value)} if value else {}
    if name := os.environ.get("GITHUB_JOB"):
        found["job_name"] = name
    if "job_id" not in found and not {"job_name", *_NUMBERS} <= found.keys():
        wanted = ", ".join((*_NUMBERS.values(), "GITHUB_JOB"))
        raise UserError(f"this is no job of GitHub Actions: set {wanted}, or give --check-run-id")
    (folder / SIDECAR).write_text(json.dumps(found) + "\n")
    if "job_id" not in found:
        console.warn(
            "without --check-run-id, jobs of a matrix cannot be told apart, nor jobs with a name of their own"
        )
    console.say(f"{folder / SIDECAR}: {', '.join(f'{key} {value}' for key, value in found.items())}")
