"""Letters that are to go: taken by a process for a while, handed over at most once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from newsletter.domain.delivery import DeliveryStatus, Letter, Outcome
from newsletter.domain.subscribers import LetterKind, Subscriber
from newsletter.store.database import Database
from newsletter.store.joining._letters import OPEN, write_letter
from newsletter.store.statements import table_of
from newsletter.store.tables import LetterRow, SubscriberRow

__all__ = ["SqlLetterStore"]

_LETTER = table_of(LetterRow)
_SUBSCRIBER = table_of(SubscriberRow)
_L = _LETTER.c
_S = DeliveryStatus
_UNSENT = [_S.QUEUED.value, _S.DEFERRED.value]
_NOBODY: dict[str, object] = {"holder": "", "held_until": None}


class SqlLetterStore:
    """Implements `domain.ports.LetterStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, holder: str, *, now: datetime, until: datetime, limit: int) -> tuple[Letter, ...]:
        """Take letters that are due and held by nobody; they are this holder's until a moment."""
        due = (OPEN, _L.status.in_(_UNSENT), _L.holder == "", or_(_L.due_at.is_(None), _L.due_at <= now))
        with self._database.read() as connection:  # most of the time there is none, and nobody has to wait for that
            if connection.execute(select(_L.id).where(*due).limit(1)).first() is None:
                return ()
        free = select(_L.id).where(*due).order_by(_L.id).limit(limit).with_for_update(skip_locked=True)
        # by name: what stands within a condition PostgreSQL may look up again for each row, and finds others unlocked
        chosen = select(free.cte("free").c.id)
        taken = _LETTER.update().where(_L.id.in_(chosen)).values(holder=holder, held_until=until)
        with self._database.write() as connection:
            rows = connection.execute(taken.returning(_LETTER)).all()
        return tuple(sorted(map(_letter, rows), key=lambda letter: letter.id))

    def begin(self, holder: str, letter_id: int, message_id: str, *, now: datetime) -> bool:
        """Make it durable that a letter is being handed over; False if it is not this holder's any more."""
        held = and_(_L.id == letter_id, _L.holder == holder, _L.held_until > now, _L.status.in_(_UNSENT))
        values = {
            "status": _S.SENDING.value,
            "message_id": message_id,
            "attempts": _L.attempts + 1,
            "due_at": None,
            "updated_at": now,
        }
        with self._database.write() as connection:
            return connection.execute(_LETTER.update().where(held).values(values)).rowcount > 0

    def settle(self, holder: str, outcome: Outcome, *, now: datetime) -> None:
        """Write down what came of a letter.

        One that was given up as `uncertain` may be known of after all.
        """
        values = {
            **_NOBODY,
            "status": outcome.status.value,
            "reason": outcome.reason,
            "reply": outcome.reply,
            "due_at": outcome.due_at,
            "attempts": _L.attempts + int(outcome.tried),
            "updated_at": now,
        }
        with self._database.write() as connection:
            held = and_(_L.id == outcome.id, _L.holder == holder)
            connection.execute(_LETTER.update().where(held).values(values))
            # whose it was is erased: servers name the address in what they say
            connection.execute(_LETTER.delete().where(_L.id == outcome.id, _L.email == ""))

    def give_back(self, holder: str) -> None:
        """Let what this holder has and has not begun be anybody's again."""
        with self._database.write() as connection:
            held = and_(OPEN, _L.holder == holder, _L.status.in_(_UNSENT))
            connection.execute(_LETTER.update().where(held).values(_NOBODY))

    def recover(self, *, now: datetime, is_dead: Callable[[str], bool]) -> int:
        """End what dead processes hold, and what was held for too long; returns how many had been begun."""
        held = select(_L.id, _L.holder, _L.held_until).where(OPEN, _L.holder != "")
        with self._database.read() as connection:
            if connection.execute(held.limit(1)).first() is None:
                return 0
        with self._database.write() as connection:
            rows = connection.execute(held).all()
            dead = {holder: is_dead(holder) for holder in {row.holder for row in rows}}
            gone = [row.id for row in rows if row.held_until < now or dead[row.holder]]
            if not gone:
                return 0
            which = _L.id.in_(gone)
            connection.execute(_LETTER.update().where(which, _L.status.in_(_UNSENT)).values(_NOBODY))
            # it keeps its holder: should the answer come after all, that process may still write it
            lost = {
                "status": _S.UNCERTAIN.value,
                "reason": "the process that was sending it ended before the answer",
                "updated_at": now,
            }
            return connection.execute(
                _LETTER.update().where(which, _L.status == _S.SENDING.value).values(lost)
            ).rowcount

    def write(
        self, kind: LetterKind, *, email: str, subscriber_id: int, language: str, now: datetime, about: str = ""
    ) -> int:
        """Let a letter go that no request has asked for; returns its number."""
        with self._database.write() as connection:
            return write_letter(
                connection,
                kind,
                email=email,
                subscriber_id=subscriber_id,
                language=language,
                about=about,
                now=now,
            )

    def catch_up(self, subscriber: Subscriber, about: str, *, now: datetime) -> bool:
        """Let the best of what somebody missed go, once a pause.

        False, and there is no letter, where that was said by another process, or they have changed their pause since.
        """
        s = _SUBSCRIBER.c
        same = and_(s.id == subscriber.id, s.paused_until == subscriber.paused_until, s.catch_up > 0)
        with self._database.write() as connection:
            done = {"catch_up": 0, "changes": s.changes + 1}
            if connection.execute(_SUBSCRIBER.update().where(same).values(done)).rowcount == 0:
                return False
            write_letter(
                connection,
                LetterKind.CATCH_UP,
                email=subscriber.email,
                subscriber_id=subscriber.id,
                language=subscriber.language,
                about=about,
                now=now,
            )
            return True

    def refused(self, since: datetime) -> tuple[Letter, ...]:
        """The letters that failed since a moment by what a server answered."""
        failed = and_(_L.status == _S.FAILED.value, _L.updated_at >= since, _L.email != "", _L.reply.startswith("5"))
        with self._database.read() as connection:
            rows = connection.execute(select(_LETTER).where(failed).order_by(_L.id)).all()
        return tuple(map(_letter, rows))

    def counts(self) -> Mapping[DeliveryStatus, int]:
        """How many letters are in each state."""
        statement = select(_L.status, func.count()).group_by(_L.status)
        with self._database.read() as connection:
            counts: dict[str, int] = dict(connection.execute(statement).all())
        return {status: counts[status.value] for status in DeliveryStatus if status.value in counts}

    def newest(self, limit: int) -> tuple[Letter, ...]:
        """The newest letters, the newest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(_LETTER).order_by(_L.id.desc()).limit(limit)).all()
        return tuple(map(_letter, rows))


def _letter(row: Row[Any]) -> Letter:
    return Letter(
        id=row.id,
        kind=LetterKind(row.kind),
        email=row.email,
        created_at=row.created_at,
        status=DeliveryStatus(row.status),
        request_id=row.request_id,
        subscriber_id=row.subscriber_id,
        language=row.language,
        about=row.about,
        reason=row.reason,
        reply=row.reply,
        attempts=row.attempts,
        message_id=row.message_id,
        due_at=row.due_at,
        updated_at=row.updated_at,
    )
