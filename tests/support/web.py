"""The web application on a real server on loopback, over a real database."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.types import ASGIApp

from newsletter.domain.bounces import BounceRules
from newsletter.domain.interests import Remark, cause_of, parse
from newsletter.domain.matching import IssueSelector
from newsletter.domain.ports import NotificationReader, PersonalFiles
from newsletter.domain.signup import AddressPolicy
from newsletter.domain.subscribers import JoiningRules, Subscriber, SubscriptionState
from newsletter.errors import InterestError
from newsletter.formats import parse_catalogue
from newsletter.mail.reports import read_report
from newsletter.render.day_pages import DayPages
from newsletter.render.subscriber_feed import SubscriberFeedWriter
from newsletter.services.bounces import Intake, Webhooks
from newsletter.services.held_issues import HeldIssues
from newsletter.services.housekeeping import FeedReadings
from newsletter.services.interest_previews import InterestPreviews
from newsletter.services.joining import Joining
from newsletter.services.leaving import Leaving
from newsletter.services.links import Links
from newsletter.services.personal_data import PersonalData
from newsletter.services.preferences_forms import PreferencesForms
from newsletter.services.reader_pages import ReaderPages
from newsletter.services.signing_up import Door, DoorRules
from newsletter.services.subscriber_feeds import SubscriberFeeds
from newsletter.services.subscriptions import Subscriptions
from newsletter.store import Database, SqlStore
from newsletter.web.app import create_app
from newsletter.web.pages import Pages
from newsletter.web.serving.connections import Limits
from newsletter.web.serving.server import listen, make_server
from newsletter.web.serving.troubles import Troubles
from newsletter.web.signup.routes import PublicDoor
from tests.support.mails import SECRET, make_publication, make_templates

__all__ = [
    "CATALOGUE",
    "OPEN_DOOR",
    "check_interest",
    "feed_reader",
    "make_app",
    "make_data",
    "make_days",
    "make_feeds",
    "make_forms",
    "make_held",
    "make_intake",
    "make_leaving",
    "make_links",
    "make_previews",
    "make_public",
    "make_store",
    "make_subscriptions",
    "make_webhooks",
    "running",
]


CATALOGUE = parse_catalogue(
    """
[[topic]]
slug = "rag"
expression = 'retrieval'
names = {en = "Retrieval", zh-Hans = "检索"}
descriptions = {en = "Models that look things up"}

[[topic]]
slug = "agents"
expression = 'agent'
names = {en = "Agents & <tools>"}

[[topic]]
slug = "fish"
expression = 'zebrafish'
names = {en = "Fish"}
"""
)
"""Topics that a reader can tick."""
OPEN_DOOR = DoorRules(addresses=AddressPolicy())
"""A door that takes every address and asks for no sum."""


def check_interest(text: str) -> Remark | None:
    """What is wrong with an interest, None if it can be read."""
    try:
        parse(text)
    except InterestError as error:
        return cause_of(error)
    return None


def make_store(database: Database) -> SqlStore:
    """All repositories over this database; links are signed as those of `make_assembler`."""
    return SqlStore(database, clock=lambda: datetime.now(UTC), secret=SECRET)


def make_subscriptions(store: SqlStore, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Subscriptions:
    """What readers do with their subscription, over this store."""
    links, today = make_links(store), lambda: clock().date()
    forms = make_forms(store, clock=clock)
    return Subscriptions(
        links, forms, store.subscribers, store.suppressions, check_interest=check_interest, clock=clock, today=today
    )


def make_forms(
    store: SqlStore,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    topics: Sequence[str] = tuple(CATALOGUE.expressions),
) -> PreferencesForms:
    """The preferences of this store's subscribers as pages show them."""
    return PreferencesForms(
        make_links(store),
        store.suppressions,
        store.deliveries,
        clock=clock,
        today=lambda: clock().date(),
        complaint_wait=timedelta(days=365),
        languages=("en", "zh-Hans"),
        topics=topics,
    )


def make_links(store: SqlStore) -> Links:
    """The tokens of this store's subscribers."""
    return Links(store.subscribers, secrets=store.secrets)


