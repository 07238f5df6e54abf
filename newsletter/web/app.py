"""The web application: the pages behind the links of every mail, the published site, and a health check.

It keeps no session, sets no cookie and needs no JavaScript. Nothing is changed by GET or HEAD: mail scanners follow
every link. Whatever is stored is read and written in worker threads, by kinds of work (`web.lanes`), because the store
is synchronous.

What is answered stands in modules of routes, each of which puts its own addresses on the application (`register`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from fastapi import FastAPI
from starlette.types import ASGIApp

from newsletter.domain.ports import Clock
from newsletter.services.bounces import Webhooks
from newsletter.services.housekeeping import FeedReadings
from newsletter.services.interest_previews import InterestPreviews
from newsletter.services.leaving import Leaving
from newsletter.services.personal_data import PersonalData
from newsletter.services.reader_pages import ReaderPages
from newsletter.services.subscriber_feeds import SubscriberFeeds
from newsletter.services.subscriptions import Subscriptions
from newsletter.web.error_pages import ErrorPages
from newsletter.web.guard import SecureHeaders
from newsletter.web.health_routes import HealthRoute
from newsletter.web.pages import Pages
from newsletter.web.published import PublishedSite
from newsletter.web.readers.data_routes import DataRoutes
from newsletter.web.readers.day_routes import ReaderPageRoute
from newsletter.web.readers.feed_routes import SubscriberFeedRoute
from newsletter.web.readers.leaving_routes import LeavingRoutes
from newsletter.web.readers.own_documents import OwnDocuments
from newsletter.web.readers.preferences_pages import PreferencesPages
from newsletter.web.readers.preferences_routes import PreferencesRoutes
from newsletter.web.readers.preview_turns import PreviewTurns
from newsletter.web.serving.admission import Admission
from newsletter.web.serving.connections import Limits
from newsletter.web.serving.lanes import Lanes
from newsletter.web.serving.troubles import Troubles
from newsletter.web.signup.routes import PublicDoor, SignUpRoutes
from newsletter.web.site_routes import SiteRoute
from newsletter.web.webhook_routes import WebhookRoute

__all__ = ["create_app"]


def create_app(
    *,
    subscriptions: Subscriptions,
    leaving: Leaving,
    feeds: SubscriberFeeds,
    readings: FeedReadings,
    days: ReaderPages,
    previews: InterestPreviews,
    webhooks: Webhooks,
    public: PublicDoor,
    data: PersonalData,
    kept: timedelta,
    pages: Pages,
    base_url: str,
    timezone: str,
    site: Path,
    check: Callable[[], object],
    clock: Clock,
    limits: Limits,
    troubles: Troubles,
) -> ASGIApp:
    """The application.

    Args:
        subscriptions: what readers do with their subscription.
        leaving: what unsubscribe links do.
        feeds: the private feeds.
        readings: is told who reads theirs.
        days: the readers' own pages.
        previews: what interests would have found.
        webhooks: takes in what sending services tell.
        public: takes in who subscribes, and who has lost their link or their address.
        data: what is kept of each reader.
        kept: how long it is on record what was sent to them.
        pages: renders this application's own pages.
        base_url: where readers reach it; empty where that is not known.
        timezone: the newsletter's, by its name.
        site: the folder that `newsletter publish` writes.
        check: reads something from the database; raises StoreError where that fails.
        clock: now.
        limits: what one network may ask for at once, and whom to believe on who asks.
        troubles: is told what fails.
    """
    app = FastAPI(title=pages.title, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    lanes = Lanes()
    app.router.route_class = lanes.route_class()
    documents = OwnDocuments(lanes.making, clock=clock)
    LeavingRoutes(leaving, pages).register(app)
    own_pages = PreferencesPages(pages, base_url, timezone)
    previewing = PreviewTurns(previews, own_pages, documents, lanes.reads)
    PreferencesRoutes(subscriptions, own_pages, previewing, lanes).register(app)
    SignUpRoutes(public, pages, previewing, lanes, proxies=limits.proxies, base_url=base_url).register(app)
    DataRoutes(public.links, data, pages, kept=kept, clock=clock).register(app)
    SubscriberFeedRoute(
        subscriptions, feeds, pages, documents, lanes.reads, readings=readings, base_url=base_url
    ).register(app)
    ReaderPageRoute(subscriptions, days, pages, documents, lanes.reads).register(app)
    WebhookRoute(webhooks, lanes.hooks).register(app)
    HealthRoute(check, lanes.health).register(app)
    # its addresses are all that are left, so it comes last
    SiteRoute(PublishedSite(site), pages, lanes.files, clock=clock).register(app)
    ErrorPages(pages).register(app)
    return SecureHeaders(Admission(app, limits=limits, troubles=troubles))
