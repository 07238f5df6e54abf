"""Reading replies off the wire (RFC 5321 §4.2): in pieces, several at once, and never more than a bounded amount."""

from __future__ import annotations

from newsletter.domain.replies import Reply
from newsletter.errors import RelayUnavailable

__all__ = ["ReplyReader"]

MAX_REPLY = 32 * 1024
"""Octets of one reply with all its lines. The standard's own limit is 512 a line; real EHLO answers have a few KB."""


_SEPARATORS = frozenset({b" ", b"-", b""})


class ReplyReader:
    """Takes bytes as they come and gives whole replies in order."""

    def __init__(self) -> None:
        self._begun = b""
        self._lines: list[bytes] = []

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that are complete with these bytes.

        Raises:
            RelayUnavailable: this is not SMTP, or a reply without an end.
        """
        *whole, self._begun = (self._begun + data).split(b"\n")
        replies: list[Reply] = []
        lines = self._lines
        for line in whole:
            text = line.rstrip(b"\r")
            code, sep = text[:3], text[3:4]
            if not (len(code) == 3 and code.isdigit() and sep in _SEPARATORS):
                shown = text[:80].decode("latin-1")
                msg = f"the relay's answer is not SMTP: {shown!r} (expected a line such as '250 OK')"
                raise RelayUnavailable(msg)
            lines.append(text[4:])
            if sep != b"-":
                replies.append(Reply(int(code), b"\n".join(lines).decode("utf-8", "replace")))
                lines.clear()
        if len(self._begun) + sum(map(len, lines)) + len(lines) > MAX_REPLY:
            msg = f"the relay's answer has no end (over {MAX_REPLY:,} octets)"
            raise RelayUnavailable(msg)
        return replies
