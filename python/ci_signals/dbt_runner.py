"""The only module that runs dbt."""

from __future__ import annotations

import gc
import json
import os
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from ci_signals.console import Console
from ci_signals.errors import NO_DATA, UserError
from ci_signals.process import check_stopped, signals_noted
from ci_signals.settings import Settings
from ci_signals.warehouse import check_server

_BAD = {"error", "fail", "runtime error"}


_CANNOT_RUN = "cannot run yet: "


class CannotRunYetError(UserError):
    """Chosen nodes read models that are neither there nor chosen. nodes: their names."""

    def __init__(self, nodes: list[str]) -> None:
        super().__init__(f"{', '.join(nodes)}: what they read is neither built nor chosen")
        self.nodes = nodes


@dataclass(frozen=True)
class NodeProblem:
    """A model, seed or test that did not pass: its name in dbt, and the reason in one line."""

    name: str
    is_test: bool
    message: str


@contextmanager
def dbt_ready() -> Iterator[None]:
    """Import dbt, which takes a second or more, for the block."""
    with without_gc():
        with signals_noted():
            import dbt.cli.main  # noqa: F401
        yield


@contextmanager
def without_gc() -> Iterator[None]:
    """Collect no garbage during the block.

    Most of dbt's objects live until the end; looking for garbage among them takes a tenth of the
    start, and later half a second of the end.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def start_dbt(settings: Settings) -> Any:
    """Import dbt, and let it parse what has changed in the project, before there is a store to run on.

    This takes two seconds, run_dbt after it 0.1 s to start. Returns dbt's manifest for run_dbt; None
    when something went wrong, which goes wrong again in run_dbt, and is reported there.
    """
    with signals_noted():
        from dbt.cli.main import dbtRunner

        options = ["--log-level", "none", "--no-write-json"]
        return dbtRunner().invoke([*options, "parse", *_common_options(settings)]).result


def run_dbt(
    settings: Settings,
    command: list[str],
    console: Console,
    window: dict[str, Any] | None = None,
    project_vars: dict[str, Any] | None = None,
    *,
    writes_manifest: bool = True,
    after_table: Callable[[], None] | None = None,
    manifest: Any = None,
    contracts_hold: bool = False,
) -> None:
    """Run one dbt command in this process, with progress on the console.

    window: variables of the window, by name, that differ from dbt_project.yml.
    project_vars: other variables, which override those of the settings. writes_manifest: whether
    a changed project's manifest.json is written, which takes a second. after_table: called in one
    of dbt's threads after each model that is a table. manifest: from start_dbt. contracts_hold:
    whether models are known to keep their contracts, so that the embedded engine need not plan each
    of them once more to compare. Raises UserError that names what failed: exit code 1 when only
    tests failed, 2 when dbt could not run or could not build a model or seed.
    """
    check_server(settings)
    from dbt.cli.main import dbtRunner  # slow to import

    arguments = [*command, *_common_options(settings, project_vars)]
    keeps_manifest = not writes_manifest or has_current_manifest(settings)
    globals_ = [
        *([] if settings.verbose else ["--log-level", "none"]),
        *(["--no-write-json"] if keeps_manifest else []),
    ]
    # read by the macro window_var, which says why this is not in --vars
    variables = {"SIGNALS_WINDOW": json.dumps(window)} if window else {}
    if contracts_hold:  # read by the macro chdb__get_assert_columns_equivalent
        variables["SIGNALS_CONTRACTS"] = "hold"
    console.detail(shlex.join([*(f"{name}={value}" for name, value in variables.items()), "dbt", *arguments]))
    said: list[str] = []  # why an operation failed; its result does not say
    with (
        environment(variables | settings.password_variable),
        console.progress(f"dbt {command[0]}") as progress,
        ExitStack() as until_models,
    ):
        until_models.enter_context(signals_noted())

        def follow(event: Any) -> None:
            if event.info.name == "NodeFinished":
                progress.advance()
                if after_table and event.data.node_info.materialized == "table":
                    after_table()
            elif event.info.name == "ConcurrencyLine":
                until_models.close()
                progress.start(int(event.data.node_count))
            elif event.info.name.startswith("RunningOperation"):
                said.append(
                    str(event.info.msg).removeprefix("Encountered an error while running operation: ")
                )

        # dbt writes manifest.json only when it has parsed the project itself
        parsed = manifest if keeps_manifest else None
        outcome = dbtRunner(manifest=parsed, callbacks=[follow]).invoke([*globals_, *arguments])
    if keeps_manifest and hasattr(outcome.result, "write"):
        # --no-write-json leaves out the results too, and they change with every run
        try:
            outcome.result.write(str(settings.target_dir / "run_results.json"))
        except OSError as error:
            console.warn(f"cannot write {error.filename}: {error.strerror}")
    check_stopped()
    if outcome.success and getattr(outcome.result, "results", None) == []:
        asked = command[command.index("--select") :] if "--select" in command else command
        raise UserError(f"nothing in the project matches {shlex.join(asked)}")
    if not outcome.success:
        _check_server_still_there(settings)
    if said:
        raise _stopped(said[0], settings)
    problems = _problems(outcome.result)
    if problems:
        raise _failure(problems, console)
    if outcome.exception is not None:
        raise _stopped(str(outcome.exception), settings)
    if not outcome.success:
        raise UserError(f"dbt {command[0]} failed; `signals --verbose {command[0]}` shows what dbt says")


def _common_options(settings: Settings, project_vars: dict[str, Any] | None = None) -> list[str]:
    chosen = settings.chosen_vars | (project_vars or {})  # dbt uses only the last --vars
    return [
        *("--project-dir", str(settings.project_dir)),
        *("--profiles-dir", str(settings.profiles_dir)),
        *(("--target", settings.target) if settings.target else ()),
        *_folders(settings),
        *(("--vars", json.dumps(chosen)) if chosen else ()),
    ]


def _folders(settings: Settings) -> list[str]:
    """Options that say where dbt writes; none when it is the project's folder."""
    if settings.work_dir == settings.project_dir:
        return []
    logs = settings.work_dir / os.environ.get("DBT_LOG_PATH", "logs")
    return ["--target-path", str(settings.target_dir), "--log-path", str(logs)]


