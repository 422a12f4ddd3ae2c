"""`signals report`: from the logs of a trace to its pages, in one command."""

from __future__ import annotations

import os
import shutil
import tempfile
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import yaml
from clickhouse_connect.driver.exceptions import ClickHouseError

from ci_signals.beside import working_beside
from ci_signals.build import render_output
from ci_signals.console import Console
from ci_signals.dbt_runner import environment, run_dbt, start_dbt, without_gc
from ci_signals.errors import UserError
from ci_signals.loaders.trace import load_trace
from ci_signals.loaders.trace_runs import ONLY_RUN, RunOptions, run_folder
from ci_signals.loaders.trace_sources import trace_files, trace_name
from ci_signals.reader import open_reader
from ci_signals.settings import PROJECT_NAME, Settings
from ci_signals.store import Engine, connect_store

# What the pages of traces need. Data tests are left out: they take as long as the models.
_PAGES = ["+exposure:trace_pages", "+exposure:trace_findings"]
_RUN_PAGES = ["+exposure:trace_run_pages"]
_OPTIONS = [
    *(word for kind in ("exposure", "test", "unit_test") for word in ("--exclude-resource-type", kind)),
]
# What dbt remembers of a project that it parsed.
_PARSED = "partial_parse.msgpack"
_OWN_FILES = {"index.html", "static", "traces", "compare", "trends"}


def report_trace(
    settings: Settings,
    console: Console,
    paths: list[Path],
    name: str | None,
    output: Path,
    once: bool,
    options: RunOptions = ONLY_RUN,
) -> Path:
    """Load a trace, build what its pages need, write them to `output`. Returns the trace's first page.

    With `once` this happens in a store of its own, which is removed: `output` has this trace and
    nothing else. Only the parsed project is kept, in the user's cache. Without it the trace is added
    to the target's store, and `output` is the site of all that is in there. A copy of this process
    loads into an embedded store while dbt starts here: the two take equally long, and what loading
    takes in memory ends with it. Raises UserError as load_trace and build_project do, and with `once`
    when a target is chosen or `output` has files that a report does not write.
    """
    if once:
        _check_replaceable(output)

    def load(chosen: Settings) -> str:
        with _frugal_engine(chosen, not once):
            return load_trace(chosen, console, paths, name, options=options)

    trace_name(paths, name), trace_files(paths)  # what is wrong here is said at once
    with own_store(settings) if once else nullcontext(settings) as chosen:
        if chosen.is_embedded:
            with working_beside(partial(load, chosen)) as loaded, without_gc():
                manifest = start_dbt(chosen)
                trace = loaded()
        else:  # in an empty database loading runs dbt itself
            manifest, trace = None, load(chosen)
        with _frugal_engine(chosen, not once) as purge, without_gc():
            selected = _PAGES if once else _PAGES + _RUN_PAGES  # one trace alone has no other run
            command = ["build", "--select", *selected, *_OPTIONS]
            run_dbt(chosen, command, console, writes_manifest=not once, after_table=purge, manifest=manifest)
            purge()
            render_output(chosen, console, output)
            _say_advice(chosen, console, trace)
    return output / "traces" / run_folder(trace) / "index.html"


def _say_advice(settings: Settings, console: Console, trace: str) -> None:
    """Print the dearest finding of a trace in one line; nothing when there is none."""
    with open_reader(settings) as reader:
        first = "trace = {trace:String} and advice_number = 1"
        for row in reader.rows("rpt_advice", "advice_number", first, trace=trace):
            place = f" in {row['function']}" if row["function"] else ""
            console.say(f"dearest finding: {row['title']}{place}: {row['finding'][:200]}")


def open_page(page: Path, console: Console) -> None:
    """Show a page in the browser."""
    if not webbrowser.open(page.resolve().as_uri()):
        console.warn(f"no browser was found: open {page}")


def _check_replaceable(output: Path) -> None:
    """Raise UserError when `output` is not a folder that a report may replace."""
    try:
        strangers = sorted(
            path.name for path in output.iterdir() if path.name not in _OWN_FILES and path.name[:1] != "."
        )
    except FileNotFoundError:
        return
    except OSError as error:
        raise UserError(f"cannot write {output}: {error.strerror}; choose another --output") from error
    if strangers:
        raise UserError(f"{output} has {strangers[0]}, which no report writes: choose another --output")


@contextmanager
def own_store(settings: Settings) -> Iterator[Settings]:
    """Settings of an embedded store in a folder that is removed at the end, with all that dbt writes."""
    if settings.target:
        raise UserError("--once has a store of its own: leave out --target")
    with tempfile.TemporaryDirectory(prefix="signals-report-") as place:
        folder = Path(place)
        # the name and settings that dbt knows its parsed project by are those of the embedded target
        output = {
            "type": "chdb",
            "path": str(folder / "store"),
            "schema": PROJECT_NAME,
            "threads": 2,
            "custom_settings": {"database_atomic_wait_for_drop_and_detach_synchronously": 1},
        }
        # the macro is_throwaway knows the target's name
        profile = {PROJECT_NAME: {"target": "throwaway", "outputs": {"throwaway": output}}}
        (folder / "profiles.yml").write_text(yaml.safe_dump(profile))
        (folder / "target").mkdir()
        parsed, kept = folder / "target" / _PARSED, _cache() / _PARSED
        found = [file for file in (kept, settings.target_dir / _PARSED) if file.is_file()]
        with suppress(OSError, ValueError):  # none, or none that can be read
            shutil.copy2(max(found, key=lambda file: file.stat().st_mtime), parsed)
        before = _state(parsed)
        variables = {
            "DBT_PROFILES_DIR": place,
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        }
        with environment(variables):
            yield replace(settings)
        if _state(parsed) != before:
            _keep(parsed, kept)


def _cache() -> Path:
    """Where the parsed project is kept between reports with --once: 3 to 4 s each."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / PROJECT_NAME


def _state(file: Path) -> tuple[int, int] | None:
    with suppress(FileNotFoundError):
        found = file.stat()
        return found.st_mtime_ns, found.st_size
    return None


def _keep(file: Path, kept: Path) -> None:
    """Put a copy of a file into the cache, in one step; nothing where the cache cannot be written."""
    with suppress(OSError):
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = kept.with_name(f".{kept.name}.{os.getpid()}")
        try:
            fresh.touch(0o600)
            shutil.copyfile(file, fresh)
            fresh.replace(kept)
        finally:
            fresh.unlink(missing_ok=True)


@contextmanager
def _frugal_engine(settings: Settings, is_kept: bool) -> Iterator[Callable[[], None]]:
    """Keep an embedded engine open that takes little memory. Yields a function that gives back the
    memory it holds on to after queries, which would be a third of the peak.

    is_kept: whether the store is still there after the command.
    """
    if not settings.is_embedded:
        yield lambda: None
        return
    with (
        environment({"SIGNALS_FSYNC_METADATA": str(int(is_kept))}),
        connect_store(settings.store, engine=Engine.FRUGAL) as client,
    ):

        def purge() -> None:
            with suppress(ClickHouseError):  # an allocator that cannot
                client.command("system jemalloc purge")

        yield purge
