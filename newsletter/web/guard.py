"""What holds for every answer and every request: security headers, and bodies that end.

Addresses that carry a token are private: stored by nobody but the reader, never indexed, never passed on as a referrer.
"""

from __future__ import annotations

import asyncio

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["DOCUMENTS", "PRIVATE", "BodyRefused", "SecureHeaders", "read_body"]

DOCUMENTS = ("/feed/", "/day/")
"""What begins the addresses of what a reader may keep: private feeds, own pages."""
PRIVATE = ("/unsubscribe/", "/preferences/", *DOCUMENTS)
"""What begins the addresses that carry a token."""
_COMMON = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_TOKEN_POLICY = f"default-src 'none'; style-src 'self'; img-src 'self'; {_COMMON}"
_SITE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    f"img-src 'self' https: data:; {_COMMON}"
)
# a feed that a browser shows through its style sheet gets the styles that this makes
_XML_POLICY = "script-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"


class BodyRefused(Exception):
    """A request body that is too large (413), too slow (408) or was cut off (400)."""

    def __init__(self, status: int) -> None:
        super().__init__(f"request body refused with {status}")
        self.status = status


async def read_body(request: Request, *, limit: int, seconds: float) -> bytes:
    """The body of a request.

    Raises:
        BodyRefused: it is longer than `limit` bytes, takes longer than `seconds`, or its sender went away.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > 12 or int(announced) > limit):
        raise BodyRefused(413)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                body += part
                if len(body) > limit:
                    raise BodyRefused(413)
    except TimeoutError:
        raise BodyRefused(408) from None
    except ClientDisconnect:
        raise BodyRefused(400) from None
    return bytes(body)


class SecureHeaders:
    """Wraps the whole application, so that error pages have the headers too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        private = scope["path"].startswith(PRIVATE)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _guard(MutableHeaders(scope=message), private=private)
            await send(message)

        await self._app(scope, receive, send_guarded)


def _guard(headers: MutableHeaders, *, private: bool) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    kind = headers.get("content-type", "")
    if private:
        headers["Content-Security-Policy"] = _TOKEN_POLICY
        if not headers.get("cache-control", "").startswith("private"):  # a reader may keep what is theirs
            headers["Cache-Control"] = "no-store"
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Robots-Tag"] = "noindex, nofollow"
    else:
        xml = ("xml" in kind or "xsl" in kind) and not kind.startswith("image/")
        headers["Content-Security-Policy"] = _XML_POLICY if xml else _SITE_POLICY
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
