"""`make bench`, signals part: from files to pages; seconds, rows and peak memory per stage at three sizes.

Each size has a store of its own and each measured step a process of its own, so that
peak memory is that step's. What the engine alone takes to insert a file into an equal table stands
beside each load. Run it as `python tests/bench/bench_signals.py [small medium large]`.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ci_signals.store import connect_store
from ci_signals.warehouse import Client
from generate_ci_rows import AS_OF, SIZES, Size, generate

PROJECT = Path(__file__).resolve().parents[2]


def main(names: list[str]) -> None:
    """Print one block of figures a size."""
    for size in SIZES:
        if not names or size.name in names:
            with tempfile.TemporaryDirectory(prefix="signals-bench-") as folder:
                bench(size, Path(folder))


def bench(size: Size, folder: Path) -> None:
    print(
        f"\n{size.name}: {size.test_rows:,} test rows, {size.jobs:,} jobs, {size.commits} commits", flush=True
    )
    environment = {
        **os.environ,
        "SIGNALS_STORE": str(folder / "store"),
        "DBT_TARGET_PATH": str(folder / "target"),
    }
    signals = str(Path(sys.executable).with_name("signals"))
    run([sys.executable, __file__, "--generate", size.name, str(folder)], environment, "generate files")
    for name in ("test_run_s3.jsonl", "test_run_s3.parquet"):
        file = folder / ("lines" if name.endswith("jsonl") else "rows") / name
        other = (
            environment
            if name.endswith("parquet")
            else environment | {"SIGNALS_STORE": f"{folder}/lines/store"}
        )
        alone = run([sys.executable, __file__, "--insert", str(file)], environment, f"engine alone, {name}")
        for title in ("load", "load again"):
            taken = run([signals, "-q", "load", "ci", str(file)], other, f"{title} {name}")
            print(f"    {taken / alone:.1f} times the engine alone", flush=True)
    run([signals, "-q", "load", "ci", str(folder / "rows")], environment, "load the rest")
    window = ["--hours", "24", "--as-of", AS_OF]
    run([sys.executable, __file__, "--models", str(folder)], environment, "models and JSONL")
    build = ["-q", "build", *window, "--select", "tag:signals", "--output", str(folder / "site")]
    taken = run([signals, *build], environment, "signals build, whole")
    alone = run([sys.executable, __file__, "--fetch"], environment, "fetch of test details alone")
    print(f"    {taken / alone:.2f} times that fetch", flush=True)


def run(command: list[str], environment: dict[str, str], title: str) -> float:
    """Run a step; its seconds, printed with the largest resident memory it had."""
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment, cwd=PROJECT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    if status:
        raise SystemExit(f"{title} failed")
    print(f"  {title:<34}{seconds:7.2f} s {usage.ru_maxrss / 1024:8.0f} MB peak", flush=True)
    return seconds


def generate_files(name: str, folder: Path) -> None:
    """Write a size's rows as Parquet, and its first million of test rows as lines of JSON."""
    client = store_with_tables(folder / "generated")
    generate(client, "ci_raw", next(size for size in SIZES if size.name == name))
    for place, table, suffix, limit in (
        *(("rows", table, "parquet", "") for table in ("push", "workflow_job", "test_run_s3")),
        ("lines", "test_run_s3", "jsonl", "limit 1000000"),
    ):
        (folder / place).mkdir(exist_ok=True)
        shape = "Parquet" if suffix == "parquet" else "JSONEachRow"
        client.command(
            f"select * from ci_raw.{table} {limit} into outfile '{folder / place / table}.{suffix}'"
            f" settings output_format_json_quote_64bit_integers = 0 format {shape}"
        )
    client.close()
    shutil.rmtree(folder / "generated")


def insert_alone(file: Path) -> None:
    """What a load is compared with: the file inserted by the engine, nothing asked."""
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        client = store_with_tables(Path(folder))
        client.command(f"insert into ci_raw.test_run_s3 select * from file('{file}')")
        client.close()


def fetch_test_details() -> None:
    """What a build is compared with: the query for every test of the tracked jobs, as lines that are read
    and not kept."""
    with (
        connect_store(os.environ["SIGNALS_STORE"]) as client,
        client.raw_stream(
            "select job_id, workflow_id, workflow_run_attempt, file, classname, name,"
            " max(failure_count > 0), max(error_count > 0), max(rerun_count > 0), count()"
            " from ci_raw.test_run_s3 where job_id in (select job_id from ci_signals.int_tracked_jobs)"
            " group by job_id, workflow_id, workflow_run_attempt, file, classname, name",
            fmt="JSONEachRow",
        ) as lines,
    ):
        while lines.read(1 << 20):
            pass


def store_with_tables(folder: Path) -> Client:
    from ci_signals.loaders.raw_macros import create_raw_tables
    from ci_signals.settings import Settings

    client = connect_store(folder)
    create_raw_tables(Settings(PROJECT), client, ["ci"])
    return client


def time_models(folder: Path) -> None:
    """Run the models that signals.jsonl needs, write it, then run the rest; dbt's start-up left out."""
    from ci_signals.console import Console
    from ci_signals.dbt_runner import run_dbt
    from ci_signals.export import EXPORTS, write_export
    from ci_signals.reader import open_reader
    from ci_signals.settings import Settings

    settings, console = Settings(PROJECT), Console(quiet=True)
    variables = {"as_of": AS_OF, "lookback_hours": 24}
    run_dbt(settings, ["seed", "--select", "tag:signals"], console, variables)
    run_dbt(settings, ["run", "--select", "+fct_signals_nested"], console, variables)
    models = _print_steps(folder)
    with open_reader(settings) as reader:
        started = time.monotonic()
        write_export(reader, next(export for export in EXPORTS if export.name == "signals.jsonl"), folder)
        writing = time.monotonic() - started
        counts = "select (select count() from dim_signals), (select count() from fct_signal_events)"
        signals, events = reader.client.query(counts).result_rows[0]
    print(f"    {'signals.jsonl':<26}{writing:7.2f} s  {signals:,} signals, {events:,} events")
    print(f"    {'first model to JSONL':<26}{models + writing:7.2f} s  peak memory {_peak_mb():.0f} MB")
    others = ["--select", "tag:signals", "--exclude", "+fct_signals_nested"]
    run_dbt(settings, ["run", *others], console, variables)
    reports = _print_steps(folder)
    print(f"    {'gaps, ledger, reports':<26}{reports:7.2f} s  peak memory {_peak_mb():.0f} MB")


def _print_steps(folder: Path) -> float:
    """Print the seconds of each model of the last dbt run; the seconds from the first to the last."""
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    steps = sorted(
        (timing["started_at"], timing["completed_at"], result["unique_id"].split(".")[-1])
        for result in results
        for timing in result["timing"]
        if timing["name"] == "execute" and result["unique_id"].startswith("model.")
    )
    for started, ended, name in steps:
        print(f"    {name:<26}{_seconds(started, ended):7.2f} s")
    return _seconds(steps[0][0], max(ended for _, ended, _ in steps))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _seconds(started: str, ended: str) -> float:
    from datetime import datetime

    return (datetime.fromisoformat(ended) - datetime.fromisoformat(started)).total_seconds()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--generate"]:
        generate_files(sys.argv[2], Path(sys.argv[3]))
    elif sys.argv[1:2] == ["--insert"]:
        insert_alone(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["--fetch"]:
        fetch_test_details()
    elif sys.argv[1:2] == ["--models"]:
        time_models(Path(sys.argv[2]))
    else:
        main(sys.argv[1:])
