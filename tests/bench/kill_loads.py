"""`make kills`: kill -9 at random moments of loading millions of rows, then load again and compare.

    python tests/bench/kill_loads.py [--rows 2000000] [--rounds 6] [--seed 1] [--folder DIR]

Each round has a store of its own. It kills one to three loads of the same files, one after the
other, and lets the next one end. The raw tables must then hold the rows that an undisturbed load
leaves, by count and by the sum of the rows' hashes, and the rejected rows too; after the last round
`signals build` must write the same signals.jsonl. Ends with 1 where something differs.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench_signals import PROJECT, store_with_tables
from generate_ci_rows import AS_OF, BASES, SHARDS, Size, generate

TESTS_PER_JOB = 430
TABLES = ("push", "workflow_job", "test_run_s3")
# a row in a hundred thousand is set aside
BAD_ROWS = b'{"job_id": 0, "name": "no job"}\n{not json\n'
DIGEST = " union all ".join(
    [
        *(
            f"select '{table}' as name, count() as n, sum(cityHash64(*)) as digest from ci_raw.{table}"
            for table in TABLES
        ),
        "select 'rejected_rows', count(), sum(cityHash64(* except loaded_at))"
        " from ci_raw.rejected_rows final",
    ]
)


@dataclass(frozen=True)
class Store:
    """A store in a folder, and the commands that work on it."""

    folder: Path

    def start(self, *arguments: object) -> subprocess.Popen[bytes]:
        signals = Path(sys.executable).with_name("signals")
        environment = os.environ | {
            "SIGNALS_STORE": str(self.folder / "store"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }
        return subprocess.Popen(
            [str(signals), "--quiet", *map(str, arguments)],
            env=environment,
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: object) -> str:
        process = self.start(*arguments)
        printed, said = process.communicate()
        if process.returncode:
            sys.exit(
                f"signals {' '.join(map(str, arguments))} ended with {process.returncode}: {said.decode()}"
            )
        return printed.decode()

    def digest(self) -> str:
        return self.run("sql", f"select * from ({DIGEST}) order by name", "--format", "csv")

    def rows(self) -> int:
        """How many test rows there are; 0 before the first."""
        tables = "select count() from system.tables where database = 'ci_raw' and name = 'test_run_s3'"
        if self.run("sql", tables, "--format", "csv").splitlines()[-1] == "0":
            return 0
        return int(self.run("sql", "select count() from ci_raw.test_run_s3", "--format", "csv").split()[-1])

    def signals(self) -> bytes:
        """What a build of all commits writes."""
        site = self.folder / "site"
        window = ["--hours", 24 * 30, "--as-of", AS_OF]
        self.run("build", *window, "--select", "+fct_signals_nested", "--output", site)
        return (site / "signals.jsonl").read_bytes()


def write_files(folder: Path, rows: int) -> list[Path]:
    """Two folders of files with about `rows` test rows: Parquet, and JSON lines with some bad ones."""
    size = Size("kills", max(1, rows // (BASES * SHARDS * TESTS_PER_JOB)), TESTS_PER_JOB)
    client = store_with_tables(folder / "generated")
    generate(client, "ci_raw", size)
    folders = []
    for suffix, shape in (("parquet", "Parquet"), ("jsonl", "JSONEachRow")):
        folders.append(folder / suffix)
        folders[-1].mkdir()
        for table in TABLES:
            client.command(
                f"select * from ci_raw.{table} into outfile '{folders[-1] / table}.{suffix}'"
                f" settings output_format_json_quote_64bit_integers = 0 format {shape}"
            )
    client.close()
    shutil.rmtree(folder / "generated")
    with (folder / "jsonl" / "test_run_s3.jsonl").open("ab") as file:
        file.write(BAD_ROWS * (size.test_rows // 100_000))
    return folders


def disturbed(store: Store, files: Path, moments: random.Random, seconds: float) -> str:
    """Kill loads at moments up to `seconds`, then let one end; says when, and how many rows there were."""
    told = []
    for _ in range(moments.randint(1, 3)):
        delay = moments.uniform(0, seconds)
        process = store.start("load", "ci", files)
        try:
            process.communicate(timeout=delay)
            told.append("ended before")
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            told.append(f"{delay:.1f} s, {store.rows():,} rows")
    store.run("load", "ci", files)
    return "; ".join(told)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=2_000_000)
    options.add_argument("--rounds", type=int, default=6, help="of each format")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--folder", type=Path, default=None, help="where to work; kept when given")
    chosen = options.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="kill_loads_"))
    moments, failed = random.Random(chosen.seed), False
    for files in write_files(folder, chosen.rows):
        sound = Store(folder / f"{files.name}-sound")
        started = time.monotonic()
        sound.run("load", "ci", files)
        seconds = time.monotonic() - started
        wanted = sound.digest()
        print(f"{files.name}: an undisturbed load takes {seconds:.1f} s\n{wanted}", flush=True)
        for number in range(1, chosen.rounds + 1):
            store = Store(folder / f"{files.name}-{number}")
            told = disturbed(store, files, moments, seconds)
            found = store.digest()
            is_same = found == wanted and (number < chosen.rounds or store.signals() == sound.signals())
            failed |= not is_same
            print(f"  killed at {told}: {'the same' if is_same else 'DIFFERS'}", flush=True)
            if not is_same:
                print(found, flush=True)
            shutil.rmtree(store.folder)
    if chosen.folder is None:
        shutil.rmtree(folder)
    sys.exit(failed)


if __name__ == "__main__":
    main()
