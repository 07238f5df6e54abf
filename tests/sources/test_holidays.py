"""The holidays that come with the program, against what arXiv really did."""

from __future__ import annotations

import json
import lzma
from datetime import date, timedelta

import pytest

from newsletter.sources.registry import load_calendar
from tests.support.replayed_june import JUNE, listed
from tests.support.shared import DATA, needs_shared

AD_HOC = {date(2025, 9, 23), date(2025, 12, 12)}
"""Mornings without an announcement that no list of holidays could know: faults and a mailing put off."""


@pytest.mark.parametrize(
    "morning", ["2026-01-02", "2026-01-20", "2026-06-22", "2026-07-06", "2026-09-08", "2026-11-27", "2026-12-28"]
)
def test_the_mornings_after_the_holidays_of_2026_have_no_announcement(morning: str) -> None:
    assert not load_calendar().expects(date.fromisoformat(morning))


@needs_shared
def test_every_working_day_without_a_recorded_announcement_is_a_known_holiday() -> None:
    """July 2025 to February 2026, half of all papers: a working day on which none was announced."""
    lines = lzma.decompress((DATA / "abstracts" / "2025-07_2026-02.jsonl.xz").read_bytes()).splitlines()
    announced = {date.fromisoformat(json.loads(line)["day"][:10]) for line in lines}
    first, last = min(announced), max(announced)
    working = [d for n in range((last - first).days) if (d := first + timedelta(days=n)).weekday() < 5]
    silent = {d for d in working if d not in announced} - AD_HOC
    calendar = load_calendar()
    assert silent == {d for d in working if not calendar.expects(d)}
    assert len(silent) == 7


@needs_shared
def test_the_day_of_june_that_repeats_the_one_before_is_a_known_holiday() -> None:
    repeating = {d for d in JUNE[8:] if d.weekday() < 5 and listed(d).keys() == listed(d - timedelta(days=1)).keys()}
    assert repeating == {d for d in JUNE[8:] if d.weekday() < 5 and not load_calendar().expects(d)}
    assert repeating == {date(2026, 6, 22)}
