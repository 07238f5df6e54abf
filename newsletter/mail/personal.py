"""The messages of one issue in one language, each joined from parts that all of them share.

A message is a pure function of the issue, its language, the recipient and the selection: `Message-ID`, `Date`, the
boundary and every token derive from them, so a second attempt is the same message byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from email.utils import format_datetime
from urllib.parse import quote

from newsletter.domain.delivery import (
    Form,
    MailPlan,
    OutgoingMessage,
    Recipient,
    Slot,
    bounce_address,
    keyed_hash,
    message_id,
    subscriber_token,
    unsubscribe_address,
)
from newsletter.domain.issues import Issue, Selection
from newsletter.domain.notation import is_english
from newsletter.domain.ports import DesignedMail
from newsletter.domain.text import clean_line
from newsletter.mail.encoded_parts import Body, EncodedPart
from newsletter.mail.encoding import encode_address, encode_header
from newsletter.mail.envelope import plain_address
from newsletter.mail.planning import PlannedBody, Planner

__all__ = ["PersonalMails"]

_DIGEST_CACHE = 512
"""Digests kept: at most some 30 MB."""
_NUMBER_OCTETS = 16
_HEAD_OCTETS = 4_000
"""A first guess at what header fields and a reader's own addresses take; where it is too little, papers make room."""


@dataclass(frozen=True, slots=True)
class _Digest:
    """A mail without what is its reader's own."""

    selection: Selection
    planned: PlannedBody
    lines: Mapping[Slot, str]
    subject: bytes
    text: Body
    html: Body


