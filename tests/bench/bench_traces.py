"""How long a big trace takes: in one command, and in the steps load and build.

    python tests/bench/bench_traces.py [--megabytes 80] [--folder DIR]

The trace is the fixtures over and over under new compile ids. Each step runs as a person
would run it, in a process of its own; seconds are wall clock with the start of Python (CPU seconds
beside them tell when the machine was busy with something else), memory is the process's peak. If
tlparse is installed, it renders the same log.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SAMPLE = PROJECT / "tests" / "fixtures" / "sample" / "traces"
_FRAME = re.compile(rb'"(frame_id)": (\d+)')
_OWN_ID = re.compile(rb'"(compile_id)": "(\d+)/')


def renumbered(line: bytes, offset: int) -> bytes:
    """A record line with its frame's number moved up by `offset`."""
    line = _FRAME.sub(lambda found: b'"%s": %d' % (found[1], int(found[2]) + offset), line)
    return _OWN_ID.sub(lambda found: b'"%s": "%d/' % (found[1], int(found[2]) + offset), line)


def write_trace(path: Path, megabytes: int) -> int:
    """Write a log of about `megabytes` MB; the number of compile ids in it, attempts apart."""
    logs = [gzip.decompress(file.read_bytes()).splitlines(True) for file in sorted(SAMPLE.glob("*/*.log.gz"))]
    offset, ids, written = 0, 0, 0
    with path.open("wb") as file:
        while written < megabytes * 1_000_000:
            for lines in logs:
                highest = 0
                for line in lines:
                    is_record = line[:1] == b"V"
                    written += file.write(renumbered(line, offset) if is_record else line)
                    if is_record:
                        highest = max(highest, *(int(found[2]) for found in _FRAME.finditer(line)), 0)
                        ids += b'{"dynamo_start"' in line
                offset += highest + 1
    return ids


def timed(title: str, command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, cwd=PROJECT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        sys.exit(f"{title} failed")
    cpu = usage.ru_utime + usage.ru_stime
    print(f"{title:<8} {seconds:7.2f} s  {cpu:7.2f} s of CPU   peak {usage.ru_maxrss / 1024:7.0f} MB")
    return seconds


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--megabytes", type=int, default=80)
    options.add_argument("--folder", type=Path, default=None, help="where to work; kept when given")
    chosen = options.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="bench_traces_"))
    folder.mkdir(exist_ok=True, parents=True)
    log, site = folder / "big.log", folder / "site"
    ids = write_trace(log, chosen.megabytes)
    size = log.stat().st_size
    print(f"trace    {size / 1e6:7.1f} MB, {ids} compile ids")
    environment = os.environ | {
        "SIGNALS_STORE": str(folder / "store"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    signals = [str(Path(sys.executable).with_name("signals")), "--quiet"]
    build = [*signals, "build", "--select", "tag:compile", "--output", str(site)]
    # the tables exist and dbt has parsed the project, as for anybody's second trace
    first = next(SAMPLE.glob("05_failures/*.log.gz"))
    for step in ([*signals, "load", "trace", str(first), "--name", "big"], build):
        subprocess.run(step, env=environment, cwd=PROJECT, check=True)
    timed("report", [*signals, "report", "--once", str(log), "--output", str(folder / "report")], environment)
    if tlparse := shutil.which("tlparse"):
        shutil.rmtree(folder / "tlparse", ignore_errors=True)
        timed("tlparse", [tlparse, str(log), "-o", str(folder / "tlparse"), "--no-browser"], environment)
    timed("load", [*signals, "load", "trace", str(log)], environment)
    timed("build", build, environment)
    files = [file for file in site.rglob("*") if file.is_file()]
    written = sum(file.stat().st_size for file in files)
    stored = sum(file.stat().st_size for file in (folder / "store").rglob("*") if file.is_file())
    index = (site / "traces" / "big" / "index.html").stat().st_size
    print(f"pages    {written / 1e6:7.1f} MB in {len(files)} files, index {index / 1e6:.2f} MB")
    print(f"store    {stored / 1e6:7.1f} MB on disk")
    if chosen.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
