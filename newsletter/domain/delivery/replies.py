"""What a relay's reply means for one delivery, for its domain and for the whole dispatch (RFC 5321 §4.2, RFC 3463).

The rules, in the order in which they are applied:

1. 2xx accepts, and to DATA only 354; any other 1xx, 2xx or 3xx is no answer to what was said;
2. a refusal of ourselves concerns the relay, not the recipient: 530, 534, 535, 538 and 554 at the greeting, a 5xx to
   MAIL other than "too large"; retrying with another recipient cannot help;
3. 421 closes the connection: before a recipient was named the relay rests, after that the recipient's domain does;
4. any other 4xx defers the delivery (to MAIL: the relay is busy, and nothing is the recipient's fault);
5. what any other 5xx means is the same as in a report that comes back, so whoever knows is asked (`Means`): policy that
   meets all mail to a domain lets the domain rest for longer, and the delivery is put off;
6. any other 5xx fails the delivery. Where it was policy, that counts for whether the issue goes on, not against the
   address.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum, auto

__all__ = ["Judgement", "Means", "Refusal", "Reply", "Stage", "Verdict", "judge"]

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?:\s|$)", re.ASCII)
_GREYLISTED = re.compile(r"gr[ea]y.?list", re.IGNORECASE)
_OURSELVES = frozenset({530, 534, 535, 538})
# 552 without an enhanced code at MAIL is the answer to SIZE=… (RFC 1870 §6.1)
_TOO_LARGE = ("5.3.4", "5.2.3")
_SHOWN = 200


class Stage(IntEnum):
    """How far a message had come when the answer arrived."""

    CONNECT = 0
    MAIL = 1
    RCPT = 2
    DATA = 3
    FINAL = 4

    @property
    def label(self) -> str:
        """What messages call it."""
        return "the message" if self is Stage.FINAL else self.name


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply: its code and its text, the lines of a long one joined by a line feed."""

    code: int
    text: str = ""

    @property
    def enhanced(self) -> str:
        """The enhanced status code (RFC 3463), `5.7.1`; empty where there is none."""
        match = _ENHANCED.match(self.text)
        return match[0].strip() if match and match[1] == str(self.code)[0] else ""

    def __str__(self) -> str:
        """Code and text on one line, shortened and free of control characters: fit for a table or a log."""
        text = self.text
        if not text.isprintable():
            text = "".join(c if c.isprintable() else " " for c in text)
        text = " ".join(text.split())
        return f"{self.code} {text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}".rstrip()


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a 5xx to a recipient or a message means.

    Attributes:
        reason: in a few words; empty where nobody can tell.
        by_policy: whether they refuse us, or what we send, instead of the address.
        meets_all: whether they would refuse all that we send to this domain.
    """

    reason: str = ""
    by_policy: bool = False
    meets_all: bool = False


Means = Callable[[Stage, Reply], Refusal]
"""Says what a refusal means."""


class Verdict(Enum):
    """What follows from a reply."""

    ACCEPTED = auto()
    DEFERRED = auto()
    FAILED = auto()
    UNCERTAIN = auto()
    DOMAIN_RESTS = auto()
    REFUSED_BY_POLICY = auto()
    RELAY_BUSY = auto()
    RELAY_REFUSES = auto()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, the short reason that the ledger keeps beside the reply, and whether it was policy."""

    verdict: Verdict
    reason: str = ""
    by_policy: bool = False


_ACCEPTED = Judgement(Verdict.ACCEPTED)


def judge(stage: Stage, reply: Reply, means: Means) -> Judgement:
    """What follows from this reply at this stage; see the module's rules."""
    code, kind = reply.code, reply.code // 100
    if (code == 354) if stage is Stage.DATA else (kind == 2):
        return _ACCEPTED
    if kind not in {4, 5}:
        # what is no answer to this command; after the message it leaves open whether that was accepted
        return Judgement(Verdict.UNCERTAIN if stage is Stage.FINAL else Verdict.RELAY_BUSY, "unexpected reply")
    if code in _OURSELVES or (stage is Stage.CONNECT and kind == 5):
        return Judgement(Verdict.RELAY_REFUSES, "the relay refuses us")
    if stage is Stage.MAIL and kind == 5:
        if reply.enhanced in _TOO_LARGE or (code == 552 and not reply.enhanced):
            return Judgement(Verdict.FAILED, "message too large")
        return Judgement(Verdict.RELAY_REFUSES, "the relay refuses the sender")
    if code == 421:
        if stage in {Stage.CONNECT, Stage.MAIL}:
            return Judgement(Verdict.RELAY_BUSY, "the relay closed the connection")
        return Judgement(Verdict.DOMAIN_RESTS, "the domain asked for a pause")
    if kind == 4:
        if stage in {Stage.CONNECT, Stage.MAIL}:
            return Judgement(Verdict.RELAY_BUSY, "the relay is busy")
        return Judgement(Verdict.DEFERRED, "greylisted" if _GREYLISTED.search(reply.text) else "refused for now")
    refusal = means(stage, reply)
    verdict = Verdict.REFUSED_BY_POLICY if refusal.by_policy and refusal.meets_all else Verdict.FAILED
    return Judgement(verdict, refusal.reason or "refused for good", refusal.by_policy)
