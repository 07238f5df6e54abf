"""Whose an event is: claims held against the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from newsletter.domain.bounces import Claim, Proof
from newsletter.domain.delivery import DeliveryStatus
from newsletter.domain.issues import IssueKey
from newsletter.domain.subscribers import address_key, domain_of
from newsletter.store.statements import among, chunks, table_of
from newsletter.store.tables import DeliveryRow, DispatchRow, LetterRow

__all__ = ["Target", "targets"]

_DELIVERY = table_of(DeliveryRow)
_DISPATCH = table_of(DispatchRow)
_LETTER = table_of(LetterRow)
_D = _DELIVERY.c
_MAILED = [s.value for s in (DeliveryStatus.SENT, DeliveryStatus.BOUNCED, DeliveryStatus.UNCERTAIN)]
_RECENT = timedelta(days=30)
"""A report that names an address alone is about a mail of this time."""
_NAMED = (Proof.VERP, Proof.LEDGER)
"""These name the letter; any other must have its Message-ID."""
_ASKED = (_D.id, _D.dispatch_id, _D.subscriber_id, _D.email, _D.email_key, _D.domain, _D.message_id)


@dataclass(frozen=True, slots=True)
class Target:
    """Whose an event is, and what proves it. Without a delivery it is an address that a verified service named."""

    proof: Proof = Proof.NOTHING
    delivery_id: int = 0
    dispatch_id: int = 0
    subscriber_id: int = 0
    email: str = ""
    domain: str = ""


def targets(connection: Connection, claimed: Sequence[Sequence[Claim]], *, at: datetime) -> list[Target]:
    """Of each of these lists of claims what the first one comes to that holds."""
    claims = [claim for several in claimed for claim in several]
    named = _by_subscriber(connection, claims)
    mailed = _by_address(connection, claims, since=at - _RECENT)
    letters = _by_letter(connection, claims)
    return [_first(several, named, mailed, letters) for several in claimed]


def _first(
    claims: Sequence[Claim],
    named: Mapping[tuple[IssueKey, int], Any],
    mailed: Mapping[str, Any],
    letters: Mapping[int, Any],
) -> Target:
    for claim in claims:
        if claim.letter_id:
            letter = letters.get(claim.letter_id)
            if letter is not None and (claim.proof in _NAMED or letter.message_id == claim.message_id):
                who = letter.subscriber_id
                return Target(claim.proof, subscriber_id=who, email=letter.email, domain=domain_of(letter.email))
            continue
        if claim.issue is not None:
            row = named.get((claim.issue, claim.subscriber_id))
            # whose mail it was may be forgotten, its Message-ID too: then it is nobody's, whoever has the address now
            if row is not None and claim.proof is Proof.MESSAGE_ID and row.message_id not in {"", claim.message_id}:
                row = None
        else:
            row = mailed.get(address_key(claim.email))
        if row is not None:
            return Target(claim.proof, row.id, row.dispatch_id, row.subscriber_id, row.email, row.domain)
        if claim.proof is Proof.SERVICE:
            return Target(claim.proof, email=claim.email, domain=domain_of(claim.email))
    return Target()


def _by_subscriber(connection: Connection, claims: Iterable[Claim]) -> Mapping[tuple[IssueKey, int], Any]:
    wanted: dict[IssueKey, set[int]] = {}
    for claim in claims:
        if claim.issue is not None:
            wanted.setdefault(claim.issue, set()).add(claim.subscriber_id)
    found: dict[tuple[IssueKey, int], Any] = {}
    for issue, numbers in wanted.items():
        named = select(_DISPATCH.c.id).where(_DISPATCH.c.day == issue.day, _DISPATCH.c.edition == issue.edition.value)
        dispatch_id = connection.execute(named).scalar()
        # PostgreSQL compares an `integer` with no more than it holds
        for chunk in chunks(sorted(n for n in numbers if 0 < n < 2**31)) if dispatch_id else ():
            statement = select(*_ASKED).where(_D.dispatch_id == dispatch_id, _D.subscriber_id.in_(chunk))
            for row in connection.execute(statement):
                found[issue, row.subscriber_id] = row
    return found


def _by_letter(connection: Connection, claims: Iterable[Claim]) -> Mapping[int, Any]:
    """The letters that are claimed."""
    numbers = sorted({claim.letter_id for claim in claims if 0 < claim.letter_id < 2**31})
    columns = (_LETTER.c.id, _LETTER.c.subscriber_id, _LETTER.c.email, _LETTER.c.message_id)
    found: dict[int, Any] = {}
    for chunk in chunks(numbers):
        found.update((row.id, row) for row in connection.execute(select(*columns).where(_LETTER.c.id.in_(chunk))))
    return found


def _by_address(connection: Connection, claims: Iterable[Claim], *, since: datetime) -> Mapping[str, Any]:
    """The newest mail to each of these addresses."""
    keys = sorted({address_key(claim.email) for claim in claims if claim.email})
    found: dict[str, Any] = {}
    if not keys:
        return found
    recent = select(_DISPATCH.c.id).where(_DISPATCH.c.planned_at >= since).order_by(_DISPATCH.c.id)
    dispatches = connection.execute(recent).scalars().all()
    for chunk in chunks(keys):
        statement = select(*_ASKED).where(
            _D.dispatch_id.in_(dispatches), among(connection, _D.email_key, chunk), _D.status.in_(_MAILED)
        )
        for row in connection.execute(statement.order_by(_D.dispatch_id)):
            found[row.email_key] = row
    return found
