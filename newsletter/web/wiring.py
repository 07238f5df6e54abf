"""The web application of a newsletter: its settings become the arguments of `create_app`."""

from __future__ import annotations

from email.utils import parseaddr

from starlette.types import ASGIApp

from newsletter.bootstrap import Application, utc_now
from newsletter.web.app import create_app
from newsletter.web.pages import Pages

__all__ = ["web_application"]


def web_application(application: Application) -> ASGIApp:
    """Everything that `newsletter serve` answers.

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
        days=application.reading.reader_pages(),
        webhooks=application.returning.webhooks(),
        pages=pages,
        base_url=s.newsletter.base_url,
        site=s.path(s.publish.site),
        check=application.store.database.revision,
        clock=utc_now,
    )
