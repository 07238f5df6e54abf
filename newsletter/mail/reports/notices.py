"""The words of a report: whom they are about, and what is said of each, where a mail system writes no fields.

Not a parser for each system. Nearly all write the same things in the same places: the address begins a line, after a
mark or a label, or stands behind "could not be delivered to"; what was said follows until the next address; then the
returned mail, behind a line that announces it or at its first header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from newsletter.domain.bounces import SHOWN, Action, Statement, codes_in
from newsletter.domain.delivery import Stage
from newsletter.mail.reports.headers import ADDRESS
from newsletter.mail.reports.limits import LONGEST_LINE, LONGEST_NOTICE, MOST_LINES, MOST_RECIPIENTS

__all__ = ["Notice", "addresses_named_in", "read_notice", "statement_of"]

_RETURNED = re.compile(
    r"^[\s\-_=*>#]*(?:below (?:this|the next) line is a copy|this is a copy of|"
    r"(?:start of )?(?:the )?(?:original|returned|unsent|undelivered|bounced|old) (?:e-?mail|"
    r"message)\b(?! (?:was|has|is|could|size|to\b))|"
    r"the (?:headers?|text|body) of (?:the|your)|(?:original )?message headers? follow|header of the original|"
    r"a copy of (?:the|your) (?:original )?(?:message|mail)|here is (?:a copy|your)|included is a copy|"
    r"below is a copy|copy of (?:the|your) (?:original )?message|message text follows|"
    r"your (?:original )?message (?:reads|follows)|reporting-mta:|"
    r"(?:received|return-path|x-received|dkim-signature|domainkey-signature|arc-seal|delivered-to|mime-version|"
    r"message-id|x-originating-ip): ?\S)",
    re.IGNORECASE,
)
_LABEL = (
    r"(?:(?:failed |invalid |intended |original |final |target |bad |rcpt )?(?:recipient|address|user|to|rcpt|"
    r"mailbox|for|id)s?(?: address| \(es\))?"
    r"|user name|unknown user|unknown local.part|user mailbox exceeds allowed size|delivery failed|addressee|"
    r"status: error, address)"
)
# what may stand before an address that begins a line: marks, quotes, a label
_HEAD = re.compile(
    rf"^[\s>*\-•·+|\[(]{{0,12}}(?:{_LABEL}\s*[:=]\s*|{_LABEL}\s+(?=<))?[\"'<(\[]{{0,3}}(?:mailto:|smtp:|"
    rf"rfc822;\s?)?({ADDRESS})",
    re.IGNORECASE,
)
_INLINE = re.compile(
    rf"(?:(?:deliver|delivery|delivered|delivering|message|mail|messages?|email|address|addressed|recipient|"
    rf"recipients|user|group|failed|for|reach|sent)\b[^\n@]{{0,50}}?"
    rf"|rcpt to:)[\s:<(\"'\[]{{1,4}}({ADDRESS})",
    re.IGNORECASE,
)
_NOT_WHOM = re.compile(
    r"\b(?:from|contact|sender|support|postmaster|helpdesk|e?-?mail(?:ed)? by|reply|return-path|mail from|"
    r"administrator|please (?:send|contact|forward))\b[^@\n]{0,60}$|"
    r"^[\s>*\-]*(?:from|sender|reply-to|message-id|cc|subject|date|in-reply-to|references|list-\w+|received)\s*:",
    re.IGNORECASE,
)
_POSTMASTER = re.compile(
    r"^<?(?:post-?master|mailer-daemon|abuse|support|helpdesk|info-?desk|no-?reply)@", re.IGNORECASE
)

# looked for as they stand, in small letters: much faster than patterns, and such sentences vary little
_WARNING = (
    "warning message only|this is a warning|this is only a warning|no need to resend|not need to resend|been delayed|"
    "is delayed|will be retried|will be attempted|will keep trying|will continue to t|will try again|still trying|"
    "still being tried|not yet been delivered|not yet delivered|not yet be delivered"
).split("|")
_GIVEN_UP = "permanent|fatal error|given up|giving up|not be retried|not be sent|has been returned|undeliverable".split(
    "|"
)
_ARRIVED = (
    "successfully delivered|delivered successfully|was delivered to|were delivered to|been delivered to|relayed to|"
    "successfully relayed|delivery was success"
).split("|")
_NO_ARRIVAL = re.compile(r"\b(?:not|no|un\w*|fail\w*|could|cannot|error)\b")

_AT_THE_END = "end of data|after data|final data|response to data|in reply to data".split("|")
_TO_NOBODY = re.compile(r"\b5\d\d:? : user unknown")
"""An answer that has a place for the recipient and no recipient in it: it was given to the content."""
_AT_RCPT = "rcpt|not like recipient|recipient command|recipient stage".split("|")
_AT_MAIL = "mail from:<|mail from: <|reply to mail from|sender was rejected|after mail ".split("|")
_COMMAND = re.compile(r">>> ?(data|rcpt|mail|bdat|\.|helo|ehlo)")
_NEED_RCPT = "need rcpt|rcpt first|no valid recipients|valid rcpt|503 ".split("|")


@dataclass(frozen=True, slots=True)
class Notice:
    """The text of a report without the mail that it returns.

    Attributes:
        blocks: what is said of each address that begins a line, by address, in order.
    """

    text: str = field(repr=False)
    blocks: dict[str, str] = field(repr=False)

    def said_of(self, address: str) -> str:
        """What is said of an address; all that is said, where the text does not tell."""
        key = address.lower()
        return next(
            (said for name, said in self.blocks.items() if name.lower() == key and len(said) > len(name) + 6), self.text
        )


def read_notice(text: str) -> Notice:
    """The words of a report, up to the mail that it returns, and what they say of each address."""
    lines = list(_lines(text))
    blocks: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in lines:
        address = _heads(line) if "@" in line else ""
        if address and (address in blocks or len(blocks) < MOST_RECIPIENTS):
            current = blocks.setdefault(address, [])
        if current is not None:
            current.append(line)
    return Notice("\n".join(lines), {address: "\n".join(said) for address, said in blocks.items()})


def statement_of(text: str, status: str = "", code: int = 0, *, action: Action | None = None) -> Statement:
    """What a piece of text says, its codes and the command that it answers read out of it where they are not given."""
    said, number = codes_in(text)
    return Statement(status or said, code or number, text, action or _action(text), _stage(text))


def _lines(text: str) -> Iterator[str]:
    has_begun = False
    for count, line in enumerate(text[:LONGEST_NOTICE].split("\n")):
        if count == MOST_LINES or (has_begun and line and _RETURNED.match(line[:LONGEST_LINE])):
            return
        has_begun = has_begun or bool(line.strip())
        yield line[:LONGEST_LINE].rstrip()


def _heads(line: str) -> str:
    """The address that a line begins with; empty where it begins with none, or with one that nothing happened to."""
    match = _HEAD.match(line)
    if not match or _POSTMASTER.match(match[1]) or _NOT_WHOM.search(line[: match.start(1)]):
        return ""
    return match[1].strip("\"'.")


def addresses_named_in(notice: Notice) -> list[str]:
    """Whom a text is about: the addresses that begin a line, else those behind "could not be delivered to"."""
    if notice.blocks or "@" not in notice.text:
        return list(notice.blocks)
    text, found = notice.text, dict[str, None]()
    for match in _INLINE.finditer(text):
        before = text[max(0, match.start(1) - 80) : match.start(1)].rpartition("\n")[2]
        if not _POSTMASTER.match(match[1]) and not _NOT_WHOM.search(before):
            found[match[1].strip("\"'.")] = None
            if len(found) == MOST_RECIPIENTS:
                break
    return list(found)


def _action(text: str) -> Action:
    words = _small(text)
    if _has(words, _WARNING) and not _has(words, _GIVEN_UP):
        return Action.DELAYED
    if _has(words, _ARRIVED) and not _NO_ARRIVAL.search(words) and codes_in(text)[1] // 100 not in {4, 5}:
        return Action.DELIVERED
    return Action.FAILED


def _stage(text: str) -> Stage | None:
    """Which command the reply in a text answers."""
    words = _small(text)
    if _has(words, _AT_THE_END) or _TO_NOBODY.search(words):
        return Stage.FINAL
    command = _COMMAND.search(words)
    if command and command[1] in {"data", "bdat", "."}:
        # a transcript: after a refused RCPT the server says to DATA that it has no recipient
        return Stage.RCPT if _has(words, _NEED_RCPT) else Stage.FINAL
    if command and command[1] in {"mail", "helo", "ehlo"}:
        return Stage.MAIL
    if _has(words, _AT_RCPT):
        return Stage.RCPT
    return Stage.MAIL if _has(words, _AT_MAIL) else None


def _small(text: str) -> str:
    return " ".join(text[: SHOWN * 3].lower().split())


def _has(words: str, phrases: list[str]) -> bool:
    return any(map(words.__contains__, phrases))
