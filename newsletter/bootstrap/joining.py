"""Signing up, moving, and the letters that answer it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from newsletter.bootstrap.shared import Shared
from newsletter.domain.subscribers import JoiningRules, Quota

if TYPE_CHECKING:
    from newsletter.services.joining import Joining

__all__ = ["JoiningParts"]


class JoiningParts:
    """Builds what takes requests in, decides on them, and sends the letters that follow."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    @property
    def rules(self) -> JoiningRules:
        """What the settings say."""
        s = self._shared.settings.signup
        return JoiningRules(
            per_mailbox=(Quota(s.per_address_day, timedelta(days=1)), Quota(s.per_address_week, timedelta(days=7))),
            per_client=Quota(s.per_client, timedelta(hours=1)),
            per_hour=s.budget,
            lifetime=s.lifetime,
            suppressed_may_confirm=s.suppressed_may_confirm,
            complaint_wait=self._shared.settings.bounces.complaint_wait,
        )

    def joining(self) -> Joining:
        """Asking and confirming."""
        from newsletter.services.joining import Joining

        return Joining(
            self._shared.store.joining,
            rules=self.rules,
            secrets=self._shared.store.secrets,
            clock=self._shared.clock,
            record_ip=self._shared.settings.signup.record_ip,
        )
