"""Several processes on one issue, where one core is not enough. The ledger keeps them apart; nothing else has to."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection

from newsletter.domain.delivery import DeliveryStatus
from newsletter.errors import MailError, NewsletterError
from newsletter.services.dispatch.report import DispatchReport

__all__ = ["send_in_processes"]


def send_in_processes(send: Callable[[], DispatchReport], count: int) -> DispatchReport:
    """Run `send` in so many fresh processes at once, and make one report of theirs.

    `send` is pickled, so it is a function of a module with plain arguments that builds everything it needs. Ctrl-C
    reaches all of them, as does SIGTERM; each ends cleanly.

    Raises:
        NewsletterError: the first error that one of them ended with; the others have finished what they could.
        MailError: one of them was killed; what it had begun is settled by the next dispatch.
    """
    context = multiprocessing.get_context("spawn")
    pipes: list[Connection] = []
    processes = []
    for _ in range(count):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_child, args=(send, theirs))
        process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)

    def forward(number: int, _frame: object) -> None:
        for process in processes:
            if number == signal.SIGTERM and process.is_alive():
                process.terminate()

    handlers = {}
    if threading.current_thread() is threading.main_thread():
        # a terminal sends Ctrl-C to every process of the group: here it only must not end the waiting
        handlers = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        results = [_result(pipe) for pipe in pipes]
        for process in processes:
            process.join()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    return _merged(results)


def _child(send: Callable[[], DispatchReport], pipe: Connection) -> None:
    try:
        pipe.send(send())
    except NewsletterError as error:
        # its attributes may not survive pickling; its text and kind are what is shown
        pipe.send((type(error), str(error)))
    except KeyboardInterrupt:
        pass
    finally:
        pipe.close()


def _result(pipe: Connection) -> DispatchReport | NewsletterError:
    try:
        result = pipe.recv()
    except EOFError:
        return MailError("a sending process was ended from outside; the next dispatch settles what it had begun")
    finally:
        pipe.close()
    if isinstance(result, DispatchReport):
        return result
    kind, text = result
    try:
        return kind(text)  # type: ignore[no-any-return]
    except TypeError:
        return MailError(text)


def _merged(results: list[DispatchReport | NewsletterError]) -> DispatchReport:
    reports = [result for result in results if isinstance(result, DispatchReport)]
    for result in results:
        if isinstance(result, NewsletterError):
            raise result
    now: Counter[DeliveryStatus] = Counter()
    for report in reports:
        now.update(report.now)
    # the one that ended last has seen the final state
    last = min(reports, key=lambda report: report.open)
    return replace(
        last,
        now=dict(now),
        seconds=max(report.seconds for report in reports),
        stopped=next((report.stopped for report in reports if report.stopped), ""),
    )