def _check_server_still_there(settings: Settings) -> None:
    """Raise one UserError when the server went away, instead of one line per failed model."""
    try:
        check_server(settings)
    except UserError as error:
        raise UserError(f"{error}; finished tables are whole, and the command can be run again") from error


@contextmanager
def environment(ours: dict[str, str]) -> Iterator[None]:
    """Set environment variables during the block, for dbt in this process."""
    before = {name: os.environ[name] for name in ours.keys() & os.environ.keys()}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            del os.environ[name]
        os.environ.update(before)


def has_current_manifest(settings: Settings) -> bool:
    """Whether dbt's manifest.json is complete and newer than all files that it describes.

    Writing it takes half a second before the first model, and again after the last.
    """
    try:
        written = settings.manifest.stat().st_mtime
        with settings.manifest.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            is_whole = file.read() == b"}"  # a killed dbt leaves half a file
    except OSError:
        return False
    return is_whole and all(path.stat().st_mtime < written for path in settings.project_files())


def _stopped(text: str, settings: Settings) -> UserError:
    """Why dbt stopped before it built anything, without dbt's list of its own macros."""
    if _CANNOT_RUN in text:
        return CannotRunYetError(text.split(_CANNOT_RUN)[1].splitlines()[0].split())
    text = re.sub(
        r"^\w+ Error in operation \S+ \(\S+\) ", "", _one_line(text).split(" > in macro ")[0]
    ).strip()
    if f"Failed to create {settings.database} database" in text:
        return UserError(
            f"user {settings.output.get('user')!r} may not create the database {settings.database}:"
            " let someone who may create it and grant rights on it"
        )
    # a message of our macros check_sources and check_window is complete
    is_ours = text.startswith(("source ", "no "))
    return UserError(
        text if is_ours else f"dbt could not run: {text}", NO_DATA if text.startswith("no data: ") else 2
    )


def _failure(problems: list[NodeProblem], console: Console) -> UserError:
    """The error for `problems`. It holds a single cause; several are printed first, one per line."""
    tests_only = all(problem.is_test for problem in problems)
    what = "dbt test" if tests_only else "dbt node"
    names = ", ".join(problem.name for problem in problems)
    causes = {problem.message: problem for problem in problems}
    if len(causes) == 1:
        text = f"{len(problems)} {what}(s) failed: {names}: {problems[0].message}"
    else:
        for problem in causes.values():
            console.error(f"{problem.name}: {problem.message}")
        text = f"{len(problems)} {what}(s) failed: {names}"
    return UserError(text, exit_code=1 if tests_only else 2)


def _problems(result: Any) -> list[NodeProblem]:
    return [
        _problem(node_result)
        for node_result in getattr(result, "results", None) or []
        if str(node_result.status) in _BAD
    ]


def _problem(result: Any) -> NodeProblem:
    node = getattr(result, "node", None)  # an operation has no node
    kind, name = (str(node.resource_type), node.name) if node else ("operation", result.unique_id)
    return NodeProblem(
        name=name,
        is_test=kind in {"test", "unit_test"} and str(result.status) == "fail",
        message=_one_line(result.message or str(result.status)),
    )


def _one_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines)[:600]
