"""Limits as people state them, and the promise that no window ever holds more."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.pacing import Limit, Pacer
from newsletter.mail.limits import PRESETS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("0", []),
        ("14", ["14/s"]),
        ("0.5/s", ["0.5/s"]),
        ("14/s, 900/min 50000/day", ["14/s", "900/min", "50000/day"]),
        ("30 / minute", ["30/min"]),
        ("2000/d", ["2000/day"]),
    ],
)
def test_limits_are_read_as_people_write_them(text: str, expected: list[str]) -> None:
    assert [str(limit) for limit in Limit.parse(text)] == expected


@pytest.mark.parametrize("text", ["fast", "10/fortnight", "-1/s", "1/s 2", "1e9999"])
def test_what_is_no_limit_is_named(text: str) -> None:
    if text == "1/s 2":
        assert len(Limit.parse(text)) == 2
        return
    with pytest.raises(ValueError, match="expected a limit such as"):
        Limit.parse(text)


def _run(pacer: Pacer, until: float, domain: str = "example.org") -> list[float]:
    """When messages would go, sent as fast as the pacer lets."""
    now, sent = 0.0, []
    while now < until and len(sent) < 5000:
        wait = max(pacer.wait(now)[0], pacer.wait_for(domain, now)[0])
        if wait > 0:
            now += wait
            continue
        pacer.take(domain, now)
        sent.append(now)
    return sent


def test_a_rate_a_second_is_spread_evenly() -> None:
    sent = _run(Pacer(Limit.parse("10/s"), now=0), until=3)
    assert 29 <= len(sent) <= 32
    gaps = [b - a for a, b in pairwise(sent[1:])]
    assert min(gaps) > 0.099


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.sampled_from([60, 3600, 86400]), st.floats(0, 3))
def test_no_window_ever_holds_more_than_the_limit(count: int, seconds: int, start: float) -> None:
    sent = _run(Pacer([Limit(count, seconds)], now=start), until=seconds * 4)
    assert len(sent) >= count * 3
    for first in sent:
        assert sum(first <= at < first + seconds for at in sent) <= count


def test_what_went_out_today_already_counts() -> None:
    pacer = Pacer(Limit.parse("100/day"), now=0, used_today=98)
    sent = _run(pacer, until=3600)
    assert len(sent) == 2
    assert pacer.wait(3600) == (pytest.approx(86400, rel=0.06), "100/day")


def test_several_runs_share_a_limit() -> None:
    pacer = Pacer(Limit.parse("10/s, 60/min"), now=0)
    pacer.share = 2
    assert len(_run(pacer, until=10)) == 30


def test_a_limit_a_domain_holds_back_that_domain_alone() -> None:
    pacer = Pacer((), Limit.parse("1/s"), now=0)
    pacer.take("slow.example", 0)
    pacer.take("slow.example", 0)
    assert pacer.wait_for("slow.example", 0)[1] == "1/s to slow.example"
    assert pacer.wait_for("other.example", 0) == (0.0, "")
    assert pacer.wait(0) == (0.0, "")


def test_presets_name_where_they_come_from() -> None:
    assert all(preset.source.startswith("https://") and preset.limits for preset in PRESETS.values())
