"""Rows whose names attack terminals, spreadsheets and markup, as three files to load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# Recolours and clears the screen, sets the title, mirrors text, parts lines and cells, is a
# formula, is markup for terminals and for browsers, is very long.
ESCAPES = "test_\x1b[31mred\x1b[2J\x1b]0;title\x07_\x9b5m"
MIRRORED = "test_\u202eabc\u2066"
LINES = 'test_one\ntwo\r\n"three",\u2028four\t;'
FORMULA = '=HYPERLINK("http://x","y")'
MARKUP = "[red]bold[/red][/] :fire: <script>alert(1)</script>"
LONG = "test_" + "x" * 2000
NAMES = (ESCAPES, MIRRORED, LINES, FORMULA, MARKUP, LONG)
TITLE = "Fix \x1b[1mbold\x1b[0m [link=http://x]here[/link]"
# A failure's message: all of these, then a megabyte without an end.
MESSAGE = f"{ESCAPES} {MIRRORED} {MARKUP}\n{FORMULA}\n" + "x" * 1_000_000
WORKFLOW = "pull [b]\x1b[7m"
BASE = "=linux\x1b[0m / test"


def write_hostile_rows(
    folder: Path, names: tuple[str, ...] = NAMES, workflow: str = WORKFLOW, base: str = BASE
) -> Path:
    """Two commits; on each, a job in which every test of `names` failed. Returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    commits = [
        {
            "id": digit * 40,
            "timestamp": f"2026-11-20 0{digit}:00:00",
            "message": TITLE,
            "author": {"name": "\x1bA"},
        }
        for digit in "12"
    ]
    _write(
        folder / "push.jsonl",
        [
            {
                "ref": "refs/heads/main",
                "dynamoKey": commit["id"],
                "repository": {"full_name": "pytorch/pytorch"},
                "head_commit": commit,
                "commits": [commit],
            }
            for commit in commits
        ],
    )
    _write(folder / "workflow_job.jsonl", [_job(int(digit), workflow, base) for digit in "12"])
    runs = [
        {
            "job_id": int(digit),
            "name": name,
            "file": "test_x.py",
            "failure": [{"message": MESSAGE}],
            "error": [],
        }
        for digit in "12"
        for name in names
    ]
    _write(folder / "test_run_s3.jsonl", [run | {"time_inserted": "2026-11-20 04:00:00"} for run in runs])
    return folder


def _job(number: int, workflow: str, base: str) -> dict[str, Any]:
    return {
        "id": number,
        "run_id": 10 + number,
        "run_attempt": 1,
        "name": f"{base} (default, 1, 1)",
        "workflow_name": workflow,
        "head_sha": str(number) * 40,
        "status": "completed",
        "conclusion": "failure",
        "created_at": f"2026-11-20 0{number}:10:00",
        "started_at": f"2026-11-20 0{number}:11:00",
        "completed_at": f"2026-11-20 0{number}:30:00",
        "dynamoKey": f"pytorch/pytorch/{number}",
        "torchci_classification": {"line": "F", "rule": "pytest failure"},
    }


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
