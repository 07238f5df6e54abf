"""Rosters read: subscribers that a person keeps in files, TOML or CSV with the same keys; an export is a roster too.

One wrong entry is reported with its line and the others go on. What is wrong and what happens then:

1. the address is missing or is no address: that subscriber is left out;
2. a value is none that the key may have (`max_papers = "many"`) or a key is not known: that subscriber is left out;
3. an address stands twice: the first entry counts, the second is reported;
4. the interests ask for more terms than one reader may have (`domain.interests.term_budget`): that subscriber is
   left out;
5. an interest cannot be read: it is reported, matches nothing, and the subscriber's other interests count.

Line ends and control characters within a name or an interest count as spaces; the line ends of a list part it.

An export says besides which state a subscriber is in and since when they are there, and holds the suppressions: each as
its keyed hash, and the keys. In CSV they are rows without an address, whose column `suppression` is `hash:` or `key:`
and 64 hexadecimal digits.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import PurePath
from typing import Any, TypeVar

from newsletter.domain.interests import Remark, one_line, remarks
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
    address_key,
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
from newsletter.errors import AddressInvalid, RosterError
from newsletter.formats.roster_rows import COLUMNS, EXPORTED, Row, csv_rows, toml_rows

__all__ = [
    "CheckInterest",
    "Roster",
    "parse_roster",
]

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")

CheckInterest = Callable[[str], Remark | None]
"""Says what is wrong with an interest, None if it can be read."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Roster:
    """What a roster file holds: the subscribers that can be used, and what is wrong with the rest.

    `named` are the keys of addresses whose rows cannot be used for another reason; `unread` what stands in the rows of
    which not even the address can be read. `keys` are those that the hashes of `suppressions` were made with.
    """

    subscribers: tuple[Subscriber, ...]
    problems: tuple[RosterError, ...]
    named: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    keys: tuple[bytes, ...] = ()
    remarks: tuple[str, ...] = field(default=(), compare=False)
    """How interests were read where something else may have been meant."""


def parse_roster(
    path: PurePath,
    text: str,
    check_interest: CheckInterest,
    *,
    languages: Sequence[str] = (),
    state: SubscriptionState = SubscriptionState.CONFIRMED,
    origin: Origin = Origin.ROSTER,
) -> Roster:
    """Read one roster; `path` (for messages) ends in `.toml` or `.csv`.

    Args:
        path: where it stands.
        text: what it holds.
        check_interest: says what is wrong with an interest.
        languages: those that can be chosen; none for any.
        state: that of subscribers whose row does not say it.
        origin: that of its subscribers.
    """
    text = text.removeprefix("\ufeff")
    if path.suffix.lower() == ".csv":
        header = text.partition("\n")[0]
        needed = "suppression" if "suppression" in header and "email" not in header else "email"
        rows = csv_rows(path, text, COLUMNS, needed)
    else:
        rows = toml_rows(path, text)
    return _RosterReader(path, check_interest, languages, state, origin).roster(rows)


