"""What comes back after an issue was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.bootstrap.shared import Shared

if TYPE_CHECKING:
    from newsletter.services.bounces import Intake, Reclassify, Story

__all__ = ["Returning"]


class Returning:
    """Builds what takes in bounces and complaints, judges them again, and tells of an address."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def intake(self) -> Intake:
        """Where every way ends by which reports come."""
        from newsletter.mail.reports import read_report
        from newsletter.services.bounces import Intake

        s = self._shared.settings
        return Intake(
            self._shared.store.events,
            self._shared.store.deliveries,
            self._shared.bounce_rules,
            read_report,
            clock=self._shared.clock,
            keep_events=s.retention.events,
            keep_evidence=s.retention.evidence,
        )

    def reclassify(self) -> Reclassify:
        """Judge again what came back."""
        from newsletter.mail.reports import read_report
        from newsletter.services.bounces import Reclassify

        return Reclassify(self._shared.store.events, self._shared.bounce_rules, read_report)

    def story(self) -> Story:
        """Tell what happened to an address."""
        from newsletter.services.bounces import Story

        store = self._shared.store
        return Story(store.deliveries, store.events, store.subscribers, store.suppressions)
