"""Limits as people state them, and the promise that no window ever holds more."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import pairwise
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.delivery.pacing import Limit, Pacer, Share
from newsletter.mail.smtp import PRESETS


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
    assert len(_run(Pacer(Limit.parse("10/s, 60/min"), now=0, share=Share(processes=2)), until=10)) == 30


def _together(limits: Sequence[Limit], processes: int, until: float, offset: float) -> list[tuple[float, int]]:
    """When messages of so many processes would go, each sent as soon as its own pacer lets, and by which process."""
    pacers = [Pacer(limits, now=0.0, share=Share(processes, place, offset)) for place in range(processes)]
    due = [(0.0, place) for place in range(processes)]
    sent: list[tuple[float, int]] = []
    while due and len(sent) < 3000:
        now, place = heappop(due)
        if now >= until:
            continue
        wait, _ = pacers[place].wait(now)
        if wait <= 0:
            pacers[place].take("example.org", now)
            sent.append((now, place))
        heappush(due, (now + wait, place))
    return sent


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([0.25, 0.5, 1, 1.5, 2, 2.5, 3, 5, 7, 10, 14]),
    st.sampled_from([1, 60, 3600]),
    st.integers(1, 6),
    st.floats(0, 2e9),
)
def test_processes_together_keep_a_limit_in_every_window_and_each_of_them_sends(
    count: float, seconds: int, processes: int, offset: float
) -> None:
    limit = Limit(count, seconds)
    longest = max(seconds, seconds / count)
    sent = _together([limit], processes, 12 * processes * longest / min(count, processes), offset)
    assert {place for _, place in sent} == set(range(processes))
    moments = [moment for moment, _ in sent]
    least = max(1, floor(count))
    window = seconds if count >= 1 else seconds / count
    # the first of more than the limit allows is a whole window before the last
    assert all(late - early >= window for early, late in zip(moments, moments[least:], strict=False))
    assert len(moments) >= 4 * processes


@pytest.mark.parametrize(("text", "processes"), [("1/min", 2), ("0.5/min", 1), ("0.2/s", 3), ("2/h", 3), ("1/day", 2)])
def test_a_limit_smaller_than_the_number_of_processes_is_waited_for_and_not_for_ever(text: str, processes: int) -> None:
    for place in range(processes):
        pacer = Pacer(Limit.parse(text), Limit.parse(text), now=0, share=Share(processes, place))
        assert len(_run(pacer, until=40 * 86400)) >= 10


def test_domains_that_rest_are_forgotten() -> None:
    """A million of them, a message each, hold no more memory than those of the last second."""
    pacer = Pacer((), Limit.parse("1/s, 30/min"), now=0)
    most = 0
    for number in range(100_000):
        domain = f"{number}.example"
        assert pacer.wait_for(domain, number / 20) == (0.0, "")
        pacer.take(domain, number / 20)
        most = max(most, pacer.watched)
    assert most <= 3 * 20 * 60
    assert pacer.wait_for("99999.example", 99999 / 20)[1] == "1/s to 99999.example"


def test_a_limit_a_domain_holds_back_that_domain_alone() -> None:
    pacer = Pacer((), Limit.parse("1/s"), now=0)
    pacer.take("slow.example", 0)
    pacer.take("slow.example", 0)
    assert pacer.wait_for("slow.example", 0)[1] == "1/s to slow.example"
    assert pacer.wait_for("other.example", 0) == (0.0, "")
    assert pacer.wait(0) == (0.0, "")


def test_presets_name_where_they_come_from() -> None:
    assert all(preset.source.startswith("https://") and preset.limits for preset in PRESETS.values())
