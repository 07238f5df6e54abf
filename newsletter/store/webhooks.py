"""What processes that answer webhooks must know together: signatures that were used, and how much was refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from newsletter.domain.bounces import Ticket
from newsletter.store.database import Database
from newsletter.store.statements import among, chunks, table_of, upsert
from newsletter.store.tables import WebhookRefusalRow, WebhookTicketRow

__all__ = ["SqlWebhookStore"]

_TICKET, _REFUSAL = table_of(WebhookTicketRow), table_of(WebhookRefusalRow)
_T, _R = _TICKET.c, _REFUSAL.c


class SqlWebhookStore:
    """Implements `domain.ports.WebhookStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def redeem(self, tickets: Sequence[Ticket], now: datetime) -> Collection[Ticket]:
        """Those whose signature comes for the first time, or again with the same content; it is kept from then on."""
        first: dict[str, str] = {}
        rows = [{"key": one.key, "content": one.content, "until": one.until} for one in tickets]
        with self._database.write() as connection:
            connection.execute(_TICKET.delete().where(_T.until < now))
            # by key, so that two processes that have the same wait for each other in the same order
            upsert(connection, WebhookTicketRow, sorted(rows, key=lambda row: str(row["key"])), keys=("key",))
            for chunk in chunks([one.key for one in tickets]):
                there = select(_T.key, _T.content).where(among(connection, _T.key, chunk))
                first.update({row.key: row.content for row in connection.execute(there)})
        return frozenset(one for one in tickets if first[one.key] == one.content)

    def count_refused(self, day: date, counts: Mapping[tuple[str, str], int]) -> None:
        """Add to the requests that were refused on a day, by service and reason."""
        rows = [{"day": day, "service": service, "reason": reason} for service, reason in sorted(counts)]
        with self._database.write() as connection:
            upsert(
                connection, WebhookRefusalRow, [row | {"count": 0} for row in rows], keys=("day", "service", "reason")
            )
            for row in rows:
                which = (_R.day == day, _R.service == row["service"], _R.reason == row["reason"])
                more = counts[str(row["service"]), str(row["reason"])]
                connection.execute(_REFUSAL.update().where(*which).values(count=_R["count"] + more))

    def refused(self, since: date) -> Mapping[tuple[str, str], int]:
        """Requests that were refused since a day, by service and reason, in their order."""
        statement = (
            select(_R.service, _R.reason, func.sum(_R["count"]))
            .where(_R.day >= since)
            .group_by(_R.service, _R.reason)
            .order_by(_R.service, _R.reason)
        )
        with self._database.read() as connection:
            return {(service, reason): int(count) for service, reason, count in connection.execute(statement)}
