"""Sources, their client and gate, and the services that collect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from functools import cached_property

from newsletter import __version__
from newsletter.bootstrap.resources import STATE
from newsletter.bootstrap.shared import Shared
from newsletter.domain.issues import Admits, AnnouncementCalendar, Gap, Wanted, admitting, eastern_day
from newsletter.domain.papers import SourceKind, Timing, timing_of
from newsletter.domain.ports import HostGate, Source
from newsletter.errors import ConfigError
from newsletter.services.collect import Backfill, Collect, Patience
from newsletter.services.gaps import FillGaps, Way
from newsletter.services.reconcile import Reconcile

__all__ = ["Collecting"]


class Collecting:
    """Builds sources, their client and gate, and the services that collect."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def collect(self) -> Collect:
        """Collect announcements."""
        s = self._shared.settings.collect
        return self._collect(self._sources(), Patience(wait=s.wait, every=s.every))

    def backfill(self) -> Backfill:
        """Collect past days: arXiv's search tells what its daily feeds have left behind."""
        sources = self._sources({SourceKind.ARXIV_RSS: SourceKind.ARXIV_API})
        return Backfill(
            self._collect(sources, Patience()),
            self._shared.store.listings,
            today=lambda: eastern_day(self._shared.clock()),
        )

    def fill_gaps(self) -> FillGaps:
        """Close what feeds left out on the days before: arXiv's record and its search tell what its feeds cannot."""
        own = self._sources()
        telling = {kind.value: kind.value for kind in SourceKind if kind is not SourceKind.ARXIV_RSS}
        ways = [Way(self._collect(own, Patience()), telling)]
        for kind in (SourceKind.ARXIV_OAI, SourceKind.ARXIV_API):
            sources = [source for source in self._sources({SourceKind.ARXIV_RSS: kind}) if source.kind == kind]
            ways.append(Way(self._collect(sources, Patience()), {SourceKind.ARXIV_RSS.value: kind.value}))
        return FillGaps(
            self._shared.store.listings,
            [(source.kind, feed) for source in own for feed in source.feeds],
            ways,
            self.calendar,
            today=lambda: eastern_day(self._shared.clock()),
        )

    def open_gaps(self) -> tuple[Gap, ...]:
        """What is missing of the days before today; nothing is asked."""
        return self.fill_gaps().find(self._shared.today) if self._shared.settings.sources else ()

    def reconcile(self) -> Reconcile:
        """Compare a day with arXiv's own record.

        Raises:
            ConfigError: no source reads categories of arXiv.
        """
        record = SourceKind.ARXIV_OAI
        references = [source for source in self._sources({SourceKind.ARXIV_RSS: record}) if source.kind == record]
        if not references:
            msg = 'Only categories of arXiv can be reconciled, and no source of kind "arxiv-rss" or "arxiv-oai" is set.'
            raise ConfigError(msg, key="sources")
        return Reconcile(self._shared.store.papers, self._shared.store.listings, references, self._shared.progress)

    def _collect(self, sources: Sequence[Source], patience: Patience) -> Collect:
        return Collect(
            self._shared.store.papers,
            self._shared.store.listings,
            sources,
            self._shared.progress,
            calendar=self.calendar,
            patience=patience,
            clock=self._shared.clock,
        )

    @cached_property
    def calendar(self) -> AnnouncementCalendar:
        """ArXiv's announcement calendar, with the holidays of the settings or the program's own."""
        from newsletter.sources.registry import load_calendar

        own = self._shared.settings.collect.holidays
        return load_calendar(self._shared.settings.path(own) if own else None)

    def calendar_warning(self) -> str:
        """What a person should do about the holidays' data; empty where nothing, or where arXiv is not read."""
        if not any(timing_of(source.kind) is Timing.CALENDAR for source in self._shared.settings.sources):
            return ""
        return self.calendar.warning(self._shared.clock().date())

    def _sources(self, instead: Mapping[SourceKind, SourceKind] | None = None) -> list[Source]:
        """The sources of the settings; where `instead` names another kind for a source's, that one."""
        from newsletter.sources import registry
        from newsletter.sources.gate import FileGate
        from newsletter.sources.http import PoliteClient

        s = self._shared.settings
        if not s.sources:
            msg = 'No source is set. Add a [[sources]] table to newsletter.toml, for example kind = "hf-daily".'
            raise ConfigError(msg, key="sources", path=None)
        contact = s.newsletter.contact or parseaddr(s.newsletter.from_)[1]
        client = PoliteClient(
            user_agent=registry.user_agent(__version__, contact),
            gate=self._gate(FileGate(s.path(STATE) / "gates")),
            cache=s.path(STATE) / "cache",
            now=self._shared.clock,
            inner_hosts=s.collect.inner_hosts,
        )
        return [
            registry.build(
                (instead or {}).get(source.kind, source.kind),
                registry.SourceOptions(
                    categories=source.categories,
                    base_url=source.base_url,
                    query=source.query,
                    set=source.set,
                    url=source.url,
                    name=source.name,
                    path=s.path(source.path) if source.path else None,
                ),
                client=client,
                calendar=self.calendar,
                now=self._shared.clock,
            )
            for source in s.sources
        ]

    def _gate(self, on_this_machine: HostGate) -> HostGate:
        """Workers on several machines share PostgreSQL, and with it the gate; SQLite is a file of one machine."""
        if self._shared.store.database.is_sqlite:
            return on_this_machine
        from newsletter.store.gate import DatabaseGate

        return DatabaseGate(self._shared.store.database)

    def admits(self) -> Admits:
        """What lets a paper into an issue."""
        return admitting(
            # arXiv's feeds are wanted category by category, every other source as a whole
            Wanted(s.kind, s.announce, s.categories if s.kind is SourceKind.ARXIV_RSS else ())
            for s in self._shared.settings.sources
        )
