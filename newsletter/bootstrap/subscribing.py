"""Rosters, and what subscribers do themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from newsletter.bootstrap.resources import shipped
from newsletter.bootstrap.shared import Shared
from newsletter.domain.subscribers import Cause, SubscriptionState, Suppression
from newsletter.services.leaving import Leaving
from newsletter.services.links import Links
from newsletter.services.preferences_forms import PreferencesForms
from newsletter.services.subscribers import SuppressionReport, SyncReport, SyncRoster
from newsletter.services.subscriptions import Subscriptions

__all__ = ["Subscribing"]


class Subscribing:
    """Builds what keeps subscribers."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def sync_roster(self) -> SyncReport | None:
        """Take in the rosters that settings name; None where they name none."""
        if self._shared.settings.sample:
            return self.sync_from(shipped("subscribers") / "example.toml")
        roster = self._shared.settings.newsletter.roster
        return None if roster is None else self.sync_from(self._shared.settings.path(roster))

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
        roster = self._shared.settings.newsletter.roster
        path = None if roster is None else self._shared.settings.path(roster)
        return self._sync().where(path, email) if path is not None and path.exists() else None

    def take_in_suppressions(self, path: Path, cause: Cause | None = None) -> SuppressionReport:
        """Take in the suppressions of an export, of a sending service's list, or a list of addresses."""
        return self._sync().suppressions_of(path, cause)

    def suppressed_subscribers(self) -> Iterator[tuple[str, Suppression]]:
        """The addresses of subscribers who are suppressed."""
        return self._sync().suppressed_subscribers()

    def _sync(self) -> SyncRoster:
        topics = self._shared.settings.path(self._shared.settings.newsletter.topics).resolve()
        return SyncRoster(
            self._shared.store.subscribers,
            self._shared.store.suppressions,
            self._shared.check_interest,
            not_rosters=frozenset({topics}),
            languages=self._shared.settings.languages,
        )

    def subscriptions(self) -> Subscriptions:
        """What readers do through the links in their mail."""
        links, store = self.links(), self._shared.store
        forms = PreferencesForms(
            links,
            store.suppressions,
            store.deliveries,
            clock=self._shared.clock,
            today=lambda: self._shared.today,
            complaint_wait=self._shared.settings.bounces.complaint_wait,
            languages=self._shared.settings.languages,
            topics=tuple(self._shared.catalogue.expressions),
        )
        return Subscriptions(
            links,
            forms,
            store.subscribers,
            store.suppressions,
            check_interest=self._shared.check_interest,
            clock=self._shared.clock,
            today=lambda: self._shared.today,
        )

    def leaving(self) -> Leaving:
        """What the unsubscribe links in their mail do."""
        store = self._shared.store
        return Leaving(
            self.links(),
            store.subscribers,
            store.suppressions,
            clock=self._shared.clock,
            today=lambda: self._shared.today,
        )

    def links(self) -> Links:
        """Tokens, and whose they are."""
        return Links(self._shared.store.subscribers, secrets=self._shared.store.secrets)
