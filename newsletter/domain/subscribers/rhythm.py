"""When a subscriber's digests come beyond daily or weekly, and how they are put in order."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.domain.issues import PaperOrder
from newsletter.domain.notation import Weekday

__all__ = ["AT_ONCE", "MAX_MORE_THAN", "Rhythm"]

MAX_MORE_THAN = 1000
"""What `Rhythm.more_than` may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What somebody may choose about the when and how of their digests; every field is of no effect by default.

    Attributes:
        weekdays_only: of the daily issues none of a Saturday or a Sunday.
        weekly_on: the day that closes the week of their weekly digest; None for the newsletter's own.
        more_than: a digest comes only when more papers than so many fit; those of a day with fewer do not come later.
        hour: no digest before this hour (0 to 23) of the issue's day, in the newsletter's timezone.
        order: what stands first, and is left where `max_papers` cuts.
        reads: languages they read beside the first, in order, as BCP 47 tags.
    """

    weekdays_only: bool = False
    weekly_on: Weekday | None = None
    more_than: int = 0
    hour: int | None = None
    order: PaperOrder = PaperOrder.BEST
    reads: tuple[str, ...] = ()


AT_ONCE = Rhythm()
"""The rhythm of who chose nothing: every issue as soon as it is ready, the best paper first."""
