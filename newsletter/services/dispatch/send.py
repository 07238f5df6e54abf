"""Sending what was planned: safe to interrupt anywhere and to repeat, from any number of processes at once."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from newsletter.domain.issues import Issue
from newsletter.domain.ports import Clock, DeliveryStore, MailFactory, SelectorFactory, Signer, SubscriberStore
from newsletter.errors import IssuePaused
from newsletter.mail.smtp import Opener
from newsletter.services.dispatch.manifest import Manifest
from newsletter.services.dispatch.messages import MessageMaker
from newsletter.services.dispatch.owner import is_dead
from newsletter.services.dispatch.report import DispatchReport, Snapshot
from newsletter.services.dispatch.run import Run, SendSettings

__all__ = ["Send", "SendSettings"]

_COLLECTED_AFTER = 50_000
"""New objects between two searches for cycles while sending; the default is 700, about what one message makes."""


class Send:
    """The use case."""

    def __init__(
        self,
        *,
        subscribers: SubscriberStore,
        deliveries: DeliveryStore,
        select: SelectorFactory,
        mail: MailFactory,
        opener: Opener,
        settings: SendSettings,
        clock: Clock,
        signer: Signer | None = None,
        point: Callable[[str], None] = lambda _name: None,
    ) -> None:
        """`point` is called with a name wherever a crash would matter; the crash test ends the process there."""
        self._subscribers = subscribers
        self._deliveries = deliveries
        self._select = select
        self._mail = mail
        self._opener = opener
        self._settings = settings
        self._clock = clock
        self._signer = signer
        self._point = point

    def run(
        self,
        issue: Issue,
        *,
        manifest: Manifest | None = None,
        resume: bool = False,
        wait: bool = False,
        watch: Callable[[Snapshot], None] | None = None,
    ) -> DispatchReport:
        """Send what is due of an issue that was planned (in the revision that was planned).

        Ctrl-C (or SIGTERM) ends it cleanly: open messages are finished, the rest stays queued; a second one at once.

        Args:
            issue: the issue.
            manifest: send only what this dry run wrote, and only as it wrote it.
            resume: go on although the issue is paused.
            wait: go on until nothing is deferred any more.
            watch: is told how it stands about once a second.

        Raises:
            IssuePaused: the issue is paused, and `resume` was not asked for.
            MessageChanged: a message is not that of the manifest.
            StoreUnavailable: the ledger cannot be written; nothing is handed over without it.
        """
        key, started = issue.key, time.monotonic()
        if manifest is not None:
            manifest.check_issue(issue)
        if resume:
            self._deliveries.pause(key, "")
        status = self._deliveries.status(key)
        if status is not None and status.paused:
            msg = (
                f"Issue {key.slug} is paused: {status.paused}. Look into it, then run "
                f"`newsletter dispatch {key.options} --resume`."
            )
            raise IssuePaused(msg)
        self._deliveries.retire_runs(key, at=self._clock(), is_dead=is_dead, uncertain=self._settings.uncertain)
        run = Run(
            issue=key,
            maker=MessageMaker(issue, self._select, self._mail, self._signer),
            deliveries=self._deliveries,
            subscribers=self._subscribers,
            opener=self._opener,
            settings=self._settings,
            clock=self._clock,
            point=self._point,
            manifest=manifest,
            watch=watch,
        )
        if status is not None:
            _run_to_the_end(run, wait=wait)
        return DispatchReport(
            issue=key,
            now=dict(run.counts),
            totals=self._deliveries.totals(key),
            reasons=self._deliveries.reasons(key),
            seconds=time.monotonic() - started,
            stopped=run.stopped,
            next_due=self._deliveries.next_due(key),
            rests=self._deliveries.rests(at=self._clock()),
        )


def _run_to_the_end(run: Run, *, wait: bool) -> None:
    with _rare_collections(), asyncio.Runner(loop_factory=_fast_loop()) as runner:
        loop = runner.get_loop()

        async def main() -> None:
            task = asyncio.current_task()
            calls = 0

            def on_stop(stop: Callable[[], None]) -> None:
                def interrupt() -> None:
                    nonlocal calls
                    calls += 1
                    if calls == 1:
                        stop()
                    elif task is not None:
                        task.cancel()

                if threading.current_thread() is threading.main_thread() and sys.platform != "win32":
                    for number in (signal.SIGINT, signal.SIGTERM):
                        loop.add_signal_handler(number, interrupt)

            try:
                await run.main(wait=wait, on_stop=on_stop)
            finally:
                if threading.current_thread() is threading.main_thread() and sys.platform != "win32":
                    for number in (signal.SIGINT, signal.SIGTERM):
                        loop.remove_signal_handler(number)

        try:
            runner.run(main())
        except BaseExceptionGroup as group:
            raise _first(group) from None
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Search for cycles less often: messages make many objects that live until the answer, and hardly any cycle.

    A process that searches even less often, or not at all, keeps its way; what was set is put back at the end.
    """
    kept = gc.get_threshold()
    if kept[0]:
        gc.set_threshold(max(kept[0], _COLLECTED_AFTER), *kept[1:])
    try:
        yield
    finally:
        gc.set_threshold(*kept)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error itself: whoever called thinks of one dispatch, not of so many connections."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Uvloop where it exists."""
    try:
        import uvloop  # noqa: PLC0415  # not on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop
