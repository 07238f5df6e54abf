"""The one place where concrete classes meet: settings become services."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from functools import cached_property, partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from newsletter import __version__, sample
from newsletter.domain.announcements import AnnounceType, Listing, Notice
from newsletter.domain.archives import ARCHIVE_SOURCE, BackIssue
from newsletter.domain.calendar import AnnouncementCalendar
from newsletter.domain.deliveries import DeliveryStatus
from newsletter.domain.interest_parser import parse
from newsletter.domain.issues import Issue, IssueKey, IssueState, IssueStatus
from newsletter.domain.merging import merge
from newsletter.domain.papers import Paper, parse_paper_id
from newsletter.domain.ports import Engine, HostGate, MailFactory, Progress, Source
from newsletter.domain.selection import SelectionRequest, Selector
from newsletter.domain.tokens import keyed_hash
from newsletter.domain.topics import Catalogue, parse_catalogue
from newsletter.errors import ConfigError, InterestError, IssueMissing, UsageError
from newsletter.services.approve import Approve
from newsletter.services.collect import Backfill, Collect, Patience
from newsletter.services.compose import Compose, ComposeOptions
from newsletter.services.daily import Daily
from newsletter.services.edit import Edit
from newsletter.services.enrich import Enrich
from newsletter.services.importing import ImportArchive
from newsletter.services.interests import LearnNames
from newsletter.services.progress import Silent
from newsletter.services.publish import Publish
from newsletter.services.reconcile import Reconcile
from newsletter.services.scope import Scope
from newsletter.services.subscribers import SyncReport, SyncRoster
from newsletter.services.subscriptions import Subscriptions
from newsletter.settings import Settings, SourceSettings, make_settings
from newsletter.store import Database, SqlStore

if TYPE_CHECKING:
    from newsletter.domain.ports import Signer, SiteRenderer
    from newsletter.mail.dkim import DkimKey
    from newsletter.mail.transport import Relay
    from newsletter.render.environment import Templates
    from newsletter.render.site import SiteTopic
    from newsletter.services.audit import Audit
    from newsletter.services.dispatch import DispatchReport, DryRun, Plan, PlanReport, Send, Snapshot
    from newsletter.services.export import DocumentWriter, Export
    from newsletter.services.preview import Preview

__all__ = ["Application", "sample_settings", "shipped"]

STATE = Path(".newsletter")
"""Beside newsletter.toml: what can be deleted at any time (the HTTP cache, the gates of hosts)."""


def utc_now() -> datetime:
    """The clock of the whole program."""
    return datetime.now(UTC)


def shipped(name: str) -> Path:
    """A folder that comes with the program (`templates`, `subscribers`): in the wheel, or in the checkout."""
    package = Path(__file__).parent
    inside = package / "_shipped" / name
    return inside if inside.is_dir() else package.parent / name


def sample_settings(folder: Path) -> Settings:
    """The settings of the bundled sample, which writes into `folder`.

    It has its own database, so that no invented subscriber can ever stand among real ones, and no relay.
    """
    values = {
        "newsletter": {
            "title": "Paper newsletter (sample)",
            "description": "An invented day of papers, to show what a digest looks like",
            "base_url": "https://newsletter.example.org",
            "from": "Paper newsletter <newsletter@example.org>",
            "topics": shipped("subscribers") / "topics.toml",
        },
        "database": {"url": "sqlite:///sample.db"},
        "sources": [{"kind": "files", "path": sample.PAPERS}],
        "enrich": {"languages": ["en", "zh-Hans"]},
    }
    return make_settings(values).model_copy(update={"sample": True, "folder": folder})


class Application:
    """A newsletter: its settings, its store, and each service made when it is asked for."""

    def __init__(self, settings: Settings, *, progress: Progress, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self._progress = progress
        self._clock = clock
        self._selector: tuple[str, Selector] | None = None

    # --- state ------------------------------------------------------------------------------------------------------

    @cached_property
    def store(self) -> SqlStore:
        """The store, opened and checked.

        Raises:
            StoreError: it cannot be opened, or is of another version.
        """
        store = self._unopened_store()
        store.database.open()
        return store

    def close(self) -> None:
        """Give the database's connections back."""
        if "store" in self.__dict__:
            self.store.database.close()

    def _unopened_store(self) -> SqlStore:
        s = self.settings
        database = Database(
            s.database.url,
            folder=s.folder,
            password=s.database.password.get_secret_value() if s.database.password else None,
        )
        secret = s.newsletter.secret.get_secret_value().encode() if s.newsletter.secret else None
        return SqlStore(database, merge=merge, clock=self._clock, secret=secret)

    def upgrade_database(self) -> tuple[str | None, str | None]:
        """Bring the database up to this version; returns its revision before and after."""
        database = self._unopened_store().database
        before = database.revision()
        database.upgrade()
        return before, database.revision()

    def issue(self, key: IssueKey) -> Issue:
        """A composed issue.

        Raises:
            IssueMissing: there is none.
        """
        issue = self.store.issues.get(key)
        if issue is None:
            msg = f"There is no issue {key.slug} yet. Run `newsletter compose --date {key.day}` first."
            raise IssueMissing(msg)
        return issue

    def papers(self, ids: Sequence[str]) -> list[Paper]:
        """The papers of these ids, in any form an id has.

        Raises:
            UsageError: an id cannot be read, or nothing was ever collected about its paper.
        """
        try:
            wanted = [parse_paper_id(text)[0] for text in ids]
        except ValueError as error:
            raise UsageError(f"--paper: {error}.") from error
        known = self.store.papers.get(wanted)
        if missing := [paper_id for paper_id in wanted if paper_id not in known]:
            msg = f"--paper: nothing was collected about {', '.join(missing)}."
            raise UsageError(msg)
        return [known[paper_id] for paper_id in wanted]

    def recent(self, days: int) -> tuple[list[Listing], list[tuple[IssueStatus, Mapping[DeliveryStatus, int]]]]:
        """The listings and issues of the last days, newest first, each issue with its deliveries' totals."""
        issues = self.store.issues.archive(limit=days)
        today = self._clock().astimezone(ZoneInfo(self.settings.newsletter.timezone)).date()
        last = max([today, *(s.key.day for s in issues)]) if self.settings.sample else today
        first = last - timedelta(days=days - 1)
        listings = [x for n in range(days) for x in self.store.listings.on(last - timedelta(days=n))]
        shown = [s for s in issues if s.key.day >= first]
        return listings, [(s, self.store.deliveries.totals(s.key)) for s in shown]

    # --- interests --------------------------------------------------------------------------------------------------

    def check_interest(self, text: str) -> str | None:
        """What is wrong with an interest; None if it can be read."""
        try:
            parse(text)
        except InterestError as error:
            return str(error)
        return None

    @cached_property
    def catalogue(self) -> Catalogue:
        """The topic catalogue; an empty one where there is no file.

        Raises:
            ConfigError: it cannot be read.
        """
        path = self.settings.path(self.settings.newsletter.topics)
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Catalogue()
        except (OSError, UnicodeDecodeError) as error:
            msg = f"{path}: the topic catalogue cannot be read ({error}); correct it, or newsletter.topics"
            raise ConfigError(msg, key="newsletter.topics", path=path) from error
        return parse_catalogue(text, path=path)

    def topic_pages(self) -> list[SiteTopic]:
        """The topics of the catalogue as the site shows them."""
        from newsletter.render.site import SiteTopic  # noqa: PLC0415  # templates and feeds are slow to import

        known: dict[str, dict[str, tuple[int, ...]]] = {}

        def papers(slug: str, issue: Issue) -> tuple[int, ...]:
            # A site asks topic by topic, each for many issues: an issue is indexed once, for all topics.
            if issue.hash not in known:
                selector = self.selector(issue)
                known[issue.hash] = {
                    topic.slug: tuple(
                        pick.index for pick in selector.select(SelectionRequest((f"topic:{topic.slug}",))).picks
                    )
                    for topic in self.catalogue.topics
                }
            return known[issue.hash][slug]

        return [
            SiteTopic(slug=topic.slug, names=topic.names, papers=partial(papers, topic.slug))
            for topic in self.catalogue.topics
        ]

    def selector(self, issue: Issue) -> Selector:
        """The selector of an issue. The last one is kept: planning and sending ask for the same."""
        from newsletter.domain.selector import IssueSelector  # noqa: PLC0415  # numpy is slow to import

        if self._selector is None or self._selector[0] != issue.hash:
            self._selector = issue.hash, IssueSelector(issue, topics=self.catalogue.expressions)
        return self._selector[1]

    # --- services ---------------------------------------------------------------------------------------------------

    def collect(self) -> Collect:
        """Collect announcements."""
        s = self.settings.collect
        return self._collect(self._sources(), Patience(wait=s.wait, every=s.every))

    def backfill(self) -> Backfill:
        """Collect past days: arXiv's search tells what its daily feeds have left behind."""
        sources = self._sources({"arxiv-rss": "arxiv-api"})
        return Backfill(
            self._collect(sources, Patience()),
            self.store.listings,
            instead=lambda source, _feed: "arxiv-api" if source == "arxiv-rss" else source,
        )

    def reconcile(self) -> Reconcile:
        """Compare a day with arXiv's own record.

        Raises:
            ConfigError: no source reads categories of arXiv.
        """
        references = [source for source in self._sources({"arxiv-rss": "arxiv-oai"}) if source.kind == "arxiv-oai"]
        if not references:
            msg = 'Only categories of arXiv can be reconciled, and no source of kind "arxiv-rss" or "arxiv-oai" is set.'
            raise ConfigError(msg, key="sources")
        return Reconcile(self.store.papers, self.store.listings, references, self._progress)

    def _collect(self, sources: Sequence[Source], patience: Patience) -> Collect:
        return Collect(
            self.store.papers,
            self.store.listings,
            sources,
            self._progress,
            calendar=self.calendar,
            patience=patience,
            clock=self._clock,
        )

    @cached_property
    def calendar(self) -> AnnouncementCalendar:
        """ArXiv's announcement calendar, with the holidays of the settings or the program's own."""
        from newsletter.sources.registry import load_calendar  # noqa: PLC0415  # feed parsers are slow to import

        own = self.settings.collect.holidays
        return load_calendar(self.settings.path(own) if own else None)

    def calendar_warning(self) -> str:
        """What a person should do about the holidays' data; empty where nothing, or where arXiv is not read."""
        if not any(source.kind.startswith("arxiv") for source in self.settings.sources):
            return ""
        return self.calendar.warning(self._clock().date())

    def enrich(self) -> Enrich:
        """Write summaries."""
        return Enrich(self.store.summaries, self._engine(), self.settings.languages, self._progress)

    def scope(self) -> Scope:
        """Which papers are worth a summary."""
        s = self.settings
        return Scope(
            self.compose(),
            self.store.subscribers,
            self.selector,
            feed_entries=s.publish.feed_entries,
            shown_only=s.enrich.scope == "shown",
        )

    def compose(self) -> Compose:
        """Freeze issues."""
        s = self.settings
        options = ComposeOptions(
            title=s.newsletter.title,
            description=s.newsletter.description,
            languages=s.languages,
            # what came with a paper is what its author wanted shown; the fallback is there for a model that failed
            engines=tuple(dict.fromkeys(("file", s.enrich.engine, "extractive"))),
            order=s.issue.order,
            max_papers=s.issue.max_papers,
        )
        return Compose(
            self.store,
            options,
            admits=self._admits(),
            clock=self._clock,
            acronyms=LearnNames(self.store, self.catalogue.synonyms),
        )

    def daily(self) -> Daily:
        """The day up to its frozen issues."""
        return Daily(
            self.collect(), self.scope(), self.enrich(), self.compose(), weekly_on=self.settings.issue.weekly_on
        )

    def edit(self) -> Edit:
        """The editor's desk."""
        return Edit(
            self.store.notes,
            self.compose(),
            folder=self.settings.path(self.settings.issue.desk),
            languages=self.settings.languages,
        )

    def approve(self) -> Approve:
        """Let an issue go out."""
        return Approve(self.store.issues, clock=self._clock)

    def importing(self) -> ImportArchive:
        """Take in back archives."""
        from newsletter.archives import READERS  # noqa: PLC0415  # readers are for this command alone

        return ImportArchive(self.store, {**READERS, "jsonl": self._read_lines}, self.compose(), clock=self._clock)

    def _read_lines(self, text: str, day: date | None) -> BackIssue:
        """JSON Lines as an archive: what the `files` source reads, of one day."""
        from newsletter.sources.files import Problem, parse  # noqa: PLC0415  # as above

        if day is None:
            msg = "JSON Lines name no issue: say whose day they are with --date."
            raise UsageError(msg)
        read = list(parse(iter(text.encode().splitlines(keepends=True)), day=day))
        return BackIssue(
            day=day,
            announcements=tuple(
                replace(x, source=ARCHIVE_SOURCE, feed="jsonl", day=day) for x in read if not isinstance(x, Problem)
            ),
            problems=tuple(f"line {x.line}: {x.message}" for x in read if isinstance(x, Problem)),
        )

    def publish(self) -> Publish:
        """Write the site."""
        s = self.settings
        return Publish(
            self.store.issues,
            self._site_renderer(),
            site=s.path(s.publish.site),
            feed_entries=s.publish.feed_entries,
            approval=s.issue.approval,
            clock=self._clock,
        )

    def plan(self) -> Plan:
        """Freeze an issue's audience."""
        from newsletter.services.dispatch import Plan  # noqa: PLC0415  # mail is slow to import

        return Plan(
            issues=self.store.issues,
            subscribers=self.store.subscribers,
            deliveries=self.store.deliveries,
            select=self.selector,
            clock=self._clock,
            late_after=self.settings.dispatch.late_after,
            zone=ZoneInfo(self.settings.newsletter.timezone),
        )

    def send(self) -> Send:
        """Send what was planned."""
        from newsletter.domain.deliveries import UncertainPolicy  # noqa: PLC0415
        from newsletter.mail.limits import PRESETS, Preset  # noqa: PLC0415
        from newsletter.mail.pool import PoolSettings  # noqa: PLC0415
        from newsletter.mail.transport import Connector  # noqa: PLC0415
        from newsletter.services.dispatch import Send, SendSettings  # noqa: PLC0415  # as above

        s = self.settings
        preset = PRESETS.get(s.smtp.preset, Preset(()))
        connections = min(s.smtp.connections, preset.connections or s.smtp.connections)
        return Send(
            subscribers=self.store.subscribers,
            deliveries=self.store.deliveries,
            select=self.selector,
            mail=self._mail(),
            opener=Connector(self.check_relay()),
            settings=SendSettings(
                pool=PoolSettings(connections=connections, messages=s.smtp.messages or preset.messages),
                limits=s.smtp.rate or preset.limits,
                per_domain=s.smtp.per_domain,
                uncertain=UncertainPolicy(s.dispatch.uncertain),
            ),
            clock=self._clock,
            signer=self._signer(),
        )

    def send_in_processes(
        self, key: IssueKey, count: int, *, resume: bool = False, wait: bool = False
    ) -> DispatchReport:
        """Send what was planned by several processes at once."""
        from newsletter.services.dispatch import send_in_processes  # noqa: PLC0415  # as above

        if resume:
            self.store.deliveries.pause(key, "")
        return send_in_processes(partial(_send_alone, self.settings, key, wait=wait), count)

    def audit(self) -> Audit:
        """Account for everybody."""
        from newsletter.services.audit import Audit  # noqa: PLC0415  # as above

        return Audit(self.store.deliveries, self.store.subscribers)

    def dkim_keys(self) -> list[DkimKey]:
        """The keys that sign, the RSA key first; none where `dkim.domain` is not set.

        Raises:
            ConfigError: a key is missing, or is none.
        """
        from newsletter.mail.dkim import DkimKey  # noqa: PLC0415  # cryptography is slow to import

        s = self.settings.dkim
        if not s.domain:
            return []
        named = [(s.key_file, s.selector), (s.ed25519_key_file, s.ed25519_selector)]
        keys = [DkimKey.load(self.settings.path(path), selector) for path, selector in named if path]
        if not keys:
            msg = "dkim.domain is set but no key: set dkim.key_file and dkim.selector; `newsletter doctor --dkim` helps"
            raise ConfigError(msg, key="dkim.key_file")
        return keys

    def _signer(self) -> Signer | None:
        from newsletter.mail.dkim import DkimSigner  # noqa: PLC0415  # as above

        s, keys = self.settings.dkim, self.dkim_keys()
        return DkimSigner(s.domain, keys, body=s.body) if keys else None

    def check_relay(self) -> Relay:
        """The relay of the settings.

        Raises:
            ConfigError: it is not set, or not safe as it is set.
        """
        from newsletter.mail.session import Timeouts  # noqa: PLC0415  # as above
        from newsletter.mail.transport import Relay, Security  # noqa: PLC0415

        s = self.settings.smtp
        return Relay(
            host=s.host,
            port=s.port,
            security=Security(s.security),
            username=s.username,
            password=s.password,
            plaintext_login=s.plaintext_login,
            authorities=self.settings.path(s.authorities) if s.authorities else None,
            timeouts=Timeouts.at_most(s.timeout.total_seconds()),
        )

    def dry_run(self) -> DryRun:
        """Write the exact messages to the outbox."""
        from newsletter.services.dispatch import DryRun  # noqa: PLC0415  # as above

        return DryRun(
            issues=self.store.issues,
            subscribers=self.store.subscribers,
            deliveries=self.store.deliveries,
            select=self.selector,
            mail=self._mail(),
            outbox=self.settings.path(self.settings.publish.outbox),
            page=self._outbox_page,
            signer=self._signer(),
        )

    def _outbox_page(self, manifest: Mapping[str, Any], html: Mapping[str, str]) -> str:
        from newsletter.render.outbox import render_outbox  # noqa: PLC0415  # templates are slow to import

        issue = self.issue(IssueKey.parse(str(manifest["date"])))
        titles: dict[str, str] = {entry.id: entry.paper.title for entry in issue.papers}
        return render_outbox(
            self.templates, manifest, language=self.settings.newsletter.language, titles=titles, html=html
        )

    def is_recent(self, issue: Issue) -> bool:
        """Whether an issue was frozen a short while ago, so that its readers wait for it whatever its date is."""
        return issue.frozen_at is not None and self._clock() - issue.frozen_at < self.settings.dispatch.late_after

    def check_published(self, key: IssueKey) -> None:
        """Nothing is sent that is not published: its links would lead nowhere.

        Raises:
            IssueMissing: there is no such issue, or it is not published.
        """
        status = self.store.issues.status(key)
        if status is None or status.state is not IssueState.PUBLISHED:
            self.issue(key)
            msg = f"Issue {key.slug} is not published yet. Run `newsletter publish --date {key.day}` first."
            raise IssueMissing(msg)

    @contextmanager
    def watching(self, label: str, planned: PlanReport) -> Iterator[Callable[[Snapshot], None]]:
        """Show how sending goes on."""
        waiting = sum(planned.totals.get(s, 0) for s in (DeliveryStatus.QUEUED, DeliveryStatus.DEFERRED))
        with self._progress.task(label, waiting) as step:
            done = 0

            def watch(snapshot: Snapshot) -> None:
                nonlocal done
                step(snapshot.sent - done)
                done = snapshot.sent

            yield watch

    def sync_roster(self) -> SyncReport | None:
        """Take in the rosters that settings name; None where they name none."""
        if self.settings.sample:
            return self.sync_from(shipped("subscribers") / "example.toml")
        roster = self.settings.newsletter.roster
        return None if roster is None else self.sync_from(self.settings.path(roster))

    def sync_from(self, path: Path, *, prune: bool = True) -> SyncReport:
        """Take in a roster, or a folder of them."""
        topics = self.settings.path(self.settings.newsletter.topics).resolve()
        service = SyncRoster(self.store.subscribers, self.check_interest, not_rosters=frozenset({topics}))
        return service.run(path, prune=prune)

    def subscriptions(self) -> Subscriptions:
        """What readers do through the links in their mail."""
        return Subscriptions(
            self.store.subscribers,
            secret=self.store.secret,
            check_interest=self.check_interest,
            languages=self.settings.languages,
        )

    @cached_property
    def templates(self) -> Templates:
        """The template set, the operator's own files first."""
        from newsletter.render.environment import Templates  # noqa: PLC0415  # jinja2 is slow to import

        own = self.settings.newsletter.templates
        return Templates([*([self.settings.path(own)] if own else []), shipped("templates")])

    def _site_renderer(self) -> SiteRenderer:
        from newsletter.render.site import SitePages  # noqa: PLC0415  # templates and feeds are slow to import

        s = self.settings
        return SitePages(
            self.templates,
            title=s.newsletter.title,
            description=s.newsletter.description,
            base_url=s.newsletter.base_url,
            # no change of title or address may make the ids of entries others
            identity=keyed_hash(self.store.secret(), "feeds").hex(),
            feed_entries=s.publish.feed_entries,
            markdown=s.publish.markdown,
            topics=self.topic_pages(),
            front_matter=s.publish.front_matter,
        )

    def export(self) -> Export:
        """Write an issue as one document."""
        from newsletter.render.jsonl import write_jsonl  # noqa: PLC0415
        from newsletter.render.markdown import MarkdownRenderer  # noqa: PLC0415
        from newsletter.services.export import Export  # noqa: PLC0415  # as above

        markdown = MarkdownRenderer(self.templates)

        def writer(profile: str) -> DocumentWriter:
            return lambda issue, language, compat: markdown.write(issue, profile, language, compat=compat)

        writers = {profile: writer(profile) for profile in markdown.profiles}
        return Export(self.store.issues, writers | {"jsonl": lambda issue, _language, _compat: write_jsonl(issue)})

    def preview(self, key: IssueKey) -> Preview:
        """Show an issue while templates are written.

        Raises:
            IssueMissing: there is no such issue.
        """
        from newsletter.services.preview import Preview  # noqa: PLC0415  # as above

        issue, status = self.store.issues.get(key), self.store.issues.status(key)
        if issue is None or status is None:
            msg = f"There is no issue {key.slug} yet. Run `newsletter compose --date {key.day}` first."
            raise IssueMissing(msg)

        def index(paths: Sequence[str]) -> str:
            return self.templates.render(
                "web/preview.html",
                "en",
                paths=paths,
                name=key.slug,
                style=self.templates.trusted("web/style.css"),
            )

        return Preview(
            issue,
            status,
            mails=self._mail,
            site=self._site_renderer,
            index=index,
            forget=self.templates.forget,
            folders=self.templates.folders,
        )

    def _mail(self) -> MailFactory:
        from newsletter.mail.assembly import MailAssembler  # noqa: PLC0415  # as above
        from newsletter.render.mail import MailRenderer  # noqa: PLC0415

        s = self.settings.newsletter
        name, address = parseaddr(s.from_)
        design = MailRenderer(self.templates, title=s.title, base_url=s.base_url, postal_address=s.postal_address)
        return MailAssembler(
            design=design,
            title=s.title,
            sender=address,
            sender_name=name,
            base_url=s.base_url,
            secret=self.store.secret(),
        )

    # --- adapters ---------------------------------------------------------------------------------------------------

    def _sources(self, instead: Mapping[str, str] | None = None) -> list[Source]:
        """The sources of the settings; where `instead` names another kind for a source's, that one."""
        from newsletter.sources import registry  # noqa: PLC0415  # feed parsers are slow to import
        from newsletter.sources.gate import FileGate  # noqa: PLC0415
        from newsletter.sources.http import PoliteClient  # noqa: PLC0415

        s = self.settings
        if not s.sources:
            msg = 'No source is set. Add a [[sources]] table to newsletter.toml, for example kind = "hf-daily".'
            raise ConfigError(msg, key="sources", path=None)
        contact = s.newsletter.contact or parseaddr(s.newsletter.from_)[1]
        client = PoliteClient(
            user_agent=registry.user_agent(__version__, contact),
            gate=self._gate(FileGate(s.path(STATE) / "gates")),
            cache=s.path(STATE) / "cache",
            now=self._clock,
        )
        return [
            registry.build(
                (instead or {}).get(source.kind, source.kind),
                client=client,
                calendar=self.calendar,
                categories=source.categories,
                base_url=source.base_url,
                query=source.query,
                set=source.set,
                url=source.url,
                path=s.path(source.path) if source.path else None,
                now=self._clock,
            )
            for source in s.sources
        ]

    def _gate(self, on_this_machine: HostGate) -> HostGate:
        """Workers on several machines share PostgreSQL, and with it the gate; SQLite is a file of one machine."""
        if self.store.database.is_sqlite:
            return on_this_machine
        from newsletter.store.gate import DatabaseGate  # noqa: PLC0415  # needed by few

        return DatabaseGate(self.store.database)

    def _admits(self) -> Callable[[Notice], bool]:
        """What lets a paper into an issue: being featured, always; the rest as its source's `announce` says."""
        wanted: dict[tuple[str, str], set[str]] = {}
        for source in self.settings.sources:
            # what was reconciled or filled in afterwards is admitted as if its feed had told it
            kinds = ("arxiv-rss", "arxiv-api", "arxiv-oai") if source.kind == "arxiv-rss" else (source.kind,)
            for kind, feed in product(kinds, _feeds(source)):
                wanted.setdefault((kind, feed), set()).update(source.announce)

        def admits(notice: Notice) -> bool:
            kinds = wanted.get((notice.source, notice.feed), wanted.get((notice.source, "*"), {"new", "cross"}))
            if notice.source == ARCHIVE_SOURCE:
                return True  # what was published once belongs to its issue
            return notice.kind is AnnounceType.FEATURED or notice.kind.value in kinds

        return admits

    def _engine(self) -> Engine:
        if self.settings.enrich.engine == "llm":
            return self._model()
        from newsletter.enrich.extractive import ExtractiveEngine  # noqa: PLC0415  # help needs none of it

        return ExtractiveEngine()

    def _model(self) -> Engine:
        from newsletter.enrich.budget import Budget, Prices, parse_budget  # noqa: PLC0415  # as above
        from newsletter.enrich.client import ChatClient  # noqa: PLC0415
        from newsletter.enrich.llm import LlmEngine  # noqa: PLC0415
        from newsletter.enrich.prompts import Prompts  # noqa: PLC0415

        s = self.settings.enrich
        if not s.model:
            msg = 'enrich.engine = "llm" needs enrich.model, the name of a model as its server knows it.'
            raise ConfigError(msg, key="enrich.model")
        most_tokens, most_money = parse_budget(s.daily_budget)
        if most_money is not None and not (s.price_in or s.price_out):
            msg = "enrich.daily_budget in money needs enrich.price_in and enrich.price_out, for a million tokens each."
            raise ConfigError(msg, key="enrich.price_in")
        client = ChatClient(
            base_url=s.base_url,
            api_key=s.api_key.get_secret_value() if s.api_key else "",
            model=s.model,
            timeout=s.timeout.total_seconds(),
            clock=self._clock,
        )
        own = [self.settings.path(s.prompts)] if s.prompts else []
        return LlmEngine(
            client,
            Prompts([*own, shipped("templates") / "prompts"]),
            budget=Budget(most_tokens, most_money, Prices(s.price_in, s.price_out)),
            sleep=asyncio.sleep,
            chance=random.random,
            concurrency=s.concurrency,
            papers_per_request=s.papers_per_request,
        )


def _send_alone(settings: Settings, key: IssueKey, *, wait: bool) -> DispatchReport:
    """One of several processes that send an issue: it builds everything anew, from the settings alone."""
    application = Application(settings, progress=Silent())
    status = application.store.deliveries.status(key)
    issue = application.store.issues.get(key, status.revision if status else None)
    if issue is None:
        msg = f"There is no issue {key.slug}."
        raise IssueMissing(msg)
    return application.send().run(issue, wait=wait)


def _feeds(source: SourceSettings) -> Sequence[str]:
    return source.categories if source.kind == "arxiv-rss" else ("*",)
