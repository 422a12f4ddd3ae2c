"""signals incidents, incidents.jsonl and the suspects of signals show, on rows with known culprits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hostile_rows import ESCAPES, MARKUP, NAMES
from terminal import on_terminal, without_colours
from workspace import PROJECT, Workspace, read_jsonl

from ci_signals.site.incidents import CommitBar
from ci_signals.terminal.incidents import percent
from ci_signals.terminal.markdown import escaped


@pytest.fixture(scope="module")
def sample(demo_site: Path) -> Workspace:
    return Workspace(demo_site.parent)


@pytest.fixture(scope="module")
def incidents(sample: Workspace) -> list[dict[str, Any]]:
    return read_jsonl(sample.site / "incidents.jsonl")


def by_title(incidents: list[dict[str, Any]], words: str) -> dict[str, Any]:
    """The incident whose first suspect has these words in its title."""
    (found,) = [incident for incident in incidents if words in incident["suspects"][0]["title"]]
    return found


def test_the_commit_that_broke_the_sample_is_its_first_suspect(incidents: list[dict[str, Any]]) -> None:
    fusion = by_title(incidents, "Fuse pointwise epilogues")
    assert fusion["suspects"][0]["probability"] > 0.9
    assert fusion["suspects"][0]["is_reverted"] == 1
    assert (fusion["status"], fusion["fixed_sha"]) == ("fixed", fusion["revert_sha"])
    assert {signal["workflow_name"] for signal in fusion["signals"]} == {"inductor", "trunk"}
    attention = by_title(incidents, "Fold the causal mask")
    assert (attention["status"], attention["signal_count"], attention["fixed_sha"]) == ("red", 3, None)
    # the commit before it had no jobs, so it is a suspect as well, and what to run
    assert [suspect["probability"] for suspect in attention["suspects"]] == [pytest.approx(0.5, abs=0.01)] * 2
    assert [run["head_sha"] for run in attention["next_runs"]] == [attention["suspects"][1]["head_sha"]]


def test_red_incidents_come_first_and_alone_on_request(
    sample: Workspace, incidents: list[dict[str, Any]]
) -> None:
    assert [incident["status"] for incident in incidents] == ["red", "red", "fixed", "fixed"]
    printed = sample.signals("--quiet", "incidents", "--red").stdout.splitlines()
    red = [incident for incident in incidents if incident["status"] == "red"]
    assert [line.split("\t")[0] for line in printed] == [incident["incident_id"] for incident in red]


def test_json_is_the_file(sample: Workspace) -> None:
    printed = sample.signals("incidents", "--json").stdout
    assert [json.loads(line) for line in printed.splitlines()] == read_jsonl(sample.site / "incidents.jsonl")


@pytest.mark.parametrize("name", ["edge", "hostile", "sample"])
def test_every_line_fits_the_schema(request: pytest.FixtureRequest, name: str) -> None:
    site = request.getfixturevalue(name).site
    schema = json.loads((site / "incidents.schema.json").read_text())
    packaged = PROJECT / "python" / "ci_signals" / "incidents.schema.json"
    assert packaged.read_bytes() == (site / "incidents.schema.json").read_bytes()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    lines = read_jsonl(site / "incidents.jsonl")
    assert lines
    for line in lines:
        validator.validate(line)
        assert not validator.is_valid(line | {"status": "open"})
        assert not validator.is_valid(line | {"suspects": [{"head_sha": "main"}]})


def test_a_red_incident_fails_a_gate_only_when_asked(sample: Workspace) -> None:
    assert sample.signals("incidents", check=False).returncode == 0
    gate = sample.signals("--quiet", "incidents", "--fail-on", "incident", check=False)
    assert (gate.returncode, gate.stderr) == (1, "")


def test_incidents_before_a_build_are_one_line(workspace: Workspace) -> None:
    assert "run signals build" in workspace.refused("incidents")


def test_names_are_harmless_in_markdown_and_on_a_terminal(hostile: Workspace) -> None:
    printed = hostile.signals("--quiet", "incidents", "--format", "markdown").stdout
    assert "\x1b" not in printed
    assert "http://x]" not in printed
    code, text = on_terminal(hostile, "--quiet", "incidents", columns=100)
    assert code == 0
    assert "\x1b[2J" not in text
    assert without_colours(text).count("id ") == len(read_jsonl(hostile.site / "incidents.jsonl"))


@pytest.mark.parametrize(
    "name", [*NAMES, "@everyone", "[a](http://x)", "*a* _b_ `c`", "a | b", "&lt;", "# 1", "$x$"]
)
def test_escaped_text_shows_as_it_is(name: str) -> None:
    shown = escaped(name)
    assert not {"<", ">", "\n"} & set(shown)
    assert shown.count("@") == shown.count("@\u2060")
    for place, letter in enumerate(shown):
        if letter in "`*_[]()|#$":
            assert shown[place - 1] == "\\"
    assert shown.replace("\u2060", "").isprintable()


def test_what_markdown_escapes_is_nothing_but_marks() -> None:
    assert escaped("Fuse it") == "Fuse it"
    assert escaped(MARKUP).startswith("\\[red\\]bold")
    assert "x1b" in escaped(ESCAPES)


def test_no_probability_is_certain() -> None:
    assert [percent(p) for p in (0.004, 0.5, 0.99, 0.996, 1)] == ["0%", "50%", "99%", ">99%", ">99%"]


def test_show_lists_the_suspects_of_a_signal_that_broke(sample: Workspace) -> None:
    key = "nn/test_multihead_attention.py::test_flash_causal_mask_matches_math_bfloat16_cpu"
    said = sample.signals("show", key).stdout
    assert "Fold the causal mask" in said
    assert ">99% that a commit broke it" in said
    assert "while it is not broken it fails 1% of the time (90% interval 0 to" in said
    shown = json.loads(sample.signals("show", key, "--json").stdout)
    assert len(shown["suspects"]) == 2
    assert shown["verdict"] == "broken"
    assert sum(suspect["probability"] for suspect in shown["suspects"]) > 0.9


def test_list_and_show_say_what_flakes_cost(sample: Workspace) -> None:
    (flake,) = sample.rows("select * from rpt_flakes where flake_number = 1")
    (total,) = sample.rows("select round(sum(lost_minutes)) as minutes from rpt_flakes")
    assert f"; flakes: {total['minutes']:.0f} min of failed jobs" in sample.signals("list").stderr
    assert f"Flakes: {total['minutes']:.0f} min" in sample.signals("list", "--format", "markdown").stdout
    said = sample.signals("show", flake["signal_id"]).stdout
    assert f"failed {flake['lost_jobs']} jobs, its share is {flake['lost_minutes']:.0f} min" in said
    assert (flake["is_new"], "did not flake in the older half" in said) == (False, False)


def test_the_index_has_a_card_per_incident_with_its_suspects(
    sample: Workspace, incidents: list[dict[str, Any]]
) -> None:
    page = (sample.site / "index.html").read_text()
    cards = page.split('<li class="incident ')[1:]
    assert [card.split()[0].rstrip('"') for card in cards] == [incident["status"] for incident in incidents]
    for card, incident in zip(cards, incidents, strict=True):
        assert f'id="incident-{incident["incident_id"]}"' in card
        for suspect in incident["suspects"]:
            assert f'href="https://github.com/pytorch/pytorch/commit/{suspect["head_sha"]}"' in card
            assert f'value="{suspect["probability"]}"' in card
            assert (f'/pull/{suspect["pull_request"]}"' in card) == bool(suspect["pull_request"])
        assert card.count("<b>Next:</b>") == len(incident["next_runs"])


def test_the_strip_has_a_bar_per_commit_and_marks_first_suspects(
    sample: Workspace, incidents: list[dict[str, Any]]
) -> None:
    strip = (sample.site / "index.html").read_text().split("<svg")[1].split("</svg>")[0]
    bars = strip.split("<g ")[1:]
    assert len(bars) == len(read_jsonl(sample.site / "signals.jsonl")[0]["commits"])
    marked = {rank for rank, bar in enumerate(bars, 1) if 'class="suspect"' in bar}
    assert marked == {incident["suspects"][0]["commit_rank"] for incident in incidents}
    (newest,) = sample.rows("select * from page_commit_bars where commit_rank = 1")
    assert f"{newest['failing']} failed, {newest['flaky']} failed and passed" in bars[0]


def test_the_parts_of_a_bar_stand_on_each_other() -> None:
    bar = CommitBar(1, "a", "", failing=1, flaky=0, pending=2, passing=1, most=8, incident_ids=[])
    assert list(bar.parts()) == [
        ("failing", 0.875, 0.125),
        ("pending", 0.625, 0.25),
        ("passing", 0.5, 0.125),
    ]


def test_names_are_harmless_on_the_index(hostile: Workspace) -> None:
    page = (hostile.site / "index.html").read_text()
    assert 'class="incident ' in page
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
