"""Which requests are let in: one network cannot have all the work, behind a proxy neither.

The rules, in the order in which they are applied:

1. a request of an operator's own proxy that names nobody is let in;
2. a network (`web.clients`) that has its share of requests being answered gets 503 for any further one, and is told to
   come again at once when one of them is done;
3. every other is let in. Whoever fails is counted with its reason (`web.troubles`), by its route and never its address.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.web.serving.clients import client_of
from newsletter.web.serving.connections import Limits, Share
from newsletter.web.serving.troubles import Troubles

__all__ = ["REASON", "Admission"]

REASON = "newsletter.reason"
"""Where in a scope a handler may leave why it fails: text for the log, without anything of the request."""


class Admission:
    """Wraps the application, within `SecureHeaders`: refusals have the headers too."""

    def __init__(self, app: ASGIApp, *, limits: Limits, troubles: Troubles) -> None:
        self._app = app
        self._proxies = limits.proxies
        self._troubles = troubles
        self._share = Share(limits.per_client)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 500:
                self._troubles.note(_told(scope, message["status"]))
                if message["status"] == 500:
                    # the server closes the line after a fault: whoever would ask again over it has to know
                    MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        self._notice_a_proxy(scope)
        client = client_of(scope, self._proxies)
        if client.address in self._proxies:
            await self._app(scope, receive, send_counted)
        elif self._share.take(client.network):
            try:
                await self._app(scope, receive, send_counted)
            finally:
                self._share.give(client.network)
        else:
            scope[REASON] = "an address has its share of requests"
            # an answer without a page: whoever sends so many reads none
            answer = PlainTextResponse("Too many requests at once.\n", 503, headers={"Retry-After": "5"})
            answer.headers.update({"Connection": "close", "Cache-Control": "no-store"})
            await answer(scope, receive, send_counted)

    def _notice_a_proxy(self, scope: Scope) -> None:
        """Tell the operator of a proxy of theirs that the settings do not name: all its readers would count as one."""
        if self._proxies.networks or not Headers(scope=scope).get(self._proxies.header):
            return
        peer = client_of(scope, self._proxies).address
        if peer is not None and peer.is_private:
            proxy = f"A proxy at {peer} asks for others, and web.trusted_proxies does not name it"
            self._troubles.note(f"{proxy}: all of them count as one")


def _told(scope: Scope, status: int) -> str:
    route = scope.get("route")
    reason = scope.get(REASON)
    where = f" at {route.path}" if route is not None else ""
    return f"{status}{where}{f': {reason}' if reason else ''}"
