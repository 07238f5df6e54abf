"""What events change in the ledger: deliveries that came back, and sending that pauses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select, text

from newsletter.domain.bounces import RETURNED, BounceRules, EventKind, pauses
from newsletter.domain.delivery import RETRACTED, DeliveryStatus, DomainRest, before
from newsletter.store.ledger import let_rest
from newsletter.store.statements import chunks, table_of
from newsletter.store.tables import DeliveryRow, DispatchRow, EventRow

__all__ = ["pause", "return_mail", "settle_waiting", "take_back"]

_EVENT = table_of(EventRow)
_DELIVERY = table_of(DeliveryRow)
_DISPATCH = table_of(DispatchRow)
_E, _D = _EVENT.c, _DELIVERY.c
_BOUNCED = DeliveryStatus.BOUNCED
_RETURNED = [kind.value for kind in RETURNED]
_MAY_BOUNCE = or_(*(_D.status == status.value for status in before(_BOUNCED)))


def return_mail(connection: Connection, reasons: Mapping[int, str], *, at: datetime) -> int:
    """Let these deliveries have come back, each for its reason, if they were accepted; returns how many that were.

    One that is being sent at this moment is marked to be looked at again: only its run may change it now.
    """
    returned = 0
    by_reason: dict[str, list[int]] = defaultdict(list)
    for delivery_id, reason in reasons.items():
        by_reason[reason].append(delivery_id)
    for reason, ids in sorted(by_reason.items()):
        values = {"status": _BOUNCED.value, "reason": reason, "updated_at": at}
        for chunk in chunks(sorted(ids)):
            statement = _DELIVERY.update().where(_D.id.in_(chunk), _MAY_BOUNCE).values(values)
            returned += connection.execute(statement).rowcount
    for chunk in chunks(sorted(reasons)):
        sending = select(_D.id).where(_D.id.in_(chunk), _D.status == DeliveryStatus.SENDING.value)
        waiting = _EVENT.update().where(_E.delivery_id.in_(sending), _E.kind.in_(_RETURNED))
        connection.execute(waiting.values(waits=True))
    return returned


def settle_waiting(connection: Connection, *, at: datetime) -> int:
    """What was reported while it was being sent, and is sent now, has come back; returns how many that were."""
    statement = (
        select(_E.id, _E.delivery_id, _E.reason)
        .join(_DELIVERY, _D.id == _E.delivery_id)
        .where(text("event.waits"), _D.status != DeliveryStatus.SENDING.value)
    )
    rows = connection.execute(statement).all()
    if not rows:
        return 0
    for chunk in chunks([row.id for row in rows]):
        connection.execute(_EVENT.update().where(_E.id.in_(chunk)).values(waits=False))
    return return_mail(connection, {row.delivery_id: row.reason for row in rows}, at=at)


def take_back(connection: Connection, delivery_id: int, *, at: datetime) -> bool:
    """A delivery of which no event says any more that it came back has not; whether that changes it."""
    says = select(_E.id).where(_E.delivery_id == delivery_id, _E.kind.in_(_RETURNED), _E.is_believed).exists()
    values = {"status": RETRACTED[_BOUNCED].value, "reason": "", "updated_at": at}
    statement = _DELIVERY.update().where(_D.id == delivery_id, _D.status == _BOUNCED.value, ~says)
    return connection.execute(statement.values(values)).rowcount > 0


def pause(
    connection: Connection, refused: Sequence[tuple[int, str]], rules: BounceRules, *, at: datetime
) -> tuple[str, ...]:
    """Pause issues and domains of which too much is refused by policy; says what paused, in a sentence each.

    `refused` has the dispatch and the recipient's domain of each new refusal.
    """
    said: list[str] = []
    by_issue: dict[int, Counter[str]] = defaultdict(Counter)
    for dispatch_id, domain in refused:
        by_issue[dispatch_id][domain] += 1
    for dispatch_id, new in sorted(by_issue.items()):
        counts = _policy(connection, dispatch_id) if dispatch_id else {}
        if why := _too_many(connection, dispatch_id, None, (new.total(), sum(counts.values())), rules):
            connection.execute(_DISPATCH.update().where(_DISPATCH.c.id == dispatch_id).values(paused=why))
            said.append(f"The issue pauses: {why}.")
        for domain in sorted(filter(None, new)):
            if why := _too_many(connection, dispatch_id, domain, (new[domain], counts.get(domain, 0)), rules):
                let_rest(connection, DomainRest(domain, at + rules.policy_rest, why))
                said.append(f"{domain} pauses: {why}.")
    return tuple(said)


def _too_many(
    connection: Connection, dispatch_id: int, domain: str | None, refused: tuple[int, int], rules: BounceRules
) -> str:
    """Why an issue must pause, or a domain of it; empty where it need not. `refused` are the new ones, and all."""
    new, count = refused
    if count < rules.policy_least:
        return ""
    # of more mails than this they are too few in any case: of a million not all have to be counted
    mails = _mailed(connection, dispatch_id, domain, at_most=int(count / rules.policy_share) + 1)
    return f"{count} of {mails} mails came back, refused by policy" if pauses(count - new, count, mails, rules) else ""


def _policy(connection: Connection, dispatch_id: int) -> Mapping[str, int]:
    """Refusals by policy of an issue, a delivery once, by the recipient's domain."""
    statement = (
        select(_E.domain, func.count(func.distinct(_E.delivery_id)))
        .where(_E.dispatch_id == dispatch_id, _E.kind == EventKind.POLICY.value, _E.is_believed)
        .group_by(_E.domain)
    )
    counts: dict[str, int] = dict(connection.execute(statement).all())
    return counts


def _mailed(connection: Connection, dispatch_id: int, domain: str | None, *, at_most: int) -> int:
    """How many mails of an issue were handed over (to a domain), refused ones included."""
    mailed = or_(
        _D.status.in_([DeliveryStatus.SENT.value, _BOUNCED.value, DeliveryStatus.FAILED.value]),
        and_(_D.status == DeliveryStatus.DEFERRED.value, _D.reply.startswith("5")),  # put off by policy
    )
    # the words by which the index in the order of subscribers is taken
    rows = select(_D.id).where(and_(_D.dispatch_id == dispatch_id, _D.subscriber_id > 0), mailed)
    if domain is not None:
        rows = rows.where(_D.domain == domain)
    limited = rows.limit(at_most).subquery()
    return connection.execute(select(func.count()).select_from(limited)).scalar_one()
