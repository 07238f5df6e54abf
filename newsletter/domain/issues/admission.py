"""What lets a paper into an issue: being featured, always; the rest as the operator wants of each feed.

The rules, in this order:

1. what was published once belongs to its issue;
2. a featured paper is in;
3. a paper is in if its feed is one of those wanted, and the kind of its announcement is wanted of that feed. What was
   reconciled or filled in afterwards is admitted as if its feed had told it: one of a family speaks for all;
4. of a feed of which nothing is known (its source was taken out of the settings) new and cross-listed papers are in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from newsletter.domain.issues.archives import ARCHIVE_SOURCE
from newsletter.domain.papers import AnnounceType, Notice, family_of

__all__ = ["Admits", "Wanted", "admitting"]

Admits = Callable[[Notice], bool]
"""Whether a notice lets its paper into an issue."""

_BY_DEFAULT = frozenset({AnnounceType.NEW.value, AnnounceType.CROSS.value})
_EVERY_FEED = "*"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which announcements (`new`, `cross`, …) of a source let papers in; of these feeds, or of all if none is named."""

    source: str
    announce: Collection[str]
    feeds: Collection[str] = ()


def admitting(sources: Iterable[Wanted]) -> Admits:
    """The rules above for these sources; two that read the same feed add up."""
    wanted: dict[tuple[str, str], set[str]] = {}
    for source in sources:
        for kind in family_of(source.source) if source.feeds else (source.source,):
            for feed in source.feeds or (_EVERY_FEED,):
                wanted.setdefault((kind, feed), set()).update(source.announce)

    def admits(notice: Notice) -> bool:
        if notice.source == ARCHIVE_SOURCE or notice.kind is AnnounceType.FEATURED:
            return True
        of_all = wanted.get((notice.source, _EVERY_FEED), _BY_DEFAULT)
        return notice.kind.value in wanted.get((notice.source, notice.feed), of_all)

    return admits
