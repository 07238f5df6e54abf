"""Dates of strangers: whatever they write, what is read can be reckoned with, and the rest is none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.issues import AnnouncementCalendar, announcement_day, eastern_day
from newsletter.domain.notation.moments import iso_day, iso_moment, mail_moment, retry_after, within_reason

NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)

years = st.integers(0, 10**14) | st.sampled_from([0, 1, 2, 1599, 1600, 1969, 2026, 2399, 2400, 9998, 9999, 10_000])
offsets = st.integers(-(10**14), 10**14) | st.sampled_from([0, 500, -500, 1400, 2359, 2400, 9999, 99999999999999])


@st.composite
def iso_texts(draw: st.DrawFn) -> str:
    day = f"{draw(years):04d}-{draw(st.integers(0, 13)):02d}-{draw(st.integers(0, 32)):02d}"
    clock = draw(st.sampled_from(["", "T00:00:00", "T23:59:59.999999", " 24:00", "T12", "T99:99:99"]))
    sign, hours, minutes = draw(st.sampled_from("+-")), draw(st.integers(0, 30)), draw(st.integers(0, 60))
    zone = draw(st.sampled_from(["", "Z", f"{sign}{hours:02d}:{minutes:02d}", "+99999999999999", "+05:00:00.1"]))
    return day + clock + zone


@st.composite
def mail_texts(draw: st.DrawFn) -> str:
    weekday = draw(st.sampled_from(["", "Tue, ", "Tuesday, ", "Tue "]))
    month = draw(st.sampled_from(["Jan", "Jun", "Dec", "June", "Foo"]))
    clock = draw(st.sampled_from(["00:00:00", "23:59:59", "12:00", "99:99:99", "1:2:3:4", "12.30.00"]))
    offset = draw(offsets)
    zone = draw(st.sampled_from([f"{offset:+05d}", "GMT", "EST", "-0000", "", "Z"]))
    return f"{weekday}{draw(st.integers(0, 32)):02d} {month} {draw(years)} {clock} {zone}"


def reckon(stamp: datetime) -> None:
    """What the product does with moments, anywhere."""
    assert stamp.tzinfo is not None
    for zone in (UTC, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Niue")):
        assert stamp.astimezone(zone) == stamp
    assert stamp - timedelta(days=400) < stamp < stamp + timedelta(days=400)
    stamp.timestamp()
    calendar = AnnouncementCalendar()
    calendar.submissions(announcement_day(stamp))
    assert calendar.previous(eastern_day(stamp)) < calendar.announces(stamp)


@given(iso_texts() | mail_texts() | st.text(max_size=40))
def test_whatever_is_written_can_be_reckoned_with_or_is_none(text: str) -> None:
    for stamp in (iso_moment(text), mail_moment(text)):
        if stamp is not None:
            reckon(stamp)
    if (day := iso_day(text)) is not None:
        assert day - timedelta(days=400) < day + timedelta(days=400)


offset_zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(), st.none() | offset_zones)
def test_what_another_parser_read_is_held_to_the_same_range(stamp: datetime, zone: timezone | None) -> None:
    if (usable := within_reason(stamp.replace(tzinfo=zone))) is not None:
        reckon(usable)


@given(st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_honest_dates_are_read_as_they_are(stamp: datetime) -> None:
    assert iso_moment(stamp.isoformat()) == stamp
    whole = stamp.replace(microsecond=0)
    assert mail_moment(whole.strftime("%a, %d %b %Y %H:%M:%S GMT")) == whole
    assert iso_day(f"{stamp:%Y-%m-%d}") == stamp.date()


@pytest.mark.parametrize(
    "text",
    ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"],
)
def test_the_three_forms_of_http_are_read(text: str) -> None:
    assert mail_moment(text) == datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


def test_a_date_keeps_the_day_it_was_written_with() -> None:
    stamp = mail_moment("Tue, 02 Jun 2026 23:30:00 -0500")
    assert stamp is not None
    assert (stamp.date(), stamp.astimezone(UTC).date()) == (date(2026, 6, 2), date(2026, 6, 3))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 1.5 ", 1.5),
        ("Tue, 02 Jun 2026 12:01:00 GMT", 60),
        ("Tue, 02 Jun 2026 12:01:00 -0000", 60),
        ("Tue, 02 Jun 2020 12:01:00 GMT", 0),
        ("99999999999999", 999_999_999),
        ("-1", None),
        ("nan", None),
        ("soon", None),
        ("", None),
        ("Fri, 31 Dec 9999 23:59:59 -0500", None),
        ("Tue, 02 Jun 2026 12:01:00 +99999999999999", None),
    ],
)
def test_a_pause_is_asked_for_in_seconds_or_by_a_date(text: str, seconds: float | None) -> None:
    assert retry_after(text, NOW) == seconds


@given(iso_texts() | mail_texts() | st.from_regex(r"[0-9.+-]{0,30}") | st.text(max_size=40))
def test_no_pause_is_negative_or_without_end(text: str) -> None:
    seconds = retry_after(text, NOW)
    assert seconds is None or 0 <= seconds < 400 * 366 * 86_400