def make_leaving(store: SqlStore, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Leaving:
    """What unsubscribe links do, over this store."""
    return Leaving(make_links(store), store.subscribers, store.suppressions, clock=clock, today=lambda: clock().date())


def make_held(store: SqlStore) -> HeldIssues:
    """Issues of this store in memory, with the topics of `CATALOGUE`."""
    return HeldIssues(store.issues, lambda issue: IssueSelector(issue, topics=CATALOGUE.expressions))


def make_feeds(
    store: SqlStore, base_url: str = "", entries: int = 100, variant: str = "1", held: HeldIssues | None = None
) -> SubscriberFeeds:
    """Private feeds over this store."""
    writer = SubscriberFeedWriter(
        make_templates(),
        make_publication("The Daily Sample", identity="0123", base_url=base_url, languages=("en", "zh-Hans")),
        entries=entries,
    )
    return SubscriberFeeds(
        store.issues,
        held or make_held(store),
        writer,
        entries=entries,
        variant=variant,
    )


def make_days(store: SqlStore, base_url: str = "", variant: str = "1", held: HeldIssues | None = None) -> ReaderPages:
    """Readers' own pages over this store."""
    publication = make_publication("The Daily Sample", identity="0123", base_url=base_url, languages=("en", "zh-Hans"))
    writer = DayPages(make_templates(), publication, topics=CATALOGUE.topics)
    return ReaderPages(store.issues, held or make_held(store), writer, variant=variant)


def make_previews(store: SqlStore, held: HeldIssues | None = None) -> InterestPreviews:
    """What interests would have found in the issues of this store."""
    return InterestPreviews(store.issues, held or make_held(store), topics=tuple(CATALOGUE.expressions))


def feed_reader(store: SqlStore, *interests: str) -> Subscriber:
    """A new reader who gives no address."""
    reader = Subscriber(email="", interests=interests, state=SubscriptionState.FEED)
    with store.database.write() as connection:
        return store.subscribers.insert_within(connection, reader)


def make_intake(store: SqlStore) -> Intake:
    """Where every way ends by which reports come, over this store."""
    return Intake(
        store.events,
        store.deliveries,
        BounceRules(),
        read_report,
        clock=lambda: datetime.now(UTC),
        keep_events=timedelta(days=400),
        keep_evidence=timedelta(days=30),
    )


def make_webhooks(store: SqlStore, readers: Mapping[str, NotificationReader]) -> Webhooks:
    """What takes in what these services tell, over this store."""
    return Webhooks(readers, make_intake(store), store.webhooks, clock=lambda: datetime.now(UTC))


def make_public(
    store: SqlStore,
    *,
    rules: DoorRules = OPEN_DOOR,
    joining: JoiningRules = JoiningRules(),  # noqa: B008  # a value
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    takes_mail: Callable[[str], bool] | None = None,
    is_open: bool = True,
) -> PublicDoor:
    """Who answers people who are not known, over this store."""
    ask = Joining(store.joining, rules=joining, secrets=store.secrets, clock=clock)
    door = Door(
        ask,
        store.joining,
        rules=rules,
        secrets=store.secrets,
        clock=clock,
        chance=secrets.token_hex,
        check_interest=check_interest,
        languages=("en", "zh-Hans"),
        topics=tuple(CATALOGUE.expressions),
        takes_mail=takes_mail,
    )
    return PublicDoor(door=door, joining=ask, links=make_links(store), is_open=is_open)


def make_data(store: SqlStore, files: Sequence[PersonalFiles] = ()) -> PersonalData:
    """What is kept of each reader of this store, and in these files."""
    return PersonalData(
        store.personal,
        store.subscribers,
        store.suppressions,
        store.remains,
        files=files,
        title="The Daily Sample",
        clock=lambda: datetime.now(UTC),
    )


def make_app(
    store: SqlStore,
    site: Path,
    *,
    base_url: str = "",
    feeds: SubscriberFeeds | None = None,
    days: ReaderPages | None = None,
    previews: InterestPreviews | None = None,
    readers: Mapping[str, NotificationReader] | None = None,
    limits: Limits | None = None,
    troubles: Troubles | None = None,
    public: PublicDoor | None = None,
    readings: FeedReadings | None = None,
) -> ASGIApp:
    """The application over this store and this site folder."""
    pages = Pages(
        make_templates(),
        title="The Daily Sample",
        description="Papers of the day",
        languages=("en", "zh-Hans"),
        contact="help@example.org",
        topics=CATALOGUE.topics,
    )
    return create_app(
        subscriptions=make_subscriptions(store),
        leaving=make_leaving(store),
        public=public or make_public(store),
        feeds=feeds or make_feeds(store, base_url),
        readings=readings or FeedReadings(),
        days=days or make_days(store, base_url),
        previews=previews or make_previews(store),
        webhooks=make_webhooks(store, readers or {}),
        data=make_data(store),
        kept=timedelta(days=400),
        pages=pages,
        base_url=base_url,
        timezone="Europe/Berlin",
        site=site,
        check=store.database.revision,
        clock=lambda: datetime.now(UTC),
        limits=limits or Limits(),
        troubles=troubles or Troubles(),
    )


@contextmanager
def running(app: ASGIApp, limits: Limits | None = None, *, troubles: Troubles | None = None) -> Iterator[str]:
    """Serve while the block runs; gives the address, without a slash at its end."""
    line = listen("127.0.0.1", 0)
    server = make_server(app, limits, troubles=troubles)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [line]}, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < until, "the server did not start in time"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{line.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        line.close()
