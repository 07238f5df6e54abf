"""Planning and sending, through the relay or into a folder; and what signs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsletter.bootstrap.publishing import Publishing
from newsletter.bootstrap.shared import Shared
from newsletter.domain.delivery import DeliveryStatus, is_awaited
from newsletter.domain.issues import Issue, IssueKey
from newsletter.domain.notation import Weekday
from newsletter.errors import ConfigError, IssueMissing
from newsletter.services.progress import SilentProgress
from newsletter.settings import Settings

if TYPE_CHECKING:
    from newsletter.domain.ports import OutboxDesign, Signer
    from newsletter.mail.dkim import DkimKey
    from newsletter.mail.smtp import Relay
    from newsletter.services.audit import Audit
    from newsletter.services.dispatch import DispatchReport, DryRun, Plan, PlanReport, Send, Snapshot, Timetable

__all__ = ["Sending"]


class Sending:
    """Builds what sends an issue, and what accounts for it."""

    def __init__(self, shared: Shared, publishing: Publishing) -> None:
        self._shared = shared
        self._publishing = publishing

    def plan(self) -> Plan:
        """Freeze an issue's audience."""
        from newsletter.services.dispatch import Plan

        return Plan(
            issues=self._shared.store.issues,
            subscribers=self._shared.store.subscribers,
            deliveries=self._shared.store.deliveries,
            select=self._shared.selector,
            clock=self._shared.clock,
            late_after=self._shared.settings.dispatch.late_after,
            timetable=self.timetable(),
        )

    def timetable(self) -> Timetable:
        """When the week ends, and in which zone hours are."""
        from newsletter.services.dispatch import Timetable

        s = self._shared.settings
        return Timetable(Weekday(s.issue.weekly_on), ZoneInfo(s.newsletter.timezone))

    def send(self) -> Send:
        """Send what was planned."""
        from newsletter.domain.delivery import UncertainPolicy
        from newsletter.mail.smtp import PRESETS, Connector, PoolSettings, Preset
        from newsletter.services.dispatch import Send, SendSettings

        s = self._shared.settings
        preset = PRESETS.get(s.smtp.preset, Preset(()))
        connections = min(s.smtp.connections, preset.connections or s.smtp.connections)
        return Send(
            subscribers=self._shared.store.subscribers,
            deliveries=self._shared.store.deliveries,
            select=self._shared.selector,
            mail=self._publishing.mail(),
            connector=Connector(self.check_relay()),
            settings=SendSettings(
                pool=PoolSettings(connections=connections, messages=s.smtp.messages or preset.messages),
                limits=s.smtp.rate or preset.limits,
                per_domain=s.smtp.per_domain,
                uncertain=UncertainPolicy(s.dispatch.uncertain),
                bounces=self._shared.bounce_rules,
            ),
            clock=self._shared.clock,
            signer=self.signer(),
        )

    def send_in_processes(
        self, key: IssueKey, count: int, *, resume: bool = False, wait: bool = False
    ) -> DispatchReport:
        """Send what was planned by several processes at once."""
        from newsletter.services.dispatch import send_in_processes

        if resume:
            self._shared.store.deliveries.pause(key, "")
        return send_in_processes(partial(_send_alone, self._shared.settings, key, wait=wait), count)

    def audit(self) -> Audit:
        """Account for everybody."""
        from newsletter.services.audit import Audit

        return Audit(self._shared.store.deliveries, self._shared.store.subscribers)

    def dkim_keys(self) -> list[DkimKey]:
        """The keys that sign, the RSA key first; none where `dkim.domain` is not set.

        Raises:
            ConfigError: a key is missing, or is none.
        """
        from newsletter.mail.dkim import DkimKey

        s = self._shared.settings.dkim
        if not s.domain:
            return []
        named = [(s.key_file, s.selector), (s.ed25519_key_file, s.ed25519_selector)]
        keys = [DkimKey.load(self._shared.settings.path(path), selector) for path, selector in named if path]
        if not keys:
            msg = "dkim.domain is set but no key: set dkim.key_file and dkim.selector; `newsletter doctor --dkim` helps"
            raise ConfigError(msg, key="dkim.key_file")
        return keys

    def signer(self) -> Signer | None:
        """What signs messages; None where nothing does."""
        from newsletter.mail.dkim import DkimSigner

        s, keys = self._shared.settings.dkim, self.dkim_keys()
        return DkimSigner(s.domain, keys, body=s.body) if keys else None

    def check_relay(self) -> Relay:
        """The relay of the settings.

        Raises:
            ConfigError: it is not set, or not safe as it is set.
        """
        from newsletter.mail.smtp import Relay, Security, Timeouts

        s = self._shared.settings.smtp
        return Relay(
            host=s.host,
            port=s.port,
            security=Security(s.security),
            username=s.username,
            password=s.password,
            plaintext_login=s.plaintext_login,
            authorities=self._shared.settings.path(s.authorities) if s.authorities else None,
            timeouts=Timeouts.at_most(s.timeout.total_seconds()),
        )

    def dry_run(self) -> DryRun:
        """Write the exact messages to the outbox."""
        from newsletter.services.dispatch import DryRun

        return DryRun(
            issues=self._shared.store.issues,
            subscribers=self._shared.store.subscribers,
            deliveries=self._shared.store.deliveries,
            select=self._shared.selector,
            mail=self._publishing.mail(),
            outbox=self._shared.settings.path(self._shared.settings.publish.outbox),
            design=self._outbox_design,
            shown=self._shared.settings.publish.outbox_pages,
            signer=self.signer(),
            clock=self._shared.clock,
            timetable=self.timetable(),
        )

    def _outbox_design(self, issue: Issue) -> OutboxDesign:
        from newsletter.render.outbox import OutboxRenderer

        return OutboxRenderer(self._shared.templates, issue, language=self._shared.settings.newsletter.language)

    @contextmanager
    def watching(self, label: str, planned: PlanReport) -> Iterator[Callable[[Snapshot], None]]:
        """Show how sending goes on."""
        waiting = sum(planned.totals.get(s, 0) for s in (DeliveryStatus.QUEUED, DeliveryStatus.DEFERRED))
        with self._shared.progress.task(label, waiting) as step:
            done = 0

            def watch(snapshot: Snapshot) -> None:
                nonlocal done
                step(snapshot.sent - done)
                done = snapshot.sent

            yield watch

    def unfinished(self) -> tuple[IssueKey, ...]:
        """The issues planned in the last days that have mail which may go now, and that nobody is sending."""
        now = self._shared.clock()
        return self._shared.store.deliveries.unfinished(at=now, since=now - self._shared.settings.dispatch.late_after)

    def is_awaited(self, issue: Issue) -> bool:
        """Whether readers wait for an issue whatever its date is."""
        return is_awaited(issue, self._shared.clock(), self._shared.settings.dispatch.late_after)


def _send_alone(settings: Settings, key: IssueKey, *, wait: bool) -> DispatchReport:
    """One of several processes that send an issue: it builds everything anew, from the settings alone."""
    shared = Shared(settings, progress=SilentProgress())
    status = shared.store.deliveries.status(key)
    issue = shared.store.issues.get(key, status.revision if status else None)
    if issue is None:
        msg = f"There is no issue {key.slug}."
        raise IssueMissing(msg)
    return Sending(shared, Publishing(shared)).send().run(issue, wait=wait)
