"""Requests: taken in without a look at whose address it is, decided on many at a time, confirmed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, text

from newsletter.domain.ports import DecideRequests, RequestCounts, Settled
from newsletter.domain.subscribers import (
    Case,
    Consent,
    Decision,
    LetterKind,
    LinkState,
    Preferences,
    Quota,
    Request,
    RequestKind,
    RequestState,
    Subscriber,
    SubscriptionState,
    Suppression,
    address_key,
    mailbox_key,
)
from newsletter.store.database import Database
from newsletter.store.joining import _attempts as attempts
from newsletter.store.joining._attempts import Scope, attempt_key
from newsletter.store.joining._letters import call_off, write_letter
from newsletter.store.joining._people import People
from newsletter.store.records import PREFERENCES
from newsletter.store.statements import chunks, table_of, upsert
from newsletter.store.subscribers import SqlSubscriberStore
from newsletter.store.suppressions import SqlSuppressionStore
from newsletter.store.tables import WAITING_REQUESTS, ConsentRow, MetaRow, RequestRow

__all__ = ["SqlJoiningStore"]

_REQUEST, _CONSENT = table_of(RequestRow), table_of(ConsentRow)
_META = table_of(MetaRow)
_R, _C = _REQUEST.c, _CONSENT.c
_WAITING = text(f"request.{WAITING_REQUESTS}")
_LARGEST_ID = 2**31 - 1
"""PostgreSQL refuses to compare an `integer` column with more."""
_TURN = 0x6E6577
"""Which lock of PostgreSQL's those share who must not decide at the same time; SQLite has one writer anyway."""
_LOOK_BACK = timedelta(days=7)
"""No window of letters is longer."""
_HOUR = timedelta(hours=1)
_ANSWERED = "requests_answered"
"""The fact when they last were."""
_NOTHING = {"email": "", "email_key": "", "wishes": "", "client": ""}
"""What is kept of a request that led to nothing."""


class _TakenError(Exception):
    """Somebody else has the address by now."""


