"""The kinds of sources, a row a kind: what settings must say of one, what it tells, and when.

Everything that treats kinds differently asks here: settings what a kind needs, merging whose text is better, listings
and gaps which kinds tell the same and when something is expected. Where a kind is named by itself, it is because the
product asks arXiv for one day in three ways.

An announcement's `source` may also be none of these (`archive`); such a one is its own family, comes when it comes and
ranks last.
"""

from __future__ import annotations

from enum import Enum, StrEnum, auto
from typing import Self

__all__ = ["SourceKind", "Timing", "family_of", "rank_of", "timing_of"]


class Timing(Enum):
    """When a source has something to tell."""

    CALENDAR = auto()
    """By arXiv's calendar."""
    WEEKDAYS = auto()
    """A list every weekday, which fills in the course of its day."""
    ANY_TIME = auto()
    """Whenever there is something."""


class SourceKind(StrEnum):
    """The kinds that `sources.kind` may name.

    `needs` are the keys of a `[[sources]]` table without which there is no source of the kind. Kinds of one `family`
    tell the same announcements: what one of them told of a feed, the others need not. `rank` orders them by whose text
    of a paper is preferred, the more complete record (the lower number) first.
    """

    needs: tuple[str, ...]
    family: str
    rank: int
    timing: Timing

    def __new__(cls, name: str, needs: tuple[str, ...], family: str, rank: int, timing: Timing) -> Self:  # noqa: D102
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.needs, kind.family, kind.rank, kind.timing = needs, family, rank, timing
        return kind

    ARXIV_RSS = "arxiv-rss", ("categories",), "arxiv", 2, Timing.CALENDAR
    ARXIV_API = "arxiv-api", ("query",), "arxiv", 0, Timing.CALENDAR
    ARXIV_OAI = "arxiv-oai", ("set",), "arxiv", 1, Timing.CALENDAR
    HF_DAILY = "hf-daily", (), "hf-daily", 5, Timing.WEEKDAYS
    FEED = "feed", ("url",), "feed", 4, Timing.ANY_TIME
    FILES = "files", ("path",), "files", 3, Timing.ANY_TIME


_KINDS = {kind.value: kind for kind in SourceKind}
_FAMILIES = {
    kind.value: tuple(other.value for other in SourceKind if other.family == kind.family) for kind in SourceKind
}


def family_of(source: str) -> tuple[str, ...]:
    """The kinds of sources that tell the same as this one, itself among them."""
    return _FAMILIES.get(source, (source,))


def rank_of(source: str) -> int:
    """Whose text is preferred: the lower number's."""
    kind = _KINDS.get(source)
    return len(_KINDS) if kind is None else kind.rank


def timing_of(source: str) -> Timing:
    """When this source has something to tell."""
    kind = _KINDS.get(source)
    return Timing.ANY_TIME if kind is None else kind.timing
