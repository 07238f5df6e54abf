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

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from newsletter.domain.interests import Remark, remarks
from newsletter.domain.subscribers import (
    Origin,
    Subscriber,
    SubscriptionState,
    Suppression,
    address_key,
)
from newsletter.errors import AddressInvalid, RosterError
from newsletter.formats.roster_rows import COLUMNS, Row, csv_rows, toml_rows
from newsletter.formats.roster_values import address_of, check_keys, subscriber_of, suppression_key, suppression_of

__all__ = [
    "CheckInterest",
    "Roster",
    "parse_roster",
]

CheckInterest = Callable[[str], Remark | None]
"""Says what is wrong with an interest, None if it can be read."""


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
            email = address_of(row.values)
        except (ValueError, AddressInvalid):
            self._unread.append(f"{row.values.get('email', '')} {row.values.get('name', '')}")
            check_keys(row.values)
            raise
        key = address_key(email)
        if key in self._subscribers:
            msg = f"{email} stands in this file twice; the first entry counts"
            raise ValueError(msg)
        self._named.add(key)
        subscriber = subscriber_of(email, row.values, languages=self._languages, state=self._state, origin=self._origin)
        self._named.discard(key)
        self._subscribers[key] = subscriber
        where = f"{self._path.name}, line {row.line}: {email}"
        self._remarks += [f"{where}: {remark}" for remark in remarks(subscriber.interests)]
        for interest in subscriber.interests:
            if problem := self._check(interest):
                self._wrong(f"{subscriber.email}: interest {interest[:80]!r}: {problem}", row.line)

    def _suppression(self, table: str, row: Mapping[str, Any]) -> None:
        if key := suppression_key(table, row):
            self._keys[key] = None
            return
        one = suppression_of(row)
        self._suppressions[one.digest or address_key(one.email)] = one
