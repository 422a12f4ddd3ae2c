"""What the site's index shows of the signals: rows of its models, and their pictures' parts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from ci_signals.reader import Reader
from ci_signals.site.incidents import Incidents, read_incidents
from ci_signals.site.trend import Trend, read_trend
from ci_signals.window import Window

GRID = "signals/index.html"
# Signals of an incident that its card shows with their strips.
MOST_MEMBERS = 3
_OUTCOMES = {"f": "failing", "x": "flaky", "s": "passing", "p": "pending"}
_WORDS = {"failing": "failed", "flaky": "failed and passed", "passing": "passed", "pending": "still run"}


def signal_url(signal_id: str) -> str:
    """The page of a signal, relative to the index."""
    return f"signals/signal.html#{signal_id}"


@dataclass(frozen=True)
class SignalLine:
    """A signal in a list of the index: a row of page_index_signals.

    streak_commits: commits in a row with the outcome of the newest verdict. silent_commits: newer
    commits without a verdict; silent_minutes: since the newest commit with one. sha, title,
    broke_at: the commit where its latest break was first seen (None when no commit failed outright).
    candidate_commits: how many commits can be the cause, None when unknown. outcomes: a letter per commit,
    newest first. failure_rate with its 90% interval, 0 to 1: how often it fails while it is not broken.
    lost_minutes: of failed jobs, by its flakes.
    """

    signal_id: str
    source: str
    workflow: str
    base: str
    key: str
    streak_commits: int
    silent_commits: int
    silent_minutes: int
    sha: str | None
    title: str | None
    broke_at: datetime | None
    candidate_commits: int | None
    outcomes: str
    probability_broken: float
    incident_id: str
    flakes: int
    flake_runs: int
    failure_rate: float
    failure_rate_low: float
    failure_rate_high: float
    is_new_flake: bool
    newest_flake_sha: str
    lost_jobs: int
    lost_minutes: float

    @property
    def url(self) -> str:
        return signal_url(self.signal_id)

    def runs(self) -> Iterator[tuple[str, int, int]]:
        """(outcome, first commit, commits) of commits in a row that said the same; the newest is 0."""
        start = 0
        for letter, run in groupby(self.outcomes):
            commits = len(list(run))
            if letter in _OUTCOMES:
                yield _OUTCOMES[letter], start, commits
            start += commits

    @property
    def said(self) -> str:
        """The strip in words."""
        counts = Counter(_OUTCOMES[letter] for letter in self.outcomes if letter in _OUTCOMES)
        return ", ".join(f"{counts[outcome]} {words}" for outcome, words in _WORDS.items() if counts[outcome])


@dataclass(frozen=True)
class BreakingCommit:
    """A commit where signals broke: a row of rpt_breaking_commits. failing_signals: how many of
    them fail now. unseen_signals: how many failed last and were not seen since. most_candidates:
    the largest number of commits that can be the cause of one of them, None when unknown."""

    head_sha: str
    committed_at: datetime
    title: str
    author: str
    broken_signals: int
    failing_signals: int
    unseen_signals: int
    most_candidates: int | None


@dataclass(frozen=True)
class FailureKind:
    """A kind of failure: a row of rpt_failure_kinds. failures: events of the kind, of `signals`
    signals on `commits` commits; failing_signals: how many of the signals fail now. signal_id,
    workflow, base, key, source: one of the signals."""

    failure_kind: str
    failures: int
    signals: int
    failing_signals: int
    commits: int
    signal_id: str
    source: str
    workflow: str
    base: str
    key: str

    @property
    def url(self) -> str:
        return signal_url(self.signal_id)


@dataclass(frozen=True)
class Change:
    """What changed in the last 24 hours: a row of page_index_changes. head_sha: "" when the signals
    changed on several commits. first_signals: (signal_id, key) of up to three."""

    change: str
    incident_id: str
    signals: int
    changed_at: datetime
    head_sha: str
    suspect_sha: str
    suspect_probability: float
    suspect_title: str
    first_signals: list[tuple[str, str]]

    @property
    def links(self) -> list[tuple[str, str]]:
        """(address, key) of the first signals."""
        return [(signal_url(signal_id), key) for signal_id, key in self.first_signals]


@dataclass(frozen=True)
class SignalsCard:
    """The signals track on the site's index; `url` is relative to the index.

    members: the first signals of each incident, by its id. known_since: since when verdicts are known
    without a hole; what changed before is not in `changes`. changes: None when they were not built.
    """

    window: Window
    red_now: Sequence[SignalLine] = ()
    red_count: int = 0
    unseen: Sequence[SignalLine] = ()
    kinds: Sequence[FailureKind] = ()
    broke_last: Sequence[BreakingCommit] = ()
    flakes: Sequence[SignalLine] = ()
    members: dict[str, list[SignalLine]] = field(default_factory=dict)
    changes: Sequence[Change] | None = None
    known_since: datetime | None = None
    trend: Trend | None = None
    incidents: Incidents | None = None
    url: str = GRID

    @property
    def changed(self) -> dict[str, int]:
        """How many signals changed, by kind of change."""
        counts: Counter[str] = Counter()
        for change in self.changes or ():
            counts[change.change] += change.signals
        return counts


def read_home(reader: Reader, window: Window) -> SignalsCard:
    """What the index shows of the last build."""
    lines = "page_index_signals"
    alone = reader.records(SignalLine, lines, "recently_broken_order", "is_failing and incident_id = ''")
    members: defaultdict[str, list[SignalLine]] = defaultdict(list)
    shown = f"incident_signal_number between 1 and {MOST_MEMBERS}"
    for line in reader.records(SignalLine, lines, "incident_id, incident_signal_number", shown):
        members[line.incident_id].append(line)
    shown_flakes = "flake_number > 0 and (lost_minutes > 0 or is_new_flake or is_flaky)"
    return SignalsCard(
        window,
        red_now=alone[:10],
        red_count=len(alone),
        unseen=reader.records(SignalLine, lines, "recently_broken_order", "is_unseen", 10),
        kinds=reader.records(FailureKind, "rpt_failure_kinds", "kind_number", limit=8),
        broke_last=reader.records(BreakingCommit, "rpt_breaking_commits", "first_failing_rank", limit=8),
        flakes=reader.records(SignalLine, lines, "flake_number", shown_flakes, 10),
        members=dict(members),
        changes=reader.records(Change, "page_index_changes", "change_number"),
        known_since=reader.rows("rpt_known_span", "as_of")[0]["known_since"],
        trend=read_trend(reader),
        incidents=read_incidents(reader),
    )
