"""The ledger: who gets which issue, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select, text, tuple_

from newsletter.domain.delivery import (
    Change,
    Delivery,
    DeliveryStatus,
    DispatchStatus,
    DomainRest,
    Recipient,
    SkipReason,
    UncertainPolicy,
)
from newsletter.domain.issues import Edition, Issue, IssueKey
from newsletter.domain.ports import DecideAudience
from newsletter.domain.subscribers import SubscriptionState, address_key
from newsletter.store.database import Database
from newsletter.store.ledger._audience import freezing, row_of
from newsletter.store.ledger._rows import delivery_of
from newsletter.store.ledger._steps import let_rest, may_become, write_steps
from newsletter.store.statements import chunks, table_of, upsert
from newsletter.store.tables import (
    FAILED_STATE,
    OPEN_STATES,
    DeliveryRow,
    DispatchRow,
    DispatchRunRow,
    DomainRestRow,
    SubscriberRow,
)

__all__ = ["SqlDeliveryStore"]

_DELIVERY = table_of(DeliveryRow)
_DISPATCH = table_of(DispatchRow)
_RUN = table_of(DispatchRunRow)
_REST = table_of(DomainRestRow)
_SUBSCRIBER = table_of(SubscriberRow)
_BATCH = 1000

_S = DeliveryStatus
_D = _DELIVERY.c
_OPEN = text(f"delivery.{OPEN_STATES}")
_FAILED = text(f"delivery.{FAILED_STATE}")


class SqlDeliveryStore:
    """Implements `domain.ports.DeliveryStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- planning ---------------------------------------------------------------------------------------------------

    def plan(self, issue: Issue, decide: DecideAudience, *, at: datetime) -> int:
        """Freeze the audience in one transaction; returns how many rows are new. Existing rows are not touched."""
        dispatch = {
            "day": issue.key.day,
            "edition": issue.key.edition.value,
            "revision": issue.revision,
            "issue_hash": issue.hash,
            "planned_at": at,
            "paused": "",
            "planned_through": 0,
        }
        with freezing(self._database, decide, after=self.planned_through(issue.key)) as audience:
            upsert(audience.connection, DispatchRow, [dispatch], keys=("day", "edition"))
            dispatch_id = audience.connection.execute(_dispatch(issue.key)).one().id
            added = audience.copy(dispatch_id, at=at)
            through = _DISPATCH.update().where(_DISPATCH.c.id == dispatch_id)
            through = through.where(_DISPATCH.c.planned_through < audience.through)
            audience.connection.execute(through.values(planned_through=audience.through))
            return added

    def include(self, key: IssueKey, recipient: Recipient, *, at: datetime) -> Delivery | None:
        """Plan an issue for one recipient more; returns their delivery, an earlier one where there is one.

        None where the issue was never planned. Who was passed over for not being subscribed then is planned anew.
        """
        passed = [SkipReason.UNCONFIRMED.value, SkipReason.UNSUBSCRIBED.value]
        with self._database.write() as connection:
            dispatch = connection.execute(_dispatch(key)).one_or_none()
            if dispatch is None:
                return None
            row = row_of(dispatch.id, recipient, at=at)
            own = and_(_D.dispatch_id == dispatch.id, _D.email_key == row["email_key"])
            skipped = and_(own, _D.status == _S.SKIPPED.value, _D.reason.in_(passed))
            connection.execute(_DELIVERY.delete().where(skipped))
            upsert(connection, DeliveryRow, [row], keys=("dispatch_id", "email_key"))
            return delivery_of(connection.execute(select(_DELIVERY).where(own)).one(), key, dispatch.revision)

    def status(self, key: IssueKey) -> DispatchStatus | None:
        """What is known of the dispatch of an issue; None before it was planned."""
        with self._database.read() as connection:
            row = connection.execute(_dispatch(key)).one_or_none()
        if row is None:
            return None
        return DispatchStatus(
            issue=key,
            revision=row.revision,
            issue_hash=row.issue_hash,
            planned_at=row.planned_at,
            paused=row.paused,
        )

    def planned_through(self, key: IssueKey) -> int:
        """The greatest id of a subscriber that was planned; 0 before."""
        with self._database.read() as connection:
            return connection.execute(select(_DISPATCH.c.planned_through).where(_named(key))).scalar() or 0

    def pause(self, key: IssueKey, reason: str) -> None:
        """Pause an issue, or let it go on with an empty reason."""
        with self._database.write() as connection:
            connection.execute(_DISPATCH.update().where(_named(key)).values(paused=reason))

    # --- runs -------------------------------------------------------------------------------------------------------

    def open_run(self, key: IssueKey, owner: str, *, at: datetime, until: datetime) -> int:
        """Begin a run with a lease; returns its id, which is the fence."""
        with self._database.write() as connection:
            values = {"dispatch_id": _id_of(key), "owner": owner, "started_at": at, "lease_until": until, "sent": 0}
            run: int = connection.execute(_RUN.insert().values(values).returning(_RUN.c.id)).scalar_one()
        return run

    def keep_run(self, run: int, *, until: datetime, sent: int) -> int:
        """Extend the lease, note how many it sent so far; returns how many runs are open, 0 if this one was retired."""
        alive = _RUN.update().where(_RUN.c.id == run, _RUN.c.ended_at.is_(None))
        with self._database.write() as connection:
            if connection.execute(alive.values(lease_until=until, sent=sent)).rowcount == 0:
                return 0
            same = _RUN.c.dispatch_id == select(_RUN.c.dispatch_id).where(_RUN.c.id == run).scalar_subquery()
            statement = select(func.count()).select_from(_RUN).where(same, _RUN.c.ended_at.is_(None))
            return connection.execute(statement).scalar_one()

    def crew(self, run: int, *, at: datetime) -> tuple[int, int]:
        """The place of a run among those that send at this moment, whatever issue, from 0; and how many these are."""
        others = and_(_RUN.c.ended_at.is_(None), _RUN.c.lease_until >= at, _RUN.c.id != run)
        with self._database.read() as connection:
            ids = connection.execute(select(_RUN.c.id).where(others)).scalars().all()
        return sum(other < run for other in ids), len(ids) + 1

    def close_run(self, run: int, *, at: datetime, sent: int, uncertain: UncertainPolicy) -> None:
        """End a run: what it holds is given back, what it has begun and not settled is uncertain."""
        alive = _RUN.update().where(_RUN.c.id == run, _RUN.c.ended_at.is_(None))
        with self._database.write() as connection:
            dispatch_id = connection.execute(select(_RUN.c.dispatch_id).where(_RUN.c.id == run)).scalar_one()
            if connection.execute(alive.values(ended_at=at, sent=sent)).rowcount:
                _give_back(connection, dispatch_id, [run], at=at, uncertain=uncertain)

    def retire_runs(
        self, key: IssueKey, *, at: datetime, is_dead: Callable[[str], bool], uncertain: UncertainPolicy
    ) -> int:
        """End the runs whose lease is over or whose owner is dead; returns how many deliveries were left uncertain.

        What they held goes back into the queue; what was `sending` becomes `uncertain`, or `queued` under `resend`.
        """
        open_runs = select(_RUN.c.id, _RUN.c.owner, _RUN.c.lease_until, _RUN.c.dispatch_id).where(
            _RUN.c.dispatch_id == _id_of(key), _RUN.c.ended_at.is_(None)
        )
        with self._database.write() as connection:
            rows = connection.execute(open_runs).all()
            gone = [row.id for row in rows if row.lease_until < at or is_dead(row.owner)]
            if not gone:
                return 0
            connection.execute(_RUN.update().where(_RUN.c.id.in_(gone)).values(ended_at=at))
            return _give_back(connection, rows[0].dispatch_id, gone, at=at, uncertain=uncertain)

    # --- sending ----------------------------------------------------------------------------------------------------

    def claim(
        self,
        run: int,
        *,
        at: datetime,
        limit: int,
        after: int = 0,
        without: Sequence[str] = (),
        only: Sequence[int] = (),
    ) -> tuple[Delivery, ...]:
        """Take deliveries that may be sent now: due, held by no run, with an id above `after`, of no such domain.

        Where some are named by `only`, no others.
        """
        dispatch_id = select(_RUN.c.dispatch_id).where(_RUN.c.id == run, _RUN.c.ended_at.is_(None)).scalar_subquery()
        free = (
            select(_D.id)
            .where(
                _OPEN,
                _D.dispatch_id == dispatch_id,
                _D.id > after,
                _D.run_id == 0,
                _D.status != _S.SENDING.value,
                _D.due_at.is_(None) | (_D.due_at <= at),
            )
            .order_by(_D.id)
            .limit(limit)
            # two runs on PostgreSQL take different rows instead of waiting for each other; SQLite has one writer
            .with_for_update(skip_locked=True)
        )
        if without:
            free = free.where(_D.domain.not_in(without))
        if only:
            free = free.where(_D.id.in_(only))
        # by name: what stands within a condition PostgreSQL may look up again for each row, and finds others unlocked
        chosen = select(free.cte("free").c.id)
        taken = _DELIVERY.update().where(_D.id.in_(chosen)).values(run_id=run).returning(_DELIVERY)
        with self._database.write() as connection:
            rows = connection.execute(taken).all()
            dispatch = connection.execute(select(_DISPATCH).where(_DISPATCH.c.id == dispatch_id)).one_or_none()
        if dispatch is None:
            return ()
        key = IssueKey(dispatch.day, Edition(dispatch.edition))
        return tuple(sorted((delivery_of(row, key, dispatch.revision) for row in rows), key=lambda d: d.id))

    def record(self, run: int, changes: Sequence[Change], *, at: datetime) -> frozenset[int]:
        """Write these steps in one transaction, durably; returns the ids that this run does not hold (any more)."""
        steps = [change for change in changes if not isinstance(change, DomainRest)]
        if len(steps) == len(changes) == len({step.id for step in steps}):
            with self._database.statement() as connection:
                return write_steps(connection, run, steps, at=at)
        lost: set[int] = set()
        with self._database.write() as connection:
            for change in changes:
                if isinstance(change, DomainRest):
                    let_rest(connection, change)
                else:
                    lost |= write_steps(connection, run, [change], at=at)
        return frozenset(lost)

    def rests(self, *, at: datetime) -> tuple[DomainRest, ...]:
        """The domains that rest at this moment."""
        with self._database.read() as connection:
            rows = connection.execute(select(_REST).where(_REST.c.until > at).order_by(_REST.c.domain)).all()
        return tuple(DomainRest(row.domain, row.until, row.reason) for row in rows)

    def sent_since(self, at: datetime) -> int:
        """How many messages the runs that ended since a moment had accepted: at least what a daily quota has used."""
        with self._database.read() as connection:
            ended = func.coalesce(_RUN.c.ended_at, _RUN.c.lease_until)
            return int(connection.execute(select(func.sum(_RUN.c.sent)).where(ended >= at)).scalar() or 0)

    # --- reading ----------------------------------------------------------------------------------------------------

    def next_due(self, key: IssueKey) -> datetime | None:
        """When the next deferred delivery of an issue is due."""
        with self._database.read() as connection:
            statement = select(func.min(_D.due_at)).where(_OPEN, _of(key), _D.status == _S.DEFERRED.value)
            return connection.execute(statement).scalar()

    def waiting(self, key: IssueKey, *, at: datetime) -> tuple[int, datetime | None]:
        """How many deliveries of an issue wait for their reader's hour at a moment, and until when the first does."""
        later = and_(_OPEN, _of(key), _D.status == _S.QUEUED.value, _D.due_at > at)
        with self._database.read() as connection:
            count, first = connection.execute(select(func.count(), func.min(_D.due_at)).where(later)).one()
        return count, first

    def unfinished(self, *, at: datetime, since: datetime) -> tuple[IssueKey, ...]:
        """The issues planned since a moment that have mail which may be sent now, and that nobody is sending."""
        mine = _D.dispatch_id == _DISPATCH.c.id
        may_go = select(_D.id).where(_OPEN, mine, _D.due_at.is_(None) | (_D.due_at <= at)).exists()
        alive = and_(_RUN.c.dispatch_id == _DISPATCH.c.id, _RUN.c.ended_at.is_(None), _RUN.c.lease_until >= at)
        idle = ~select(_RUN.c.id).where(alive).exists()
        statement = (
            select(_DISPATCH.c.day, _DISPATCH.c.edition)
            .where(_DISPATCH.c.planned_at >= since, _DISPATCH.c.paused == "", may_go, idle)
            .order_by(_DISPATCH.c.id)
        )
        with self._database.read() as connection:
            return tuple(IssueKey(row.day, Edition(row.edition)) for row in connection.execute(statement))

    def settle_uncertain(self, key: IssueKey, status: DeliveryStatus, *, at: datetime, email: str = "") -> int:
        """Decide on uncertain deliveries (all of an issue, or one): `queued`, `sent` or `failed`; returns how many."""
        rows = and_(_of(key), _D.email_key == address_key(email)) if email else _all_of(key)
        which = and_(rows, _D.status == _S.UNCERTAIN.value, may_become(status))
        values = {"status": status.value, "reason": "decided by the operator", "updated_at": at, "run_id": 0}
        with self._database.write() as connection:
            return connection.execute(_DELIVERY.update().where(which).values(values)).rowcount

    def totals(self, key: IssueKey) -> Mapping[DeliveryStatus, int]:
        """How many deliveries of an issue are in each state."""
        statement = select(_D.status, func.count()).where(_all_of(key)).group_by(_D.status)
        with self._database.read() as connection:
            counts: dict[str, int] = dict(connection.execute(statement).all())
        return {status: counts[status.value] for status in DeliveryStatus if status.value in counts}

    def reasons(self, key: IssueKey) -> Mapping[tuple[DeliveryStatus, str], int]:
        """How many deliveries of an issue are in each state for each reason."""
        statement = select(_D.status, _D.reason, func.count()).where(_all_of(key)).group_by(_D.status, _D.reason)
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return {(DeliveryStatus(status), reason): count for status, reason, count in sorted(rows)}

    def open_runs(self, key: IssueKey) -> int:
        """How many processes are sending an issue, or were when they ended without a word."""
        with self._database.read() as connection:
            mine = select(func.count()).where(_RUN.c.dispatch_id == _id_of(key), _RUN.c.ended_at.is_(None))
            return connection.execute(mine).scalar_one()

    def missing(self, key: IssueKey, *, limit: int) -> tuple[str, ...]:
        """Addresses (some) of subscribers whom planning has passed over without a row: there should be none."""
        through = select(_DISPATCH.c.planned_through).where(_named(key)).scalar_subquery()
        row = select(_D.id).where(_of(key), _D.email_key == _SUBSCRIBER.c.email_key).exists()
        passed = and_(_SUBSCRIBER.c.id <= through, _SUBSCRIBER.c.state != SubscriptionState.FEED.value)
        statement = select(_SUBSCRIBER.c.email).where(passed, ~row).limit(limit)
        with self._database.read() as connection:
            return tuple(connection.execute(statement).scalars())

    def find(self, key: IssueKey, email: str) -> Delivery | None:
        """The delivery of an issue to an address, or None."""
        with self._database.read() as connection:
            dispatch = connection.execute(_dispatch(key)).one_or_none()
            row = connection.execute(
                select(_DELIVERY).where(_of(key), _D.email_key == address_key(email))
            ).one_or_none()
        return None if row is None or dispatch is None else delivery_of(row, key, dispatch.revision)

    def of_address(self, email: str, *, limit: int) -> tuple[Delivery, ...]:
        """The newest deliveries to an address, of whatever issue, the oldest of them first."""
        with self._database.read() as connection:
            issues = {row.id: row for row in connection.execute(select(_DISPATCH))}
            rows: list[Row[Any]] = []
            for chunk in chunks(sorted(issues, reverse=True)):
                which = select(_DELIVERY).where(_D.dispatch_id.in_(chunk), _D.email_key == address_key(email))
                rows += connection.execute(which.order_by(_D.id.desc()).limit(limit - len(rows)))
                if len(rows) >= limit:
                    break
        return tuple(
            delivery_of(row, IssueKey(issue.day, Edition(issue.edition)), issue.revision)
            for row in reversed(rows)
            for issue in (issues[row.dispatch_id],)
        )

    def latest_of(self, subscriber_id: int, *, issues: int) -> tuple[Delivery, ...]:
        """What became of the newest issues for a subscriber, newest first; of those that were planned for them."""
        newest = select(_DISPATCH).order_by(_DISPATCH.c.day.desc(), _DISPATCH.c.id.desc()).limit(issues)
        with self._database.read() as connection:
            dispatches = {row.id: row for row in connection.execute(newest)}
            which = select(_DELIVERY).where(_D.dispatch_id.in_(dispatches), _D.subscriber_id == subscriber_id)
            rows = {row.dispatch_id: row for row in connection.execute(which)}
        return tuple(
            delivery_of(rows[number], IssueKey(issue.day, Edition(issue.edition)), issue.revision)
            for number, issue in dispatches.items()
            if number in rows
        )

    def refused(self, since: datetime) -> Iterator[Delivery]:
        """The deliveries that failed since a moment, or that a 5xx put off, of whatever issue, streamed."""
        with self._database.read() as connection:
            recent = connection.execute(select(_DISPATCH.c.id).where(_DISPATCH.c.planned_at >= since)).scalars().all()
        yield from self._some(and_(_FAILED, _D.updated_at >= since, _D.email != ""))
        for dispatch_id in recent:
            put_off = and_(_D.dispatch_id == dispatch_id, _OPEN, _D.status == _S.DEFERRED.value)
            yield from self._some(and_(put_off, _D.reply.startswith("5"), _D.updated_at >= since, _D.email != ""))

    def _some(self, which: ColumnElement[bool]) -> Iterator[Delivery]:
        """These, of whatever issue, streamed."""
        last = 0
        joined = select(_DELIVERY, _DISPATCH.c.day, _DISPATCH.c.edition, _DISPATCH.c.revision).join_from(
            _DELIVERY, _DISPATCH, _DISPATCH.c.id == _D.dispatch_id
        )
        while True:
            statement = joined.where(which, _D.id > last).order_by(_D.id).limit(_BATCH)
            with self._database.read() as connection:
                rows = connection.execute(statement).all()
            if not rows:
                return
            for row in rows:
                yield delivery_of(row, IssueKey(row.day, Edition(row.edition)), row.revision)
            last = rows[-1].id

    def of_issue(self, key: IssueKey, *, batch: int = _BATCH) -> Iterator[Delivery]:
        """Every delivery of an issue, in the order of subscribers, streamed."""
        place = tuple_(_D.subscriber_id, _D.id)
        last = (0, 0)
        status = self.status(key)
        while status is not None:
            statement = select(_DELIVERY).where(_all_of(key), place > last).order_by(_D.subscriber_id, _D.id)
            with self._database.read() as connection:
                rows = connection.execute(statement.limit(batch)).all()
            if not rows:
                return
            for row in rows:
                yield delivery_of(row, key, status.revision)
            last = (rows[-1].subscriber_id, rows[-1].id)


def _named(key: IssueKey) -> ColumnElement[bool]:
    return and_(_DISPATCH.c.day == key.day, _DISPATCH.c.edition == key.edition.value)


def _dispatch(key: IssueKey) -> Select[tuple[object, ...]]:
    return select(_DISPATCH).where(_named(key))


def _id_of(key: IssueKey) -> ColumnElement[int]:
    return select(_DISPATCH.c.id).where(_named(key)).scalar_subquery()


def _of(key: IssueKey) -> ColumnElement[bool]:
    return _D.dispatch_id == _id_of(key)


def _all_of(key: IssueKey) -> ColumnElement[bool]:
    """The same where many of them are read: it words that the index by subscriber is the one to take."""
    return and_(_of(key), _D.subscriber_id > 0)


def _give_back(
    connection: Connection, dispatch_id: int, runs: Sequence[int], *, at: datetime, uncertain: UncertainPolicy
) -> int:
    """What these runs held is anybody's again; what they had begun, nobody can know. Returns how many that were."""
    held = and_(_OPEN, _D.dispatch_id == dispatch_id, _D.run_id.in_(runs))
    connection.execute(_DELIVERY.update().where(held, _D.status != _S.SENDING.value).values(run_id=0))
    values: dict[str, object] = {"reason": "the process that was sending it ended before the answer", "updated_at": at}
    if uncertain is UncertainPolicy.RESEND:
        values |= {"status": _S.QUEUED.value, "run_id": 0}
    else:
        # it keeps its run: should the answer come after all, that run may still write it
        values |= {"status": _S.UNCERTAIN.value}
    return connection.execute(_DELIVERY.update().where(held, _D.status == _S.SENDING.value).values(values)).rowcount
