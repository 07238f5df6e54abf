"""The web application of a newsletter: its settings become the arguments of `create_app`, and of its server."""

from __future__ import annotations

from email.utils import parseaddr

from starlette.types import ASGIApp

from newsletter.bootstrap import Application, utc_now
from newsletter.services.housekeeping import FeedReadings
from newsletter.web.app import create_app
from newsletter.web.pages import Pages
from newsletter.web.serving.clients import Proxies
from newsletter.web.serving.connections import Limits
from newsletter.web.serving.troubles import Troubles
from newsletter.web.signup.routes import PublicDoor

__all__ = ["web_application", "web_limits"]


def web_application(application: Application, troubles: Troubles, readings: FeedReadings) -> ASGIApp:
    """Everything that `newsletter serve` answers; `readings` is told who reads their feed.

    Raises:
        StoreError: the database cannot be opened, or is of another version.
    """
    s = application.settings
    pages = Pages(
        application.templates,
        title=s.newsletter.title,
        description=s.newsletter.description,
        languages=s.languages,
        contact=s.newsletter.contact or parseaddr(s.newsletter.from_)[1],
        topics=application.catalogue.topics,
    )
    return create_app(
        subscriptions=application.subscribing.subscriptions(),
        leaving=application.subscribing.leaving(),
        feeds=application.reading.subscriber_feeds(),
        readings=readings,
        days=application.reading.reader_pages(),
        previews=application.reading.interest_previews(),
        webhooks=application.returning.webhooks(),
        public=PublicDoor(
            door=application.joining.door(),
            joining=application.joining.joining(),
            links=application.subscribing.links(),
            is_open=s.web.signup,
            sends_first=s.signup.first_digest,
            lifetime=s.signup.lifetime,
        ),
        data=application.keeping.personal_data(),
        kept=s.retention.deliveries,
        pages=pages,
        base_url=s.newsletter.base_url,
        timezone=s.newsletter.timezone,
        site=s.path(s.publish.site),
        check=application.store.database.revision,
        clock=utc_now,
        limits=web_limits(application),
        troubles=troubles,
    )


def web_limits(application: Application) -> Limits:
    """What `newsletter serve` takes on."""
    web = application.settings.web
    return Limits(
        connections=web.connections,
        per_client=web.connections_per_client,
        grace=web.grace.total_seconds(),
        proxies=Proxies.named(web.trusted_proxies, web.forwarded_by),
    )
