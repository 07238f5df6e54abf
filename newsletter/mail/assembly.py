"""Personal messages joined from parts that were encoded once: the `MailFactory` of the product."""

from __future__ import annotations

from newsletter.domain.issues import Issue
from newsletter.domain.ports import MailDesign, MailInLanguage
from newsletter.domain.text import clean_line, safe_url
from newsletter.mail.encoding import encode_address, encode_header
from newsletter.mail.envelope import plain_address
from newsletter.mail.personal import PersonalMails

__all__ = ["MailAssembler"]

_MAX_BYTES = 98_000
"""A message as transferred: under 100 KB with room for the fields that relays add (Gmail clips at about 102 KB)."""


class MailAssembler:
    """Makes the messages of an issue.

    `sender` is the address in From, `bounces` the one that envelope senders are made from (the sender's by default):
    one for each delivery, or without `verp` itself.
    With `leave_by_mail` each mail names an address at `bounces` that unsubscribes its reader.
    `base_url` is where the site and its pages are served; without it no https address is invented: unsubscribing is
    then a mail to `sender`. `cards` and `words` say how much of a digest a mail shows (`domain.delivery.layout`).
    `secret` signs tokens, envelope senders and ids.
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
        verp: bool = True,
        leave_by_mail: bool = False,
        reply_to: str = "",
        secret: bytes,
        max_bytes: int = _MAX_BYTES,
        cards: int = 8,
        words: int = 430,
    ) -> None:
        self._design = design
        self._secret = secret
        self._sender = plain_address(sender)
        self._bounces = plain_address(bounces or sender)
        self._verp = verp
        self._leave_by_mail = leave_by_mail
        self._base_url = safe_url(base_url).rstrip("/")
        self._max_bytes = max_bytes
        self._cards = cards
        self._words = words
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
        return PersonalMails(
            issue=issue,
            designed=self._design.design(issue, language),
            secret=self._secret,
            sender=self._sender,
            bounces=self._bounces,
            verp=self._verp,
            leave_by_mail=self._leave_by_mail,
            base_url=self._base_url,
            head=self._head,
            max_bytes=self._max_bytes,
            cards=self._cards,
            words=self._words,
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
