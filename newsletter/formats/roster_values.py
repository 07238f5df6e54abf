"""What one row of a roster says: a subscriber, a suppression, or the key of suppressions; each value checked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from newsletter.domain.interests import one_line
from newsletter.domain.issues import Edition
from newsletter.domain.notation import iso_day
from newsletter.domain.subscribers import (
    MAX_NAME,
    Cause,
    Origin,
    Rhythm,
    Subscriber,
    SubscriptionState,
    Suppression,
    check_address,
    choose_cadence,
    choose_catch_up,
    choose_hour,
    choose_interests,
    choose_language,
    choose_limit,
    choose_more_than,
    choose_order,
    choose_reads,
    choose_weekday,
    is_digest,
)
from newsletter.formats.roster_rows import EXPORTED

__all__ = ["address_of", "check_keys", "subscriber_of", "suppression_key", "suppression_of"]

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")

T = TypeVar("T")


def subscriber_of(
    email: str, row: Mapping[str, Any], *, languages: Sequence[str], state: SubscriptionState, origin: Origin
) -> Subscriber:
    """The subscriber of this address.

    Args:
        email: their address.
        row: what stands there of them.
        languages: those that can be chosen; none for any.
        state: theirs where the row does not say it.
        origin: theirs.

    Raises:
        ValueError: a value is none that the key may have, or a key is not known.
    """
    check_keys(row)
    interests = _texts(email, "interests", row)
    reads = _texts(email, "reads", row)

    def checked(key: str, choose: Callable[[], T]) -> T:
        try:
            return choose()
        except ValueError as error:
            msg = f"{email}: {key}: {error}"
            raise ValueError(msg) from None

    language = checked("language", lambda: choose_language(_text(row, "language"), languages))
    cadence, weekdays_only = checked("cadence", lambda: choose_cadence(_text(row, "cadence") or Edition.DAILY))
    rhythm = Rhythm(
        weekdays_only=weekdays_only,
        weekly_on=checked("weekly_on", lambda: choose_weekday(_text(row, "weekly_on"))),
        more_than=checked("more_than", lambda: choose_more_than(row.get("more_than"))),
        hour=checked("hour", lambda: choose_hour(row.get("hour"))),
        order=checked("order", lambda: choose_order(_text(row, "order"))),
        reads=checked("reads", lambda: choose_reads(reads, languages, first=language)),
    )
    until = checked("paused_until", lambda: _day(row.get("paused_until")))
    return Subscriber(
        email=email,
        name=_one_line(_text(row, "name"))[:MAX_NAME].rstrip(),
        interests=_interests(email, interests),
        language=language,
        cadence=cadence,
        max_papers=checked("max_papers", lambda: choose_limit(row.get("max_papers"))),
        rhythm=rhythm,
        paused_until=until,
        paused_since=checked("paused_since", lambda: _day(row.get("paused_since"))) if until else None,
        catch_up=checked("catch_up", lambda: choose_catch_up(row.get("catch_up"))) if until else 0,
        state=checked("state", lambda: _state(_text(row, "state"), state)),
        created_at=checked("created_at", lambda: _moment(row.get("created_at"))),
        origin=origin,
    )


def suppression_key(table: str, row: Mapping[str, Any]) -> bytes:
    """The key that hashes of suppressions were made with, where this row holds one; else nothing.

    Raises:
        ValueError: it is no such key.
    """
    kind, _, digits = _text(row, "suppression").partition(":")
    if table == "suppression_key" or kind == "key":
        return bytes.fromhex(_digest(_text(row, "key") or digits))
    return b""


def suppression_of(row: Mapping[str, Any]) -> Suppression:
    """The suppression of a row.

    Raises:
        ValueError: a value is none that the key may have.
        AddressInvalid: its address is none.
    """
    digits = _text(row, "suppression").partition(":")[2]
    email = _text(row, "email")
    return Suppression(
        digest="" if email else _digest(_text(row, "hash") or digits),
        email=check_address(email) if email else "",
        reason=_one_line(_text(row, "reason"))[:MAX_NAME],
        cause=_cause(_text(row, "cause")),
        created_at=_moment(row.get("created_at")),
    )


def _cause(text: str) -> Cause:
    try:
        return Cause(text or Cause.OPERATOR)
    except ValueError:
        msg = f"cause: expected {', '.join(Cause)}, got {text[:40]!r}"
        raise ValueError(msg) from None


def check_keys(row: Mapping[str, Any]) -> None:
    """Refuse a key that no roster has.

    Raises:
        ValueError: says which, and what may have been meant.
    """
    unknown = sorted(row.keys() - set(EXPORTED))
    if unknown:
        near = difflib.get_close_matches(unknown[0], EXPORTED, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(EXPORTED)}"
        msg = f"no such key {unknown[0]!r}; {hint}"
        raise ValueError(msg)


def address_of(row: Mapping[str, Any]) -> str:
    """The address in a row.

    Raises:
        ValueError: there is none.
        AddressInvalid: it is no address.
    """
    if "email" not in row:
        check_keys(row)
        msg = "no email; expected for example email = 'ada@example.org'"
        raise ValueError(msg)
    return check_address(_text(row, "email"))


def _interests(email: str, texts: Sequence[str]) -> tuple[str, ...]:
    try:
        return choose_interests([text for one in texts if (text := _one_line(one_line(one)))])
    except ValueError as error:
        msg = f"{email}: {error}"
        raise ValueError(msg) from None


def _state(text: str, default: SubscriptionState) -> SubscriptionState:
    try:
        state = SubscriptionState(text) if text else default
    except ValueError:
        state = SubscriptionState.FEED
    if state is SubscriptionState.FEED:  # who gives no address stands in no roster
        msg = f"expected {', '.join(s for s in SubscriptionState if s is not state)}, got {text[:80]!r}"
        raise ValueError(msg)
    return state


def _texts(email: str, key: str, row: Mapping[str, Any]) -> list[str]:
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        msg = f"{email}: {key}: expected a list of texts, got {value!r:.80}"
        raise ValueError(msg)
    return value


def _day(value: object) -> date | None:
    """A day, as text or as TOML has it."""
    if value in (None, ""):
        return None
    text = value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value
    day = iso_day(text) if isinstance(text, str) else None
    if day is None:
        msg = f"expected a day such as 2026-06-02, got {str(value)[:80]!r}"
        raise ValueError(msg)
    return day


def _moment(value: object) -> datetime | None:
    """A moment in UTC; one without an offset is taken for UTC."""
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(moment, datetime):
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    msg = f"expected a moment such as 2026-06-02T06:30:00Z, got {str(value)[:80]!r}"
    raise ValueError(msg)


def _digest(text: str) -> str:
    if not is_digest(text):
        msg = "a suppression: expected 64 hexadecimal digits, or an email"
        raise ValueError(msg)
    return text


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        msg = f"{key}: expected a text, got {value!r:.80}"
        raise ValueError(msg)  # what a file holds is a value, not a programming mistake
    return value


def _one_line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text).split())
