"""Read JUnit XML as a stream: a row per testcase, at any depth of suites, whatever the namespace.

Expat reads it, with entities refused. Values stay as they are written; what they mean is SQL (`junit_sql`).
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from typing import IO, Any, NamedTuple
from xml.parsers import expat

from ci_signals.errors import UserError

Finding = tuple[str, str, str, str]
"""What a testcase says about its run: the element's name, its type, message and text."""
Row = tuple[str, int, int, str, str, str, str, str, str, str, str, list[Finding]]
"""A testcase: the load's id, the report's number in it, the position in the report from 1, then name,
classname, file, file of its suite, line, time, status and result as written ('' when absent), and its
findings."""

_FINDINGS = {
    "failure",
    "error",
    "skipped",
    "flakyFailure",
    "flakyError",
    "rerunFailure",
    "rerunError",
}
_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]{0,40})[\"']")
# Encodings of several bytes a character, which expat leaves to others.
_OTHER_ENCODINGS = {
    "big5",
    "cp932",
    "cp949",
    "cp950",
    "euc_jp",
    "euc_kr",
    "gb18030",
    "gb2312",
    "gbk",
    "shift_jis",
}
_CHUNK = 1 << 18
_LONGEST = 32 << 20  # bytes of a tag, or characters of a text: as for a line of CI rows
_DEEPEST = 1000
# Root elements of other files that test and build tools write, in words.
_OTHERS = {
    "coverage": "a coverage report (Cobertura or Clover)",
    "report": "a coverage report (JaCoCo)",
    "CoverageSession": "a coverage report (OpenCover)",
    "TestRun": "a Visual Studio report (TRX)",
    "assemblies": "an xUnit.net report",
    "assembly": "an xUnit.net report",
    "test-run": "an NUnit report",
    "test-results": "an NUnit report",
    "testng-results": "a TestNG report",
    "TestCase": "a Qt Test report",
    "Catch": "a Catch report",
    "Catch2TestRun": "a Catch report",
    "doctest": "a doctest report",
    "checkstyle": "a Checkstyle report",
    "testExecutions": "a SonarQube report",
    "robot": "a Robot Framework report",
}

_CTRF = ((b'"reportFormat"', b"CTRF"), (b'"results"', b'"tests"', b'"summary"'))


