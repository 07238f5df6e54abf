"""The messages of one issue in one language, each joined from parts that all of them share.

A message is a pure function of the issue, its language, the recipient and the selection: `Message-ID`, `Date`, the
boundary and every token derive from them, so a second attempt is the same message byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from email.utils import format_datetime
from urllib.parse import quote

from newsletter.domain.delivery import (
    OutgoingMessage,
    Recipient,
    Slot,
    bounce_address,
    keyed_hash,
    message_id,
    subscriber_token,
)
from newsletter.domain.issues import Issue, Pick, Selection
from newsletter.domain.ports import DesignedMail
from newsletter.domain.text import clean_line
from newsletter.mail.encoded_parts import EncodedPart
from newsletter.mail.encoding import encode_address, encode_header
from newsletter.mail.envelope import plain_address

__all__ = ["PersonalMails"]

_MORE_ROOM = 600
"""Octets kept for "n more on the web" in both parts, while it is not known whether it will be needed."""
_CARD_CACHE = 16_384
_ABOUT_CACHE = 8192

_Card = tuple[Pick, bytes, tuple[bytes, bytes, bytes], int]
"""A pick, its card in the text and in the HTML part, and the octets of both."""


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
        base_url: str,
        head: bytes,
        max_bytes: int,
    ) -> None:
        self._key = issue.key
        self._identity = f"{issue.key.slug}/{issue.revision}/{issue.hash}"
        self._designed = designed
        self._secret = secret
        self._sender = sender
        self._bounces = bounces
        self._verp = verp
        self._base_url = base_url
        self._head = head
        self._max_bytes = max_bytes
        self._text = EncodedPart(designed.text, escape=False)
        self._html = EncodedPart(designed.html, escape=True)
        moment = issue.frozen_at or datetime.combine(issue.day, time(), UTC)
        self._date = encode_header("Date", format_datetime(moment.astimezone(UTC).replace(microsecond=0)))
        self._domain = sender.rpartition("@")[2]
        self._unsubscribe_mail = f"mailto:{quote(sender, safe='@')}?subject=unsubscribe"
        self._cards: dict[tuple[int, int], _Card] = {}
        self._abouts: dict[tuple[tuple[int, ...], int, bool], tuple[dict[Slot, str], bytes]] = {}

    def build(self, recipient: Recipient, selection: Selection) -> OutgoingMessage:
        """The message of one recipient: a pure function of issue, recipient and selection."""
        address = plain_address(recipient.email)
        found = max(selection.found, len(selection.picks))
        mac = keyed_hash(self._secret, "message", self._identity, str(recipient.subscriber_id), recipient.email)
        unsubscribe, unsubscribe_fields = self._unsubscribe(recipient)
        picks = selection.picks
        about, subject_field = self._about(picks, found, bool(recipient.interests))
        values = about | {
            Slot.NAME: clean_line(recipient.name, 100),
            Slot.EMAIL: recipient.email,
            Slot.INTERESTS: self._designed.interests(recipient.interests) if recipient.interests else "",
            Slot.UNSUBSCRIBE: unsubscribe,
            Slot.PREFERENCES: self._page("preferences", recipient),
        }
        own_id = message_id(self._key, recipient.subscriber_id, mac, self._domain)
        boundary = f"part-{mac[15:25].hex()}".encode()
        to_field = encode_address("To", values[Slot.NAME], address)
        id_field = b"Message-ID: %b\r\n" % own_id.encode()
        type_field = b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n' % boundary
        header = b"".join((self._head, to_field, subject_field, self._date, id_field, unsubscribe_fields, type_field))
        text_open = _part_header(boundary, b"plain", self._text.encoding)
        html_open = _part_header(boundary, b"html", self._html.encoding)
        end = b"--%b--\r\n" % boundary
        room = self._max_bytes - len(header) - len(text_open) - len(html_open) - len(end) - 2
        text, html, papers = self._bodies(picks, found, values, room)
        return OutgoingMessage(
            sender=self._bounce_address(recipient.subscriber_id),
            recipient=address,
            message_id=own_id,
            header=header,
            body=(text_open, *text, html_open, *html, end),
            # both codecs see to it, and fields and boundaries begin otherwise
            dotless=True,
            papers=papers,
            subject=values[Slot.SUBJECT],
            preheader=values[Slot.PREHEADER],
        )

    def _bodies(
        self, picks: Sequence[Pick], found: int, values: Mapping[Slot, str], room: int
    ) -> tuple[list[bytes], list[bytes], int]:
        """Both parts, with as many papers as there is room for, and how many these are; the others stay on the web."""
        text, html, designed = self._text, self._html, self._designed
        rows = [pick.index for pick in picks[: designed.summary_rows]]
        hidden = found - len(picks)
        more = designed.more(hidden) if hidden else ""
        text_parts, text_foot = text.around(values, rows, more)
        html_parts, html_foot = html.around(values, rows, more)
        room -= sum(map(len, (*text_parts, *text_foot, *html_parts, *html_foot))) + (0 if hidden else _MORE_ROOM)
        cards, papers = self._cards, len(picks)
        for number, pick in enumerate(picks, 1):
            _, text_card, html_card, size = cards.get((number, id(pick))) or self._card(number, pick)
            room -= size
            if room < 0 and number > 1:
                papers = number - 1
                hidden = found - papers
                _, text_foot = text.around(values, (), designed.more(hidden))
                _, html_foot = html.around(values, (), designed.more(hidden))
                break
            text_parts.append(text_card)
            html_parts += html_card
        return text_parts + text_foot, html_parts + html_foot, papers

    def _card(self, number: int, pick: Pick) -> _Card:
        """A card in both parts, kept by the pick itself, because selectors give the same one whenever it comes again.

        A card depends on its number, its paper and the terms that are shown. To hash those for each card of each
        message takes longer than to copy the card, so the pick's identity stands for them; it stays in the card, so
        that no other pick can come to have its `id()` meanwhile.
        """
        terms = self._designed.terms(pick.matches) if pick.matches else ()
        before, after = self._text.cards[pick.index]
        # short enough to be kept whole
        text = b"".join((before, self._text.dynamic(number, terms), after))
        before, after = self._html.cards[pick.index]
        html = (before, self._html.dynamic(number, terms), after)
        if len(self._cards) >= _CARD_CACHE:
            self._cards.clear()
        card = self._cards[number, id(pick)] = (pick, text, html, len(text) + sum(map(len, html)))
        return card

    def _about(self, picks: Sequence[Pick], found: int, interested: bool) -> tuple[dict[Slot, str], bytes]:
        """What the message says of itself, and its Subject field: the same for many recipients."""
        indexes = tuple([pick.index for pick in picks[:3]])
        key = (indexes, found, interested)
        known = self._abouts.get(key)
        if known is None:
            if len(self._abouts) >= _ABOUT_CACHE:
                self._abouts.clear()
            designed = self._designed
            subject = clean_line(designed.subject(indexes, found), 200)
            values = {
                Slot.SUBJECT: subject,
                Slot.PREHEADER: designed.preheader(indexes, found),
                Slot.COUNTS: designed.counts(found, interested),
            }
            known = self._abouts[key] = (values, encode_header("Subject", subject))
        return known

    def _bounce_address(self, subscriber_id: int) -> str:
        if not self._verp:
            return self._bounces
        return bounce_address(self._secret, self._bounces, self._key, subscriber_id)

    def _page(self, purpose: str, recipient: Recipient) -> str:
        """The address of a subscriber's own page; empty where nothing is served."""
        if not self._base_url:
            return ""
        token = subscriber_token(self._secret, purpose, recipient.subscriber_id, recipient.email)
        return f"{self._base_url}/{purpose}/{token}"

    def _unsubscribe(self, recipient: Recipient) -> tuple[str, bytes]:
        """The link in the mail, and the header fields (RFC 2369, RFC 8058)."""
        mail = self._unsubscribe_mail
        page = self._page("unsubscribe", recipient)
        if not page:
            return mail, b"List-Unsubscribe: <%b>\r\n" % mail.encode()
        return page, (
            b"List-Unsubscribe: <%b>,\r\n <%b>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            % (page.encode(), mail.encode())
        )


def _part_header(boundary: bytes, subtype: bytes, encoding: str) -> bytes:
    return b"--%b\r\nContent-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: %b\r\n\r\n" % (
        boundary,
        subtype,
        encoding.encode(),
    )
