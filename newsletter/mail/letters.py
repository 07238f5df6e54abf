"""Letters as messages: text and HTML of one person's mail, with the fields that say that a program has sent it."""

from __future__ import annotations

import base64
from datetime import UTC
from email.utils import format_datetime

from newsletter.domain.delivery import Letter, OutgoingMessage, keyed_hash, letter_bounce_address, letter_message_id
from newsletter.domain.ports import LetterText
from newsletter.domain.text import clean_line
from newsletter.mail.encoding import encode_address, encode_header, pick_codec
from newsletter.mail.envelope import plain_address

__all__ = ["LetterAssembler"]


class LetterAssembler:
    """Makes the messages of letters; `sender`, `bounces`, `verp` and `secret` as for the mails of issues.

    A letter is no mail of a list: it has no List-Unsubscribe, because who has not confirmed has nothing to leave.
    """

    def __init__(
        self, *, title: str, sender: str, sender_name: str = "", bounces: str = "", verp: bool = True, secret: bytes
    ) -> None:
        self._secret = secret
        self._sender = plain_address(sender)
        self._bounces = plain_address(bounces or sender)
        self._verp = verp
        self._head = b"".join(
            (
                encode_address("From", clean_line(sender_name or title, 200), self._sender),
                # RFC 3834 §5: nobody's vacation answer is wanted
                encode_header("Auto-Submitted", "auto-generated"),
                encode_header("MIME-Version", "1.0"),
            )
        )

    def message(self, letter: Letter, words: LetterText) -> OutgoingMessage:
        """The message of a letter, the same bytes at every attempt.

        Raises:
            AddressInvalid: nothing can be mailed to its address.
        """
        address = plain_address(letter.email)
        mac = keyed_hash(self._secret, "letter", str(letter.id), letter.email)
        own_id = letter_message_id(letter.id, mac, self._sender.rpartition("@")[2])
        boundary = f"part-{mac[15:25].hex()}".encode()
        date = letter.created_at.astimezone(UTC).replace(microsecond=0)
        header = (
            self._head,
            encode_address("To", "", address),
            encode_header("Subject", words.subject),
            encode_header("Date", format_datetime(date)),
            b"Message-ID: %b\r\n" % own_id.encode(),
            b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n' % boundary,
        )
        return OutgoingMessage(
            sender=self.envelope_sender(letter),
            recipient=address,
            message_id=own_id,
            header=b"".join(header),
            body=(
                *_part(boundary, b"plain", words.text),
                *_part(boundary, b"html", words.html),
                b"--%b--\r\n" % boundary,
            ),
            dotless=True,
            subject=words.subject,
        )

    def envelope_sender(self, letter: Letter) -> str:
        """The address that what comes back of a letter goes to."""
        return letter_bounce_address(self._secret, self._bounces, letter.id) if self._verp else self._bounces


def _base64(text: str) -> bytes:
    return base64.encodebytes(text.replace("\n", "\r\n").encode()).replace(b"\n", b"\r\n")


def _part(boundary: bytes, subtype: bytes, text: str) -> tuple[bytes, bytes]:
    whole = text if text.endswith("\n") else f"{text}\n"
    encoding, codec = pick_codec(whole)
    if encoding == "base64":  # nothing has to be joined to it: no line needs to be filled up
        codec = _base64
    head = b"--%b\r\nContent-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: %b\r\n\r\n"
    return head % (boundary, subtype, encoding.encode()), codec(whole)
