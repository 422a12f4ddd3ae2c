"""Writes traces with names that our loader refuses, as another loader could; creates the canary table.

Argument: the store.
"""

from __future__ import annotations

import sys

from ci_signals.store import connect_store

client = connect_store(sys.argv[1])
client.command("create table ci_raw.canary (n UInt8) engine = MergeTree order by n as select 1")
load = "insert into ci_raw.trace_loads (trace, load_id, files) values ({trace:String}, {load:String}, 1)"
line = (
    "insert into ci_raw.trace_lines (load_id, source_number, file, door, line_number, line)"
    " select {load:String}, 0, '../x', 'log', 1, line from ci_raw.trace_lines where door = 'log' limit 1"
)
NAMES = ["../../outside", "/etc/outside", "a/b/c", "x'; drop table ci_raw.canary; --"]
for number, trace in enumerate(NAMES):
    parameters = {"trace": trace, "load": f"foreign_{number}"}
    client.command(load, parameters=parameters)
    client.command(line, parameters=parameters)
