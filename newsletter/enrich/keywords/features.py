"""What can be said of a candidate, as names: each has a weight of its own (`_weights.py`), learned by the training.

A candidate's score is the sum of the weights of its names, and of the weights that the vocabulary has for its words.
The names of one part are few, so their sums are kept.
"""

from __future__ import annotations

from newsletter.enrich.keywords.candidates import Candidate
from newsletter.enrich.keywords.cutting import Word
from newsletter.enrich.keywords.vocabulary import Entry

__all__ = ["COLUMNS", "ROLES", "Place", "entry_names", "place_names", "place_of", "roles", "word_names", "word_parts"]

ROLES = ("first", "middle", "last", "only")
"""What a word is in a term."""
COLUMNS = (*ROLES, "compound")
"""The columns of the vocabulary's words; "compound": before a hyphen."""
_FIRST, _MIDDLE, _LAST, _ONLY, _COMPOUND = range(len(COLUMNS))
_SUFFIXES = tuple(
    "tion sion ment ness ity ism ology ics ence ance ing ed er or al ive ic ous able ible ful less ant ent ary ate ize"
    " s".split()
)
Place = tuple[int, int, str, int, int, bool, bool, bool, int]


def roles(words: tuple[Word, ...]) -> list[tuple[int, Word]]:
    """Each word with its role, as a number of `ROLES`."""
    if len(words) == 1:
        return [(_ONLY, words[0])]
    return [(_FIRST, words[0]), *[(_MIDDLE, word) for word in words[1:-1]], (_LAST, words[-1])]


def word_names(role: str, word: Word) -> list[str]:
    """How the word is written and how it ends."""
    surface = word.surface
    capitals = sum(map(str.isupper, surface))
    if any(map(str.isdigit, surface)):
        shape = "digit"
    elif not capitals:
        shape = "lower"
    elif capitals == 1 and surface[0].isupper():
        shape = "capital"
    else:
        shape = "acronym" if surface.isupper() else "mixed"
    lower = surface.lower()
    ending = next((s for s in _SUFFIXES if lower.endswith(s) and len(lower) > len(s) + 2), "other")
    names = [f"{role}:{shape}", f"{role}:-{ending}"]
    return [*names, f"{role}:hyphen"] if "-" in surface else names


def word_parts(role: int, key: str) -> list[tuple[int, str]]:
    """The parts of a word's key, each with its column: of "vision language" the last part has the word's role."""
    *front, last = key.split() or [key]
    return [(role, last), *((_COMPOUND, part) for part in front)]


def entry_names(entry: Entry | None, length: int) -> list[str]:
    """What the vocabulary knows of the phrase."""
    if entry is None:
        return [f"unknown-{min(length, 5)}"]
    return [
        f"papers-{entry.papers}",
        f"free-left-{entry.free_left}",
        f"free-right-{entry.free_right}",
        f"labelled-{entry.labelled}",
    ]


def place_of(one: Candidate, definition: int, *, known: bool) -> Place:
    """Where and how often it stands, in few steps; `definition` is 1 for a defined long form, 2 for its acronym."""
    count = one.count
    if not count:
        where = "title"
    elif one.first < 3:
        where = str(one.first)
    else:
        where = "3" if one.first < 6 else "6"
    return (
        min(len(one.words), 6),
        min(count, 5),
        where,
        _share(one.free_left, count),
        _share(one.free_right, count),
        one.in_title,
        one.joined,
        known,
        definition,
    )


def _share(part: int, whole: int) -> int:
    """0 for none, 1 for some, 2 for all."""
    return 0 if not part else 2 if part == whole else 1


def place_names(place: Place) -> list[str]:
    """Where and how often the phrase stands in its paper."""
    length, count, where, left, right, in_title, joined, known, definition = place
    names = ["always", f"words-{length}", f"count-{count}", f"where-{where}"]
    if count:
        kind = "known" if known else "unknown"
        names += [f"{kind}-left-{left}", f"{kind}-right-{right}"]
    if in_title:
        names += ["title", f"title-words-{length}"]
    if joined:
        names.append("joined")
    if definition:
        names.append("defined" if definition == 1 else "acronym")
    return names