class NotAReportError(UserError):
    """A file that is no JUnit report, or a damaged one. line: where, or 0 when it is the whole file."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


class Scan:
    """One report, whose rows get `load_id` and `number`.

    start: its first bytes. After `pieces`, `testcases` is the number of its testcases and `digest` the
    SHA-256 of its bytes, hex.
    """

    def __init__(self, file: IO[bytes], load_id: str, number: int) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.start = file.read(_CHUNK)
        self._decoder = _decoder(self.start)
        self._handlers = _Handlers(load_id, number, "utf-8" if self._decoder else None)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    @property
    def testcases(self) -> int:
        return self._handlers.testcases

    def pieces(self) -> Iterator[list[Row]]:
        """The testcases of one chunk of the file after the other.

        Raises NotAReportError at the first byte that shows that it is none.
        """
        handlers, parser = self._handlers, self._handlers.parser
        chunk, fed = self.start, 0
        _check_start(chunk)
        try:
            while chunk:
                self._hash.update(chunk)
                xml = self._decoder.decode(chunk).encode() if self._decoder else chunk
                parser.Parse(xml, False)
                fed += len(xml)
                if fed - parser.CurrentByteIndex > _LONGEST:
                    raise NotAReportError("a tag is longer than 32 MB", parser.CurrentLineNumber)
                yield handlers.rows
                handlers.rows = []
                chunk = self._file.read(_CHUNK)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            what = f"{expat.errors.messages[error.code]}, line {error.lineno}, column {error.offset + 1}"
            raise NotAReportError(f"not well-formed XML: {what}", error.lineno) from error
        except (LookupError, ValueError) as error:  # its encoding is unknown
            raise NotAReportError(f"not readable: {error}", 1) from error
        yield handlers.rows


class _Case(NamedTuple):
    depth: int
    position: int
    attributes: dict[str, str]
    findings: list[Finding]


class _Handlers:
    """What expat calls. Elements count as those of a testcase when they are its direct children."""

    def __init__(self, load_id: str, number: int, encoding: str | None) -> None:
        self._load_id = load_id
        self._number = number
        self.rows: list[Row] = []
        self.testcases = 0
        self._depth = 0
        self._suites: list[tuple[int, str]] = []  # depth and file of each open suite
        self._cases: list[_Case] = []  # the open ones: a testcase may stand in another
        self._finding: tuple[int, str, dict[str, str]] | None = None  # depth, name, attributes
        self._text: list[str] = []
        self._length = 0
        parser = self.parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._refuse_entity
        parser.SkippedEntityHandler = self._refuse_entity
        parser.ExternalEntityRefHandler = self._refuse_entity

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        depth = self._depth = self._depth + 1
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if depth == 1 and tag not in ("testsuites", "testsuite"):
            other = _OTHERS.get(tag)
            raise self._error(
                f"{other}, not JUnit XML" if other else f"not JUnit XML: root element <{tag[:100]}>"
            )
        if depth > _DEEPEST:
            raise self._error(f"elements stand more than {_DEEPEST:,} deep")
        if tag == "testcase":
            self.testcases += 1
            self._cases.append(_Case(depth, self.testcases, attributes, []))
        elif tag == "testsuite":
            suites = self._suites
            suites.append((depth, attributes.get("file") or (suites[-1][1] if suites else "")))
        elif tag in _FINDINGS and self._cases and self._cases[-1].depth == depth - 1:
            self._finding = (depth, tag, attributes)
            self.parser.CharacterDataHandler = self._hear
        elif self._finding:  # of what a rerun holds, the stack trace is its text, the output is not
            self.parser.CharacterDataHandler = self._hear if tag == "stackTrace" else None

    def _end(self, tag: str) -> None:  # noqa: ARG002
        depth, self._depth = self._depth, self._depth - 1
        if self._cases and self._cases[-1].depth == depth:
            self._end_case()
        elif self._suites and self._suites[-1][0] == depth:
            self._suites.pop()
        elif self._finding:
            if self._finding[0] == depth:
                self._end_finding()
            elif self._finding[0] == depth - 1:
                self.parser.CharacterDataHandler = self._hear

    def _end_case(self) -> None:
        _, position, attributes, findings = self._cases.pop()
        get = attributes.get
        self.rows.append(
            (
                self._load_id,
                self._number,
                position,
                get("name", ""),
                get("classname", ""),
                get("file", ""),
                self._suites[-1][1] if self._suites else "",
                get("line", ""),
                get("time", ""),
                get("status", ""),
                get("result", ""),
                findings,
            )
        )

    def _end_finding(self) -> None:
        assert self._finding is not None
        _, name, attributes = self._finding
        text = "".join(self._text)
        finding = (
            name,
            attributes.get("type", ""),
            attributes.get("message", ""),
            text if text.strip() else "",
        )
        self._cases[-1].findings.append(finding)
        self._finding, self._length = None, 0
        self._text.clear()
        self.parser.CharacterDataHandler = None

    def _hear(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)
        if self._length > _LONGEST:
            raise self._error("the text of a failure is longer than 32 MB")

    def _refuse_entity(self, *_: Any) -> int:
        raise self._error("it declares entities or asks for them, which is refused")

    def _error(self, reason: str) -> NotAReportError:
        line = self.parser.CurrentLineNumber
        return NotAReportError(f"{reason}, line {line}", line)


def _decoder(start: bytes) -> codecs.IncrementalDecoder | None:
    """A decoder for the encoding that the document declares, if Python knows it and expat does not."""
    declared = _DECLARED.match(start)
    try:
        codec = codecs.lookup(declared[1].decode()) if declared else None
    except LookupError:
        return None
    return codec.incrementaldecoder() if codec and codec.name in _OTHER_ENCODINGS else None


def _check_start(chunk: bytes) -> None:
    """Raise NotAReportError for a file that is empty or no XML at all."""
    start = chunk[:4096].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")
    if not chunk:
        raise NotAReportError("empty file")
    if start[:1] in (b"{", b"["):
        is_ctrf = any(all(word in chunk for word in words) for words in _CTRF)
        raise NotAReportError("a CTRF report, not JUnit XML" if is_ctrf else "JSON, not JUnit XML")
    if start[:1] != b"<":
        raise NotAReportError("not XML")
