"""Keywords of an abstract without a model: YAKE (Campos et al. 2020), and what its scores do not know.

YAKE ranks word sequences by where, how often and in what company they stand. It also ranks fragments ("selection is
hindered") and bare common words ("learning") high; those are left out here, and so is whatever a longer keyword says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from newsletter.domain.matching import Definition, definitions

__all__ = ["find_keywords"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LONGEST_TEXT = 5_000
"""Characters that are read: YAKE's time grows with the number of different words."""
_CANDIDATES = 30
_NAME = re.compile(r"[A-Za-z]*[a-z][A-Z]|[A-Z]{2}|\w-\w|[A-Za-z]+\d")
_GLUE = _words(
    "a an and are as at based be been being between by can for from has have how in into is it its more"
    " of on or our over than that the their these this those through to under using via we when where"
    " which while with within show shows propose proposed proposes present presents introduce introduces"
    " demonstrate outperforms achieve achieves improve improves improving enables enable remains remain"
    " requires require existing novel"
)
# Words that are verbs in an abstract: a run of words that holds one is a piece of a sentence.
_VERBS = _words(
    "reveals reveal offers offer provides provide interpret cross crosses shows learns learn makes make allows allow"
    " acquire acquires becomes become relies rely fails fail suffer suffers uses use need needs produces produce"
    " ensuring leads lead yields yield captures capture addresses address leverages leverage combines combine supports"
    " support does do may might should will would must could cannot also however thus both each"
)
_PARTICIPLE = re.compile(r"(?:\w{3,}ed|\w+ly)\Z")
_COMMON = _words(
    "paper work study results result approach approaches method methods framework experiments performance"
    " existing analysis problem problems task tasks model models data system systems"
)
_TEX = re.compile(r"\$[^$]{0,400}\$|\\[A-Za-z]+|[{}~]")
_SPACE = re.compile(r"\s+")


def find_keywords(title: str, abstract: str, *, limit: int = 6) -> tuple[str, ...]:
    """Up to `limit` terms as the text writes them, the most telling first; fewer where it holds fewer."""
    text = _SPACE.sub(" ", _TEX.sub(" ", f"{title}. {abstract}"[:LONGEST_TEXT])).strip(" .")
    if len(text.split()) < 3:
        return ()
    lowered = text.lower()
    # a few letters change their length with their case; then places in one text are not places in the other
    written = text if len(lowered) == len(text) else lowered
    ranked = (_as_written(term, written, lowered) for term, _ in _extractor().extract_keywords(text))
    found = tuple(definitions(text))
    shortened = frozenset(d.short.lower() for d in found)
    return tuple(_telling(_defined(found, text), ranked, lowered, shortened))[:limit]


def _defined(found: Iterable[Definition], text: str) -> list[str]:
    """The long forms of acronyms that the text defines and goes on to use: its authors' own choice of terms."""
    used = (d for d in found if text.count(d.short) > 2 and 1 < len(d.long.split()) <= 6)
    return list(dict.fromkeys(d.long for d in used))[:2]


@lru_cache(maxsize=1)
def _extractor() -> Any:  # noqa: ANN401 - yake has no types
    # Importing it takes half a second and pulls in numpy: only who extracts keywords pays for it.
    import yake  # noqa: PLC0415

    # A limit of 1 switches YAKE's own pairwise comparison off, which is a third of its time; `_telling` does better.
    return yake.KeywordExtractor(lan="en", n=3, dedup_lim=1.0, top=_CANDIDATES)


def _as_written(term: str, text: str, lowered: str) -> str:
    """The term in the text's own capitals; a title's capitals only where the term stands nowhere else."""
    at = lowered.rfind(term.lower())
    return text[at : at + len(term)] if at >= 0 else term


def _telling(defined: list[str], ranked: Iterable[str], text: str, short_forms: frozenset[str]) -> list[str]:
    telling = list(defined)
    for term in ranked:
        words = term.lower().split()
        if len(words) == 1 and words[0].rstrip("s") in short_forms and telling:
            continue
        if _is_fragment(words) or (len(words) == 1 and not _is_name(term, text)):
            continue
        stems = {_stem(word) for word in words}
        if any(stems <= (known := {_stem(w) for w in other.lower().split()}) or known <= stems for other in telling):
            continue
        telling.append(term)
    return telling


def _is_fragment(words: list[str]) -> bool:
    return (
        any(word in _GLUE or word in _VERBS for word in words)
        or (len(words) > 1 and (_PARTICIPLE.match(words[-1]) is not None or words[0].endswith("ly")))
        or all(word in _COMMON for word in words)
        or not any(len(word) > 2 for word in words)
    )


def _is_name(term: str, text: str) -> bool:
    """A single word is worth showing where it looks like a name or an acronym and is used more than once."""
    return _NAME.match(term) is not None and text.count(term.lower()) > 1


def _stem(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word
