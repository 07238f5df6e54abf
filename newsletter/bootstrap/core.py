"""What every part needs: settings, the store, the selector of an issue, the rosters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from newsletter import sample
from newsletter.bootstrap.resources import shipped, utc_now
from newsletter.domain.delivery import DeliveryStatus
from newsletter.domain.interests import Catalogue, parse
from newsletter.domain.issues import Edition, Issue, IssueKey, IssueState, IssueStatus, Selector
from newsletter.domain.papers import Listing, Paper, parse_paper_id
from newsletter.domain.ports import Progress
from newsletter.domain.subscribers import SubscriptionState
from newsletter.errors import ConfigError, InterestError, IssueMissing, RosterError, UsageError
from newsletter.formats import parse_catalogue
from newsletter.services.subscribers import SyncReport, SyncRoster
from newsletter.services.subscriptions import Subscriptions
from newsletter.settings import Settings
from newsletter.store import Database, SqlStore

if TYPE_CHECKING:
    from newsletter.render.environment import Templates


__all__ = ["Core"]


class Core:
    """What every part needs: settings, the store, the selector of an issue, the rosters."""

    def __init__(self, settings: Settings, *, progress: Progress, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self._progress = progress
        self._clock = clock
        self._selector: tuple[str, Selector] | None = None

    @cached_property
    def store(self) -> SqlStore:
        """The store, opened and checked.

        Raises:
            StoreError: it cannot be opened, or is of another version.
        """
        store = self._unopened_store()
        store.database.open()
        store.settle()
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
        secret = None if s.newsletter.secret is None else s.newsletter.secret.get_secret_value().encode()
        return SqlStore(database, clock=self._clock, secret=secret, earlier=s.newsletter.earlier)

    def upgrade_database(self) -> tuple[str | None, str | None]:
        """Bring the database up to this version; returns its revision before and after."""
        store = self._unopened_store()
        before = store.database.revision()
        store.database.upgrade()
        store.settle()
        return before, store.database.revision()

    def private_files(self) -> Mapping[str, Path]:
        """The files that nobody else should read, by the setting that names each; those that are there."""
        s = self.settings
        named = {
            f"{section}.{name}": value
            for section in type(s).model_fields
            if isinstance(table := getattr(s, section), BaseModel)
            for name, value in table
            if name.endswith("_file") and isinstance(value, Path)
        }
        if self.store.database.path:
            named["database.url"] = self.store.database.path
        return {key: path for key, value in named.items() if (path := s.path(value)).exists()}

    def issue(self, key: IssueKey) -> Issue:
        """A composed issue.

        Raises:
            IssueMissing: there is none.
        """
        issue = self.store.issues.get(key)
        if issue is None:
            msg = f"There is no issue {key.slug} yet. Run `newsletter compose {key.options}` first."
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
        issues = self.store.issues.archive(limit=days * len(Edition))
        first, last = self._last_days(days)
        listings = sorted(self.store.listings.between(first, last), key=lambda one: one.day, reverse=True)
        shown = [s for s in issues if s.key.day >= first]
        return listings, [(s, self.store.deliveries.totals(s.key)) for s in shown]

    def dropped(self, days: int) -> Mapping[date, int]:
        """Which of the last days have no issue because the editor dropped all their papers, newest first: how many."""
        first, last = self._last_days(days)
        counts = Counter(day for day, _ in self.store.issues.left_out(first, last))
        return {day: counts[day] for day in sorted(counts, reverse=True) if not self.store.issues.status(IssueKey(day))}

    def without_summary(self, days: int) -> Mapping[date, Mapping[str, Mapping[str, int]]]:
        """Of the papers of the last days those whose summary failed, newest day first: how many, by kind and why."""
        failed = self.store.summaries.failed(*self._last_days(days))
        return {day: failed[day] for day in sorted(failed, reverse=True)}

    def _last_days(self, days: int) -> tuple[date, date]:
        return self.today - timedelta(days=days - 1), self.today

    @property
    def today(self) -> date:
        """Today where the newsletter is at home; the sample has a day of its own."""
        zone = ZoneInfo(self.settings.newsletter.timezone)
        return sample.DAY if self.settings.sample else self._clock().astimezone(zone).date()

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

    def selector(self, issue: Issue) -> Selector:
        """The selector of an issue. The last one is kept: planning and sending ask for the same."""
        from newsletter.domain.matching import IssueSelector

        if self._selector is None or self._selector[0] != issue.hash:
            self._selector = issue.hash, IssueSelector(issue, topics=self.catalogue.expressions)
        return self._selector[1]

    @cached_property
    def templates(self) -> Templates:
        """The template set, the operator's own files first."""
        from newsletter.render.environment import Templates

        own = self.settings.newsletter.templates
        return Templates([*([self.settings.path(own)] if own else []), shipped("templates")])

    def is_recent(self, issue: Issue) -> bool:
        """Whether an issue was frozen a short while ago, so that its readers wait for it whatever its date is.

        Nobody waits for one that says that its day has no papers.
        """
        if issue.silence is not None or issue.frozen_at is None:
            return False
        return self._clock() - issue.frozen_at < self.settings.dispatch.late_after

    def check_published(self, key: IssueKey) -> None:
        """Nothing is sent that is not published: its links would lead nowhere.

        Raises:
            IssueMissing: there is no such issue, or it is not published.
        """
        status = self.store.issues.status(key)
        if status is None or status.state is not IssueState.PUBLISHED:
            self.issue(key)
            msg = f"Issue {key.slug} is not published yet. Run `newsletter publish {key.options}` first."
            raise IssueMissing(msg)

    def sync_roster(self) -> SyncReport | None:
        """Take in the rosters that settings name; None where they name none."""
        if self.settings.sample:
            return self.sync_from(shipped("subscribers") / "example.toml")
        roster = self.settings.newsletter.roster
        return None if roster is None else self.sync_from(self.settings.path(roster))

    def sync_from(
        self,
        path: Path,
        *,
        once: bool = False,
        dry_run: bool = False,
        state: SubscriptionState = SubscriptionState.CONFIRMED,
    ) -> SyncReport:
        """Take in a roster, or a folder of them; what is taken in `once` is an import."""
        return self._sync().run(path, once=once, dry_run=dry_run, state=state)

    def roster_of(self, email: str) -> Path | None:
        """The roster that names an address, of those that settings name; None where none does."""
        roster = self.settings.newsletter.roster
        path = None if roster is None else self.settings.path(roster)
        return self._sync().where(path, email) if path is not None and path.exists() else None

    def take_in_suppressions(self, path: Path) -> tuple[int, Sequence[RosterError]]:
        """Take in the suppressions of an export, or a list of addresses; how many are new, and what is wrong."""
        return self._sync().suppressions_of(path)

    def _sync(self) -> SyncRoster:
        topics = self.settings.path(self.settings.newsletter.topics).resolve()
        return SyncRoster(
            self.store.subscribers,
            self.store.suppressions,
            self.check_interest,
            not_rosters=frozenset({topics}),
            languages=self.settings.languages,
        )

    def subscriptions(self) -> Subscriptions:
        """What readers do through the links in their mail."""
        return Subscriptions(
            self.store.subscribers,
            secrets=self.store.secrets,
            check_interest=self.check_interest,
            languages=self.settings.languages,
            topics=tuple(self.catalogue.expressions),
        )