class PersonalMails:
    """The messages of one issue in one language."""

    def __init__(
        self,
        *,
        issue: Issue,
        designed: DesignedMail,
        secret: bytes,
        sender: str,
        bounces: str,
        verp: bool,
        leave_by_mail: bool,
        base_url: str,
        head: bytes,
        max_bytes: int,
        cards: int,
        words: int,
    ) -> None:
        self._key = issue.key
        self._identity = f"{issue.key.slug}/{issue.revision}/{issue.hash}"
        self._designed = designed
        self._secret = secret
        self._sender = sender
        self._bounces = bounces
        self._verp = verp
        self._leave_by_mail = leave_by_mail
        self._base_url = base_url
        self._head = head
        self._max_bytes = max_bytes
        self._text = EncodedPart(designed.text, escape=False)
        self._html = EncodedPart(designed.html, escape=True)
        moment = issue.frozen_at or datetime.combine(issue.day, time(), UTC)
        self._date = encode_header("Date", format_datetime(moment.astimezone(UTC).replace(microsecond=0)))
        self._domain = sender.rpartition("@")[2]
        self._sender_mail = _mail_to(sender)
        octets = [_Octets(self._text, self._html, form) for form in Form]
        self._planner = Planner(designed, octets, cards=cards, words=words if base_url else None)
        self._around = self._text.octets_around + self._html.octets_around + _HEAD_OCTETS
        self._digests: dict[tuple[int, int, bool], _Digest] = {}

    def build(self, recipient: Recipient, selection: Selection) -> OutgoingMessage:
        """The message of one recipient: a pure function of issue, recipient and selection."""
        reads_english = _reads_english(recipient)
        digest = self._digest(selection, reads_english=reads_english)
        while True:
            message = self._joined(recipient, digest)
            beyond = len(message.header) + 2 + sum(map(len, message.body)) - self._max_bytes
            if beyond <= 0 or not digest.planned.shown:
                return message
            # what is a reader's own takes more than most: papers make room
            digest = self._planned(selection, digest.planned.octets - beyond, reads_english=reads_english)

    def plan(self, recipient: Recipient, selection: Selection) -> MailPlan:
        """What `build` joins, for whoever renders a mail in one piece; of one that is far from the limit."""
        digest = self._digest(selection, reads_english=_reads_english(recipient))
        return MailPlan(self._values(recipient, digest), digest.planned.body, digest.planned.hidden)

    def _digest(self, selection: Selection, *, reads_english: bool) -> _Digest:
        """What is the same for all who have the same papers for the same reasons, made once while it is kept.

        Selectors give the same picks and outline to all who ask for the same, so their identity stands for them; they
        stay in what is kept, so that nothing else can come to have their `id()` meanwhile.
        """
        key = id(selection.picks), id(selection.outline), reads_english
        known = self._digests.get(key)
        if known is None or known.selection.found != selection.found:
            if len(self._digests) >= _DIGEST_CACHE:
                self._digests.clear()
            known = self._digests[key] = self._planned(
                selection, self._max_bytes - self._around, reads_english=reads_english
            )
        return known

    def _planned(self, selection: Selection, octets: int, *, reads_english: bool) -> _Digest:
        planned = self._planner.body(selection, octets, reads_english=reads_english)
        lines = self._planner.lines(selection, planned)
        subject = encode_header("Subject", lines[Slot.SUBJECT])
        return _Digest(selection, planned, lines, subject, self._text.body(planned.body), self._html.body(planned.body))

    def _values(self, recipient: Recipient, digest: _Digest) -> dict[Slot, str]:
        """What the slots of the frame hold."""
        page = self._own_page("day", recipient)
        page = page and f"{page}/{self._key.slug}"
        designed = self._designed
        return {
            **digest.lines,
            Slot.NAME: clean_line(recipient.name, 100),
            Slot.EMAIL: recipient.email,
            Slot.INTERESTS: designed.interests(recipient.interests) if recipient.interests else "",
            Slot.UNSUBSCRIBE: self._own_page("unsubscribe", recipient) or self._unsubscribe_mail(recipient),
            Slot.PREFERENCES: self._own_page("preferences", recipient),
            Slot.PAGE: page,
            Slot.WEB: page if recipient.interests else designed.issue_url,
        }

    def _joined(self, recipient: Recipient, digest: _Digest) -> OutgoingMessage:
        values = self._values(recipient, digest)
        address = plain_address(recipient.email)
        mac = keyed_hash(self._secret, "message", self._identity, str(recipient.subscriber_id), recipient.email)
        own_id = message_id(self._key, recipient.subscriber_id, mac, self._domain)
        boundary = f"part-{mac[15:25].hex()}".encode()
        to_field = encode_address("To", values[Slot.NAME], address)
        id_field = b"Message-ID: %b\r\n" % own_id.encode()
        type_field = b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n' % boundary
        fields = (self._head, to_field, digest.subject, self._date, id_field)
        more = digest.planned.hidden > 0
        text, text_foot = self._text.around(values, more=more)
        html, html_foot = self._html.around(values, more=more)
        return OutgoingMessage(
            sender=self._bounce_address(recipient.subscriber_id),
            recipient=address,
            message_id=own_id,
            header=b"".join((*fields, self._unsubscribe_fields(recipient, values[Slot.UNSUBSCRIBE]), type_field)),
            body=(
                _part_header(boundary, b"plain", self._text.encoding),
                *text,
                *self._text.fill(digest.text, values),
                *text_foot,
                _part_header(boundary, b"html", self._html.encoding),
                *html,
                *self._html.fill(digest.html, values),
                *html_foot,
                b"--%b--\r\n" % boundary,
            ),
            # both codecs see to it, and fields and boundaries begin otherwise
            dotless=True,
            papers=digest.planned.shown,
            subject=values[Slot.SUBJECT],
            preheader=values[Slot.PREHEADER],
        )

    def _bounce_address(self, subscriber_id: int) -> str:
        if not self._verp:
            return self._bounces
        return bounce_address(self._secret, self._bounces, self._key, subscriber_id)

    def _own_page(self, purpose: str, recipient: Recipient) -> str:
        """The address of a subscriber's own page; empty where nothing is served."""
        if not self._base_url:
            return ""
        token = subscriber_token(self._secret, purpose, recipient.subscriber_id, recipient.email)
        return f"{self._base_url}/{purpose}/{token}"

    def _unsubscribe_mail(self, recipient: Recipient) -> str:
        """The address that a reader leaves by; where no mail is taken in, the sender's, which a person reads."""
        if not self._leave_by_mail:
            return self._sender_mail
        return _mail_to(unsubscribe_address(self._secret, self._bounces, recipient.subscriber_id, recipient.email))

    def _unsubscribe_fields(self, recipient: Recipient, link: str) -> bytes:
        """The header fields of the link in the mail (RFC 2369, RFC 8058): the one click first."""
        mail = self._unsubscribe_mail(recipient)
        if not self._base_url:
            return b"List-Unsubscribe: <%b>\r\n" % mail.encode()
        return b"List-Unsubscribe: <%b>,\r\n <%b>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" % (
            link.encode(),
            mail.encode(),
        )


def _mail_to(address: str) -> str:
    return f"mailto:{quote(address, safe='@+')}?subject=unsubscribe"


def _reads_english(recipient: Recipient) -> bool:
    reads = recipient.rhythm.reads
    return bool(reads) and any(map(is_english, reads))


class _Octets(dict[int, int]):
    """About how many octets each paper takes in one form, in both parts: looked at when it is first asked for."""

    def __init__(self, text: EncodedPart, html: EncodedPart, form: Form) -> None:
        self._parts = text, html
        self._form = form

    def __missing__(self, index: int) -> int:
        octets = self[index] = sum(part.octets(self._form, index) for part in self._parts) + _NUMBER_OCTETS
        return octets


def _part_header(boundary: bytes, subtype: bytes, encoding: str) -> bytes:
    return b"--%b\r\nContent-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: %b\r\n\r\n" % (
        boundary,
        subtype,
        encoding.encode(),
    )
