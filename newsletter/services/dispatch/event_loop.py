"""A run in an event loop of its own: signals that end it, and what makes it fast."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from newsletter.services.dispatch.run import Run

__all__ = ["run_to_the_end"]

_COLLECTED_AFTER = 50_000
"""New objects between two searches for cycles while sending; the default is 700, about what one message makes."""


def run_to_the_end(run: Run, *, wait: bool) -> None:
    """Do a run. The first Ctrl-C or SIGTERM stops it cleanly, the second one at once.

    Raises:
        KeyboardInterrupt: it was stopped at once.
    """
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
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(before[0], _COLLECTED_AFTER), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


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
