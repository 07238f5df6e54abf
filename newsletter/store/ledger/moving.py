"""Deliveries that wait, when their reader has got another address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, exists, select

from newsletter.domain.delivery import DeliveryStatus
from newsletter.domain.subscribers import address_key, domain_of
from newsletter.store.statements import table_of
from newsletter.store.tables import DeliveryRow, DispatchRow

__all__ = ["readdress"]

_DELIVERY, _DISPATCH = table_of(DeliveryRow), table_of(DispatchRow)
_D = _DELIVERY.c
_WAITING = [DeliveryStatus.QUEUED.value, DeliveryStatus.DEFERRED.value]


def readdress(connection: Connection, subscriber_id: int, email: str, *, since: datetime) -> None:
    """Let what waits for a reader, of issues planned since a moment, go to this address; what a run holds stays.

    Otherwise it would find nobody at the old one. Where the issue knows the new address already, that counts.
    """
    recent = connection.execute(select(_DISPATCH.c.id).where(_DISPATCH.c.planned_at >= since)).scalars().all()
    key, other = address_key(email), _DELIVERY.alias("other")
    taken = exists().where(other.c.dispatch_id == _D.dispatch_id, other.c.email_key == key)
    waiting = (
        _D.dispatch_id.in_(recent),
        _D.subscriber_id == subscriber_id,
        _D.status.in_(_WAITING),
        _D.run_id == 0,
        ~taken,
    )
    values = {"email": email, "email_key": key, "domain": domain_of(email)}
    connection.execute(_DELIVERY.update().where(*waiting).values(values))
