"""Reading replies off the wire (RFC 5321 §4.2): in pieces, several at once, and never more than a bounded amount."""

from __future__ import annotations

from newsletter.domain.delivery import Reply
from newsletter.errors import RelayUnavailable

__all__ = ["ReplyReader"]

MAX_REPLY = 32 * 1024
"""Octets of one reply with all its lines. The standard's own limit is 512 a line; real EHLO answers have a few KB."""


_SEPARATORS = frozenset({b" ", b"-", b""})


class ReplyReader:
    """Takes bytes as they come and gives whole replies in order.

    Attributes:
        rest: what came and is no part of a whole reply yet, or comes behind the last one that was expected.
    """

    def __init__(self) -> None:
        self.rest = b""
        self._lines: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes, *, expected: int) -> list[Reply]:
        """The replies that are complete with these bytes, so many at most; what comes behind them is not looked at.

        Raises:
            RelayUnavailable: this is not SMTP, or a reply without an end.
        """
        whole = self.rest + data
        replies: list[Reply] = []
        lines, start = self._lines, 0
        while len(replies) < expected and (end := whole.find(b"\n", start)) >= 0:
            text = whole[start:end].rstrip(b"\r")
            code, sep = text[:3], text[3:4]
            if not (len(code) == 3 and code.isdigit() and sep in _SEPARATORS):
                shown = text[:80].decode("latin-1")
                msg = f"the relay's answer is not SMTP: {shown!r} (expected a line such as '250 OK')"
                raise RelayUnavailable(msg)
            lines.append(text[4:])
            self._size += end + 1 - start
            start = end + 1
            if self._size > MAX_REPLY:
                break
            if sep != b"-":
                replies.append(Reply(int(code), b"\n".join(lines).decode("utf-8", "replace")))
                lines.clear()
                self._size = 0
        self.rest = whole[start:]
        if len(replies) < expected and self._size + len(self.rest) > MAX_REPLY:
            msg = f"the relay's answer has no end (over {MAX_REPLY:,} octets)"
            raise RelayUnavailable(msg)
        return replies
