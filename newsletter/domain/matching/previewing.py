"""What a list of interests would have found in the last issues: each line by itself, and all of them together.

The rules, in the order in which they are applied:

1. together the lines find what a digest would (`IssueSelector`): any of what is wanted, all that must be, nothing of
   what is left out; with no line at all every paper; what one reader has no room for finds nothing;
2. a line **brought** the papers that it finds; an exclusion, or a must-have, **took** papers from what the list found
   without any;
3. a line is too broad by the same measure as for one issue (`BROAD_SHARE`, `BROAD_LEAST`), **dead** if it found nothing
   in all of the issues;
4. its examples are the best paper of the newest issue, of the one before, and so on, then the second best of each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsletter.domain.interests import Remark
from newsletter.domain.matching.lists import BROAD_LEAST, BROAD_SHARE
from newsletter.domain.matching.readings import BEST, Finding, InterestReading

__all__ = ["LinePreview", "ListPreview", "Place", "TopicOverlap", "overlaps", "preview"]

MOST_OVERLAPS = 5
"""Topics that are suggested."""
LEAST_SHARED = 3
"""Papers that a topic and a list must both have found; fewer are chance."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Place:
    """A paper: which of the issues (0 is the newest), and its place in there."""

    issue: int
    paper: int


@dataclass(frozen=True, slots=True)
class LinePreview:
    """One line.

    `found` is how many papers it brought, or took where `excludes` or `must` says so. `problem` says why it cannot be
    read, `notes` where it was not taken literally. `has_room` is whether it counts at all: a reader has room for so
    many terms, in the order of the lines.
    """

    text: str
    found: int = 0
    examples: tuple[Place, ...] = ()
    excludes: bool = False
    must: bool = False
    is_broad: bool = False
    is_dead: bool = False
    problem: Remark | None = None
    notes: tuple[Remark, ...] = ()
    has_room: bool = True


@dataclass(frozen=True, slots=True)
class TopicOverlap:
    """A topic of the catalogue: how many papers it found, and how many of them the list found too."""

    slug: str
    found: int
    shared: int


@dataclass(frozen=True, slots=True)
class ListPreview:
    """A list in the last issues, newest first.

    `papers` are how many each issue has, `found` how many of them the list finds, `mailed` how many are left by the
    reader's limit.
    """

    lines: tuple[LinePreview, ...]
    papers: tuple[int, ...]
    found: tuple[int, ...]
    mailed: tuple[int, ...]

    @property
    def a_day(self) -> float:
        """How many papers an issue has for this list, on average; 0 where there is no issue yet."""
        return sum(self.found) / len(self.found) if self.found else 0.0

    @property
    def mailed_a_day(self) -> float:
        """The same for what comes by mail."""
        return sum(self.mailed) / len(self.mailed) if self.mailed else 0.0


def preview(
    read: Mapping[str, InterestReading],
    findings: Sequence[Mapping[str, Finding]],
    sizes: Sequence[int],
    *,
    limit: int | None = None,
    without_room: Sequence[str] = (),
) -> tuple[ListPreview, tuple[Flags, ...]]:
    """The preview, and per issue which papers the list finds, (papers,) bool.

    Args:
        read: the lines in their order, each once.
        findings: per issue, newest first, what each line finds.
        sizes: how many papers each of these issues has.
        limit: papers in one mail.
        without_room: lines that come after those of `read`, and find nothing.
    """
    together = [_Together(read, found, size) for found, size in zip(findings, sizes, strict=True)]
    lines = [_line(one, [found[text] for found in findings], together, sum(sizes)) for text, one in read.items()]
    counts = tuple(int(np.count_nonzero(one.left)) for one in together)
    return (
        ListPreview(
            (*lines, *(LinePreview(text, has_room=False) for text in without_room)),
            tuple(sizes),
            counts,
            counts if limit is None else tuple(min(count, limit) for count in counts),
        ),
        tuple(one.left for one in together),
    )


def overlaps(topics: Mapping[str, Sequence[Finding]], left: Sequence[Flags]) -> tuple[TopicOverlap, ...]:
    """The topics that found most of what a list found, for their size: the best `MOST_OVERLAPS`, best first.

    `topics` are by slug what each found per issue; `left` is per issue which papers the list found. The measure is the
    cosine of the two sets, so that a topic that finds nearly everything is no answer to every list.
    """
    found_by_list = sum(int(np.count_nonzero(one)) for one in left)
    scored = []
    for slug, findings in topics.items():
        found = sum(len(one.places) for one in findings)
        shared = sum(int(np.count_nonzero(flags[one.places])) for one, flags in zip(findings, left, strict=True))
        if shared >= LEAST_SHARED:
            scored.append((shared / math.sqrt(found * found_by_list), TopicOverlap(slug, found, shared)))
    scored.sort(key=lambda pair: -pair[0])
    return tuple(overlap for _, overlap in scored[:MOST_OVERLAPS])


class _Together:
    """All lines in one issue: what is wanted, and what is left of it."""

    def __init__(
        self,
        read: Mapping[str, InterestReading],
        found: Mapping[str, Finding],
        size: int,
    ) -> None:
        # a line that cannot be read is wanted, and finds nothing: without any a list would find everything
        wanted = [text for text, one in read.items() if one.interest is None or one.interest.is_wanted]
        musts = [text for text, one in read.items() if one.interest is not None and one.interest.must]
        out = [text for text, one in read.items() if one.interest is not None and one.interest.excludes]
        self.wanted: Flags = np.full(size, not wanted, dtype=np.bool_)
        for text in wanted:
            self.wanted[found[text].places] = True
        self.left = self.wanted.copy()
        for text in musts:
            self.left &= _flags(found[text], size)
        for text in out:
            self.left[found[text].places] = False

    def taken(self, finding: Finding, *, must: bool) -> Sequence[int]:
        """The places of the papers that an exclusion or a must-have takes from what is wanted."""
        flags = _flags(finding, len(self.wanted))
        taken: list[int] = np.flatnonzero(self.wanted & (~flags if must else flags)).tolist()
        return taken


def _line(
    reading: InterestReading, findings: Sequence[Finding], together: Sequence[_Together], papers: int
) -> LinePreview:
    interest = reading.interest
    if interest is None:
        return LinePreview(reading.text, problem=reading.problem)
    matched = found = sum(len(finding.places) for finding in findings)
    best: list[Sequence[int]] = [finding.best for finding in findings]
    if not interest.is_wanted:
        best = [one.taken(finding, must=interest.must) for finding, one in zip(findings, together, strict=True)]
        found = sum(map(len, best))
    return LinePreview(
        reading.text,
        found,
        _examples(best),
        excludes=interest.excludes,
        must=interest.must,
        is_broad=interest.is_wanted and found >= BROAD_LEAST and found > BROAD_SHARE * papers,
        is_dead=bool(findings) and not matched,
        problem=reading.problem,
        notes=interest.notes,
    )


def _examples(best: Sequence[Sequence[int]]) -> tuple[Place, ...]:
    by_rank = (
        Place(issue, places[rank]) for rank in range(BEST) for issue, places in enumerate(best) if rank < len(places)
    )
    return tuple(place for place, _ in zip(by_rank, range(BEST), strict=False))


def _flags(finding: Finding, size: int) -> Flags:
    flags: Flags = np.zeros(size, dtype=np.bool_)
    flags[finding.places] = True
    return flags
