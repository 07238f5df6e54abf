"""Personal messages joined from parts that were encoded once: the `MailFactory` of the product.

A message is a pure function of the issue, its language, the recipient and the selection: `Message-ID`, `Date`, the
boundary and every token derive from them, so a second attempt is the same message byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from email.utils import format_datetime
from types import MappingProxyType
from urllib.parse import quote

from newsletter.domain.delivery import (
    MailPart,
    OutgoingMessage,
    Piece,
    Recipient,
    Region,
    Slot,
    bounce_address,
    keyed_hash,
    subscriber_token,
)
from newsletter.domain.issues import Issue, Pick, Selection
from newsletter.domain.ports import DesignedMail, MailDesign, MailInLanguage
from newsletter.domain.subscribers import ascii_domain
from newsletter.domain.text import clean_line, safe_url
from newsletter.errors import AddressInvalid
from newsletter.mail.encoding import LineCodec, encode_address, encode_header, pick_codec

__all__ = ["MailAssembler", "plain_address"]

_MAX_BYTES = 98_000
"""A message as transferred: under 100 KB with room for the fields that relays add (Gmail clips at about 102 KB)."""

_UNSAFE = re.compile(r"[\s\0<>]")
_LINE_CACHE = 8192
_CARD_CACHE = 16_384
_PERSONAL = frozenset({Slot.EMAIL, Slot.NAME, Slot.INTERESTS, Slot.UNSUBSCRIBE, Slot.PREFERENCES})
"""Values that hardly come twice."""
_MORE_ROOM = 600
"""Octets kept for "n more on the web" in both parts, while it is not known whether it will be needed."""


def plain_address(address: str) -> str:
    """The address with its domain in ASCII (IDNA 2008), fit for an envelope.

    Raises:
        AddressInvalid: no local part, no domain or none that there can be, or characters that could end a header or a
            command.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or _UNSAFE.search(address):
        msg = f"not an address that can be mailed: {address[:80]!r} (expected for example ada@example.org)"
        raise AddressInvalid(msg)
    if not domain:
        msg = f"not an address that can be mailed: {address[:80]!r} (its domain is empty)"
        raise AddressInvalid(msg)
    return f"{local}@{ascii_domain(domain)}"


class MailAssembler:
    """Makes the messages of an issue.

    `sender` is the address in From, `bounces` the one that envelope senders are made from (the sender's by default).
    `base_url` is where the site and its pages are served; without it no https address is invented: unsubscribing is
    then a mail to `sender`. `secret` signs tokens, envelope senders and ids.
    """

    def __init__(
        self,
        *,
        design: MailDesign,
        title: str,
        sender: str,
        sender_name: str = "",
        base_url: str = "",
        bounces: str = "",
        reply_to: str = "",
        secret: bytes,
        max_bytes: int = _MAX_BYTES,
    ) -> None:
        self._design = design
        self._secret = secret
        self._sender = plain_address(sender)
        self._bounces = plain_address(bounces or sender)
        self._base_url = safe_url(base_url).rstrip("/")
        self._max_bytes = max_bytes
        self._head = _constant_fields(
            title=clean_line(title, 200),
            sender=self._sender,
            sender_name=clean_line(sender_name or title, 200),
            reply_to=plain_address(reply_to) if reply_to else "",
            base_url=self._base_url,
        )

    def __repr__(self) -> str:
        return f"MailAssembler(sender={self._sender!r}, base_url={self._base_url!r})"

    def in_language(self, issue: Issue, language: str) -> MailInLanguage:
        """The mail of this issue in this language: everything is rendered and encoded here, once."""
        return _MailInLanguage(
            issue=issue,
            designed=self._design.design(issue, language),
            secret=self._secret,
            sender=self._sender,
            bounces=self._bounces,
            base_url=self._base_url,
            head=self._head,
            max_bytes=self._max_bytes,
        )


def _constant_fields(*, title: str, sender: str, sender_name: str, reply_to: str, base_url: str) -> bytes:
    """The header fields that every message of the newsletter shares."""
    local, _, domain = sender.rpartition("@")
    list_id = f"{''.join(c if c.isalnum() and c.isascii() else '-' for c in local)}.{domain}"[-200:]
    fields = [
        encode_address("From", sender_name, sender),
        encode_address("List-Id", title[:100], list_id),
        encode_header("List-Post", "NO"),
        encode_header("List-Help", f"<{base_url}/help/>" if base_url else f"<mailto:{sender}?subject=help>"),
        encode_header("Precedence", "list"),
        encode_header("Auto-Submitted", "auto-generated"),
        encode_header("MIME-Version", "1.0"),
    ]
    if base_url:
        fields.insert(4, encode_header("List-Archive", f"<{base_url}/>"))
    if reply_to:
        fields.insert(1, encode_address("Reply-To", "", reply_to))
    return b"".join(fields)


