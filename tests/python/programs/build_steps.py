"""Loads, builds and reads the history step by step in one process; prints the tables after each step.

Argument: JSON of the steps, each [folder of raw rows or "", as_of, drop the newest push, dbt's arguments].
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ci_signals.console import Console
from ci_signals.dbt_runner import run_dbt
from ci_signals.loaders.ci import load_ci
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, open_client

DROP = (
    "alter table ci_raw.push delete where head_commit.id in"
    " (select head_sha from ci_signals.dim_commit_history order by committed_at desc limit 1)"
    " settings mutations_sync = 2"
)
COLUMNS = (
    "head_sha, signal_id, source, workflow_name, job_base_name, signal_key, commit_rank, event_number,"
    " status, toString(started_at), wf_run_id, run_attempt, job_id, event_name"
)
TABLES = {
    "commits": "select head_sha, toString(pushed_at) from dim_commits order by all",
    "full": f"select {COLUMNS} from fct_signal_events order by all",
    "seen": "select head_sha, toString(toDateTime(as_of)), events from dim_commit_history order by all",
    "history": f"select {COLUMNS} from fct_signal_event_history order by all",
    "signals": "select signal_id, events from dim_signal_history order by all",
    "known": "select toString(toDateTime(known_since)), (select count() from fct_known_events)"
    " from rpt_known_span",
}
WRITTEN = (
    "select max(max_block_number) from system.parts"
    " where database = 'ci_signals' and table = 'fct_commit_states'"
)


def rows(client: Client, query: str) -> list[list[Any]]:
    return [list(row) for row in client.query(query).result_rows]


settings, console = Settings(Path.cwd()), Console(quiet=True)
for folder, as_of, loses_a_push, arguments in json.loads(sys.argv[1]):
    if folder:
        load_ci(settings, console, [Path(folder)])
    with open_client(settings) as client:
        if loses_a_push:
            client.command(DROP)
    command = ["build", "--exclude-resource-type", "unit_test", "test", "--vars", "{keep_history: true}"]
    run_dbt(settings, [*command, *arguments], console, {"as_of": as_of, "lookback_hours": 3})
    with open_client(settings) as client:
        client.command("use ci_signals")
        tables: dict[str, Any] = {name: rows(client, query) for name, query in TABLES.items()}
        tables["written"] = rows(client, WRITTEN)[0][0]
    print(json.dumps(tables), flush=True)
