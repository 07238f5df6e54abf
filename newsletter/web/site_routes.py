"""The published site, and answers with documents: conditional requests, HEAD, gzip (RFC 9110, RFC 9111)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from urllib.parse import quote

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from newsletter.domain.notation import mail_moment
from newsletter.domain.ports import Clock
from newsletter.web.pages import Pages
from newsletter.web.published import Document, Folder, PublishedSite, Unread
from newsletter.web.serving.lanes import Flights, Lane

__all__ = ["SiteRoute", "accepts_gzip", "answer_document", "is_current"]

_PAGES = "public, max-age=300"
_STATIC = "public, max-age=3600"
_OWN = {"static/style.css": "text/css", "static/icon.svg": "image/svg+xml", "static/signup.js": "text/javascript"}
_SETTLED = 2.0
"""Seconds after which a Last-Modified tells versions apart (RFC 9110 §8.8.2.2): it counts whole seconds."""


class SiteRoute:
    """Answers for every address that no other route has: the published site."""

    def __init__(self, site: PublishedSite, pages: Pages, lane: Lane, *, clock: Clock) -> None:
        self._site = site
        self._lane = lane
        self._flights = Flights()
        self._pages = pages
        self._clock = clock

    def register(self, app: FastAPI) -> None:
        """Put the addresses on the application, after all others."""
        app.api_route("/{path:path}", methods=["GET", "HEAD"])(self.answer)

    async def answer(self, path: str, request: Request) -> Response:
        """One request."""
        target = await self._lane.run(self._site.find, path)
        if isinstance(target, Unread):
            target = await self._flights.share(target, partial(self._lane.run, self._site.read, target))
        if isinstance(target, Folder):
            # relative, because only the proxy knows what stands before it
            return Response(status_code=308, headers={"Location": f"./{quote(target.name)}/", "Cache-Control": _PAGES})
        if target is not None:
            cache = _STATIC if path.startswith("static/") else _PAGES
            return answer_document(target, request, cache=cache, now=self._clock())
        if path in _OWN:
            # nothing is published yet, or not by this version: the pages of this application need them all the same
            source, kind = self._pages.templates.source(f"web/{path.partition('/')[2]}"), _OWN[path]
            return Response(source, media_type=kind, headers={"Cache-Control": "no-cache"})
        return self._pages.notice("not-found", 404, depth=path.count("/"))


def answer_document(document: Document, request: Request, *, cache: str, now: datetime) -> Response:
    """A document as this request wants it; `cache` is its Cache-Control."""
    zipped = document.compressed is not None and accepts_gzip(request.headers.get("accept-encoding", ""))
    etag = f'"{document.etag}{"-gzip" if zipped else ""}"'
    headers = {
        "Cache-Control": cache,
        "ETag": etag,
        "Last-Modified": format_datetime(_whole_second(document.modified), usegmt=True),
    }
    if document.compressed is not None:
        headers["Vary"] = "Accept-Encoding"
    if is_current(request, etag, document.modified, now):
        return Response(status_code=304, headers=headers)
    if document.content is None:
        return FileResponse(document.path, media_type=document.media_type, headers=headers)
    body = document.content
    if zipped and document.compressed is not None:
        body = document.compressed
        headers["Content-Encoding"] = "gzip"
    # as a header, so that no charset is added to types that have none
    return Response(body, headers=headers | {"Content-Type": document.media_type})


def is_current(request: Request, etag: str, modified: float, now: datetime) -> bool:
    """Whether the reader's copy is still good: If-None-Match alone where it is given (RFC 9110 §13.2.2)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in known or etag in known
    since = request.headers.get("if-modified-since")
    if since is None or now.timestamp() - modified < _SETTLED:
        return False
    moment = mail_moment(since)
    return moment is not None and _whole_second(modified) <= moment


def _whole_second(modified: float) -> datetime:
    return datetime.fromtimestamp(int(modified), UTC)


def accepts_gzip(field: str) -> bool:
    """Accept-Encoding (RFC 9110 §12.5.3): the most exact member counts, and a weight of 0 refuses."""
    weights: dict[str, bool] = {}
    for member in field.lower().split(","):
        coding, *parameters = (part.strip() for part in member.split(";"))
        refused = any(p.replace(" ", "") in {"q=0", "q=0.0", "q=0.00", "q=0.000"} for p in parameters)
        weights[coding] = not refused
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", False)))
