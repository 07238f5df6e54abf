"""Suppressing and releasing addresses by what happened to them, within the transaction that stores it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, select

from newsletter.domain.bounces import COUNTING, BounceRules, EventKind, Happened, Sentence, sentence
from newsletter.domain.delivery import DeliveryStatus
from newsletter.domain.subscribers import SubscriptionState, suppression_digest
from newsletter.store.statements import among, chunks, table_of, upsert
from newsletter.store.tables import DeliveryRow, DispatchRow, EventRow, SubscriberRow, SuppressionRow

__all__ = ["judge", "resubscribe", "unsubscribe"]

_EVENT = table_of(EventRow)
_DELIVERY = table_of(DeliveryRow)
_DISPATCH = table_of(DispatchRow)
_SUBSCRIBER = table_of(SubscriberRow)
_SUPPRESSION = table_of(SuppressionRow)
_E, _D = _EVENT.c, _DELIVERY.c
_COUNTING = [kind.value for kind in COUNTING]
_LOOK_BACK = timedelta(days=10)
_WRITTEN = ("reason", "created_at", "cause", "event_id", "delivery_id")


@dataclass(slots=True)
class _History:
    events: list[Happened] = field(default_factory=list)
    deliveries: dict[int, int] = field(default_factory=dict)
    email_key: str = ""


def judge(
    connection: Connection, digests: Collection[str], rules: BounceRules, keys: Sequence[bytes], *, at: datetime
) -> Mapping[str, str]:
    """Decide about these addresses from all that is known of them; returns what changed, by hash: a cause, or ""."""
    histories = _histories(connection, digests)
    accepted = _accepted(connection, histories)
    standing = _standing(connection, histories, digests, keys)
    changed: dict[str, str] = {}
    rows: list[dict[str, object]] = []
    for digest in sorted(digests):
        history, before = histories.get(digest, _History()), standing.get(digest)
        verdict = sentence(history.events, accepted.get(history.email_key, ()), rules)
        if before is not None and before.event_id == 0:
            continue  # what a person has suppressed is theirs
        if verdict is not None:
            rows.append(_row(digest, before, verdict, history, at=at))
            if before is None or before.cause != verdict.cause:
                changed[digest] = verdict.cause.value
        elif before is not None and _release(connection, before):
            changed[digest] = ""
    upsert(connection, SuppressionRow, rows, keys=("digest",), update=_WRITTEN)
    return changed


def _row(
    digest: str, before: Row[Any] | None, verdict: Sentence, history: _History, *, at: datetime
) -> dict[str, object]:
    same = before is not None and before.cause == verdict.cause
    return {
        "digest": before.digest if before is not None else digest,
        "reason": verdict.reason,
        "created_at": before.created_at if before is not None and same else at,
        "cause": verdict.cause.value,
        "event_id": verdict.event,
        "delivery_id": history.deliveries.get(verdict.event, 0),
    }


def _release(connection: Connection, standing: Row[Any]) -> bool:
    """Let an address be mailed again of which nothing bad is known any more; whether it is."""
    # what an event has decided holds when the event's own time is over
    known = select(_E.id).where(_E.id == standing.event_id).exists()
    statement = delete(_SUPPRESSION).where(_SUPPRESSION.c.digest == standing.digest, known)
    return connection.execute(statement).rowcount > 0


def _histories(connection: Connection, digests: Collection[str]) -> Mapping[str, _History]:
    histories: dict[str, _History] = defaultdict(_History)
    for chunk in chunks(sorted(digests)):
        statement = (
            select(_E.id, _E.kind, _E.at, _E.reason, _E.digest, _E.delivery_id, _D.email_key)
            .select_from(_EVENT.outerjoin(_DELIVERY, _D.id == _E.delivery_id))
            .where(among(connection, _E.digest, chunk), _E.kind.in_(_COUNTING), _E.is_believed, ~_E.is_spent)
            .order_by(_E.id)
        )
        for row in connection.execute(statement):
            history = histories[row.digest]
            history.events.append(Happened(row.id, EventKind(row.kind), row.at, row.reason))
            history.deliveries[row.id] = row.delivery_id
            history.email_key = row.email_key or history.email_key
    return histories


def _accepted(connection: Connection, histories: Mapping[str, _History]) -> Mapping[str, Sequence[datetime]]:
    """When mails to those who are judged by a score were accepted, by address."""
    scored = {
        history.email_key: min(event.at for event in history.events)
        for history in histories.values()
        if history.email_key and {event.kind for event in history.events} == {EventKind.SOFT}
    }
    accepted: dict[str, list[datetime]] = defaultdict(list)
    if not scored:
        return accepted
    since = min(scored.values()) - _LOOK_BACK
    dispatches = connection.execute(select(_DISPATCH.c.id).where(_DISPATCH.c.planned_at >= since)).scalars().all()
    for chunk in chunks(sorted(scored)):
        statement = select(_D.email_key, _D.updated_at).where(
            _D.dispatch_id.in_(dispatches),
            among(connection, _D.email_key, chunk),
            _D.status == DeliveryStatus.SENT.value,
        )
        for key, at in connection.execute(statement):
            if at >= scored[key]:
                accepted[key].append(at)
    return accepted


def _standing(
    connection: Connection, histories: Mapping[str, _History], digests: Collection[str], keys: Sequence[bytes]
) -> Mapping[str, Row[Any]]:
    """The suppressions that there are, by the hash that this database's own key makes of the address."""
    asked = {digest: digest for digest in digests}
    for digest, history in histories.items():
        if history.email_key:
            asked |= {suppression_digest(key, history.email_key): digest for key in keys[1:]}
    standing: dict[str, Row[Any]] = {}
    for chunk in chunks(sorted(asked)):
        for row in connection.execute(select(_SUPPRESSION).where(among(connection, _SUPPRESSION.c.digest, chunk))):
            standing[asked[row.digest]] = row
    return standing


