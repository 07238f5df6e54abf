"""A mailbox that is asked for reports: stored first, moved then, so that none is lost or counts twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from newsletter.domain.bounces import Arrival, TakenIn
from newsletter.domain.ports import ReportBox
from newsletter.services.bounces.intake import Intake

__all__ = ["Poll", "Polled"]

_BATCH = 20
"""Messages between two moves: so many are held in memory, and stored at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What a round has found.

    Attributes:
        others: messages that are no reports, and wait for a person in their folder.
        unreadable: messages that the server did not give; they stay where they are.
    """

    messages: int = 0
    others: int = 0
    unreadable: int = 0
    taken: TakenIn = field(default_factory=TakenIn)


class Poll:
    """The use case."""

    def __init__(self, intake: Intake, open_box: Callable[[], AbstractContextManager[ReportBox]]) -> None:
        self._intake = intake
        self._open_box = open_box

    def run(self) -> Polled:
        """Take in what waits in the mailbox.

        Ended at any moment, a message lies where it lay, and is known when it is read again; or it is put away, and was
        stored before.

        Raises:
            MailboxUnavailable: the mailbox cannot be reached or refuses; what was stored until then is stored.
        """
        messages = others = unreadable = 0
        taken = TakenIn()
        with self._open_box() as box:
            waiting = box.waiting()
            for start in range(0, len(waiting), _BATCH):
                numbers = waiting[start : start + _BATCH]
                arrivals = dict(self._arrivals(box, numbers))
                reports = [number for number, arrival in arrivals.items() if arrival.is_for_us]
                rest = [number for number in arrivals if number not in reports]
                taken += self._intake.take(arrivals.values())
                box.put_away(reports, are_reports=True)
                box.put_away(rest, are_reports=False)
                messages += len(arrivals)
                others += len(rest)
                unreadable += len(numbers) - len(arrivals)
        self._intake.prune()
        return Polled(messages=messages, others=others, unreadable=unreadable, taken=taken)

    def _arrivals(self, box: ReportBox, numbers: Sequence[int]) -> Iterator[tuple[int, Arrival]]:
        for number in numbers:
            content = box.content(number)
            if content is not None:
                yield number, self._intake.arrival(content, "imap")
