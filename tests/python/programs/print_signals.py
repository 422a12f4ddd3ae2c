"""Prints the Signal objects of the store, one a line of JSON."""

from __future__ import annotations

import json
from pathlib import Path

from ci_signals.settings import Settings
from ci_signals.signals import SignalCommit, SignalEvent, extract


def commit_list(commit: SignalCommit) -> list[object]:
    timestamp = commit.timestamp.isoformat(timespec="seconds")
    return [commit.head_sha, timestamp, [*map(event_list, commit.events)]]


def event_list(event: SignalEvent) -> list[object]:
    started_at = event.started_at.isoformat(timespec="seconds")
    ids = (event.wf_run_id, event.run_attempt, event.job_id)
    return [event.name, event.status, started_at, event.ended_at, *ids]


for signal in extract(Settings(Path.cwd())):
    named = (signal.key, signal.workflow_name, signal.job_base_name, signal.source)
    print(json.dumps([*named, [*map(commit_list, signal.commits)]]))