class SqlJoiningStore:
    """Implements `domain.ports.JoiningStore`."""

    def __init__(self, database: Database, subscribers: SqlSubscriberStore, suppressions: SqlSuppressionStore) -> None:
        self._database = database
        self._people = People(subscribers)
        self._suppressions = suppressions

    # --- asking -----------------------------------------------------------------------------------------------------

    def ask(self, request: Request, *, network: str, quota: Quota) -> datetime | None:
        """Keep a request; None, or the moment from when on the network may ask again."""
        key = self._key(Scope.CLIENT, network)
        with self._database.write() as connection:
            if network and (free := self._take_turn(connection, key, quota, request.asked_at)):
                return free
            connection.execute(_REQUEST.insert().values(_row(request)))
            return None

    def add_reader(self, wishes: Preferences, *, at: datetime, network: str, quota: Quota) -> Subscriber | datetime:
        """Add somebody who reads by feed alone; or the moment from when on the network may ask again."""
        key = self._key(Scope.CLIENT, network)
        with self._database.write() as connection:
            if network and (free := self._take_turn(connection, key, quota, at)):
                return free
            return self._people.add_reader(connection, wishes, at)

    def take(self, name: str, *, at: datetime, quota: Quota) -> bool:
        """Count one more of something that can be had so often; False where it cannot."""
        key = self._key(Scope.PROOF, name)
        with self._database.write() as connection:
            return self._take_turn(connection, key, quota, at, Scope.PROOF) is None

    @staticmethod
    def _take_turn(
        connection: Connection, key: str, quota: Quota, now: datetime, scope: Scope = Scope.CLIENT
    ) -> datetime | None:
        # two requests of one network on PostgreSQL: the second waits, and counts the first
        _lock(connection, int(key[:12], 16))
        return attempts.take_turn(connection, scope, key, quota, now)

    # --- deciding ---------------------------------------------------------------------------------------------------

    def settle(self, decide: DecideRequests, *, now: datetime, limit: int) -> Settled:
        """Decide on the oldest requests that wait, and write all that follows, in one transaction."""
        self._suppressions.keys()  # before the transaction: they may have to be made
        oldest = select(_REQUEST).where(_WAITING).order_by(_R.id).limit(limit)
        with self._database.read() as connection:
            if connection.execute(select(_R.id).where(_WAITING).limit(1)).first() is None:
                return Settled()
        with self._database.write() as connection:
            _lock(connection, _TURN)
            rows = connection.execute(oldest).all()
            if not rows:
                return Settled()
            used = attempts.count_since(connection, Scope.LETTER, now - _HOUR)
            cases = self._cases(connection, rows, now)
            decisions = decide(cases, used)
            return self._write(connection, cases, decisions, now)

    def _cases(self, connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> list[Case]:
        known = self._people.states(connection, {row.email_key for row in rows})
        suppressed = self._suppressions.found(sorted({row.email for row in rows}))
        mailboxes = {row.email: self._key(Scope.LETTER, mailbox_key(row.email)) for row in rows}
        tries = attempts.moments(connection, Scope.LETTER, mailboxes.values(), now - _LOOK_BACK)
        nobody: tuple[int, SubscriptionState | None] = (0, None)
        return [
            Case(
                request=_request(row),
                key=row.email_key,
                mailbox=mailboxes[row.email],
                known_id=known.get(row.email_key, nobody)[0],
                known=known.get(row.email_key, nobody)[1],
                suppression=suppressed.get(row.email),
                tries=tries.get(mailboxes[row.email], ()),
            )
            for row in rows
        ]

    def _write(
        self, connection: Connection, cases: Sequence[Case], decisions: Sequence[Decision], now: datetime
    ) -> Settled:
        ended: dict[tuple[RequestState, str], list[int]] = {}
        letters = put_off = 0
        for case, decision in zip(cases, decisions, strict=True):
            if decision.state is RequestState.WAITING:
                put_off += 1
            elif decision.letter is None:
                ended.setdefault((decision.state, decision.reason), []).append(case.request.id)
            else:
                letters += 1
                self._accept(connection, case, decision.state, decision.letter, now)
        for (state, reason), ids in ended.items():
            values = {**_NOTHING, "state": state.value, "reason": reason, "settled_at": now}
            for chunk in chunks(ids):
                connection.execute(_REQUEST.update().where(_R.id.in_(chunk)).values(values))
        return Settled(decided=len(cases) - put_off, letters=letters, put_off=put_off)

    def _accept(
        self, connection: Connection, case: Case, state: RequestState, letter: LetterKind, now: datetime
    ) -> None:
        """Let a letter follow from a request; who joins is written down, so that the operator sees who has asked."""
        request = case.request
        if state is RequestState.OPEN:
            self._supersede(connection, case, now)
        subscriber_id = case.known_id
        if letter is LetterKind.MOVE:
            subscriber_id = request.subscriber_id
        elif letter is LetterKind.CONFIRM and not subscriber_id:
            subscriber_id = self._people.add_unconfirmed(connection, request, now)
        letter_id = write_letter(
            connection,
            letter,
            email=request.email,
            subscriber_id=subscriber_id,
            language=request.wishes.language if request.wishes and request.wishes.language else request.language,
            request_id=request.id,
            now=now,
        )
        attempts.note(connection, Scope.LETTER, case.mailbox, now, letter_id=letter_id)
        values: dict[str, object] = {"state": state.value, "settled_at": now, "subscriber_id": subscriber_id}
        if state is not RequestState.OPEN:
            values |= _NOTHING
        connection.execute(_REQUEST.update().where(_R.id == request.id).values(values))

    @staticmethod
    def _supersede(connection: Connection, case: Case, now: datetime) -> None:
        """Links of older requests of the kind end; letters that were still to go with them are called off."""
        request = case.request
        asks = [kind.value for kind in RequestKind if (kind is RequestKind.MOVE) is (request.kind is RequestKind.MOVE)]
        whose = (
            _R.subscriber_id == request.subscriber_id if request.kind is RequestKind.MOVE else _R.email_key == case.key
        )
        older = (_R.state == RequestState.OPEN.value, _R.kind.in_(asks), whose)
        values = {"state": RequestState.SUPERSEDED.value}
        gone = connection.execute(_REQUEST.update().where(*older).values(values).returning(_R.id)).scalars().all()
        attempts.forget(connection, call_off(connection, gone, now))

    # --- confirming -------------------------------------------------------------------------------------------------

    def find(self, request_id: int) -> Request | None:
        """The request of this number, or None."""
        if not 0 < request_id <= _LARGEST_ID:
            return None
        with self._database.read() as connection:
            row = connection.execute(select(_REQUEST).where(_R.id == request_id)).one_or_none()
        return None if row is None else _request(row)

    def confirm(
        self, request: Request, *, now: datetime, client: str, may_return: Callable[[Suppression], bool]
    ) -> tuple[LinkState, Subscriber | None]:
        """Do what an open request asks for, once. `may_return` says whether a suppression may be lifted by that."""
        suppression = self._suppressions.found([request.email]).get(request.email)
        if suppression is not None and not may_return(suppression):
            return LinkState.BARRED, None
        try:
            with self._database.write() as connection:
                return self._confirm(connection, request, suppression, now=now, client=client)
        except _TakenError:
            return LinkState.TAKEN, None

    def _confirm(
        self, connection: Connection, request: Request, suppression: Suppression | None, *, now: datetime, client: str
    ) -> tuple[LinkState, Subscriber | None]:
        """Within the transaction.

        Raises:
            _TakenError: the address is somebody else's; nothing is to be written.
        """
        is_open = (_R.id == request.id, _R.state == RequestState.OPEN.value)
        values = {"state": RequestState.CONFIRMED.value, "wishes": "", "client": "", "settled_at": now}
        if not connection.execute(_REQUEST.update().where(*is_open).values(values)).rowcount:
            return LinkState.USED, None
        if request.kind is RequestKind.MOVE:
            subscriber = self._people.move(connection, request, now)
        else:
            subscriber = self._people.confirm(connection, request, now)
        if subscriber is None:
            raise _TakenError
        if suppression is not None:
            self._suppressions.lift_within(connection, request.email)
        consent = {
            "subscriber_id": subscriber.id,
            "kind": request.kind.value,
            "form": request.form,
            "asked_at": request.asked_at,
            "confirmed_at": now,
            "asked_from": request.client,
            "confirmed_from": client,
        }
        connection.execute(_CONSENT.insert().values(consent))
        return LinkState.DONE, subscriber

    def consents(self, subscriber_id: int) -> tuple[Consent, ...]:
        """What this subscriber has confirmed, the oldest first."""
        asked = select(_CONSENT).where(_C.subscriber_id == subscriber_id).order_by(_C.id)
        with self._database.read() as connection:
            rows = connection.execute(asked).all()
        return tuple(
            Consent(
                subscriber_id=row.subscriber_id,
                kind=RequestKind(row.kind),
                form=row.form,
                asked_at=row.asked_at,
                confirmed_at=row.confirmed_at,
                asked_from=row.asked_from,
                confirmed_from=row.confirmed_from,
            )
            for row in rows
        )

    # --- looking after ----------------------------------------------------------------------------------------------

    def note_answered(self, now: datetime) -> None:
        """Note that somebody has looked at the requests and sent the letters that were due."""
        row = {"name": _ANSWERED, "value": now.isoformat()}
        with self._database.write() as connection:
            upsert(connection, MetaRow, [row], keys=("name",), update=("value",))

    def counts(self, since: datetime) -> RequestCounts:
        """How requests stand, those since a moment by their state."""
        by_state = select(_R.state, func.count()).where(_R.asked_at >= since).group_by(_R.state).order_by(_R.state)
        with self._database.read() as connection:
            states: Mapping[str, int] = dict(connection.execute(by_state).all())
            waiting = connection.execute(select(func.count()).select_from(_REQUEST).where(_WAITING)).scalar_one()
            answered = connection.execute(select(_META.c.value).where(_META.c.name == _ANSWERED)).scalar()
            return RequestCounts(
                by_state={RequestState(state): count for state, count in states.items()},
                waiting=waiting,
                alarm=attempts.newest(connection, Scope.ALARM),
                answered=datetime.fromisoformat(answered) if answered else None,
            )

    def alarm(self, now: datetime, every: timedelta) -> bool:
        """Note that the budget is used up; False where that was noted not so long ago, by whichever process."""
        with self._database.write() as connection:
            _lock(connection, _TURN)
            return attempts.take_turn(connection, Scope.ALARM, "", Quota(1, every), now) is None

    def forget_tries(self, now: datetime) -> None:
        """Forget what no window reaches back to."""
        with self._database.write() as connection:
            attempts.prune(connection, now - _LOOK_BACK)

    def _key(self, scope: Scope, whose: str) -> str:
        return attempt_key(self._suppressions.keys()[0], scope, whose)


def _lock(connection: Connection, number: int) -> None:
    """Until the transaction ends, nobody else has this lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def _row(request: Request) -> dict[str, object]:
    return {
        "kind": request.kind.value,
        "state": request.state.value,
        "reason": request.reason,
        "email": request.email,
        "email_key": address_key(request.email),
        "subscriber_id": request.subscriber_id,
        "wishes": "" if request.wishes is None else PREFERENCES.dump(request.wishes),
        "language": request.language,
        "form": request.form,
        "wants_first": request.wants_first,
        "client": request.client,
        "asked_at": request.asked_at,
        "settled_at": request.settled_at,
    }


def _request(row: Row[Any]) -> Request:
    return Request(
        id=row.id,
        kind=RequestKind(row.kind),
        email=row.email,
        asked_at=row.asked_at,
        state=RequestState(row.state),
        reason=row.reason,
        wishes=PREFERENCES.load(row.wishes) if row.wishes else None,
        subscriber_id=row.subscriber_id,
        language=row.language,
        form=row.form,
        wants_first=row.wants_first,
        client=row.client,
        settled_at=row.settled_at,
    )
