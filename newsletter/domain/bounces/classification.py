"""What a refusal means for the address: a pure function of what was said (RFC 3463, RFC 5248, RFC 5321 §4.2).

The same for what a report brings and for what a server answers while we send. Its rules, in the order in which they
apply:

1. an action other than `failed` is no bounce: `delivered`, `relayed`, `expanded` arrived, `delayed` is still being
   tried;
2. the words decide before the numbers, since one code is used for many things and the words rarely are. Of words,
   those that let the address live come first: full, locked, greylisted (soft), the sender or the message (policy);
   then those that end it: moved, no such domain, disabled, no such user; then those of a busy or broken system (soft);
3. what answers MAIL is about the sender, as 5.1.7 and 5.1.8 are; a domain that is not there, said with a code that
   passes by, passes by: names fail for a day and come back;
4. "no such user" ends an address only where it is sure that the recipient was meant: an enhanced code of the address
   class says so too, or the reply answered RCPT, or the system that reports speaks for itself. Receivers that judge the
   content answer "user unknown" after it, too, to what their filter refuses. Such a doubt is soft: it adds up if it
   is true;
5. without words that are known, the enhanced code decides: 5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10, 5.2.1 and 5.4.4 end the
   address, 5.7.x, 5.6.x and those of senders and sizes are policy, 5.2.2, 5.3.x, 5.4.x and every 4.x.x pass by;
6. without such a code, a 4xx passes by; from anything else nothing follows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.domain.bounces import phrases
from newsletter.domain.bounces.events import Action, EventKind
from newsletter.domain.bounces.statements import SHOWN, Statement
from newsletter.domain.delivery import Refusal, Reply, Stage

__all__ = ["STILL_TRIED", "Finding", "classify", "refusal"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A kind, and in a few words why."""

    kind: EventKind
    reason: str


_HARD, _SOFT, _POLICY = EventKind.HARD, EventKind.SOFT, EventKind.POLICY
_SENDER = Finding(_POLICY, "the sender is refused")
_UNWELCOME = Finding(_POLICY, "refused by policy")
_NO_USER = Finding(_HARD, "no such mailbox")
_DOUBT = Finding(_SOFT, "perhaps no such mailbox")
_LOGIN_DISABLED = "5.7.13"
"""Registered for the account that logs in (RFC 5248), and used by some for the recipient: nobody can tell."""
_DISABLED = Finding(_HARD, "mailbox disabled")
_MOVED = Finding(_HARD, "mailbox has moved")
_NO_DOMAIN = Finding(_HARD, "no such domain")
_NO_MAIL_HERE = Finding(_HARD, "domain takes no mail")
_NO_NAME_NOW = Finding(_SOFT, "the domain cannot be looked up")
STILL_TRIED = Finding(EventKind.UNKNOWN, "still being tried")
"""What a delay is: its words are those of refusals."""
_NOTHING = Finding(EventKind.UNKNOWN, "no known reason")

_ADDRESS = re.compile(r"https?://\S*|\bwww\.\S*|(?<![^\s@<>])[^\s@<>]{1,200}@[^\s>]*")
"""Web and mail addresses: a mailbox named `spam` or `blocked` says nothing."""
_BLANKS = re.compile(r"[\s>]+")

_LIVING: tuple[tuple[Finding, Sequence[str]], ...] = (
    (Finding(_SOFT, "mailbox full"), phrases.FULL),
    (Finding(_SOFT, "mailbox locked"), phrases.LOCKED),
    (Finding(_SOFT, "greylisted"), phrases.GREYLISTED),
    (Finding(_POLICY, "message too large"), phrases.TOO_LARGE),
    (Finding(_HARD, "no such mailbox"), phrases.RECIPIENT_DENIED),
    (_SENDER, phrases.SENDER),
    (_UNWELCOME, phrases.POLICY),
)

