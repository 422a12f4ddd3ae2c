"""Logs of several ranks, made from the log of one: ranks that agree, and ranks that part on purpose."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

from workspace import TRACES

_RANK_0 = next((TRACES / "12_multirank").glob("*rank_0*.log.gz"))
_RECORD = re.compile(rb"^([A-Z]\d{4} [^\n]*\] )(\{[^\n]*\})$", re.MULTILINE)


def rank_log(rank: int) -> bytes:
    """The log of rank 0 as if another rank had written it."""
    return _edited(gzip.decompress(_RANK_0.read_bytes()), {b'"rank": 0': b'"rank": %d' % rank})


def _edited(log: bytes, replaced: dict[bytes, bytes], only: bytes = b"") -> bytes:
    """The log with other text in the records that have `only`; payloads stay, because their md5 is logged."""

    def edit(found: re.Match[bytes]) -> bytes:
        record = found[2]
        for old, new in replaced.items() if only in record else ():
            record = record.replace(old, new)
        return found[1] + record

    return _RECORD.sub(edit, log)


def schedule(rank: int, compile_id: tuple[int, int], operations: list[str]) -> bytes:
    """A record of a schedule of collectives, as Inductor logs it."""
    payload = json.dumps(operations, indent=0)
    frame, compiled = compile_id
    record = {
        "artifact": {"name": "inductor_collective_schedule", "encoding": "json"},
        "rank": rank,
        "frame_id": frame,
        "frame_compile_id": compiled,
        "attempt": 0,
        "has_payload": hashlib.md5(payload.encode()).hexdigest(),
    }
    head = "V1121 17:39:20.000000 16652 torch/_logging/_internal.py:1328] "
    return f"{head}{json.dumps(record)}\n".encode() + b"".join(
        f"\t{line}\n".encode() for line in payload.split("\n")
    )


def without_compilation(log: bytes, frame: int) -> bytes:
    """The log up to the first record of a frame."""
    return log[: log.index(b'"frame_id": %d,' % frame)].rpartition(b"\nV")[0] + b"\n"


def write_agreeing(folder: Path) -> list[Path]:
    """Two ranks that did the same."""
    reduce = ["all_reduce", "wait_tensor"]
    return _write(folder, {rank: rank_log(rank) + schedule(rank, (5, 0), reduce) for rank in (0, 1)})


def write_parting(folder: Path) -> list[Path]:
    """Ranks 0, 1, 3 and 4. Rank 1 has collectives in another order, rank 3 a graph of another size
    and a cache hit instead of a miss, rank 4 ends before frame 5; rank 2 has no log."""
    logs = {rank: rank_log(rank) for rank in (0, 1, 3, 4)}
    hit, miss = (b'"inductor_fx_local_cache_%s_count": ' % result for result in (b"hit", b"miss"))
    logs[3] = _edited(logs[3], {b'"graph_op_count": 5': b'"graph_op_count": 6'})
    cached = {
        hit + b"0": hit + b"1",
        miss + b"1": miss + b"0",
        b'"name": "fx_graph_cache_miss"': b'"name": "fx_graph_cache_hit"',
    }
    logs[3] = _edited(logs[3], cached, only=b'"frame_id": 5,')
    logs[4] = without_compilation(logs[4], 5)
    for rank, operations in {0: ["all_reduce", "all_gather"], 1: ["all_gather", "all_reduce"]}.items():
        logs[rank] += schedule(rank, (5, 0), operations)
    logs[3] += schedule(3, (5, 0), ["all_reduce", "all_gather"])
    return _write(folder, logs)


def _write(folder: Path, logs: dict[int, bytes]) -> list[Path]:
    folder.mkdir()
    paths = []
    for rank, log in logs.items():
        paths.append(folder / f"dedicated_log_torch_trace_rank_{rank}_x.log")
        paths[-1].write_bytes(log)
    return paths