class _RosterReader:
    """One file, row by row."""

    def __init__(
        self,
        path: PurePath,
        check_interest: CheckInterest,
        languages: Sequence[str],
        state: SubscriptionState,
        origin: Origin,
    ) -> None:
        self._path = path
        self._check = check_interest
        self._languages = languages
        self._state = state
        self._origin = origin
        self._subscribers: dict[str, Subscriber] = {}
        self._problems: list[RosterError] = []
        self._named: set[str] = set()
        self._unread: list[str] = []
        self._suppressions: dict[str, Suppression] = {}
        self._keys: dict[bytes, None] = {}
        self._remarks: list[str] = []

    def roster(self, rows: Iterable[Row]) -> Roster:
        for row in rows:
            if row.problem is not None:
                self._problems.append(row.problem)
                # without an address anywhere in it, it may be anybody's
                self._unread += [row.text if "@" in row.text else ""] if row.text.strip() else []
                continue
            try:
                if row.table != "subscriber" or "suppression" in row.values:
                    self._suppression(row.table, row.values)
                else:
                    self._take(row)
            except (ValueError, AddressInvalid) as error:
                self._wrong(f"{error}.", row.line)
        return Roster(
            tuple(self._subscribers.values()),
            tuple(self._problems),
            frozenset(self._named),
            tuple(self._unread),
            tuple(self._suppressions.values()),
            tuple(self._keys),
            tuple(self._remarks),
        )

    def _wrong(self, text: str, line: int) -> None:
        self._problems.append(RosterError(text, path=self._path, line=line))

    def _take(self, row: Row) -> None:
        try:
            email = _address(row.values)
        except (ValueError, AddressInvalid):
            self._unread.append(f"{row.values.get('email', '')} {row.values.get('name', '')}")
            _known_keys(row.values, EXPORTED)
            raise
        key = address_key(email)
        if key in self._subscribers:
            msg = f"{email} stands in this file twice; the first entry counts"
            raise ValueError(msg)
        self._named.add(key)
        subscriber = self._subscriber(email, row.values)
        self._named.discard(key)
        self._subscribers[key] = subscriber
        where = f"{self._path.name}, line {row.line}: {email}"
        self._remarks += [f"{where}: {remark}" for remark in remarks(subscriber.interests)]
        for interest in subscriber.interests:
            if problem := self._check(interest):
                self._wrong(f"{subscriber.email}: interest {interest[:80]!r}: {problem}", row.line)

    def _subscriber(self, email: str, row: Mapping[str, Any]) -> Subscriber:
        _known_keys(row, EXPORTED)
        interests = _texts(email, "interests", row)
        reads = _texts(email, "reads", row)

        def checked(key: str, choose: Callable[[], T]) -> T:
            try:
                return choose()
            except ValueError as error:
                msg = f"{email}: {key}: {error}"
                raise ValueError(msg) from None

        language = checked("language", lambda: choose_language(_text(row, "language"), self._languages))
        cadence, weekdays_only = checked("cadence", lambda: choose_cadence(_text(row, "cadence") or Edition.DAILY))
        rhythm = Rhythm(
            weekdays_only=weekdays_only,
            weekly_on=checked("weekly_on", lambda: choose_weekday(_text(row, "weekly_on"))),
            more_than=checked("more_than", lambda: choose_more_than(row.get("more_than"))),
            hour=checked("hour", lambda: choose_hour(row.get("hour"))),
            order=checked("order", lambda: choose_order(_text(row, "order"))),
            reads=checked("reads", lambda: choose_reads(reads, self._languages, first=language)),
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
            state=checked("state", lambda: _state(_text(row, "state"), self._state)),
            created_at=checked("created_at", lambda: _moment(row.get("created_at"))),
            origin=self._origin,
        )

    def _suppression(self, table: str, row: Mapping[str, Any]) -> None:
        kind, _, digits = _text(row, "suppression").partition(":")
        if table == "suppression_key" or kind == "key":
            self._keys[bytes.fromhex(_digest(_text(row, "key") or digits))] = None
            return
        email = _text(row, "email")
        one = Suppression(
            digest="" if email else _digest(_text(row, "hash") or digits),
            email=check_address(email) if email else "",
            reason=_one_line(_text(row, "reason"))[:MAX_NAME],
            cause=_cause(_text(row, "cause")),
            created_at=_moment(row.get("created_at")),
        )
        self._suppressions[one.digest or address_key(email)] = one


def _cause(text: str) -> Cause:
    try:
        return Cause(text or Cause.OPERATOR)
    except ValueError:
        msg = f"cause: expected {', '.join(Cause)}, got {text[:40]!r}"
        raise ValueError(msg) from None


def _known_keys(row: Mapping[str, Any], known: Sequence[str]) -> None:
    unknown = sorted(row.keys() - set(known))
    if unknown:
        near = difflib.get_close_matches(unknown[0], known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
        msg = f"no such key {unknown[0]!r}; {hint}"
        raise ValueError(msg)


def _address(row: Mapping[str, Any]) -> str:
    if "email" not in row:
        _known_keys(row, EXPORTED)
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
