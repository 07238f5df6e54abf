"""Who holds how many connections, so that nobody holds them all.

The rules, in the order in which they are applied:

1. a connection of one of the operator's own proxies is let in, as long as there is room;
2. another is refused where its network (`web.clients`) has its share already;
3. where there is no room, the connection that has waited longest for a request makes room;
4. where none waits, the new one is refused.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from newsletter.web.serving.clients import Client, Proxies

__all__ = ["Connection", "Connections", "Limits", "Share"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server takes on.

    `connections` are all that are open at once, `per_client` those of one network, and as many requests of it are
    answered at once. `grace` is how many seconds answers may take to end. `proxies` have no share.
    """

    connections: int = 4000
    per_client: int = 200
    grace: float = 10.0
    proxies: Proxies = field(default_factory=Proxies)


class Connection(Protocol):
    """What can be made to end."""

    def abort(self) -> None:
        """End at once."""


class Share:
    """How many of something each network has; at most `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[str] = Counter()

    def take(self, network: str) -> bool:
        """One more for this network; False, and nothing is counted, where it has its share."""
        if self._held[network] >= self._most:
            return False
        self._held[network] += 1
        return True

    def give(self, network: str) -> None:
        """One less."""
        self._held[network] -= 1
        if not self._held[network]:
            del self._held[network]


class Connections:
    """All connections of a server. Touched from the event loop alone."""

    def __init__(self, limits: Limits) -> None:
        self._most = limits.connections
        self._share = Share(limits.per_client)
        self._proxies = limits.proxies
        self._open: dict[Connection, str | None] = {}
        self._waiting: dict[Connection, None] = {}

    def __len__(self) -> int:
        return len(self._open)

    def enter(self, connection: Connection, client: Client) -> str:
        """Let a new connection in; why not, where it is refused."""
        network = None if client.address in self._proxies else client.network
        if network is not None and not self._share.take(network):
            return "a connection was refused: its address has its share of them"
        if len(self._open) >= self._most and not self._make_room():
            if network is not None:
                self._share.give(network)
            return "a connection was refused: there are as many as web.connections allows"
        self._open[connection] = network
        self.waits(connection)
        return ""

    def _make_room(self) -> bool:
        longest = next(iter(self._waiting), None)
        if longest is None:
            return False
        self.leave(longest)
        longest.abort()
        return True

    def waits(self, connection: Connection) -> None:
        """A connection waits for its next request. Those of proxies are never the ones that make room."""
        if self._open.get(connection) is not None:
            self._waiting.pop(connection, None)
            self._waiting[connection] = None

    def works(self, connection: Connection) -> None:
        """A request of this connection has begun to be answered."""
        self._waiting.pop(connection, None)

    def leave(self, connection: Connection) -> None:
        """A connection has ended."""
        self._waiting.pop(connection, None)
        network = self._open.pop(connection, None)
        if network is not None:
            self._share.give(network)
