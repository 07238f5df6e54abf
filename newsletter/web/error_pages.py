"""The pages of requests that got no other: a body was refused, a database failed, an address has no page."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsletter.errors import StoreError
from newsletter.web.guard import DOCUMENTS, PRIVATE
from newsletter.web.pages import Pages
from newsletter.web.serving.admission import REASON
from newsletter.web.serving.bodies import BodyRefused
from newsletter.web.serving.lanes import Crowded

__all__ = ["ErrorPages"]


class ErrorPages:
    """Answers for errors."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def register(self, app: FastAPI) -> None:
        """Have the application answer with these pages."""
        app.exception_handler(BodyRefused)(self.refused)
        app.exception_handler(StoreError)(self.unavailable)
        app.exception_handler(Crowded)(self.crowded)
        app.exception_handler(HTTPException)(self.other)

    def refused(self, request: Request, error: BodyRefused) -> Response:
        """A body that is too large, too slow or cut off; what is left of it is not waited for."""
        page = self._pages.notice("refused", error.status, depth=_depth(request))
        page.headers["Connection"] = "close"
        return page

    def unavailable(self, request: Request, error: StoreError) -> Response:
        """A database that cannot be reached, or that another process keeps to itself."""
        request.scope[REASON] = str(error)
        return self._again(request, seconds=120)

    def crowded(self, request: Request, error: Crowded) -> Response:
        """More ask for a kind of work than can be done in time."""
        request.scope[REASON] = f"too many wait for {error}"
        return self._again(request, seconds=30)

    def _again(self, request: Request, *, seconds: int) -> Response:
        page = self._pages.notice("unavailable", 503, depth=_depth(request))
        page.headers["Retry-After"] = str(seconds)
        return page

    def other(self, request: Request, error: HTTPException) -> Response:
        """An address without a page, or a method that it does not take."""
        kind = "not-found" if error.status_code == 404 else "refused"
        page = self._pages.notice(kind, error.status_code, depth=_depth(request))
        page.headers.update(error.headers or {})
        if error.status_code == 405 and request.url.path.startswith(PRIVATE):
            # routing knows the methods of one of the two routes only
            page.headers["Allow"] = "GET, HEAD" if request.url.path.startswith(DOCUMENTS) else "GET, HEAD, POST"
        return page


def _depth(request: Request) -> int:
    return max(request.url.path.count("/") - 1, 0)
