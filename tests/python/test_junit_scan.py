"""Hostile XML: entities, depth, length. What is refused has a line and a reason."""

from __future__ import annotations

import io
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutations import EDITS, edited, fuzzed
from workspace import FIXTURES

from ci_signals.loaders.junit_scan import NotAReportError, Row, Scan

LAUGHS = "".join(
    f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' if number else '<!ENTITY l0 "ha">'
    for number in range(10)
)
HOSTILE = {
    "billion laughs": f'<!DOCTYPE t [{LAUGHS}]>\n<testsuite name="&l9;"/>',
    "a file as an entity": '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite>&x;</testsuite>',
    "a parameter entity": '<!DOCTYPE t [<!ENTITY % x SYSTEM "http://127.0.0.1:1/">%x;]><testsuite/>',
    "an entity of a DTD elsewhere": '<!DOCTYPE t SYSTEM "file:///etc/x.dtd"><testsuite>&x;</testsuite>',
}


def scanned(xml: str | bytes) -> list[Row]:
    data = xml.encode() if isinstance(xml, str) else xml
    return [row for piece in Scan(io.BytesIO(data), "load", 1).pieces() for row in piece]


@pytest.mark.parametrize("name", HOSTILE)
def test_entities_are_refused(name: str) -> None:
    with pytest.raises(NotAReportError, match="it declares entities or asks for them"):
        scanned(HOSTILE[name])


def test_the_five_entities_of_xml_and_characters_by_number_are_values() -> None:
    [row] = scanned('<!DOCTYPE testsuite><testsuite><testcase name="&lt;&#233;&amp;&quot;"/></testsuite>')
    assert row[3] == '<é&"'


def test_a_name_of_a_megabyte_is_a_name() -> None:
    [row] = scanned(f'<testsuite><testcase name="{"n" * (1 << 20)}"/></testsuite>')
    assert len(row[3]) == 1 << 20


def test_a_tag_or_a_text_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ci_signals.loaders.junit_scan._LONGEST", 1 << 20)
    with pytest.raises(NotAReportError, match="a tag is longer than 32 MB"):
        scanned(b'<testsuite name="' + b"n" * (2 << 20))
    text = b"<testsuite><testcase><failure>" + b"n" * (2 << 20)
    with pytest.raises(NotAReportError, match="the text of a failure is longer than 32 MB"):
        scanned(text)


def test_deep_suites_are_read_and_deeper_ones_refused() -> None:
    def nested(depth: int) -> str:
        return "<testsuite>" * depth + '<testcase name="a"/>' + "</testsuite>" * depth

    assert len(scanned(nested(999))) == 1
    with pytest.raises(NotAReportError, match="more than 1,000 deep, line 1"):
        scanned(nested(1_000_000))


def test_output_of_tests_takes_no_memory() -> None:
    """A report may hold hundreds of megabytes of what tests printed."""
    output = b"<testsuite><testcase name='a'><system-out>" + b"text " * (6 << 20)
    report = io.BytesIO(output + b"</system-out></testcase></testsuite>")
    tracemalloc.start()
    try:
        scan = Scan(report, "load", 1)
        assert sum(len(piece) for piece in scan.pieces()) == scan.testcases == 1
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252", "gb18030"])
def test_encodings_that_the_document_declares(encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    xml = f"<?xml version='1.0' encoding='{declared}'?><testsuite><testcase name='café'/></testsuite>"
    assert [row[3] for row in scanned(xml.encode(encoding))] == ["café"]


def test_testcases_inside_another_and_findings_outside_one() -> None:
    """A finding counts for the testcase that it is a direct child of."""
    rows = scanned(
        "<testsuite><error message='of the suite'/><testcase name='outer'><testcase name='inner'><failure/>"
        "</testcase><properties><failure/></properties></testcase></testsuite>"
    )
    assert [(row[2], row[3], len(row[-1])) for row in rows] == [(2, "inner", 1), (1, "outer", 0)]


@fuzzed(300)
@given(path=st.sampled_from(sorted((FIXTURES / "junit").glob("*.xml"))), edits=EDITS)
def test_a_damaged_report_gives_rows_to_store_or_a_reason(path: Any, edits: list[Any]) -> None:
    try:
        rows: list[Any] = list(scanned(edited(path.read_bytes(), edits)))
    except NotAReportError as error:
        rows = [error.line, str(error)]
    json.dumps(rows, ensure_ascii=False).encode()  # as the loader sends them
