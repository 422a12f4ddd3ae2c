"""`signals check --budget`: what a budget file may say, and what the newest runs keep."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from workspace import Workspace

from ci_signals.budget import Slower, read_budgets
from ci_signals.errors import UserError


def write(folder: Path, text: str) -> Path:
    file = folder / "budget.yml"
    file.write_text(text)
    return file


def check(traces: Workspace, folder: Path, text: str, *options: str) -> tuple[int, list[str], str]:
    done = traces.signals("check", "--budget", write(folder, text), *options, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_a_budget_has_limits_and_a_median(tmp_path: Path) -> None:
    slower = "slower_than_median: {percent: 10, ms: 500, runs: 3}"
    [one, two] = read_budgets(
        write(tmp_path, f"traces:\n  a:\n    failures: 0\n    total_ms: 1.5\n  b: {{{slower}}}\n")
    )
    assert (one.name, one.limits, one.slower) == ("a", {"failures": 0, "total_ms": 1.5}, None)
    assert (two.limits, two.slower) == ({}, Slower(10, 500, 3))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it takes traces"),
        ("traces: {", "is not YAML"),
        ("traces: !!python/object/apply:os.system [ls]", "is not YAML"),
        ("traces: {a: &a [1], b: *a}", "trace a is not a list of keys and values"),
        ("trace: {a: {failures: 0}}", "unknown key 'trace'; there is traces"),
        ("traces: {}", "has no traces"),
        ("traces: {a: {}}", "trace a has no limits: choose from total_ms"),
        ("traces: {a: {failure: 0}}", "trace a has the unknown key 'failure'; there is failures"),
        ("traces: {a: {failures: many}}", "trace a, failures is not a number from 0: 'many'"),
        ("traces: {a: {failures: -1}}", "failures is not a number from 0: -1"),
        ("traces: {a: {failures: true}}", "failures is not a number from 0: True"),
        ("traces: {a: {failures: .nan}}", "failures is not a number from 0: nan"),
        ("traces: {a: {failures: " + "9" * 400 + "}}", "failures is not a number from 0: 999"),
        ("traces: {a: {failures: [[[]]]}}", "failures is not a number from 0: list"),
        ("traces: {a: {cache_miss_share: 50}}", "cache_miss_share is a share from 0 to 1"),
        ("traces: {a: {slower_than_median: {ms: 5}}}", "slower_than_median, percent is not a number from 0"),
        ("traces: {a: {slower_than_median: {percent: 5, runs: 0}}}", "runs has to be a whole number from 1"),
        ("traces: {a: {slower_than_median: {percents: 5}}}", "unknown key 'percents'; there is percent"),
    ],
)
def test_a_wrong_file_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        read_budgets(write(tmp_path, text))
    assert caught.value.exit_code == 2
    assert said in str(caught.value)


def test_a_missing_or_a_large_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read .*: No such file"):
        read_budgets(tmp_path / "none.yml")
    with pytest.raises(UserError, match="is too large for a budget file"):
        read_budgets(write(tmp_path, "#" * (1 << 20) + "\n"))


def test_limits_that_are_kept_end_with_0(traces: Workspace, tmp_path: Path) -> None:
    limits = "total_ms: 13660, failures: 2, graph_breaks: 11, cache_miss_share: 0.67, recompiles: 2"
    assert check(traces, tmp_path, f"traces: {{breaks: {{{limits}}}}}") == (
        0,
        [],
        "5 budgets checked, 0 broken\n",
    )


def test_every_broken_limit_is_a_line(traces: Workspace, tmp_path: Path) -> None:
    limits = (
        "total_ms: 13640, failures: 1, graph_breaks: 11, recompiles_per_function: 0, cache_miss_share: 0.66"
    )
    slower = "slower_than_median: {percent: 20, ms: 500}"
    code, lines, said = check(traces, tmp_path, f"traces: {{breaks: {{{limits}, {slower}}}}}")
    assert code == 1
    file = "(programs/p04_graph_breaks.py)"
    assert lines == [
        "broken  breaks/day3: compile time 13.7 s, allowed are 13.6 s",
        "broken  breaks/day3: failures 2, allowed are 1",
        f"broken  breaks/day3: recompiles of inner_print {file} 1, allowed are 0",
        f"broken  breaks/day3: recompiles of torch_dynamo_resume_in_inner_print {file} 1, allowed are 0",
        "broken  breaks/day3: share of cache misses 66.7 %, allowed are 66.0 %",
        "broken  breaks/day3: compile time 13.7 s, the median of 3 earlier runs is 10.7 s,"
        " allowed are 12.8 s",
    ]
    assert said == "7 budgets checked, 6 broken\n"


def test_a_slower_run_has_to_be_beyond_both_limits(traces: Workspace, tmp_path: Path) -> None:
    def verdict(limits: str) -> tuple[int, float]:
        text = f"traces: {{breaks: {{slower_than_median: {{{limits}}}}}}}"
        code, [line], _ = check(traces, tmp_path, text, "--json")
        found = json.loads(line)
        assert (found["trace"], found["limit"], found["fails"]) == (
            "breaks/day3",
            "slower_than_median",
            code == 1,
        )
        return code, found["allowed"]

    # the earlier runs took 10,696.918 ms, one of them 1 % more; the newest took 13,659.745 ms
    assert verdict("percent: 10, ms: 500") == (1, 11766.61)
    assert verdict("percent: 10, ms: 5000") == (0, 15696.918)
    assert verdict("percent: 50, ms: 500") == (0, 16045.377)
    assert verdict("percent: 10, ms: 500, runs: 1") == (1, 11766.61)


def test_what_is_unknown_is_not_kept(traces: Workspace, tmp_path: Path) -> None:
    text = "traces: {05_failures: {cache_miss_share: 1, slower_than_median: {percent: 10}}}"
    unknown = [
        "05_failures: share of cache misses of the newest run is unknown, the log has none",
        "05_failures: no earlier run, so there is no median to be slower than",
    ]
    code, lines, _ = check(traces, tmp_path, text)
    assert (code, lines) == (1, [f"unknown  {line}" for line in unknown])
    code, lines, said = check(traces, tmp_path, text, "--allow-unknown")
    assert (code, lines) == (0, [])
    assert said == "".join(f"warning: {line}\n" for line in unknown) + "2 budgets checked, 0 broken\n"


def test_a_killed_run_keeps_no_budget(traces: Workspace, tmp_path: Path) -> None:
    text = "traces: {29_killed: {failures: 0}}"
    line = "29_killed: the newest run is not all known, 1 compilation without an end in its log"
    code, lines, said = check(traces, tmp_path, text)
    assert (code, lines, said) == (1, [f"unknown  {line}"], "2 budgets checked, 1 broken\n")
    code, lines, said = check(traces, tmp_path, text, "--allow-unknown")
    assert (code, lines, said) == (0, [], f"warning: {line}\n2 budgets checked, 0 broken\n")


def test_a_trace_that_was_not_built_ends_with_3(traces: Workspace, tmp_path: Path) -> None:
    code, lines, said = check(traces, tmp_path, "traces: {break: {failures: 0}}")
    assert (code, lines) == (3, [])
    assert said.startswith("error: no data: trace 'break' of ")
    assert said.endswith("was not built; there is breaks\n")


def test_a_store_without_traces_ends_with_3(workspace: Workspace, tmp_path: Path) -> None:
    for command in (("check", "--budget", write(tmp_path, "traces: {a: {failures: 0}}")), ("traces",)):
        done = workspace.signals(*command, check=False)
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr.startswith("error: no data: ")
