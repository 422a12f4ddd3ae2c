"""Words of the pages of traces for what the tables name in one word."""

from __future__ import annotations

# Groups of metrics, as rpt_metric_values names them.
METRIC_GROUPS = {
    "failure": "Failure",
    "recompilation": "Recompilation",
    "time": "Times",
    "graph": "Graph and guards",
    "cache": "Caches",
    "ops": "Custom ops",
    "identity": "Identity",
    "config": "Configuration",
    "other": "Other metrics",
    "empty": "Empty values",
}
# Phases of fct_time_ledger.
PHASES = {
    "restarts": "thrown away by restarts",
    "dynamo": "Dynamo",
    "backward": "backward",
    "aot_autograd": "AOT autograd",
    "inductor": "Inductor",
    "code_generation": "code generation",
    "autotuning": "autotuning at run time",
    "cuda_graphs": "recording CUDA graphs",
    "unattributed": "the rest",
}
# Metrics of the seed unusual_metrics.
UNUSUAL = {
    "total_ms": "Slow",
    "guard_count": "Many guards",
    "graph_op_count": "A large graph",
    "guard_latency_us": "Guards that take long to check",
    "gc_time_us": "Garbage collection",
}
