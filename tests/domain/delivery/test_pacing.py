"""Limits as people state them, and the promise that no window ever holds more."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import pairwise
from math import floor, inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.delivery.pacing import Limit, Pacer, Share
from newsletter.mail.smtp import PRESETS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("0", ()),
        ("14", (Limit(14),)),
        ("0.5/s", (Limit(0.5, 1),)),
        ("14/s, 900/min 50000/day", (Limit(14, 1), Limit(900, 60), Limit(50000, 86400))),
        ("30 / minute,", (Limit(30, 60),)),
        *((f"7/{unit}", (Limit(7, 1),)) for unit in ("s", "sec", "second")),
        *((f"7/{unit}", (Limit(7, 60),)) for unit in ("m", "min", "minute", "MIN")),
        *((f"7/{unit}", (Limit(7, 3600),)) for unit in ("h", "hour")),
        *((f"7/{unit}", (Limit(7, 86400),)) for unit in ("d", "day")),
        ("1/s 2", (Limit(1), Limit(2))),
    ],
)
def test_limits_are_read_as_people_write_them(text: str, expected: tuple[Limit, ...]) -> None:
    assert Limit.parse(text) == expected


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (Limit(14), "14/s"),
        (Limit(0.5, 60), "0.5/min"),
        (Limit(2000, 3600), "2000/h"),
        (Limit(50, 86400), "50/day"),
        (Limit(5, 7), "5/7 s"),
    ],
)
def test_limits_are_shown_as_people_write_them(limit: Limit, text: str) -> None:
    assert str(limit) == text


@pytest.mark.parametrize("text", ["fast", "10/fortnight", "-1/s", "1e9999", "14/sX"])
def test_what_is_no_limit_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="expected a limit such as"):
        Limit.parse(text)


@pytest.mark.parametrize(("count", "seconds"), [(0, 1), (-0.5, 1), (inf, 1), (5, 0), (5, -1)])
def test_a_limit_that_lets_nothing_or_everything_go_is_none(count: float, seconds: int) -> None:
    with pytest.raises(ValueError, match="a positive number of messages in a time"):
        Limit(count, seconds)


def _run(pacer: Pacer, until: float, domain: str = "example.org", most: int = 5000) -> list[float]:
    """When messages would go, sent as fast as the pacer lets."""
    now, sent = 0.0, []
    while now < until and len(sent) < most:
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
@given(
    st.integers(1, 40) | st.floats(0.1, 12).map(lambda count: round(count, 2)),
    st.sampled_from([1, 60, 3600, 86400]),
    st.floats(0, 3),
)
def test_no_window_ever_holds_more_than_the_limit(count: float, seconds: int, start: float) -> None:
    """A fraction of a message is none; less than one in a time is one in a longer time."""
    window, whole = (seconds, floor(count)) if count >= 1 else (seconds / count, 1)
    sent = _run(Pacer([Limit(count, seconds)], now=start), until=window * 4)
    assert len(sent) >= whole * 3
    for first in sent:
        assert sum(first <= at < first + window for at in sent) <= whole


# --- worked by hand: the waits are told to a millionth of a second ----------------------------------------------------

HOUR, DAY = 3600.0, 86400.0


def sent_at(limit: Limit, *moments: float, share: Share | None = None) -> Pacer:
    """A pacer of one limit under which messages went at these moments."""
    pacer = Pacer([limit], now=0, share=share)
    for moment in moments:
        pacer.take("example.org", moment)
    return pacer


def left(pacer: Pacer, now: float) -> float:
    return pacer.wait(now)[0]


def soon(seconds: float) -> object:
    return pytest.approx(seconds, abs=1e-5)


def test_messages_of_one_hour_of_a_day_are_forgotten_with_the_hours_last() -> None:
    """So a limit a day remembers at most 24 moments, however many messages it lets go."""
    begin = 5 * DAY
    within = sent_at(Limit(2, 86400), begin, begin + HOUR - 1)
    assert left(within, begin + HOUR) == soon(DAY - 1)
    apart = sent_at(Limit(2, 86400), begin, begin + HOUR)
    assert left(apart, begin + HOUR) == soon(DAY - HOUR)


def test_what_is_forgotten_makes_room_for_as_much_and_no_more() -> None:
    """At 0:00, 1:00 and 1:30; the next day one at 0:00, and from 1:30 on two."""
    pacer = sent_at(Limit(3, 86400), 0, HOUR, 1.5 * HOUR)
    assert left(pacer, 2 * HOUR) == soon(22 * HOUR)
    assert left(pacer, DAY) == 0
    pacer.take("example.org", DAY)
    assert left(pacer, DAY) == soon(1.5 * HOUR)
    pacer.take("example.org", DAY + 1.5 * HOUR)
    assert left(pacer, DAY + 1.5 * HOUR) == 0


def test_a_rate_a_second_is_spread_evenly_and_a_number_in_a_longer_time_is_not() -> None:
    assert left(sent_at(Limit(10), 0), 0) == soon(0.1)
    assert left(sent_at(Limit(4, 2), 0), 0) == 0
    assert left(sent_at(Limit(4, 2), 0, 0, 0, 0), 0) == soon(2)


def test_each_of_several_processes_sends_its_part_of_a_rate() -> None:
    assert left(sent_at(Limit(10), 0, share=Share(2)), 0) == soon(0.2)
    assert left(sent_at(Limit(10), 0, share=Share()), 0) == soon(0.1)


def test_who_wakes_up_a_little_late_catches_up_and_what_was_not_used_is_not_saved_up() -> None:
    """Four a second are 250 ms apart: 100 ms late, the next goes 150 ms later; a quarter late, it counts from then."""
    assert left(sent_at(Limit(4), 0, 0.35), 0.35) == soon(0.15)
    assert left(sent_at(Limit(4), 0, 0.5), 0.5) == soon(0.25)


def test_at_a_hundred_a_second_a_process_may_wake_up_twenty_milliseconds_late() -> None:
    """Else the machine's own ticks would halve the rate: they are longer than the distance of two messages."""
    assert left(sent_at(Limit(100), 0, 0.029), 0.029) == 0
    assert left(sent_at(Limit(100), 0, 0.031), 0.031) == soon(0.01)


