"""Requests: somebody has asked with an address. What is decided about them, after they were answered.

Whoever asks gets the same answer whatever is known of the address: nothing about it is looked up before. All that
depends on it is decided here, later, for many requests at once; what follows is a letter to the address, or nothing.

The rules, in the order in which they are applied to a request that waits:

1. a newer one of the same kind for the same address waits too (one to move: of the same subscriber): it counts;
2. it has waited for longer than `patience`: whoever asked has given up;
3. the address is suppressed: nothing, unless confirming anew is allowed and could lift that (`may_lift`);
4. the letter is chosen by what is asked and what is known; nobody is told of a subscription that there is not;
5. the mailbox had as many letters as it may have: nothing;
6. all mailboxes together had as many within an hour as they may have: it goes on waiting.

How a request moves:

    waiting -> open        a letter with a link to confirm is on its way
            -> answered    a letter that asks for nothing is on its way
            -> superseded  a newer one counts
            -> dropped     nothing follows
    open    -> confirmed   the link was followed, and the button pressed, in time
            -> superseded  a newer one is open
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from newsletter.domain.subscribers.limits import Quota, free_at
from newsletter.domain.subscribers.subscriptions import Preferences, SubscriptionState
from newsletter.domain.subscribers.suppressions import Suppression, may_lift

__all__ = [
    "Case",
    "Consent",
    "Decision",
    "JoiningRules",
    "LetterKind",
    "LinkState",
    "Request",
    "RequestKind",
    "RequestState",
    "decide",
    "link_state",
]

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_ONE_A_DAY_THREE_A_WEEK = (Quota(1, _DAY), Quota(3, 7 * _DAY))
_TEN_AN_HOUR = Quota(10, _HOUR)


class RequestKind(StrEnum):
    """What is asked for: to get the newsletter, the link to one's preferences, or to get it at this address."""

    JOIN = "join"
    LINK = "link"
    MOVE = "move"


class RequestState(StrEnum):
    """Where a request stands; see the module."""

    WAITING = "waiting"
    OPEN = "open"
    ANSWERED = "answered"
    CONFIRMED = "confirmed"
    SUPERSEDED = "superseded"
    DROPPED = "dropped"


class LetterKind(StrEnum):
    """A mail to one person that belongs to no dispatch.

    `confirm` and `move` ask for a button to be pressed, `known` and `link` give the link to the preferences, `moved`
    tells the address that was left. `first` is the last issue's digest for who has just come, `catch-up` the best of
    what somebody missed.
    """

    CONFIRM = "confirm"
    KNOWN = "known"
    LINK = "link"
    MOVE = "move"
    MOVED = "moved"
    FIRST = "first"
    CATCH_UP = "catch-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody has asked with an address.

    `wishes` are the preferences of the form; None where it had none. `subscriber_id` is who wants to move, else 0.
    `language` is that of the page, `form` the version of the form; `wants_first` asks for the last issue's digest as
    soon as the address is confirmed. `client` is the address of whoever asked, empty where it is not to be kept.
    `settled_at` is when it was decided on, None while it waits.
    """

    id: int = 0
    kind: RequestKind
    email: str
    asked_at: datetime
    state: RequestState = RequestState.WAITING
    reason: str = ""
    wishes: Preferences | None = None
    subscriber_id: int = 0
    language: str = ""
    form: str = ""
    wants_first: bool = False
    client: str = ""
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The proof that is kept: when it was asked and confirmed, by which version of the form.

    `asked_from` and `confirmed_from` are network addresses, empty unless the operator keeps them.
    """

    subscriber_id: int
    kind: RequestKind
    form: str
    asked_at: datetime
    confirmed_at: datetime
    asked_from: str = ""
    confirmed_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoiningRules:
    """What the settings say.

    `per_mailbox` bounds the letters to one mailbox, `per_client` the requests from one network, `per_hour` the letters
    to all mailboxes within an hour. A link can be followed for `lifetime`; a request waits for `patience` at most.
    `complaint_wait` is how long after a complaint nobody can come back.
    """

    per_mailbox: tuple[Quota, ...] = _ONE_A_DAY_THREE_A_WEEK
    per_client: Quota = _TEN_AN_HOUR
    per_hour: int = 200
    lifetime: timedelta = timedelta(hours=48)
    patience: timedelta = timedelta(hours=6)
    suppressed_may_confirm: bool = False
    complaint_wait: timedelta = timedelta(days=365)

    def let_ask(self, suppression: Suppression | None, now: datetime) -> bool:
        """Whether an address may be written to that nobody has confirmed anew."""
        if suppression is None:
            return True
        return self.suppressed_may_confirm and may_lift(suppression, now, complaint_wait=self.complaint_wait)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request that waits, and what is known of its address.

    `key` is equal for requests for the same address, `mailbox` for those that lead to the same mailbox. `known` is the
    state of the subscriber who has the address, None where nobody has, and `known_id` their number. `tries` are the
    moments at which letters to the mailbox were decided on.
    """

    request: Request
    key: str
    mailbox: str
    known: SubscriptionState | None = None
    known_id: int = 0
    suppression: Suppression | None = None
    tries: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a request, and the letter that follows; None where none does. `reason` says why it is dropped."""

    state: RequestState
    letter: LetterKind | None = None
    reason: str = ""