class _SlottedLine:
    """One line with slots. Its encoded forms are kept where its values come again with other recipients."""

    __slots__ = ("_codec", "_escape", "_known", "_parts", "_slots")

    def __init__(self, parts: Sequence[str | Slot], codec: LineCodec, *, escape: bool) -> None:
        self._parts = tuple(parts)
        self._codec = codec
        self._escape = escape
        self._slots = tuple(part for part in self._parts if isinstance(part, Slot))
        self._known: dict[tuple[str, ...], bytes] | None = None if _PERSONAL.intersection(self._slots) else {}

    def encode(self, values: Mapping[Slot, str]) -> bytes:
        """The line with these values, encoded."""
        known = self._known
        if known is None:
            return self._encode(values)
        key = tuple([values[slot] for slot in self._slots])
        found = known.get(key)
        if found is None:
            if len(known) >= _LINE_CACHE:
                known.clear()
            found = known[key] = self._encode(values)
        return found

    def _encode(self, values: Mapping[Slot, str]) -> bytes:
        escape = self._escape
        parts = [
            (_escape(values[part]) if escape else values[part]) if type(part) is Slot else part for part in self._parts
        ]
        return self._codec("".join(parts))


_Encoded = tuple[bytes | _SlottedLine | Region, ...]


def _escape(value: str) -> str:
    """As HTML's own serialisation escapes text (WHATWG HTML §13.3)."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\u00a0", "&nbsp;")


def _encode_piece(piece: Piece, codec: LineCodec, *, escape: bool) -> _Encoded:
    """Encode what is the same for everybody; keep the lines with slots."""
    result: list[bytes | _SlottedLine | Region] = []
    static: list[str] = []
    line: list[str | Slot] = []

    def flush() -> None:
        if static:
            result.append(codec("".join(static)))
            static.clear()

    for part in piece:
        if isinstance(part, Region):
            flush()
            result.append(part)
        elif isinstance(part, Slot):
            line.append(part)
        elif line:
            before, newline, after = part.partition("\n")
            line.append(before + newline)
            if newline:
                flush()
                result.append(_SlottedLine(line, codec, escape=escape))
                line.clear()
                _keep(after, static, line)
        else:
            _keep(part, static, line)
    flush()
    if line:
        result.append(_SlottedLine([*line, "\n"], codec, escape=escape))
    return tuple(result)


def _keep(text: str, static: list[str], line: list[str | Slot]) -> None:
    """Whole lines are static; what follows the last line feed begins the next line, which has a slot."""
    whole, newline, begun = text.rpartition("\n")
    if whole or newline:
        static.append(whole + newline)
    if begun:
        line.append(begun)


class _Part:
    """One encoded part of the mail."""

    def __init__(self, part: MailPart, *, escape: bool) -> None:
        sample = "".join(text for piece in (part.frame, *part.cards[:50]) for text in piece if type(text) is str)
        self.encoding, codec = pick_codec(sample)

        def encode(piece: Piece) -> _Encoded:
            return _encode_piece(piece, codec, escape=escape)

        frame = encode(part.frame)
        cards_at = frame.index(Region.CARDS)
        self._head, self._foot = _Frame(frame[:cards_at]), _Frame(frame[cards_at + 1 :])
        self._greeting = _Frame(encode(part.greeting))
        self._interests = _Frame(encode(part.interests))
        self._more = _Frame(encode(part.more))
        self.rows = [b"".join(_static(encode(piece))) for piece in part.rows]
        split = [_split_card(encode(piece)) for piece in part.cards]
        self.cards = [(before, after) for before, _, after in split]
        self._card_lines = _Frame(split[0][1] if split else ())
        self._why = _Frame(encode(part.why))
        self._term = _Frame(encode(part.term))

    def around(self, values: Mapping[Slot, str], rows: Sequence[int], more: str) -> tuple[list[bytes], list[bytes]]:
        """What stands before and after the cards. `more` says how many papers stay on the web, empty for none."""
        regions = {Region.ROWS: b"".join([self.rows[index] for index in rows])}
        if values[Slot.NAME]:
            regions[Region.GREETING] = b"".join(self._greeting.fill(values))
        if values[Slot.INTERESTS]:
            regions[Region.INTERESTS] = b"".join(self._interests.fill(values))
        if more:
            regions[Region.MORE] = b"".join(self._more.fill({Slot.MORE: more}))
        return self._head.fill(values, regions), self._foot.fill(values, regions)

    def dynamic(self, number: int, terms: tuple[str, ...]) -> bytes:
        """What is personal about a card: its number and why it came."""
        values = {Slot.NUMBER: str(number), Slot.TERMS: ", ".join(terms)}
        return b"".join(self._card_lines.fill(values, {Region.WHY: self._reasons(values, terms)}))

    def _reasons(self, values: dict[Slot, str], terms: tuple[str, ...]) -> bytes:
        if not terms:
            return b""
        lines: list[bytes] = []
        for at, term in enumerate(terms, 1):
            values[Slot.TERM], values[Slot.COMMA] = term, "," if at < len(terms) else ""
            lines += self._term.fill(values)
        return b"".join(self._why.fill(values, {Region.TERMS: b"".join(lines)}))


def _split_card(encoded: _Encoded) -> tuple[bytes, _Encoded, bytes]:
    """A card as what stands before its personal lines, these lines, and what stands after them."""
    personal = [at for at, part in enumerate(encoded) if not isinstance(part, bytes)]
    first, last = (personal[0], personal[-1] + 1) if personal else (len(encoded), len(encoded))
    return b"".join(_static(encoded[:first])), encoded[first:last], b"".join(_static(encoded[last:]))


def _static(encoded: _Encoded) -> list[bytes]:
    return [part for part in encoded if isinstance(part, bytes)]


class _Frame:
    """An encoded piece, ready to be filled: what is static stands in its place already."""

    __slots__ = ("_lines", "_parts", "_regions")

    def __init__(self, encoded: _Encoded) -> None:
        self._parts = [part if isinstance(part, bytes) else b"" for part in encoded]
        self._lines = [(at, part) for at, part in enumerate(encoded) if isinstance(part, _SlottedLine)]
        self._regions = [(at, part) for at, part in enumerate(encoded) if isinstance(part, Region)]

    def fill(self, values: Mapping[Slot, str], regions: Mapping[Region, bytes] = MappingProxyType({})) -> list[bytes]:
        """Its parts with these values; a region that is not named is left out."""
        parts = self._parts.copy()
        for at, line in self._lines:
            parts[at] = line.encode(values)
        for at, region in self._regions:
            parts[at] = regions.get(region, b"")
        return [part for part in parts if part] if self._regions else parts


_Card = tuple[Pick, bytes, tuple[bytes, bytes, bytes], int]
"""A pick, its card in the text and in the HTML part, and the octets of both."""


class _MailInLanguage:
    """The messages of one issue in one language."""

    def __init__(
        self,
        *,
        issue: Issue,
        designed: DesignedMail,
        secret: bytes,
        sender: str,
        bounces: str,
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
        self._base_url = base_url
        self._head = head
        self._max_bytes = max_bytes
        self._text = _Part(designed.text, escape=False)
        self._html = _Part(designed.html, escape=True)
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
        unsubscribe, header_unsubscribe = self._unsubscribe(recipient)
        picks = selection.picks
        about, subject_field = self._about(picks, found, bool(recipient.interests))
        values = about | {
            Slot.NAME: clean_line(recipient.name, 100),
            Slot.EMAIL: recipient.email,
            Slot.INTERESTS: self._designed.interests(recipient.interests) if recipient.interests else "",
            Slot.UNSUBSCRIBE: unsubscribe,
            Slot.PREFERENCES: self._page("preferences", recipient),
        }
        message_id = f"<{self._key.slug}.{mac[:15].hex()}@{self._domain}>"
        boundary = f"part-{mac[15:25].hex()}".encode()
        header = b"".join(
            (
                self._head,
                encode_address("To", values[Slot.NAME], address),
                subject_field,
                self._date,
                b"Message-ID: %b\r\n" % message_id.encode(),
                header_unsubscribe,
                b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n' % boundary,
            )
        )
        text_open = _part_header(boundary, b"plain", self._text.encoding)
        html_open = _part_header(boundary, b"html", self._html.encoding)
        end = b"--%b--\r\n" % boundary
        room = self._max_bytes - len(header) - len(text_open) - len(html_open) - len(end) - 2
        text, html, papers = self._bodies(picks, found, values, room)
        return OutgoingMessage(
            sender=bounce_address(self._secret, self._bounces, self._key, recipient.subscriber_id),
            recipient=address,
            message_id=message_id,
            header=header,
            body=(text_open, *text, html_open, *html, end),
            # both codecs see to it, and fields and boundaries begin otherwise
            dotless=True,
            papers=papers,
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
        """A card in both parts: kept by its pick, because selectors give the same one whenever it comes again."""
        terms = self._designed.terms(pick.matches) if pick.matches else ()
        before, after = self._text.cards[pick.index]
        # short enough to be kept whole
        text = b"".join((before, self._text.dynamic(number, terms), after))
        before, after = self._html.cards[pick.index]
        html = (before, self._html.dynamic(number, terms), after)
        if len(self._cards) >= _CARD_CACHE:
            self._cards.clear()
        # holding the pick keeps its id from being another's
        found = self._cards[number, id(pick)] = (pick, text, html, len(text) + sum(map(len, html)))
        return found

    def _about(self, picks: Sequence[Pick], found: int, interested: bool) -> tuple[dict[Slot, str], bytes]:
        """What the message says of itself, and its Subject field: the same for many recipients."""
        indexes = tuple([pick.index for pick in picks[:3]])
        key = (indexes, found, interested)
        known = self._abouts.get(key)
        if known is None:
            if len(self._abouts) >= _LINE_CACHE:
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