_BY_STATUS = {
    "5.1.1": _NO_USER,
    "5.1.2": _NO_DOMAIN,
    "5.1.3": Finding(_HARD, "address not valid"),
    "5.1.6": _MOVED,
    "5.1.10": _NO_MAIL_HERE,
    "5.2.1": _DISABLED,
    "5.4.4": _NO_DOMAIN,
    "5.1.7": _SENDER,
    "5.1.8": _SENDER,
    "5.2.2": Finding(_SOFT, "mailbox full"),
    "5.2.3": Finding(_POLICY, "message too large"),
    "5.3.4": Finding(_POLICY, "message too large"),
}
_BY_SUBJECT = {
    "1": Finding(_SOFT, "something about the address"),
    "2": Finding(_SOFT, "something about the mailbox"),
    "3": Finding(_SOFT, "the receiving system"),
    "4": Finding(_SOFT, "the network"),
    "6": Finding(_POLICY, "the message's content"),
    "7": _UNWELCOME,
}
_FOR_NOW = Finding(_SOFT, "refused for now")


def classify(statement: Statement) -> Finding:
    """What a statement means; see the module's rules."""
    if statement.action is Action.DELAYED:
        return STILL_TRIED
    if statement.action is not Action.FAILED:
        return Finding(EventKind.DELIVERED, statement.action.value)
    return _by_words(statement) or _by_numbers(statement)


def refusal(stage: Stage, reply: Reply) -> Refusal:
    """What a server's 5xx means while we send: the same as if it had come back.

    Spam, reputation and authentication meet all our mail to a domain; that a sender may not write to this one list, or
    that a message is too large, meets nobody else.
    """
    finding = classify(Statement.of_reply(stage, reply))
    says_why = finding not in {_NOTHING, _FOR_NOW}
    return Refusal(
        finding.reason if says_why else "", by_policy=finding.kind is _POLICY, meets_all=finding == _UNWELCOME
    )


def _by_words(statement: Statement) -> Finding | None:
    text = _ADDRESS.sub(" ", statement.text[:SHOWN]).lower()
    text = _BLANKS.sub(" ", text).replace("’", "'")
    for finding, known in _LIVING:
        if _says(text, known):
            return finding
    if _says(text, phrases.MOVED):
        return _MOVED
    domain = _of_the_domain(text)
    if domain:
        if _means_the_sender(statement) or statement.status.startswith("5.7."):
            return _SENDER
        return domain if not _is_for_now(statement) else _NO_NAME_NOW
    if phrases.DISABLED.search(text):
        return _DISABLED if statement.status != _LOGIN_DISABLED else Finding(_SOFT, "an account is disabled")
    if _says(text, phrases.NO_USER):
        if _means_the_sender(statement):
            return _SENDER
        return _NO_USER if _means_the_recipient(statement) else _DOUBT
    if statement.status in _BY_STATUS:
        return None  # words of a busy system are used beside any code
    return _FOR_NOW if _says(text, phrases.BUSY) else None


def _of_the_domain(text: str) -> Finding | None:
    if _says(text, phrases.NO_NAME_NOW):
        return _NO_NAME_NOW
    if _says(text, phrases.NO_MAIL_HERE):
        return _NO_MAIL_HERE
    return _NO_DOMAIN if _says(text, phrases.NO_DOMAIN) or phrases.NO_SUCH_DOMAIN.search(text) else None


def _is_for_now(statement: Statement) -> bool:
    return statement.status.startswith("4.") or (not statement.status and statement.code // 100 == 4)


def _says(text: str, known: Sequence[str]) -> bool:
    return any(map(text.__contains__, known))


def _means_the_sender(statement: Statement) -> bool:
    """What answers MAIL, or an earlier command, knows no recipient yet."""
    return statement.status in {"5.1.7", "5.1.8"} or (statement.stage is not None and statement.stage <= Stage.MAIL)


def _means_the_recipient(statement: Statement) -> bool:
    if statement.status[1:3] == ".1" or statement.status == "5.2.1":
        return True
    return not statement.code if statement.stage is None else statement.stage <= Stage.RCPT


def _by_numbers(statement: Statement) -> Finding:
    status = statement.status
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if statement.code == 556:  # RFC 7504
        return _NO_MAIL_HERE
    if _is_for_now(statement):
        return _FOR_NOW
    if status.startswith("2."):
        return Finding(EventKind.DELIVERED, "accepted")
    return _BY_SUBJECT.get(status.split(".")[1], _NOTHING) if status.startswith("5.") else _NOTHING
