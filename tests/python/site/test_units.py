"""Times and sizes in the unit that fits, and addresses in text as links."""

from __future__ import annotations

import pytest

from ci_signals.site.units import duration, links, measure

DURATIONS = [
    (None, "–"),
    (0, "0 ms"),
    (0.0001, "<1 µs"),
    (0.412, "412 µs"),
    (0.9996, "1.0 ms"),
    (10.44, "10.4 ms"),
    (99.96, "100 ms"),
    (296, "296 ms"),
    (999.6, "1.0 s"),
    (45954.7, "46.0 s"),
    (119_950, "2 min 0 s"),
    (725_000, "12 min 5 s"),
    (3_599_600, "1 h 0 min"),
    (7_500_000, "2 h 5 min"),
    (-5, "-5.0 ms"),
    (1e300, "1e+300 ms"),
    (float("inf"), "inf ms"),
]


@pytest.mark.parametrize(("ms", "text"), DURATIONS)
def test_a_duration_has_the_unit_that_fits(ms: float | None, text: str) -> None:
    assert duration(ms) == text


def test_measures_read_their_units_and_leave_other_text_alone() -> None:
    assert measure("10448", "us") == "10.4 ms"
    assert measure("0.5", "s") == "500 ms"
    assert measure("123456", "bytes") == "123.5 kB"
    assert measure("1795282737.87", "s since 1970") == "2026-11-21 17:38:57 UTC"
    for text, unit in [
        ("12", "guards"),
        ("x", "us"),
        ("nan", "ms"),
        ("1e400", "s"),
        ("-1e30", "us since 1970"),
    ]:
        assert measure(text, unit) == "", (text, unit)


def test_only_web_addresses_become_links_and_all_is_escaped() -> None:
    text = 'see https://x.y/z.html. <b> javascript:alert(1) http://a/"onclick=1'
    assert links(text) == (
        'see <a href="https://x.y/z.html" rel="noopener noreferrer">https://x.y/z.html</a>. &lt;b&gt; '
        'javascript:alert(1) <a href="http://a/" rel="noopener noreferrer">http://a/</a>&#34;onclick=1'
    )
