"""The one place that runs dbt."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.settings import Settings

_BAD = {"error", "fail", "runtime error"}


@dataclass(frozen=True)
class NodeProblem:
    """A model, seed or test that did not pass: its dbt name and the first line of why."""

    name: str
    is_test: bool
    message: str


def run_dbt(
    settings: Settings,
    command: list[str],
    console: Console,
    variables: dict[str, Any] | None = None,
) -> None:
    """Run one dbt command in this process, with progress on the console.

    Raises UserError: exit code 1 when only tests failed, 2 when dbt could not run
    or a model or seed could not be built; the message names what failed.
    """
    from dbt.cli.main import dbtRunner  # a second of imports: only commands that build pay it

    arguments = [
        *command,
        *("--project-dir", str(settings.project_dir)),
        *("--profiles-dir", str(settings.profiles_dir)),
        *(("--target", settings.target) if settings.target else ()),
        *(("--vars", json.dumps(variables)) if variables else ()),
    ]
    console.detail("dbt " + shlex.join(arguments))
    silent = [] if settings.verbose else ["--log-level", "none"]
    with console.progress(f"dbt {command[0]}") as progress:

        def follow(event: Any) -> None:
            if event.info.name == "NodeFinished":
                progress.advance()
            elif event.info.name == "ConcurrencyLine":
                progress.start(int(event.data.node_count))

        outcome = dbtRunner(callbacks=[follow]).invoke([*silent, *arguments])
    if outcome.success and getattr(outcome.result, "results", None) == []:
        raise UserError(f"nothing in the project matches: dbt {shlex.join(command)}")
    problems = _problems(outcome.result)
    if problems:
        for problem in problems:
            console.error(f"{problem.name}: {problem.message}")
        tests_only = all(problem.is_test for problem in problems)
        what = "dbt test" if tests_only else "dbt node"
        names = ", ".join(problem.name for problem in problems)
        raise UserError(f"{len(problems)} {what}(s) failed: {names}", exit_code=1 if tests_only else 2)
    if outcome.exception is not None:
        raise UserError(f"dbt could not run: {_one_line(str(outcome.exception))}")
    if not outcome.success:
        raise UserError(f"dbt {command[0]} failed; see {settings.project_dir / 'logs' / 'dbt.log'}")


def _problems(result: Any) -> list[NodeProblem]:
    return [
        NodeProblem(
            name=node_result.node.name,
            is_test=str(node_result.node.resource_type) in {"test", "unit_test"}
            and str(node_result.status) == "fail",
            message=_one_line(node_result.message or str(node_result.status)),
        )
        for node_result in getattr(result, "results", None) or []
        if str(node_result.status) in _BAD
    ]


def _one_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines)[:600]
