"""Writing the steps of many deliveries: each with the guard of its transition and the fence of its run.

They are nearly all that a send asks of the database, in small groups. A group goes over as one JSON text in one
statement, which is a transaction of its own: the driver lets other threads run while a statement is at work, but has
to wait for the interpreter again after each one, and SQLAlchemy's own preparation of many small rows costs more than
the work. On PostgreSQL it is one round trip.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    Text,
    TextClause,
    Update,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    text,
    update,
)

from newsletter.domain.delivery import Begin, DeliveryStatus, DomainRest, Outcome, before
from newsletter.store.statements import chunks, table_of, upsert
from newsletter.store.tables import DeliveryRow, DomainRestRow
from newsletter.store.types import UtcDateTime

__all__ = ["let_rest", "may_become", "write_steps"]

_DELIVERY = table_of(DeliveryRow)
_REST = table_of(DomainRestRow)
_S = DeliveryStatus
_D = _DELIVERY.c

_COLUMNS = {
    "i": BigInteger,
    "status": Text,
    "message_id": Text,
    "reason": Text,
    "reply": Text,
    "due_at": UtcDateTime,
    "tried": Integer,
}
_GIVEN: Mapping[str, TextClause] = {
    "sqlite": text(
        "SELECT CAST(key AS INTEGER) AS i, 'sending' AS status, value AS message_id, '' AS reason, NULL AS reply, "
        "NULL AS due_at, 1 AS tried FROM json_each(:begun) "
        "UNION ALL SELECT CAST(key AS INTEGER), 'sent', NULL, '', value, NULL, 0 FROM json_each(:sent) "
        "UNION ALL SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), NULL, json_extract(value, '$[2]'), "
        "json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]') FROM json_each(:others)"
    ),
    "postgresql": text(
        "SELECT CAST(key AS bigint) AS i, 'sending' AS status, value AS message_id, '' AS reason, NULL AS reply, "
        "CAST(NULL AS timestamptz) AS due_at, 1 AS tried FROM jsonb_each_text(CAST(:begun AS jsonb)) "
        "UNION ALL SELECT CAST(key AS bigint), 'sent', NULL, '', value, NULL, 0 "
        "FROM jsonb_each_text(CAST(:sent AS jsonb)) "
        "UNION ALL SELECT CAST(value ->> 0 AS bigint), value ->> 1, NULL, value ->> 2, value ->> 3, "
        "CAST(value ->> 4 AS timestamptz), CAST(value ->> 5 AS integer) "
        "FROM jsonb_array_elements(CAST(:others AS jsonb))"
    ),
}
"""Steps as a table: of the two that are common an object of id and text, which costs least to take apart."""


def may_become(status: DeliveryStatus) -> ColumnElement[bool]:
    """The guard of every update: the transitions of the domain, as a condition."""
    # not IN: that cannot be used for many rows at once
    return or_(*(_D.status == s.value for s in before(status)))


class _Statement:
    """The statement as one database words it."""

    def __init__(self, dialect: Dialect) -> None:
        compiled = self._update(dialect).compile(dialect=dialect)
        self._sql = str(compiled)
        self._constants: Mapping[str, Any] = dict(compiled.params)
        # None for a driver that takes parameters by name
        self._order = tuple(compiled.positiontup) if compiled.positional and compiled.positiontup else None
        self._process = UtcDateTime().dialect_impl(dialect).bind_processor(dialect)

    def _moment(self, value: datetime) -> Any:  # noqa: ANN401  # whatever the driver wants
        """A moment as this database keeps it."""
        return self._process(value) if self._process else value

    def run(self, connection: Connection, run: int, steps: Sequence[Begin | Outcome], *, at: datetime) -> int:
        """Write those that the run holds and that may follow; returns how many these are."""
        begun: dict[int, str] = {}
        sent: dict[int, str] = {}
        others: list[tuple[object, ...]] = []
        for step in steps:
            if isinstance(step, Begin):
                begun[step.id] = step.message_id
            elif step.status is _S.SENT:
                sent[step.id] = step.reply
            else:
                due = None if step.due_at is None else self._moment(step.due_at)
                others.append((step.id, step.status.value, step.reason, step.reply, due, int(step.tried)))
        given = {"begun": begun, "sent": sent, "others": others}
        values = {**self._constants, "run": run, "at": self._moment(at)}
        values |= {name: to_json(value).decode() for name, value in given.items()}
        order = self._order
        parameters = values if order is None else tuple([values[name] for name in order])
        return connection.exec_driver_sql(self._sql, parameters).rowcount

    @staticmethod
    def _update(dialect: Dialect) -> Update:
        given = _GIVEN[dialect.name].columns(**_COLUMNS).subquery("given").c
        follows = or_(*(and_(given.status == s.value, may_become(s)) for s in _S if before(s)))
        return (
            update(_DELIVERY)
            .where(_D.id == given.i, _D.run_id == bindparam("run"), follows)
            .values(
                status=given.status,
                message_id=func.coalesce(given.message_id, _D.message_id),
                # whoever was erased meanwhile is named by no answer: what is left of it is its code
                reason=case((and_(_D.email == "", given.reason != ""), "erased"), else_=given.reason),
                reply=case(
                    (_D.email == "", func.substr(func.coalesce(given.reply, _D.reply), 1, 3)),
                    else_=func.coalesce(given.reply, _D.reply),
                ),
                due_at=given.due_at,
                attempts=_D.attempts + given.tried,
                updated_at=bindparam("at"),
                # what is to be tried again is anybody's; what is settled keeps the name of who settled it
                run_id=case((or_(*(given.status == s.value for s in (_S.QUEUED, _S.DEFERRED))), 0), else_=_D.run_id),
            )
        )


_STATEMENTS: dict[str, _Statement] = {}


def write_steps(connection: Connection, run: int, steps: Sequence[Begin | Outcome], *, at: datetime) -> frozenset[int]:
    """Write these, each delivery's once; returns the ids that this run does not hold (any more)."""
    dialect = connection.dialect
    statement = _STATEMENTS.get(dialect.name)
    if statement is None:
        statement = _STATEMENTS[dialect.name] = _Statement(dialect)
    if statement.run(connection, run, steps, at=at) == len(steps):
        return frozenset()
    return frozenset(_unwritten(connection, run, steps))


def _unwritten(connection: Connection, run: int, steps: Sequence[Begin | Outcome]) -> Iterable[int]:
    """Which deliveries are not in the state that they were to be brought into."""
    wanted: dict[DeliveryStatus, set[int]] = {}
    for step in steps:
        wanted.setdefault(_S.SENDING if isinstance(step, Begin) else step.status, set()).add(step.id)
    for status, ids in wanted.items():
        state = _D.status == status.value
        if status is _S.SENDING:
            state = and_(state, _D.run_id == run)
        for chunk in chunks(sorted(ids)):
            yield from set(chunk) - set(connection.execute(select(_D.id).where(_D.id.in_(chunk), state)).scalars())


def let_rest(connection: Connection, rest: DomainRest) -> None:
    """A longer rest that is running stays."""
    running = connection.execute(select(_REST.c.until).where(_REST.c.domain == rest.domain)).scalar()
    if running is None or rest.until > running:
        values = {"domain": rest.domain, "until": rest.until, "reason": rest.reason}
        upsert(connection, DomainRestRow, [values], keys=("domain",), update=("until", "reason"))
