"""What is kept of people, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.bootstrap.shared import Shared

if TYPE_CHECKING:
    from newsletter.domain.ports import OutboxDesign
    from newsletter.services.housekeeping import FeedReadings, Housekeeper
    from newsletter.services.personal_data import PersonalData
    from newsletter.services.retention import Retention

__all__ = ["Keeping"]


class Keeping:
    """Builds what tells people of their data, erases it, and lets go of what is old."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def personal_data(self) -> PersonalData:
        """What is kept of one person: given to them, and erased."""
        from newsletter.mail.intake import OtherMails
        from newsletter.mail.outbox_forgetting import Outboxes
        from newsletter.services.personal_data import PersonalData

        s, store = self._shared.settings, self._shared.store
        return PersonalData(
            store.personal,
            store.subscribers,
            store.suppressions,
            store.remains,
            files=(
                Outboxes(s.path(s.publish.outbox), self._outbox_design),
                OtherMails(s.path(s.bounces.others)),
            ),
            title=s.newsletter.title,
            clock=self._shared.clock,
        )

    def retention(self) -> Retention:
        """Let go of what is old."""
        from newsletter.domain.subscribers import Stale
        from newsletter.services.retention import Retention

        s, store = self._shared.settings.retention, self._shared.store
        periods = {
            Stale.UNCONFIRMED: s.unconfirmed,
            Stale.FEEDS: s.feeds,
            Stale.REQUESTS: s.requests,
            Stale.LETTERS: s.requests,
            Stale.DELIVERIES: s.deliveries,
            Stale.EVIDENCE: s.evidence,
            Stale.EVENTS: s.events,
        }
        return Retention(
            store.retention, store.remains, periods, clock=self._shared.clock, today=lambda: self._shared.today
        )

    def housekeeper(self, readings: FeedReadings) -> Housekeeper:
        """What keeps house beside the pages; the application is its own, and is closed by it."""
        from newsletter.services.housekeeping import Housekeeper

        return Housekeeper(
            self.retention(),
            self._shared.store.subscribers,
            readings,
            today=lambda: self._shared.today,
            close=self._shared.close,
        )

    def _outbox_design(self, slug: str) -> OutboxDesign | None:
        from newsletter.domain.issues import IssueKey
        from newsletter.render.outbox import OutboxRenderer

        try:
            issue = self._shared.store.issues.get(IssueKey.parse(slug))
        except ValueError:
            return None
        if issue is None:
            return None
        return OutboxRenderer(self._shared.templates, issue, language=self._shared.settings.newsletter.language)
