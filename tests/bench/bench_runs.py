"""How long comparisons and trends of runs take.

    python tests/bench/bench_runs.py [--runs 50] [--compilations 600] [--folder DIR]

Writes the logs of made-up runs, loads and builds them, and asks the models what pages and
commands ask, each query three times in an open store; the best time is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ci_signals.console import Console
from ci_signals.loaders.trace import load_trace
from ci_signals.loaders.trace_runs import RunOptions
from ci_signals.reader import open_reader
from ci_signals.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]
_DAY_S = 86_400
_FIRST_S = 1_790_000_000
_PAIR = "before_trace = 'model/r{a}' and after_trace = 'model/r{b}'"
_QUERIES = {
    "changes of one pair": f"select * from rpt_run_changes where {_PAIR}",
    "totals of one pair": f"select * from rpt_run_totals where {_PAIR}",
    "changes of all pairs with a page": "select * from rpt_run_changes where is_previous_pair",
    "totals of all pairs with a page": "select * from rpt_run_totals where is_previous_pair",
    "trend of a name": "select * from rpt_run_trends where trace_name = 'model' and function_number <= 10",
    "newest run for a budget": "select * from rpt_run_trends where trace_name = 'model' and run_number = 1",
}


def write_log(path: Path, run: int, compilations: int) -> None:
    """A log of functions that are compiled up to three times each. Runs differ a bit."""
    chance = random.Random(run)
    with path.open("w") as file:
        for number in range(compilations):
            frame, compile_number = divmod(number, 3)
            started_us = (_FIRST_S + run * _DAY_S) * 1_000_000 + number * 100_000
            took_us = int(chance.lognormvariate(11, 0.1))
            metrics: dict[str, Any] = {
                "co_name": f"function_{frame}",
                "co_filename": f"/home/run/model/part_{frame % 20}.py",
                "co_firstlineno": frame * 7 + run % 2,
                "start_time_us": started_us,
                "duration_us": took_us,
                "dynamo_cumulative_compile_time_us": took_us,
                "aot_autograd_cumulative_compile_time_us": took_us // 2,
                "inductor_cumulative_compile_time_us": took_us // 3,
                "guard_count": 10 + (chance.random() < 0.02),
                "inductor_fx_local_cache_hit_count": int(chance.random() < 0.9),
                "inductor_fx_local_cache_miss_count": 0,
                "restart_reasons": ["graph break of a reason"] if chance.random() < 0.05 else [],
                "fail_type": "Unsupported" if chance.random() < 0.01 else None,
            }
            if chance.random() < 0.02:
                continue
            for kind, body in (("dynamo_start", {"stack": []}), ("compilation_metrics", metrics)):
                context = {"frame_id": frame, "frame_compile_id": compile_number, "attempt": 0}
                record = json.dumps({kind: body} | context)
                file.write(f"V1121 17:35:01.547000 1 torch/_dynamo/utils.py:2009] {record}\n")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=50)
    options.add_argument("--compilations", type=int, default=600)
    options.add_argument("--folder", type=Path, default=None, help="where to work; kept when given")
    chosen = options.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="bench_runs_"))
    folder.mkdir(exist_ok=True, parents=True)
    os.environ |= {
        "SIGNALS_STORE": str(folder / "store"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    settings = Settings(PROJECT)
    started = time.perf_counter()
    for run in range(chosen.runs):
        log = folder / "run.log"
        write_log(log, run, chosen.compilations)
        load_trace(settings, Console(quiet=True), [log], "model", options=RunOptions(f"r{run}"))
    print(f"{chosen.runs} loads   {time.perf_counter() - started:6.2f} s")
    started = time.perf_counter()
    tests = [word for kind in ("test", "unit_test") for word in ("--exclude-resource-type", kind)]
    build = [Path(sys.executable).with_name("dbt"), "--quiet", "build", "--select", "tag:compile", *tests]
    subprocess.run(build, cwd=PROJECT, check=True)
    print(f"dbt build  {time.perf_counter() - started:6.2f} s")
    with open_reader(settings) as reader:
        for title, query in _QUERIES.items():
            times = []
            for _ in range(3):
                started = time.perf_counter()
                rows = reader.client.query(query.format(a=chosen.runs - 2, b=chosen.runs - 1)).result_rows
                times.append(time.perf_counter() - started)
            print(f"{min(times):6.3f} s   {len(rows):7,} rows   {title}")


if __name__ == "__main__":
    main()
