"""The store of events: each is taken in once, and what follows from it is decided in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select, text

from newsletter.domain.bounces import (
    COUNTING,
    RETURNED,
    Arrival,
    BounceRules,
    Claim,
    Event,
    EventKind,
    Proof,
    StoredEvent,
    TakenIn,
    claims,
)
from newsletter.domain.delivery import DeliveryStatus, SigningSecrets
from newsletter.domain.issues import IssueKey
from newsletter.domain.subscribers import suppression_digest
from newsletter.store.database import Database
from newsletter.store.events.erasing import prune
from newsletter.store.events.mail import pause, return_mail, settle_waiting, take_back
from newsletter.store.events.rows import event_of, identity, new_row, stored_events
from newsletter.store.events.sentences import judge, resubscribe, unsubscribe
from newsletter.store.events.whose import Target, targets
from newsletter.store.statements import among, chunks, table_of
from newsletter.store.tables import DeliveryRow, DispatchRow, EventRow, SubscriberRow

__all__ = ["SqlEventStore", "lock_events"]

_EVENT = table_of(EventRow)
_DELIVERY = table_of(DeliveryRow)
_DISPATCH = table_of(DispatchRow)
_SUBSCRIBER = table_of(SubscriberRow)
_E, _D = _EVENT.c, _DELIVERY.c
_LOCK = 0x6E65_7773_6576
"""PostgreSQL's advisory lock of who takes events in: counts and decisions build on each other."""
_BATCH = 500

_Item = tuple[Arrival, Event, Sequence[Claim]]


