"""The sections of a digest: what came for which interest, as mails and a reader's own pages show it.

A paper stands once, under the interest that it answers best; the interests that find little come first, because a
reader would miss their papers most among those of a broad one. How sections are made is `domain.matching`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.domain.issues.picks import Pick

__all__ = ["NO_OUTLINE", "RARE", "Outline", "Section"]

RARE = 10
"""An interest that finds fewer papers of an issue than this is rare: none of its papers gives way to a broad one's."""


@dataclass(frozen=True, slots=True)
class Section:
    """What one interest found, or one category holds.

    `interests` are the spellings of the interest in the reader's list, none where it is a category. `found` counts all
    papers of the issue that came by it, wherever they stand and whether a limit cut them; `picks` are those that
    stand here, best first. `picks` may be empty: all that it found stands under other interests.
    """

    name: str
    found: int
    picks: tuple[Pick, ...]
    interests: tuple[str, ...] = ()

    @property
    def is_rare(self) -> bool:
        """Whether all of its papers are to be shown before those of others."""
        return bool(self.interests) and self.found < RARE


@dataclass(frozen=True, slots=True)
class Outline:
    """The sections of a digest in their order, and the interests that found nothing, in the order of the list.

    `rare` are the places (in the issue) of the papers that a rare interest found, wherever they stand.
    """

    sections: tuple[Section, ...] = ()
    barren: tuple[str, ...] = ()
    rare: frozenset[int] = frozenset()


NO_OUTLINE = Outline()
"""That of a digest that was not made of anybody's interests."""
