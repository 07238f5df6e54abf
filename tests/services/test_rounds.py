"""Work beside the pages: it goes on after what is mended, ends by what nobody has foreseen, and says both."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest

from newsletter.errors import StoreUnavailable
from newsletter.services.rounds import Rounds


def make_rounds(work: Callable[[], str], close: Callable[[], None], *, once_more: bool = False) -> Rounds:
    return Rounds("test", work, every=0.0, trouble="Letters wait", close=close, once_more=once_more, pauses=(0.0, 0.0))


def test_what_is_mended_is_tried_again_and_told_for_the_first_times_only(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []
    enough, closed = threading.Event(), threading.Event()

    def work() -> str:
        calls.append(1)
        if len(calls) <= 2:
            raise StoreUnavailable("the database is locked")
        if len(calls) <= 5:
            return "the relay is away"
        enough.set()
        return ""

    rounds = make_rounds(work, closed.set)
    rounds.start()
    assert enough.wait(30)
    assert rounds.end(30)
    assert closed.is_set()
    assert [one.getMessage() for one in caplog.records] == ["Letters wait: the database is locked"] * 2


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_that_nobody_has_foreseen_ends_the_work_and_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []
    closed = threading.Event()

    def work() -> str:
        calls.append(1)
        raise KeyError(1)

    rounds = make_rounds(work, closed.set, once_more=True)
    rounds.start()
    assert closed.wait(30)
    assert rounds.end(30)
    assert calls == [1]
    [told] = caplog.records
    assert told.levelno == logging.CRITICAL
    assert told.getMessage().startswith("Letters wait until `newsletter serve` is started again")


@pytest.mark.parametrize(("once_more", "last"), [(False, []), (True, ["a last round"])])
def test_a_last_round_is_made_where_it_is_asked_for(once_more: bool, last: list[str]) -> None:
    began, closed = threading.Event(), threading.Event()
    rounds_after: list[str] = []

    def work() -> str:
        if not rounds.goes_on():
            rounds_after.append("a last round")
        began.set()
        return ""

    rounds = Rounds("test", work, every=60.0, trouble="It waits", close=closed.set, once_more=once_more)
    rounds.start()
    assert began.wait(30)
    assert rounds.end(30)
    assert (rounds_after, closed.is_set()) == (last, True)