_KEEPS_WAITING = Decision(RequestState.WAITING)


def decide(cases: Sequence[Case], rules: JoiningRules, *, now: datetime, used: int) -> tuple[Decision, ...]:
    """What becomes of each of these requests, in their order. `used` letters were decided on within the last hour."""
    newest = {_same(case): case.request.id for case in cases}
    tries = {case.mailbox: [*case.tries] for case in cases}
    decisions: list[Decision] = []
    for case in cases:
        if newest[_same(case)] != case.request.id:
            decision = Decision(RequestState.SUPERSEDED)
        else:
            decision = _decide(case, tries[case.mailbox], rules, now)
        if decision.letter is not None:
            if used >= rules.per_hour:
                decision = _KEEPS_WAITING
            else:
                used += 1
                tries[case.mailbox].append(now)
        decisions.append(decision)
    return tuple(decisions)


def _decide(case: Case, tries: Sequence[datetime], rules: JoiningRules, now: datetime) -> Decision:
    if now - case.request.asked_at > rules.patience:
        return _dropped("it waited for too long")
    if not rules.let_ask(case.suppression, now):
        return _dropped("suppressed")
    letter = _letter(case)
    if letter is None:
        return _dropped("nobody has this address")
    if free_at(tries, rules.per_mailbox, now) > now:
        return _dropped("too often")
    asks = letter in {LetterKind.CONFIRM, LetterKind.MOVE}
    return Decision(RequestState.OPEN if asks else RequestState.ANSWERED, letter)


def _letter(case: Case) -> LetterKind | None:
    """The letter that answers a request, by what is known."""
    known = case.known
    match case.request.kind:
        case RequestKind.JOIN:
            return LetterKind.KNOWN if known is SubscriptionState.CONFIRMED else LetterKind.CONFIRM
        case RequestKind.MOVE:
            is_other = known is SubscriptionState.CONFIRMED and case.known_id != case.request.subscriber_id
            return LetterKind.KNOWN if is_other else LetterKind.MOVE
        case RequestKind.LINK:
            if known is None:
                return None
            return LetterKind.CONFIRM if known is SubscriptionState.UNCONFIRMED else LetterKind.LINK


def _same(case: Case) -> tuple[RequestKind, object]:
    """What only the newest request counts of."""
    request = case.request
    return request.kind, request.subscriber_id if request.kind is RequestKind.MOVE else case.key


def _dropped(reason: str) -> Decision:
    return Decision(RequestState.DROPPED, reason=reason)


class LinkState(StrEnum):
    """What the link of a letter can do.

    `open`: a button is to be pressed. `done`: it was pressed just now. `used`: it was before. `expired`: too late.
    `superseded`: a newer letter has another. `taken`: the address has become somebody else's. `barred`: it is not to be
    mailed any more, and that is the operator's to change.
    """

    OPEN = "open"
    DONE = "done"
    USED = "used"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    TAKEN = "taken"
    BARRED = "barred"


def link_state(request: Request, now: datetime, lifetime: timedelta) -> LinkState | None:
    """What the link of this request can do; None where there never was one."""
    match request.state:
        case RequestState.OPEN:
            begun = request.settled_at or request.asked_at
            return LinkState.OPEN if now - begun < lifetime else LinkState.EXPIRED
        case RequestState.CONFIRMED:
            return LinkState.USED
        case RequestState.SUPERSEDED:
            return LinkState.SUPERSEDED
        case _:
            return None
