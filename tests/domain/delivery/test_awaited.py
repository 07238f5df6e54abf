"""Whether readers wait for an issue, however old its date is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from newsletter.domain.delivery import is_awaited
from newsletter.domain.issues import Issue, IssueKey, Silence

FROZEN = datetime(2026, 6, 5, 6, tzinfo=UTC)
DAYS = timedelta(days=3)
ISSUE = Issue(key=IssueKey(date(2026, 6, 1)), title="", languages=("en",), papers=(), frozen_at=FROZEN)


def test_an_issue_is_awaited_for_a_while_after_it_was_frozen_whatever_its_date() -> None:
    assert is_awaited(ISSUE, FROZEN, DAYS)
    assert is_awaited(ISSUE, FROZEN + DAYS - timedelta(microseconds=1), DAYS)
    assert not is_awaited(ISSUE, FROZEN + DAYS, DAYS)


def test_nobody_waits_for_a_notice_of_a_day_without_papers_nor_for_what_is_not_frozen() -> None:
    assert not is_awaited(replace(ISSUE, silence=Silence(date(2026, 6, 2))), FROZEN, DAYS)
    assert not is_awaited(replace(ISSUE, frozen_at=None), FROZEN, DAYS)
