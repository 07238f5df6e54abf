"""Sending what was planned: safe to interrupt anywhere and to repeat, from any number of processes at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from newsletter.domain.issues import Issue, IssueKey
from newsletter.domain.ports import Clock, DeliveryStore, MailFactory, SelectorFactory, Signer, SubscriberStore
from newsletter.errors import IssuePaused
from newsletter.mail.smtp import Connector
from newsletter.services.dispatch.event_loop import run_to_the_end
from newsletter.services.dispatch.manifest import Manifest
from newsletter.services.dispatch.messages import MessageMaker
from newsletter.services.dispatch.owner import is_dead
from newsletter.services.dispatch.report import DispatchReport, Snapshot
from newsletter.services.dispatch.run import Run
from newsletter.services.dispatch.settings import SendSettings

__all__ = ["Send"]


class Send:
    """The use case."""

    def __init__(
        self,
        *,
        subscribers: SubscriberStore,
        deliveries: DeliveryStore,
        select: SelectorFactory,
        mail: MailFactory,
        connector: Connector,
        settings: SendSettings,
        clock: Clock,
        signer: Signer | None = None,
        crash_hook: Callable[[str], None] = lambda _moment: None,
    ) -> None:
        """`crash_hook` is called with a name at each moment where a crash would matter; the crash test ends there."""
        self._subscribers = subscribers
        self._deliveries = deliveries
        self._select = select
        self._mail = mail
        self._connector = connector
        self._settings = settings
        self._clock = clock
        self._signer = signer
        self._crash_hook = crash_hook

    def run(
        self,
        issue: Issue,
        *,
        manifest: Manifest | None = None,
        resume: bool = False,
        wait: bool = False,
        watch: Callable[[Snapshot], None] | None = None,
        only: Sequence[int] = (),
    ) -> DispatchReport:
        """Send what is due of an issue that was planned (in the revision that was planned).

        Ctrl-C (or SIGTERM) ends it cleanly: open messages are finished, the rest stays queued; a second one at once.

        Args:
            issue: the issue.
            manifest: send only what this dry run wrote, and only as it wrote it.
            resume: go on although the issue is paused.
            wait: go on until nothing is deferred any more.
            watch: is told how it stands about once a second.
            only: the deliveries to send, by their ids; all that are due where none are named.

        Raises:
            IssuePaused: the issue is paused, and `resume` was not asked for.
            MessageChanged: a message is not that of the manifest.
            StoreUnavailable: the ledger cannot be written; nothing is handed over without it.
        """
        key, started = issue.key, time.monotonic()
        if manifest is not None:
            manifest.check_issue(issue)
        is_planned = self._check_not_paused(key, resume=resume)
        self._deliveries.retire_runs(key, at=self._clock(), is_dead=is_dead, uncertain=self._settings.uncertain)
        run = Run(
            issue=key,
            maker=MessageMaker(issue, self._select, self._mail, self._signer, manifest),
            deliveries=self._deliveries,
            subscribers=self._subscribers,
            connector=self._connector,
            settings=self._settings,
            clock=self._clock,
            crash_hook=self._crash_hook,
            watch=watch,
            only=only,
        )
        if is_planned:
            run_to_the_end(run, wait=wait)
        waiting, next_hour = self._deliveries.waiting(key, at=self._clock())
        return DispatchReport(
            issue=key,
            now=dict(run.counts),
            totals=self._deliveries.totals(key),
            reasons=self._deliveries.reasons(key),
            seconds=time.monotonic() - started,
            stopped=run.stopped,
            next_due=self._deliveries.next_due(key),
            rests=self._deliveries.rests(at=self._clock()),
            waiting=waiting,
            next_hour=next_hour,
        )

    def _check_not_paused(self, key: IssueKey, *, resume: bool) -> bool:
        """Whether the issue was planned at all.

        Raises:
            IssuePaused: it is paused, and `resume` was not asked for.
        """
        if resume:
            self._deliveries.pause(key, "")
        status = self._deliveries.status(key)
        if status is not None and status.paused:
            msg = (
                f"Issue {key.slug} is paused: {status.paused}. Look into it, then run "
                f"`newsletter dispatch {key.options} --resume`."
            )
            raise IssuePaused(msg)
        return status is not None
