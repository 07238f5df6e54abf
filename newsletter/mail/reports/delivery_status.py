"""The machine-readable part of delivery reports: RFC 3464, and RFC 6533 for addresses beyond ASCII.

Read leniently, as it is written in the wild: without the empty lines between recipients, or with more of them; with
types that are missing; within a text for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from newsletter.domain.bounces import Action, Statement, codes_in, most_telling
from newsletter.mail.reports.headers import addresses_in, fields_of
from newsletter.mail.reports.limits import MOST_RECIPIENTS

__all__ = ["RecipientStatus", "envelope_id", "recipient_statuses"]

_TYPED = re.compile(r"\s*([\w.\-]{1,30})\s*;\s*(.*)", re.DOTALL)
_STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?!\d)", re.ASCII)
_ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
_RECIPIENT_FIELDS = ("original-recipient", "final-recipient", "x-actual-recipient")
_WORDS = {"fail": Action.FAILED, "failure": Action.FAILED, "expired": Action.FAILED, "delay": Action.DELAYED}


@dataclass(frozen=True, slots=True)
class RecipientStatus:
    """What a report's fields say of one recipient.

    Attributes:
        final: the address that the refusal is about; empty where it is none of the mail (X.400, a local name).
        original: the address that the mail was sent to, if the report has it.
        described: whether the fields say what was said, not only a code for it.
    """

    final: str = field(repr=False)
    original: str = field(repr=False)
    statement: Statement
    described: bool


def recipient_statuses(text: str) -> list[RecipientStatus]:
    """Every recipient of a machine-readable part, in order."""
    groups = list(_groups(text))
    named = [group for group in groups if not group.keys().isdisjoint(_RECIPIENT_FIELDS)]
    # where none names a recipient, what stands there is still a report
    whole = named or [group for group in groups if "action" in group and "status" in group]
    return [_status_of(group) for group in whole[:MOST_RECIPIENTS]]


def envelope_id(text: str) -> str:
    """What the sender called the envelope (`Original-Envelope-Id`); empty where the report does not say."""
    return next((value[:200] for name, value in fields_of(text[:4000]) if name == "original-envelope-id"), "")


def _groups(text: str) -> Iterator[dict[str, str]]:
    """The fields of each recipient: an empty line or a field that comes a second time begins the next."""
    group: dict[str, str] = {}
    for block in re.split(r"\n[ \t]*\n", text):
        fields = list(fields_of(block))
        if group and not _is_whole(group, (name for name, _ in fields)):
            yield group
            group = {}
        for name, value in fields:
            if name in group and name in {"final-recipient", "action", "original-recipient"}:
                yield group
                group = {}
            group.setdefault(name, value)
    yield group


def _is_whole(group: dict[str, str], names: Iterable[str]) -> bool:
    """Whether the next block goes on with this recipient: it names none itself, and says what was left open."""
    new = set(names)
    left_open = "action" not in group and not new.isdisjoint({"action", "status"})
    return "final-recipient" in group and left_open and new.isdisjoint(_RECIPIENT_FIELDS)


def _status_of(group: dict[str, str]) -> RecipientStatus:
    final, original = (_address(group.get(name, "")) for name in ("final-recipient", "original-recipient"))
    diagnostic = _said(group.get("diagnostic-code", ""))
    match = _STATUS.match(group.get("status", ""))
    in_field = match[0].strip() if match else ""
    said, code = codes_in(diagnostic)
    comment = group.get("status", "")[match.end() :].strip(" ()") if match else ""
    text = diagnostic or comment
    statement = Statement(most_telling(said, in_field), code, text, _action(group.get("action", ""), in_field))
    return RecipientStatus(
        final or _address(group.get("x-actual-recipient", "")) or original, original, statement, bool(text)
    )


def _action(value: str, status: str) -> Action:
    word = value.split("(", 1)[0].strip().lower()
    if word in set(Action):
        return Action(word)
    # a word of somebody's own, or none: the class of the status says it (RFC 3463 §3.1)
    return _WORDS.get(word, Action.DELIVERED if status.startswith("2.") else Action.FAILED)


def _said(diagnostic: str) -> str:
    """The text of a `Diagnostic-Code` without its type."""
    match = _TYPED.match(diagnostic)
    return match[2] if match else diagnostic


def _address(value: str) -> str:
    """The address of a typed recipient field, `rfc822; ada@example.org`; empty for X.400 and the like."""
    match = _TYPED.match(value)
    kind, address = (match[1].lower(), match[2]) if match else ("rfc822", value)
    if kind in {"x400", "x-x400", "x.400"}:
        return ""
    if kind == "utf-8":
        address = _ESCAPED.sub(_letter, address)
    found = addresses_in(address)
    return found[0] if found else ""


def _letter(match: re.Match[str]) -> str:
    """A letter of utf-8-addr-xtext (RFC 6533 §3); none that is a control or no letter at all."""
    number = int(match[1], 16)
    letter = chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
    return letter if letter.isprintable() else ""
