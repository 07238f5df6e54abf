"""Citation keys: `author2026word`, by which a reader cites a paper, so they must never change."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from newsletter.domain.papers import PaperId
from newsletter.domain.text import STOP_WORDS, plain, slug
from newsletter.render.citations.names import Name

__all__ = ["citation_key", "unique_keys"]

_MOST = 24
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})
_WORD = re.compile(r"[a-z][a-z0-9]+")
_NO_LETTER = re.compile(r"[^a-z]")
_DIGITS = re.compile(r"\D")


def citation_key(authors: Sequence[Name], year: int | None, title: str) -> str:
    """A family name, the year, and the title's first word that says something; `paper` where neither has letters.

    The name is the first author's; where it has no Latin letter, the next one's that has.
    """
    family = next(filter(None, (_NO_LETTER.sub("", _ascii(name.family))[:_MOST] for name in authors)), "")
    words = _WORD.findall(_ascii(plain(title)))
    word = next((one for one in words if one not in STOP_WORDS), words[0] if words else "")
    return f"{family if family or word else 'paper'}{year or ''}{word[:_MOST]}"


def unique_keys(keys: Iterable[tuple[PaperId, str]]) -> Mapping[PaperId, str]:
    """Every paper's own key, whatever the order in which they come.

    Of the papers that would have the same, the one with the lowest id has it; the others have their number after it.
    """
    own: dict[PaperId, str] = {}
    taken: set[str] = set()
    for paper_id, key in sorted(keys):
        if paper_id in own:
            continue
        unique = key if key not in taken else f"{key}-{_DIGITS.sub('', paper_id) or slug(paper_id)}"
        while unique in taken:
            unique += "x"
        taken.add(unique)
        own[paper_id] = unique
    return own


def _ascii(text: str) -> str:
    """In small letters, without marks."""
    return unicodedata.normalize("NFKD", text.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
