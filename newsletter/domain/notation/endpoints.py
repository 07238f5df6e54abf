"""Where a mail listener listens, as it is written: `lmtp:127.0.0.1:2424`, `smtp:[::1]:2525`, `lmtp:/run/n/b.sock`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["Endpoint", "parse_endpoint"]

_WRITTEN = re.compile(
    r"(?P<protocol>lmtp|smtp):(?:(?P<path>[^\s:\[\]]*/[^\s:]*)|(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s:/\[\]]+)):(?P<port>\d{1,5}))"
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A protocol, and a port of a host or the path of a socket."""

    protocol: Literal["lmtp", "smtp"]
    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.protocol}:{self.path or f'{host}:{self.port}'}"


def parse_endpoint(text: str) -> Endpoint:
    """The endpoint that a text names; port 0 is any that is free.

    Raises:
        ValueError: it names none.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None or int(match["port"] or 0) > 65535:
        msg = 'expected a protocol and where to listen, for example "lmtp:127.0.0.1:2424" or "lmtp:/run/bounces.sock"'
        raise ValueError(msg)
    protocol: Literal["lmtp", "smtp"] = "lmtp" if match["protocol"] == "lmtp" else "smtp"
    return Endpoint(protocol, match["six"] or match["host"] or "", int(match["port"] or 0), match["path"] or "")
