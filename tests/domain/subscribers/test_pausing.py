"""The pause that a form asks for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from newsletter.domain.subscribers import CATCH_UP, Pause, read_pause

TODAY = date(2026, 6, 2)
DAY = timedelta(days=1)


def test_a_pause_ends_on_a_day_and_brings_what_was_missed_if_that_is_wished() -> None:
    assert read_pause({"paused_until": " 2026-06-03 "}, TODAY) == Pause(TODAY + DAY)
    assert read_pause({"paused_until": "2026-07-01", "catch_up": "on"}, TODAY) == Pause(date(2026, 7, 1), CATCH_UP)


@pytest.mark.parametrize("days", [1, 366])
def test_it_lasts_a_year_at_most(days: int) -> None:
    assert read_pause({"paused_until": (TODAY + days * DAY).isoformat()}, TODAY) == Pause(TODAY + days * DAY)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-06-02", "2026-06-01", "2027-06-04", "9999-12-31", "2026-13-01", "\u0662\u0660", "-1"]
)
def test_what_is_no_day_to_come_is_no_pause(text: str) -> None:
    assert read_pause({"paused_until": text}, TODAY) is None
    assert read_pause({}, TODAY) is None
