"""Reading replies off the wire (RFC 5321 §4.2): in pieces, several at once, and never more than a bounded amount."""

from __future__ import annotations

from newsletter.domain.replies import Reply
from newsletter.errors import RelayUnavailable

__all__ = ["ReplyReader"]

MAX_REPLY = 32 * 1024
"""Octets of one reply with all its lines. The standard's own limit is 512 a line; real EHLO answers have a few KB."""


class ReplyReader:
    """Takes bytes as they come and gives whole replies in order."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that are complete with these bytes.

        Raises:
            RelayUnavailable: this is not SMTP, or a reply without an end.
        """
        buffer = self._buffer
        buffer += data
        replies: list[Reply] = []
        lines: list[bytes] = []
        start = taken = 0
        while (end := buffer.find(b"\n", start)) >= 0:
            line = bytes(buffer[start:end]).rstrip(b"\r")
            start = end + 1
            code, sep = line[:3], line[3:4]
            if not (len(code) == 3 and code.isdigit() and sep in {b" ", b"-", b""}):
                shown = line[:80].decode("latin-1")
                msg = f"the relay's answer is not SMTP: {shown!r} (expected a line such as '250 OK')"
                raise RelayUnavailable(msg)
            lines.append(line[4:])
            if sep != b"-":
                text = b"\n".join(lines) if len(lines) > 1 else lines[0]
                replies.append(Reply(int(code), text.decode("utf-8", "replace")))
                lines.clear()
                taken = start
        del buffer[:taken]
        if len(buffer) > MAX_REPLY:
            msg = f"the relay's answer has no end (over {MAX_REPLY:,} octets)"
            raise RelayUnavailable(msg)
        return replies
