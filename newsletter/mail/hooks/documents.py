"""Documents (JSON) of sending services, read without trusting their shape, and what all readers of them share."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from newsletter.domain.bounces import Event, EventKind, KnownBy, Report
from newsletter.mail.reports import addresses_in, message_id_in

__all__ = [
    "AHEAD",
    "MOST_EVENTS",
    "complaint",
    "evidence_of",
    "field_of",
    "is_timely",
    "json_in",
    "mapping",
    "moment_in",
    "report_of",
    "text_of",
]

MOST_EVENTS = 1000
"""Events of one request: SendGrid, which alone sends several, has a few hundred in a busy moment."""
AHEAD = timedelta(minutes=5)
"""So far the clock of a service may be before ours."""
_LONGEST = 4096


def json_in(body: bytes) -> object:
    """The document in a body; None where there is none, or one that nests deeper than anybody's."""
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def mapping(value: object) -> dict[str, Any]:
    """A table, or an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def text_of(value: object) -> str:
    """A text or a number as text, in bounds; empty where it is neither."""
    return str(value)[:_LONGEST] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def field_of(document: Mapping[str, object], name: str) -> str:
    """A field as text."""
    return text_of(document.get(name))


def moment_in(value: object) -> datetime | None:
    """A moment as services write it: seconds since the epoch, or by ISO 8601; None where it cannot be read."""
    try:
        if isinstance(value, int | float) or (isinstance(value, str) and value.replace(".", "", 1).isdecimal()):
            seconds = float(value)
            return datetime.fromtimestamp(seconds, UTC) if math.isfinite(seconds) else None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is None:
            return None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def is_timely(at: datetime, now: datetime, tolerance: timedelta) -> bool:
    """Whether a request of this moment is neither older than `tolerance` nor of the future."""
    return now - tolerance <= at <= now + AHEAD


def evidence_of(document: object) -> bytes:
    """A document as it is kept."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def complaint(address: str, feedback: str = "abuse") -> Event:
    """Somebody's complaint."""
    return Event(EventKind.COMPLAINT, _one(address), KnownBy.SERVICE, reason="complaint", feedback=feedback)


def report_of(event: Event, *, message_id: str = "", sender: str = "") -> Report:
    """A report of one event. `sender` is the envelope sender of the mail, which a bounce would have come back to."""
    return Report((event,), message_id_in(message_id), "", tuple(addresses_in(sender)[:1]))


def _one(address: str) -> str:
    return next(iter(addresses_in(address)), "")
