"""What goes wrong is told at once, and then once a minute with its count."""

from __future__ import annotations

import asyncio
import logging

import pytest

from newsletter.web.serving import troubles
from newsletter.web.serving.troubles import Troubles

LOCKED = "503 at /unsubscribe/{token}: locked"


async def test_the_first_of_a_kind_is_told_at_once_and_the_rest_as_a_count(caplog: pytest.LogCaptureFixture) -> None:
    told = Troubles(every=3600)
    for _ in range(300):
        told.note(LOCKED)
    told.note("500")
    assert caplog.messages == [LOCKED, "500"]
    told.tell()
    assert caplog.messages[2] == f"In the last 3600 seconds again: 299 x {LOCKED}"


async def test_what_goes_on_is_told_as_counts_alone_and_what_comes_back_is_told_anew(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = Troubles(every=3600)
    told.note(LOCKED)
    told.note(LOCKED)
    told.tell()
    told.note(LOCKED)
    told.tell()
    assert caplog.messages[2] == f"In the last 3600 seconds again: 1 x {LOCKED}"
    told.tell()
    told.note(LOCKED)
    assert caplog.messages[3:] == [LOCKED]


async def test_the_count_comes_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "again" in record.getMessage():
                heard.set()

    heard, handler = asyncio.Event(), Heard()
    log = logging.getLogger("newsletter.web")
    log.addHandler(handler)
    try:
        told = Troubles(every=0.01)
        told.note(LOCKED)
        told.note(LOCKED)
        await asyncio.wait_for(heard.wait(), 30)
    finally:
        log.removeHandler(handler)
    assert caplog.messages == [LOCKED, f"In the last 0.01 seconds again: 1 x {LOCKED}"]


async def test_kinds_are_bounded(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(troubles, "_KINDS", 3)
    told = Troubles(every=3600)
    for number in range(1000):
        told.note(f"kind {number}")
    told.tell()
    counts = caplog.messages[4]
    assert caplog.messages[:4] == ["kind 0", "kind 1", "kind 2", "other troubles"]
    assert counts.endswith("again: 996 x other troubles")


async def test_what_a_library_warns_of_is_counted_too_and_an_exception_is_told_with_where_it_came_from(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = Troubles(every=3600)
    for _ in range(3):
        told.logger.warning("Invalid HTTP request received.")
        try:
            {}["missing"]
        except KeyError as error:
            told.logger.error("Exception in ASGI application\n", exc_info=error)
    told.logger.info("Hello")
    assert caplog.messages == ["Invalid HTTP request received.", "Exception in ASGI application: KeyError"]
    assert "test_troubles.py" in caplog.text
    assert "3 x" not in caplog.text
    told.tell()
    counts = caplog.messages[2]
    assert "2 x Invalid HTTP request" in counts
    assert "2 x Exception in ASGI" in counts
    assert logging.getLogger("newsletter.web.serving.server").handlers == []
