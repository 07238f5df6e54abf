"""What follows from what happened to an address. Pure: history in, decision out, so that it can be decided again.

The rules, in the order in which they apply:

1. one complaint suppresses the address, and ends the subscription;
2. one hard bounce suppresses the address;
3. soft bounces suppress it when their score has reached the limit and they have gone on for long enough;
4. nothing else does: refusals by policy are ours, a vacation passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.domain.bounces.events import EventKind
from newsletter.domain.bounces.scoring import ACCEPTED_AFTER, soft_score
from newsletter.domain.subscribers import Cause

__all__ = ["COUNTING", "RETURNED", "BounceRules", "Happened", "Sentence", "pauses", "sentence"]

COUNTING = (EventKind.HARD, EventKind.SOFT, EventKind.COMPLAINT)
"""What counts for or against an address."""
RETURNED = (EventKind.HARD, EventKind.SOFT, EventKind.POLICY)
"""After these the mail did not arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceRules:
    """What can be set.

    `believes_fields` says whether a report counts whose recipient is named by nothing but its own fields. Where every
    message has an envelope sender of its own, a report of ours comes back to it; any other can be anybody's invention.
    """

    soft_limit: float = 7
    soft_span: timedelta = timedelta(days=14)
    soft_half_life: timedelta = timedelta(days=60)
    policy_share: float = 0.05
    policy_least: int = 20
    policy_rest: timedelta = timedelta(days=1)
    believes_fields: bool = False


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of an address that counts: its number, what it was, when, and what was said in a few words."""

    id: int
    kind: EventKind
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """That an address is not to be mailed again: why, and the event that brought it."""

    cause: Cause
    reason: str
    event: int


def sentence(events: Sequence[Happened], accepted: Iterable[datetime], rules: BounceRules) -> Sentence | None:
    """What the history of an address comes to; None where it may be mailed. See the module's rules.

    `accepted` are the moments at which mails were accepted that have not come back.
    """
    for kind, cause, words in ((EventKind.COMPLAINT, Cause.COMPLAINT, "complained"), (EventKind.HARD, Cause.HARD, "")):
        one = min((e for e in events if e.kind is kind), key=lambda e: (e.at, e.id), default=None)
        if one is not None:
            return Sentence(cause, words or _noted("bounced", one.note), one.id)
    softs = {e.at: e for e in events if e.kind is EventKind.SOFT}
    if not softs:
        return None
    last = max(softs)
    settled = [at for at in accepted if at <= last - ACCEPTED_AFTER]
    score = soft_score(softs, settled, half_life=rules.soft_half_life)
    if score.value < rules.soft_limit or score.span < rules.soft_span or score.since is None:
        return None
    note = _noted(f"{score.count} soft bounces since {score.since:%Y-%m-%d}", softs[last].note)
    return Sentence(Cause.SOFT, note, softs[last].id)


def pauses(before: int, after: int, mails: int, rules: BounceRules) -> bool:
    """Whether refusals by policy have become so many that sending must pause: `after` of `mails`, `before` until now.

    It pauses when they reach the least number and the share, and again when they have doubled: who has looked into it
    and goes on is not stopped by the next one.
    """
    bound = max(rules.policy_least, rules.policy_share * mails)
    while bound <= after:
        if before < bound:
            return True
        bound *= 2
    return False


def _noted(words: str, note: str) -> str:
    return f"{words}: {note}" if note else words