def unsubscribe(connection: Connection, complaints: Mapping[str, int]) -> int:
    """End the subscriptions of these addresses (as they are compared), each for its event; returns how many."""
    ended: list[dict[str, object]] = []
    for chunk in chunks(sorted(complaints)):
        asked = select(_SUBSCRIBER.c.id, _SUBSCRIBER.c.email_key, _SUBSCRIBER.c.state, _SUBSCRIBER.c.changes)
        which = and_(
            among(connection, _SUBSCRIBER.c.email_key, chunk),
            _SUBSCRIBER.c.state != SubscriptionState.UNSUBSCRIBED.value,
        )
        rows = connection.execute(asked.where(which).order_by(_SUBSCRIBER.c.id).with_for_update()).all()
        values = {"state": SubscriptionState.UNSUBSCRIBED.value, "changes": _SUBSCRIBER.c.changes + 1}
        connection.execute(_SUBSCRIBER.update().where(_SUBSCRIBER.c.id.in_([row.id for row in rows])).values(values))
        ended += [
            {"event": complaints[row.email_key], "state_before": row.state, "changes_after": row.changes + 1}
            for row in rows
        ]
    if ended:
        names = ("state_before", "changes_after")
        marking = _EVENT.update().where(_E.id == bindparam("event"))
        connection.execute(marking.values({name: bindparam(name) for name in names}), ended)
    return len(ended)


def resubscribe(connection: Connection, event_id: int) -> bool:
    """Take back what a complaint did to a subscription, unless its subscriber has changed since; whether it did."""
    event = connection.execute(
        select(_E.subscriber_id, _E.state_before, _E.changes_after).where(_E.id == event_id)
    ).one()
    if not event.state_before:
        return False
    values = {"state": event.state_before, "changes": event.changes_after + 1}
    same = _SUBSCRIBER.update().where(
        _SUBSCRIBER.c.id == event.subscriber_id,
        _SUBSCRIBER.c.state == SubscriptionState.UNSUBSCRIBED.value,
        _SUBSCRIBER.c.changes == event.changes_after,
    )
    connection.execute(_EVENT.update().where(_E.id == event_id).values(state_before="", changes_after=0))
    return connection.execute(same.values(values)).rowcount > 0
