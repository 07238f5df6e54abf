"""Which section each paper of a digest stands in, and in which order the sections come.

The rules, in the order in which they are applied:

1. a paper stands once: under the interest that found it best, of equals under the first of the list;
2. exclusions and must-haves make no section; spellings of one interest (`LLM`, `llm`; `vision-language model`, `vision
   language models`) make one together;
3. the interests that found fewest papers come first, those that found equally many in the order of the list;
4. papers of a reader who named no interest stand under their first category, the largest first.

Counts are of all that an interest found for this reader, so they are true whatever a limit cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from newsletter.domain.issues import RARE, Outline, Pick, Section
from newsletter.domain.text import fold_text

__all__ = ["by_category", "by_interest", "same_interest"]

Places = npt.NDArray[np.int64]


@lru_cache(50_000)
def same_interest(text: str) -> str:
    """What two spellings of one interest share: many lists name it in the singular and the plural, apart and joined."""
    return fold_text(text).replace(" ", "") or " ".join(text.split()).casefold()


def by_interest(picks: Sequence[Pick], found: Mapping[str, Places]) -> Outline:
    """The outline of a digest that interests made.

    Args:
        picks: the digest's papers, best first, each with its matches, strongest first.
        found: by interest as written, in the order of the list, the papers (by place in the issue, ascending int64)
            that it found for this reader. Interests that make no section are not among them.
    """
    spellings: dict[str, list[str]] = {}
    papers: dict[str, Places] = {}
    for text, places in found.items():
        key = same_interest(text)
        spellings.setdefault(key, []).append(text)
        papers[key] = np.union1d(papers[key], places) if key in papers else places
    key_of = {text: key for key, texts in spellings.items() for text in texts}
    standing: dict[str, list[Pick]] = {key: [] for key in papers}
    for pick in picks:
        standing[_section_of(pick, key_of, papers)].append(pick)
    ordered = sorted(papers, key=lambda key: len(papers[key]))
    sections = [
        Section(spellings[key][0], len(papers[key]), tuple(standing[key]), tuple(spellings[key]))
        for key in ordered
        if len(papers[key])
    ]
    rare: set[int] = set()
    for places in found.values():
        if len(places) < RARE:
            rare.update(places.tolist())
    return Outline(
        tuple(sections), tuple(texts[0] for key, texts in spellings.items() if not len(papers[key])), frozenset(rare)
    )


def by_category(picks: Sequence[Pick], categories: Sequence[str], found: Iterable[int]) -> Outline:
    """The outline of a digest of somebody who named no interest. `categories` are the papers' first, by place."""
    counts = Counter(categories[place] for place in found)
    standing: dict[str, list[Pick]] = {}
    for pick in picks:
        standing.setdefault(categories[pick.index], []).append(pick)
    return Outline(
        tuple(Section(name, count, tuple(standing.get(name, ()))) for name, count in counts.most_common() if count)
    )


def _section_of(pick: Pick, key_of: Mapping[str, str], papers: Mapping[str, Places]) -> str:
    """The key of the interest under which a paper stands."""
    for match in pick.matches:
        if match.interest in key_of:
            return key_of[match.interest]
    # its strongest reasons, of which there are `MOST_REASONS` at most, were all must-haves
    return next(key for key, places in papers.items() if pick.index in places)
