"""What holds for every answer: security headers.

Addresses that carry a token are private: stored by nobody but the reader, never indexed, never passed on as a referrer.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["DOCUMENTS", "FORMS", "PRIVATE", "SCRIPTED_POLICY", "SITE_POLICY", "XML_POLICY", "SecureHeaders"]

DOCUMENTS = ("/feed/", "/day/")
"""What begins the addresses of what a reader may keep: private feeds, own pages."""
PRIVATE = ("/unsubscribe/", "/preferences/", "/confirm/", *DOCUMENTS)
"""What begins the addresses that carry a token."""
FORMS = ("/subscribe", "/preferences")
"""Addresses of forms for people who are not known: each form has a moment of its own, and its answer is theirs."""
_COMMON = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_TOKEN_POLICY = f"default-src 'none'; style-src 'self'; img-src 'self'; {_COMMON}"
SCRIPTED_POLICY = f"{_TOKEN_POLICY}; script-src 'self'; connect-src 'self'"
"""For the private page that sets it: scripts of our own, which may ask us alone."""
SITE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    f"img-src 'self' https: data:; {_COMMON}"
)
"""For the published site; deploy/ has it too, for the web servers that send the site themselves."""
_FORM_POLICY = f"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; {_COMMON}"
XML_POLICY = "script-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
"""For the site's XML: a feed that a browser shows through its style sheet gets the styles that this makes."""


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
        form = scope["path"] in FORMS

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _guard(MutableHeaders(scope=message), private=private, form=form)
            await send(message)

        await self._app(scope, receive, send_guarded)


def _guard(headers: MutableHeaders, *, private: bool, form: bool) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    kind = headers.get("content-type", "")
    if private:
        headers.setdefault("Content-Security-Policy", _TOKEN_POLICY)
        if not headers.get("cache-control", "").startswith("private"):  # a reader may keep what is theirs
            headers["Cache-Control"] = "no-store"
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Robots-Tag"] = "noindex, nofollow"
    elif form:
        headers["Content-Security-Policy"] = _FORM_POLICY
        headers["Cache-Control"] = "no-store"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Vary"] = "Accept-Language"
    else:
        xml = ("xml" in kind or "xsl" in kind) and not kind.startswith("image/")
        headers["Content-Security-Policy"] = XML_POLICY if xml else SITE_POLICY
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
