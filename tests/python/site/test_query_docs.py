"""The queries of the documents: each runs as `signals sql` runs it, and has rows on the sample.

test_deployment.py runs the GRANT statements; the history's models are off in the sample build.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from workspace import PROJECT, Workspace

BLOCK = re.compile(r'```sql\n(.*?)```|^ +signals sql "([^"\n]+)"', re.DOTALL | re.MULTILINE)
# These ask for what is wrong, waits or needs a GPU; the sample has none of it.
EMPTY = {"rpt_test_failures_without_rows", "junit_reports", "rpt_kernel_times"}


def queries() -> list[tuple[str, str]]:
    """(document:line, query) of every block, and of every `signals sql "..."` line."""
    found = []
    for path in [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]:
        text = path.read_text()
        for match in BLOCK.finditer(text):
            query = match[1] or match[2]
            if "..." not in query and not query.startswith("GRANT") and "_history" not in query:
                found.append((f"{path.name}:{text[: match.start()].count(chr(10)) + 1}", query.strip()))
    return found


@pytest.fixture(scope="module")
def answers(demo_site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, int]]:
    """The error ("" for none) and the number of rows of each query, all in one process."""
    places = queries()
    file = tmp_path_factory.mktemp("queries") / "queries.json"
    file.write_text(json.dumps([query for _, query in places]))
    done = Workspace(demo_site.parent).python("answer_queries.py", file)
    printed = json.loads(done.stdout.splitlines()[-1])
    return {place: (said, rows) for (place, _), (said, rows) in zip(places, printed, strict=True)}


def test_documents_have_queries_of_both_tracks_and_steps() -> None:
    text = " ".join(query for _, query in queries())
    assert len(queries()) >= 25
    assert {"int_window_jobs", "fct_signal_events", "fct_compilations", "rpt_data_quality"} <= set(
        re.findall(r"\w+", text)
    )


@pytest.mark.parametrize(("place", "query"), queries(), ids=[place for place, _ in queries()])
def test_query_runs_and_has_rows(place: str, query: str, answers: dict[str, tuple[str, int]]) -> None:
    said, rows = answers[place]
    assert said == ""
    if not any(table in query for table in EMPTY):
        assert rows > 0, query
