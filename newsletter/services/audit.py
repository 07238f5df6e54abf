"""The audit: proof that nobody of an issue's audience is unaccounted for, and what became of one address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from newsletter.domain.delivery import Delivery, DeliveryStatus, DispatchStatus
from newsletter.domain.issues import IssueKey
from newsletter.domain.ports import DeliveryStore, SubscriberStore
from newsletter.domain.subscribers import SubscriptionState
from newsletter.errors import IssueMissing, UsageError

__all__ = ["Audit", "AuditReport", "Explanation"]

_S = DeliveryStatus
_UNSETTLED = frozenset({_S.QUEUED, _S.SENDING, _S.DEFERRED, _S.UNCERTAIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """How the audience of an issue divides, and what does not add up.

    `audience` counts the rows that planning froze, `missing` names subscribers (some) whom planning passed over
    without a row. `faults` are plain sentences; an audit without one is a proof.
    """

    dispatch: DispatchStatus
    audience: int
    totals: Mapping[DeliveryStatus, int]
    reasons: Mapping[tuple[DeliveryStatus, str], int]
    missing: tuple[str, ...]
    open_runs: int
    faults: tuple[str, ...]

    @property
    def unsettled(self) -> str:
        """`227 queued, 4 uncertain`: of whom nobody can say yet whether they get it; empty where that is nobody."""
        return ", ".join(f"{count:,} {status}" for status, count in self.totals.items() if status in _UNSETTLED)

    @property
    def equation(self) -> str:
        """`1,000 = 950 sent + 40 skipped + 10 deferred`."""
        parts = " + ".join(f"{count:,} {status}" for status, count in self.totals.items())
        return f"{self.audience:,} = {parts or '0'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Whether an address got an issue, in one sentence, and the row behind it."""

    email: str
    answer: str
    delivery: Delivery | None


class Audit:
    """The use case. It reads the ledger, and changes nothing but what a person decides."""

    def __init__(self, deliveries: DeliveryStore, subscribers: SubscriberStore) -> None:
        self._deliveries = deliveries
        self._subscribers = subscribers

    def run(self, key: IssueKey) -> AuditReport:
        """Account for everybody.

        Raises:
            IssueMissing: the issue was never dispatched.
        """
        status = self._status(key)
        counted: dict[DeliveryStatus, int] = {}
        audience = 0
        faults: list[str] = []
        for delivery in self._deliveries.of_issue(key):
            audience += 1
            counted[delivery.status] = counted.get(delivery.status, 0) + 1
            if fault := _fault(delivery):
                faults.append(fault)
        totals = self._deliveries.totals(key)
        open_runs = self._deliveries.open_runs(key)
        missing = self._deliveries.missing(key, limit=20)
        if sum(totals.values()) != audience or dict(totals) != counted:
            # somebody is sending at this moment: the two readings are of different moments
            faults.append("the ledger changed while it was read; run the audit again when nothing is being sent")
        if counted.get(_S.SENDING) and not open_runs:
            faults.append(
                f"{counted[_S.SENDING]} are being sent by a process that is no more; the next dispatch settles them"
            )
        if missing:
            faults.append(f"no row for {', '.join(missing)}")
        return AuditReport(
            dispatch=status,
            audience=audience,
            totals=totals,
            reasons=self._deliveries.reasons(key),
            missing=missing,
            open_runs=open_runs,
            faults=tuple(faults),
        )

    def settle_uncertain(self, key: IssueKey, status: DeliveryStatus, *, email: str = "", at: datetime) -> int:
        """Settle what nobody can know: all uncertain deliveries of an issue, or one address's; returns how many.

        Raises:
            IssueMissing: the issue was never dispatched.
            UsageError: the address has no delivery of it, or one that is not uncertain.
        """
        self._status(key)
        if email:
            delivery = self._deliveries.find(key, email)
            if delivery is None:
                msg = f"There is no delivery of issue {key.slug} to {email}, so there is nothing to decide."
                raise UsageError(msg)
            if delivery.status is not _S.UNCERTAIN:
                msg = (
                    f"The delivery of issue {key.slug} to {email} is {delivery.status}; only an uncertain one is to be "
                    "decided. Nothing was changed."
                )
                raise UsageError(msg)
        return self._deliveries.settle_uncertain(key, status, at=at, email=email)

    def explain(self, key: IssueKey, email: str) -> Explanation:
        """Say whether an address got an issue, and why or why not.

        Raises:
            IssueMissing: the issue was never dispatched.
        """
        self._status(key)
        delivery = self._deliveries.find(key, email)
        return Explanation(email=email, answer=self._answer(key, email, delivery), delivery=delivery)

    def _status(self, key: IssueKey) -> DispatchStatus:
        status = self._deliveries.status(key)
        if status is None:
            msg = f"Issue {key.slug} was never dispatched. Run `newsletter dispatch {key.options}`."
            raise IssueMissing(msg)
        return status

    def _answer(self, key: IssueKey, email: str, delivery: Delivery | None) -> str:
        if delivery is None:
            subscriber = self._subscribers.get(email)
            if subscriber is None:
                return f"No. {email} is not a subscriber, and was none when issue {key.slug} was planned."
            if subscriber.state is not SubscriptionState.CONFIRMED:
                return f"No. {email} is {subscriber.state} and had not subscribed when issue {key.slug} was planned."
            return f"No. {email} subscribed after issue {key.slug} was planned; the next dispatch of it adds them."
        when = f" at {delivery.updated_at:%Y-%m-%d %H:%M:%S} UTC" if delivery.updated_at else ""
        said = f" The relay said: {delivery.reply}." if delivery.reply else ""
        why = f" ({delivery.reason})" if delivery.reason else ""
        match delivery.status:
            case _S.SENT:
                return f"Yes. The relay accepted it{when}, as {delivery.message_id}.{said}"
            case _S.BOUNCED:
                return f"No. The relay accepted it, but it came back{why}.{said}"
            case _S.SKIPPED:
                return f"No. Skipped: {delivery.reason}."
            case _S.FAILED:
                return f"No. It failed for good{when}{why}, after {delivery.attempts} attempts.{said}"
            case _S.DEFERRED:
                due = f"{delivery.due_at:%Y-%m-%d %H:%M} UTC" if delivery.due_at else "the next dispatch"
                return f"Not yet. Put off{why} after {delivery.attempts} attempts; due again at {due}.{said}"
            case _S.UNCERTAIN:
                return (
                    f"Nobody can know. It was handed over{when} and no answer came{why}. Decide with "
                    f"`newsletter audit {key.options} --resend {email}` or `--as-sent {email}`."
                )
            case _S.SENDING:
                return f"It is being sent at this moment, or was when a process ended{when}."
            case _:
                return "Not yet. It is queued."


def _fault(delivery: Delivery) -> str:
    """What contradicts itself in one row. One that tells of nobody any more is a number, and says nothing else."""
    if not delivery.recipient.email:
        return ""
    if delivery.status is _S.SENT and not delivery.message_id:
        return f"{delivery.recipient.email} is sent but has no Message-ID"
    if delivery.status in {_S.SKIPPED, _S.FAILED, _S.UNCERTAIN} and not delivery.reason:
        return f"{delivery.recipient.email} is {delivery.status} without a reason"
    if delivery.status is _S.DEFERRED and delivery.due_at is None:
        return f"{delivery.recipient.email} is deferred and never due"
    return ""
