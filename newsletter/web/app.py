"""The web application: the pages behind the links of every mail, the published site, and a health check.

It keeps no session, sets no cookie and needs no JavaScript. Nothing is changed by GET or HEAD: mail scanners follow
every link. Whatever is stored is read and written in worker threads, because the store is synchronous.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp

from newsletter.domain.ports import Clock
from newsletter.errors import StoreError
from newsletter.services.bounces import Webhooks
from newsletter.services.reader_pages import ReaderPages
from newsletter.services.subscriber_feeds import SubscriberFeeds
from newsletter.services.subscriptions import Purpose, Subscriptions
from newsletter.web.day_routes import ReaderPageRoute
from newsletter.web.feed_routes import SubscriberFeedRoute
from newsletter.web.guard import DOCUMENTS, PRIVATE, BodyRefused, SecureHeaders, read_body
from newsletter.web.own_documents import OwnDocuments
from newsletter.web.pages import Pages
from newsletter.web.published import PublishedSite
from newsletter.web.site_routes import answer_file
from newsletter.web.webhook_routes import WebhookRoute

__all__ = ["create_app"]

_CLICK_BYTES = 64 * 1024
_FORM_BYTES = 512 * 1024
"""A thousand interests; the longest real list takes 8 KB."""
_FORM_FIELDS = 1000
"""One a topic of the catalogue, and a few more."""
BODY_SECONDS = 15.0
_READ = ["GET", "HEAD"]


async def _click_body(request: Request) -> None:
    """Mail services send a form or multipart (RFC 8058 §3.2); that it came is enough, so it is read and dropped."""
    await read_body(request, limit=_CLICK_BYTES, seconds=BODY_SECONDS)


async def _form_body(request: Request) -> Mapping[str, str]:
    """The fields of a form as browsers send it (`application/x-www-form-urlencoded`, UTF-8)."""
    body = await read_body(request, limit=_FORM_BYTES, seconds=BODY_SECONDS)
    try:
        fields = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=_FORM_FIELDS
        )
    except ValueError:
        raise BodyRefused(400) from None
    return dict(fields)


Click = Annotated[None, Depends(_click_body)]
Form = Annotated[Mapping[str, str], Depends(_form_body)]


def create_app(
    *,
    subscriptions: Subscriptions,
    feeds: SubscriberFeeds,
    days: ReaderPages,
    webhooks: Webhooks,
    pages: Pages,
    base_url: str,
    site: Path,
    check: Callable[[], object],
    clock: Clock,
) -> ASGIApp:
    """The application.

    Args:
        subscriptions: what readers do with their subscription.
        feeds: the private feeds.
        days: the readers' own pages.
        webhooks: takes in what sending services tell.
        pages: renders this application's own pages.
        base_url: where readers reach it; empty where that is not known.
        site: the folder that `newsletter publish` writes.
        check: reads something from the database; raises StoreError where that fails.
        clock: now.
    """
    app = FastAPI(title=pages.title, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    _add_subscription_pages(app, subscriptions, pages)
    documents = OwnDocuments(clock=clock)
    SubscriberFeedRoute(subscriptions, feeds, pages, documents, base_url=base_url).register(app)
    ReaderPageRoute(subscriptions, days, pages, documents).register(app)
    WebhookRoute(webhooks).register(app)
    _add_health(app, check)
    _add_site(app, PublishedSite(site), pages, clock)
    _add_error_pages(app, pages)
    return SecureHeaders(app)


def _add_subscription_pages(app: FastAPI, subscriptions: Subscriptions, pages: Pages) -> None:
    def unknown() -> HTMLResponse:
        return pages.notice("unknown-link", 404, depth=1)

    @app.api_route("/unsubscribe/{token}", methods=_READ)
    def ask_unsubscribe(token: str) -> Response:
        subscriber = subscriptions.find(Purpose.UNSUBSCRIBE, token)
        return unknown() if subscriber is None else pages.unsubscribe(subscriber, done=False)

    @app.post("/unsubscribe/{token}")
    def unsubscribe(token: str, _body: Click) -> Response:
        subscriber = subscriptions.unsubscribe(token)
        return unknown() if subscriber is None else pages.unsubscribe(subscriber, done=True)

    @app.api_route("/preferences/{token}", methods=_READ)
    def show_preferences(token: str) -> Response:
        form = subscriptions.preferences(token)
        return unknown() if form is None else pages.preferences(form)

    @app.post("/preferences/{token}")
    def change_preferences(token: str, fields: Form) -> Response:
        match fields.get("action"):
            case "return":
                form = subscriptions.come_back(token)
            case "renew-feed":
                form = subscriptions.renew_feed(token)
            case _:
                form = subscriptions.save(token, fields)
        return unknown() if form is None else pages.preferences(form)


def _add_health(app: FastAPI, check: Callable[[], object]) -> None:
    @app.api_route("/health", methods=_READ)
    def health() -> Response:
        try:
            check()
        except StoreError:
            # why it cannot be read is for the log of the command, not for whoever asks
            return JSONResponse({"status": "unavailable"}, 503, headers={"Cache-Control": "no-store"})
        return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


def _add_site(app: FastAPI, site: PublishedSite, pages: Pages, clock: Clock) -> None:
    @app.api_route("/{path:path}", methods=_READ)
    def published(path: str, request: Request) -> Response:
        answer = answer_file(site, path, request, clock=clock)
        if answer is not None:
            return answer
        if path == "static/style.css":
            # nothing is published yet, but mails of an earlier site may be out: their pages should be readable
            style = pages.templates.source("web/style.css")
            return Response(style, media_type="text/css", headers={"Cache-Control": "no-cache"})
        return pages.notice("not-found", 404, depth=path.count("/"))


def _add_error_pages(app: FastAPI, pages: Pages) -> None:
    def depth(request: Request) -> int:
        return max(request.url.path.count("/") - 1, 0)

    @app.exception_handler(BodyRefused)
    def refused(request: Request, error: BodyRefused) -> Response:
        page = pages.notice("refused", error.status, depth=depth(request))
        page.headers["Connection"] = "close"
        return page

    @app.exception_handler(StoreError)
    def unavailable(request: Request, _error: StoreError) -> Response:
        page = pages.notice("unavailable", 503, depth=depth(request))
        page.headers["Retry-After"] = "120"
        return page

    @app.exception_handler(HTTPException)
    def other(request: Request, error: HTTPException) -> Response:
        page = pages.notice(
            "not-found" if error.status_code == 404 else "refused", error.status_code, depth=depth(request)
        )
        page.headers.update(error.headers or {})
        if error.status_code == 405 and request.url.path.startswith(PRIVATE):
            # routing knows the methods of one of the two routes only
            page.headers["Allow"] = "GET, HEAD" if request.url.path.startswith(DOCUMENTS) else "GET, HEAD, POST"
        return page