class SqlEventStore:
    """Implements `domain.ports.EventStore`."""

    def __init__(
        self,
        database: Database,
        *,
        keys: Callable[[], tuple[bytes, ...]],
        secrets: Callable[[], SigningSecrets],
        clock: Callable[[], datetime],
    ) -> None:
        """`keys` are those of suppressions, the database's own first; `secrets` sign envelope senders."""
        self._database = database
        self._keys = keys
        self._secrets = secrets
        self._clock = clock

    def take_in(self, arrivals: Sequence[Arrival], rules: BounceRules) -> TakenIn:
        """Store what these tell of, each event once, and decide what follows, in one transaction."""
        secrets = self._secrets()
        items: list[_Item] = [
            (a, event, tuple(claims(a, event, secrets))) for a in arrivals for event in a.report.events
        ]
        with self._writing() as (connection, now):
            settled = settle_waiting(connection, at=now)
            new = self._insert(connection, items, rules, now)
            returned = return_mail(connection, {r["delivery_id"]: r["reason"] for r in new if _has_returned(r)}, at=now)
            changed, ended = self._decide(connection, new, rules, now)
            refused = [(r["dispatch_id"], r["domain"]) for r in new if _is(r, EventKind.POLICY)]
            return TakenIn(
                kinds=tuple(EventKind(r["kind"]) for r in new),
                known=len(items) - len(new),
                unproved=sum(not r["is_believed"] or not r["proof"] for r in new),
                suppressed=sum(cause != "" for cause in changed.values()),
                unsubscribed=ended,
                returned=returned + settled,
                paused=pause(connection, refused, rules, at=now) if refused else (),
            )

    def reclassify(self, event_id: int, kind: EventKind, reason: str, rules: BounceRules, *, by_hand: bool) -> TakenIn:
        """Let an event be of another kind, and everything be as if it had been from the beginning."""
        with self._writing() as (connection, now):
            before = connection.execute(select(_EVENT).where(_E.id == event_id)).one()
            values: dict[str, object] = {"kind": kind.value, "reason": reason, "by_hand": by_hand}
            if by_hand:  # a person vouches for it
                values["is_believed"] = before.digest != ""
            row = dict(
                connection.execute(_EVENT.update().where(_E.id == event_id).values(values).returning(_EVENT))
                .one()
                ._mapping
            )
            if before.kind == EventKind.COMPLAINT and kind is not EventKind.COMPLAINT:
                resubscribe(connection, event_id)
            returned = 0
            if _has_returned(row):
                returned = return_mail(connection, {row["delivery_id"]: reason}, at=now)
            else:
                take_back(connection, row["delivery_id"], at=now)
            row["email_key"] = (
                connection.execute(select(_D.email_key).where(_D.id == row["delivery_id"])).scalar() or ""
            )
            changed, ended = self._decide(connection, [row], rules, now, also=[before.digest])
            refused = (
                [(row["dispatch_id"], row["domain"])] if _is(row, EventKind.POLICY) and before.kind != kind else []
            )
            return TakenIn(
                kinds=(kind,),
                suppressed=sum(cause != "" for cause in changed.values()),
                released=sum(cause == "" for cause in changed.values()),
                unsubscribed=ended,
                returned=returned,
                paused=pause(connection, refused, rules, at=now) if refused else (),
            )

    def prune(self, *, events_before: datetime, evidence_before: datetime) -> int:
        """Delete old events and old evidence; returns how many events went."""
        with self._writing() as (connection, _):
            return prune(connection, events_before=events_before, evidence_before=evidence_before)

    def settle_waiting(self) -> int:
        """What was reported while it was being sent, and is sent now, has come back; returns how many that were."""
        with self._writing() as (connection, now):
            return settle_waiting(connection, at=now)

    # --- reading ----------------------------------------------------------------------------------------------------

    def get(self, event_id: int) -> StoredEvent | None:
        """The event of this number, with its evidence; None if there is none."""
        with self._database.read() as connection:
            row = connection.execute(stored_events(evidence=True).where(_E.id == event_id)).one_or_none()
        return None if row is None else event_of(row)

    def stream(
        self, *, kinds: Sequence[EventKind] = (), issue: IssueKey | None = None, since: datetime | None = None
    ) -> Iterator[StoredEvent]:
        """Events, the newest first, in batches, without their evidence."""
        statement = stored_events().order_by(_E.id.desc())
        if kinds:
            statement = statement.where(_E.kind.in_([kind.value for kind in kinds]))
        if issue is not None:
            statement = statement.where(_DISPATCH.c.day == issue.day, _DISPATCH.c.edition == issue.edition.value)
        if since is not None:
            statement = statement.where(_E.stored_at >= since)
        last = None
        while True:
            with self._database.read() as connection:
                page = statement if last is None else statement.where(_E.id < last)
                rows = connection.execute(page.limit(_BATCH)).all()
            if not rows:
                return
            yield from map(event_of, rows)
            last = rows[-1].id

    def of_address(self, email: str) -> tuple[StoredEvent, ...]:
        """What is kept of an address, the oldest first."""
        digests = [suppression_digest(key, email) for key in self._keys()]
        with self._database.read() as connection:
            rows = connection.execute(
                stored_events().where(among(connection, _E.digest, digests)).order_by(_E.at, _E.id)
            ).all()
        return tuple(map(event_of, rows))

    def count(self) -> int:
        """How many there are."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(_EVENT)).scalar_one()

    def counts(self, since: date) -> Mapping[str, Mapping[str, int]]:
        """Of issues since a day, by the recipients' domain: mails that were accepted (`sent`), and what came back."""
        issues = select(_DISPATCH.c.id).where(_DISPATCH.c.day >= since)
        accepted = _D.status.in_([DeliveryStatus.SENT.value, DeliveryStatus.BOUNCED.value])
        mails = select(_D.domain, func.count()).where(_D.dispatch_id.in_(issues), _D.subscriber_id > 0, accepted)
        happened = (
            select(_E.domain, _E.kind, func.count(func.distinct(_E.delivery_id)))
            .where(_E.dispatch_id.in_(issues), _E.is_believed)
            .group_by(_E.domain, _E.kind)
        )
        counts: dict[str, dict[str, int]] = {}
        with self._database.read() as connection:
            for domain, count in connection.execute(mails.group_by(_D.domain)):
                counts.setdefault(domain, {})["sent"] = count
            for domain, kind, count in connection.execute(happened):
                counts.setdefault(domain, {})[kind] = count
        return counts

    # --- within the transaction -------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[tuple[Connection, datetime]]:
        """A transaction that nobody else takes events in beside; SQLite has one writer anyway."""
        self._keys()  # makes the key where there is none yet, in a transaction of its own
        with self._database.write() as connection:
            lock_events(connection)
            yield connection, self._clock()

    def _insert(
        self, connection: Connection, items: Sequence[_Item], rules: BounceRules, now: datetime
    ) -> list[dict[str, Any]]:
        """Store those that are not there yet; returns them as rows."""
        own = self._keys()[0]
        whose = targets(connection, [known for _, _, known in items], at=now)
        found = self._of_ledger(connection, items)
        rows: dict[str, dict[str, Any]] = {}
        for (arrival, event, known), claimed in zip(items, whose, strict=True):
            target = found.get(arrival.delivery_id, claimed)
            key = identity(own, arrival, event, known)
            if key not in rows:
                row = new_row(arrival, event, target, digest_key=own, believes_fields=rules.believes_fields, now=now)
                rows[key] = {"key": key, **row}
        for chunk in chunks(sorted(rows)):
            for there in connection.execute(select(_E.key).where(among(connection, _E.key, chunk))).scalars():
                del rows[there]
        new = list(rows.values())
        _forget_strangers(connection, new)
        columns = [{name: value for name, value in row.items() if name != "email_key"} for row in new]
        if columns:
            connection.execute(_EVENT.insert(), columns)
        ids: dict[str, int] = {}
        for chunk in chunks(sorted(rows)):
            ids.update(connection.execute(select(_E.key, _E.id).where(among(connection, _E.key, chunk))).all())
        return [row | {"id": ids[row["key"]]} for row in new]

    @staticmethod
    def _of_ledger(connection: Connection, items: Sequence[_Item]) -> Mapping[int, Target]:
        """The deliveries of what the ledger itself tells."""
        ids = sorted({arrival.delivery_id for arrival, _, _ in items if arrival.delivery_id})
        found = {}
        for chunk in chunks(ids):
            statement = select(_D.id, _D.dispatch_id, _D.subscriber_id, _D.email, _D.domain).where(_D.id.in_(chunk))
            for row in connection.execute(statement):
                found[row.id] = Target(Proof.LEDGER, row.id, row.dispatch_id, row.subscriber_id, row.email, row.domain)
        return found

    def _decide(
        self,
        connection: Connection,
        rows: Sequence[Mapping[str, Any]],
        rules: BounceRules,
        now: datetime,
        *,
        also: Sequence[str] = (),
    ) -> tuple[Mapping[str, str], int]:
        """What these events change: suppressions by hash, and how many subscriptions they end."""
        counting = [r for r in rows if r["is_believed"] and r["digest"]]
        digests = {r["digest"] for r in counting if r["kind"] in COUNTING} | {digest for digest in also if digest}
        complaints = {r["email_key"]: r["id"] for r in counting if _is(r, EventKind.COMPLAINT) and r["email_key"]}
        ended = unsubscribe(connection, complaints)
        return judge(connection, digests, rules, self._keys(), at=now) if digests else {}, ended


def lock_events(connection: Connection) -> None:
    """Let nobody else take events in, or erase what they say, until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _forget_strangers(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Of whom is no subscriber any more only the fact is kept."""
    ids = sorted({row["subscriber_id"] for row in rows if row["subscriber_id"]})
    there: set[int] = set()
    for chunk in chunks(ids):
        there.update(connection.execute(select(_SUBSCRIBER.c.id).where(_SUBSCRIBER.c.id.in_(chunk))).scalars())
    for row in rows:
        if row["subscriber_id"] and row["subscriber_id"] not in there:
            row |= {"subscriber_id": 0, "text": "", "evidence": b""}


def _is(row: Mapping[str, Any], kind: EventKind) -> bool:
    return bool(row["kind"] == kind.value and row["is_believed"])


def _has_returned(row: Mapping[str, Any]) -> bool:
    return bool(row["delivery_id"] and row["is_believed"] and row["kind"] in RETURNED)
