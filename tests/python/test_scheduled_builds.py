"""docs/scheduled-builds.md is true: its exit codes, scripts and workflow; and the project's own workflow."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
import yaml
from edited_trace import changed, unedited, write_edited
from http_endpoint import free_port
from workflow_faults import faults
from workspace import AS_OF, BIN, EDGE, PROJECT, TRACE, Workspace

pytestmark = pytest.mark.slow

PAGE = (PROJECT / "docs" / "scheduled-builds.md").read_text()
WORKFLOW = PROJECT / ".github" / "workflows" / "ci.yml"
EXIT_CODES = re.findall(r"^\| `([^`]+)` \| (\d) \|", PAGE, re.MULTILINE)


def block(name: str) -> str:
    """The code block that the page names."""
    found = re.search(rf"<!-- {re.escape(name)} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found, name
    return found[1]


def edge_signals() -> list[str]:
    """The lines of a signals.jsonl: those of the edge rows."""
    signals = json.loads(gzip.decompress((EDGE / "expected_signals.json.gz").read_bytes()))
    return [json.dumps(signal) + "\n" for signal in signals]


@dataclass(frozen=True)
class Desk:
    """A project's folder, and a shell in it."""

    folder: Path

    def shell(self, script: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a script with bash; the store, target and logs are the project's own."""
        kept = {
            name: value
            for name, value in Workspace(self.folder).environment.items()
            if not name.startswith(("SIGNALS_", "DBT_"))
        }
        return subprocess.run(
            ["bash", "-c", script],
            env={**kept, "PATH": f"{BIN}:{kept['PATH']}", **more},
            cwd=self.folder,
            text=True,
            capture_output=True,
            check=False,
        )

    def done(self, script: str, **more: str) -> str:
        """What a script that succeeds prints."""
        done = self.shell(script, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A project, and in it the files and projects that the page's commands name."""
    made = Desk(tmp_path_factory.mktemp("desk") / "project")
    made.folder.mkdir()
    made.done("for project in . failing broken; do signals init $project || exit; done")
    (made.folder / "failing/tests/data/always__fails.sql").write_text(
        "{{ config(tags=['signals']) }} select as_of from {{ ref('int_window') }}"
    )
    (made.folder / "broken/models/intermediate/signals/int_window.sql").write_text("select * from nowhere")
    made.done("cp -r sample/ci rows && mkdir useless")
    (made.folder / "useless/push.jsonl").write_text('{"ref": "refs/heads/main"\n')
    made.done("cp useless/push.jsonl rows/push.2.jsonl")
    (made.folder / "answers").mkdir()
    (made.folder / "answers/jobs.json").write_text('{"total_count": 0, "jobs": []}')
    (made.folder / "reports/job-1").mkdir(parents=True)
    (made.folder / "reports/job-1/report.xml").write_text("<testsuite><testcase name='a'/></testsuite>")
    with gzip.open(next(TRACE.glob("*.gz")), "rt") as log:
        (made.folder / "damaged.log").write_text("".join(islice(log, 34)) + "not a record\n")
    (made.folder / "budget.yml").write_text(block("budget.yml"))
    for name, failures in (("kept", 99), ("broken", 0)):
        text = f"traces: {{damaged: {{compilations: {failures}}}}}"
        (made.folder / f"{name}.yml").write_text(text)
    (made.folder / "before.jsonl").write_text("".join(edge_signals()))
    (made.folder / "after.jsonl").write_text("".join(edge_signals()[:-1]))
    return made


@pytest.fixture(scope="module")
def nightly(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, int]:
    """A project after nightly.sh ran in it, and how that ended. The run before is the edge rows'."""
    made = Desk(tmp_path_factory.mktemp("nightly"))
    made.done("signals init . && cp -r sample/ci exports && mkdir site")
    (made.folder / "site/signals.jsonl").write_text("".join(edge_signals()))
    return made, made.shell(block("nightly.sh"), AS_OF=AS_OF).returncode


def test_the_page_says_every_exit_code_of_every_command() -> None:
    codes = {code for _, code in EXIT_CODES}
    assert codes == {"0", "1", "2", "3"}
    said = {(command.split()[0], code) for command, code in EXIT_CODES}
    assert said == {("signals", "3"), *((program, code) for program in ("signals", "dbt") for code in "012")}


@pytest.mark.parametrize(("command", "code"), EXIT_CODES)
def test_exit_codes_are_as_the_page_says(desk: Desk, command: str, code: str) -> None:
    done = desk.shell(command, SIGNALS_PORT=str(free_port()))
    assert done.returncode == int(code), done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_nightly_job_leaves_what_the_page_lists(nightly: tuple[Desk, int]) -> None:
    desk, code = nightly
    assert code == 1  # trunk fails in the sample
    left = re.findall(r"^\| `([\w./]+?)/?` \| (?!\d)", block_after("It leaves these files:"), re.MULTILINE)
    assert len(left) == 6
    for name in left:
        assert (desk.folder / name).exists(), name
    assert "commit" in (desk.folder / "changes.txt").read_text()
    results = json.loads((desk.folder / "target/run_results.json").read_text())["results"]
    assert {result["status"] for result in results} <= {"success", "pass", "no-op"}  # exposures do nothing


def test_the_nightly_job_ends_with_2_when_it_could_not_run(nightly: tuple[Desk, int]) -> None:
    desk, _ = nightly
    before = (desk.folder / "site/signals.jsonl").read_bytes()
    export = desk.folder / "exports/push.jsonl.gz"
    whole = export.read_bytes()
    export.write_bytes(whole[: len(whole) // 2])
    done = desk.shell(block("nightly.sh"))
    export.write_bytes(whole)
    assert done.returncode == 2
    assert (desk.folder / "site/signals.jsonl").read_bytes() == before


def test_the_compile_gate_closes_when_a_run_is_slower(tmp_path: Path) -> None:
    gate = Desk(tmp_path)
    gate.done("signals init .")
    budget = block("budget.yml").replace("failures: 0", "failures: 1")
    (tmp_path / "budget.yml").write_text(budget)
    [log] = (TRACE.parent / "04_graph_breaks").glob("*.gz")
    script = f"set -- run.log\n{block('compile-gate.sh')}"
    write_edited(log, tmp_path / "run.log", unedited)
    first = gate.shell(script)
    assert first.returncode == 0, first.stderr
    assert "warning: resnet50/2026-11-21T173529: no earlier run" in first.stderr
    assert (tmp_path / "compile-changes.txt").read_text() == ""
    write_edited(log, tmp_path / "run.log", changed, days=1)
    second = gate.shell(script)
    assert second.returncode == 1, second.stderr
    assert [line.split(",")[0] for line in second.stdout.splitlines()] == [
        "broken  resnet50/2026-11-22T173529: failures 2",
        "broken  resnet50/2026-11-22T173529: compile time 13.7 s",
    ]
    assert "new failure" in (tmp_path / "compile-changes.txt").read_text()


def test_the_gate_is_open_when_nothing_of_the_workflow_fails(nightly: tuple[Desk, int]) -> None:
    desk, _ = nightly
    gate = block("nightly.sh").partition("# the gate")[2]
    assert "--workflow trunk" in gate
    assert desk.shell(f"#{gate}").returncode == 1
    assert desk.shell(f"#{gate}".replace("trunk", "weekly")).returncode == 0


def test_a_check_builds_what_changed_over_the_last_run(nightly: tuple[Desk, int]) -> None:
    desk, _ = nightly
    model = desk.folder / "models/marts/signals/reports/rpt_workflow_summary.sql"
    original = model.read_text()
    model.write_text(f"-- changed\n{original}")
    desk.done(block("check.sh"))
    results = json.loads((desk.folder / "target-check/run_results.json").read_text())["results"]
    models = [result["unique_id"] for result in results if result["unique_id"].startswith("model.")]
    assert models == ["model.ci_signals.rpt_workflow_summary"]
    assert len(results) > 1  # its tests
    same = (
        "select (select groupArray(tuple(*)) from (select * from {}.rpt_workflow_summary order by all))"
        " = (select groupArray(tuple(*)) from (select * from {}.rpt_workflow_summary order by all)) as same,"
        " (select count() > 0 from ci_signals_check.rpt_workflow_summary) as is_filled"
    ).format("ci_signals_check", "ci_signals")
    assert desk.done(f'signals sql "{same}" --format csv').splitlines()[1] == "1,1"

    model.write_text("select nonsense")
    assert desk.shell(block("check.sh")).returncode == 1
    model.write_text(original)


def block_after(text: str) -> str:
    """The page from a text to the next heading."""
    return PAGE.partition(f"\n{text}\n")[2].partition("\n#")[0]


@pytest.mark.parametrize("text", [WORKFLOW.read_text(), block("signals.yml")], ids=["ci.yml", "the page's"])
def test_workflows_are_valid_and_safe(text: str, tmp_path: Path) -> None:
    """By GitHub's schema, and by zizmor's audits: permissions, pins, templates in scripts."""
    assert faults(text, tmp_path) == ""
    pins = re.findall(r"uses: (\S+)@[0-9a-f]{40} # v\d+\.\d+\.\d+\n", text)
    assert len(pins) == text.count("uses:") > 0
    assert text.count("persist-credentials: false") == pins.count("actions/checkout")


@pytest.mark.parametrize(
    ("pattern", "replacement", "fault"),
    [
        ("timeout-minutes", "timeout-minute", "'timeout-minute' was unexpected"),
        ("permissions: {}", "permissions: write-all", "excessive-permissions"),
        (r"@[0-9a-f]{40} # v[\d.]+", "@main", "unpinned-uses"),
        (r"- run: \S+", "- run: echo ${{ github.event.pull_request.title }}", "template-injection"),
    ],
)
def test_a_fault_in_a_workflow_is_seen(pattern: str, replacement: str, fault: str, tmp_path: Path) -> None:
    broken, count = re.subn(pattern, replacement, WORKFLOW.read_text(), count=1)
    assert count == 1
    assert fault in faults(broken, tmp_path)


@pytest.mark.parametrize("text", [WORKFLOW.read_text(), block("signals.yml")], ids=["ci.yml", "the page's"])
def test_scripts_of_workflows_are_ones_that_exist(text: str) -> None:
    steps = [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]
    scripts = [step["run"] for step in steps if "run" in step]
    assert len(scripts) >= 3
    for script in scripts:
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        if target := re.fullmatch(r"make (\w+)", script):
            assert re.search(rf"^{target[1]}:", (PROJECT / "Makefile").read_text(), re.MULTILINE)
        elif script == ".ci/run":
            assert (PROJECT / script).exists()
        elif name := re.fullmatch(r"\./(\w+\.sh)", script):
            assert name[1] == "fetch_exports.sh" or block(name[1])