def test_two_processes_under_one_a_minute_take_turns_of_eighty_seconds_and_begin_in_the_first_sixteen() -> None:
    """So that two messages are never closer than 64 seconds."""
    first, second = (Pacer([Limit(1, 60)], now=0, share=share) for share in (Share(2), Share(2, 1)))
    assert [left(first, now) for now in (0, 15.9)] == [0, 0]
    assert [left(first, now) for now in (16, 79, 80)] == [soon(144), soon(81), soon(80)]
    assert [left(second, now) for now in (0, 79, 80, 95.9, 96)] == [soon(80), soon(1), 0, 0, soon(144)]


def test_turns_are_told_by_the_clock_that_all_of_them_read() -> None:
    """Twenty seconds ahead of ours: the first turn's beginning has passed."""
    assert left(Pacer([Limit(1, 60)], now=0, share=Share(2, 0, offset=20.0)), 0) == soon(140)


def test_a_process_that_is_joined_by_others_still_counts_what_it_sent_alone() -> None:
    """Four a minute, sent alone at 0, 10, 20 and 30 s: from now on a message counts twice, so two must be forgotten."""
    pacer = sent_at(Limit(4, 60), 0, 10, 20, 30)
    assert left(pacer, 30) == soon(30)
    pacer.share = Share(2)
    assert left(pacer, 30) == soon(40)


def test_a_process_whose_turn_comes_waits_a_whole_time_after_its_own_last_message() -> None:
    """Two a minute, sent alone at 0 and 30 s; of three processes it has the turn from 40 to 80 s."""
    pacer = sent_at(Limit(2, 60), 0, 30)
    pacer.share = Share(3, 1)
    assert left(pacer, 45) == soon(45)


def test_what_went_out_before_counts_for_limits_of_a_day_alone() -> None:
    assert left(Pacer([Limit(1, 86400)], now=0), 0) == 0
    assert left(Pacer([Limit(1, 86400)], now=0, used_today=1), 0) == soon(DAY)
    assert left(Pacer([Limit(1, 86399)], now=0, used_today=1), 0) == 0


def test_a_pacer_is_free_if_nothing_limits_it() -> None:
    limits = Limit.parse("1/s")
    assert Pacer(now=0).is_free
    assert Pacer(now=0).wait_for("example.org", 0) == (0.0, "")
    assert not Pacer(limits, now=0).is_free
    assert not Pacer((), limits, now=0).is_free
    assert not Pacer(limits, limits, now=0).is_free


def test_steady_sending_takes_no_more_memory_in_two_minutes_than_in_the_first_seconds() -> None:
    def weight(seconds: int) -> int:
        pacer = Pacer([Limit(10)], now=0)
        _run(pacer, until=seconds)
        return len(pickle.dumps(pacer))

    assert weight(120) <= weight(12) * 1.1


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
        assert len(_run(pacer, until=40 * 86400, most=10)) == 10


def test_domains_that_rest_are_forgotten() -> None:
    """Twenty new ones a second, each held for a minute: 1,200 matter, and up to twice as many are watched.

    Up to then nobody looks through them, so that forgetting costs a message next to nothing.
    """
    pacer = Pacer((), Limit.parse("1/s, 30/min"), now=0)
    most = 0
    for number in range(8_000):
        domain = f"{number}.example"
        assert pacer.wait_for(domain, number / 20) == (0.0, "")
        pacer.take(domain, number / 20)
        most = max(most, pacer.watched)
    assert 2_300 <= most <= 2_400
    assert pacer.wait_for("7999.example", 7999 / 20)[1] == "1/s to 7999.example"


def test_a_domain_that_does_not_rest_is_remembered_however_many_others_do() -> None:
    """Its limit a minute is used up; what it may have had a second long ago says nothing of that."""
    pacer = Pacer((), Limit.parse("1/s, 2/min"), now=0)
    for number in range(1_200):
        pacer.take(f"{number}.example", 0)
    for now in (70, 73):
        pacer.take("slow.example", now)
    for number in range(1_200, 3_000):
        pacer.take(f"{number}.example", 75)
    assert pacer.watched < 3_000, "those of the beginning rest"
    wait, name = pacer.wait_for("slow.example", 75)
    assert (wait, name) == (soon(55), "2/min to slow.example")


def test_a_limit_a_domain_holds_back_that_domain_alone() -> None:
    pacer = Pacer((), Limit.parse("1/s"), now=0)
    pacer.take("slow.example", 0)
    pacer.take("slow.example", 0)
    assert pacer.wait_for("slow.example", 0)[1] == "1/s to slow.example"
    assert pacer.wait_for("other.example", 0) == (0.0, "")
    assert pacer.wait(0) == (0.0, "")


def test_presets_name_where_they_come_from() -> None:
    assert all(preset.source.startswith("https://") and preset.limits for preset in PRESETS.values())
