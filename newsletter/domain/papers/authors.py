"""Author lists split into authors, as arXiv and its submitters write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.domain.papers.papers import Author
from newsletter.domain.text import readable

__all__ = ["read_author", "split_authors"]

_MAX_AUTHORS = 10_000  # the largest collaborations stand at about 5,000
_MAX_NAME = 300

_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|II|III|IV", re.IGNORECASE)
_GROUP = re.compile(r"([^:]{0,200}?(?:collaborations?|team|group|consortium))\s*:\s*(\S.*)", re.IGNORECASE | re.DOTALL)
_AND = re.compile(r"(?:^|\s)(?:and|&)\s")
_NUMBERS = re.compile(r"\d{1,3}(?:\s*(?:,|and|&)\s*\d{1,3}){0,20}")
_LEGEND = re.compile(r"\(\s*(\d{1,3})\s*\)\s*([^()]{1,500})")


def split_authors(text: str, *, conjunction: bool = False) -> tuple[Author, ...]:
    """Split a list of authors: names between commas, affiliations in parentheses after a name.

    Commas inside parentheses separate nothing, a team ("DataFlow Team") is one author, "X Collaboration: A. Bee" are
    two. Numbered affiliations (`A. Bee (1), C. Dee (2) ((1) MIT, (2) ETH)`) are resolved. No text makes it raise.

    Args:
        text: for instance a feed's `dc:creator`, tags removed.
        conjunction: " and " separates names too. So it is in what submitters typed themselves (OAI's `arXivRaw`), while
            in feeds it stands inside names ("Systems and Robotics Group").
    """
    authors: list[Author] = []
    legend: dict[str, str] = {}
    for name, note in _items(readable(text)):
        if note.startswith("("):
            legend.update((number, place.strip(" ,;")) for number, place in _LEGEND.findall(note))
            note = ""  # noqa: PLW2901 - a legend is nobody's affiliation
        names = [part for part in map(str.strip, _AND.split(name)) if part] if conjunction else [name] if name else []
        for part in names:
            if authors and _SUFFIX.fullmatch(part):
                authors[-1] = Author(f"{authors[-1].name}, {part}", authors[-1].affiliation)
            elif group := _GROUP.fullmatch(part):
                authors += Author(group[1].strip()[:_MAX_NAME]), Author(group[2].strip()[:_MAX_NAME])
            else:
                authors.append(Author(part[:_MAX_NAME]))
        if note and authors and not authors[-1].affiliation:
            authors[-1] = Author(authors[-1].name, note)
        if len(authors) >= _MAX_AUTHORS:
            break
    return tuple(_resolve(author, legend) for author in authors) if legend else tuple(authors)


def read_author(text: str) -> Author | None:
    """One author, a note in parentheses after the name taken as affiliation; None where there is no name."""
    for name, note in _apart(_balanced(readable(text))):
        if name:
            return Author(name[:_MAX_NAME], note)
    return None


def _resolve(author: Author, legend: dict[str, str]) -> Author:
    if not _NUMBERS.fullmatch(author.affiliation):
        return author
    places = (legend.get(number, "") for number in re.findall(r"\d+", author.affiliation))
    return Author(author.name, "; ".join(place for place in places if place))


def _items(text: str) -> Iterator[tuple[str, str]]:
    """Each author's (name, note): what stands outside and inside parentheses between two commas outside."""
    if "(" not in text and ")" not in text:
        yield from ((name, "") for part in text.split(",") if (name := part.strip()))
        return
    text = _balanced(text)
    depth = start = 0
    for mark in _MARK.finditer(text):
        if mark[0] == "," and not depth:
            yield from _apart(text[start : mark.start()])
            start = mark.end()
        else:
            depth += _DEPTH[mark[0]]
    yield from _apart(text[start:])


_MARK = re.compile(r"[(),]")
_DEPTH = {"(": 1, ")": -1, ",": 0}


def _balanced(text: str) -> str:
    """The text without parentheses that have no partner: one that never closes must not swallow the names after it."""
    lone: list[int] = []
    stray: list[int] = []
    for mark in _MARK.finditer(text):
        if mark[0] == "(":
            lone.append(mark.start())
        elif mark[0] == ")":
            if lone:
                lone.pop()
            else:
                stray.append(mark.start())
    characters = list(text)
    for position in (*lone, *stray):
        characters[position] = " "
    return "".join(characters)


def _apart(item: str) -> Iterator[tuple[str, str]]:
    """The name in one item and its note; a legend (`(1) MIT, (2) ETH`) is an item of its own without a name."""
    outside: list[str] = []
    notes: list[str] = []
    depth = start = 0
    for mark in _MARK.finditer(item):
        if mark[0] == "(":
            if not depth:
                outside.append(item[start : mark.start()])
                start = mark.end()
            depth += 1
        elif mark[0] == ")":
            depth -= 1
            if not depth:
                notes.append(item[start : mark.start()].strip())
                start = mark.end()
    name = " ".join(" ".join([*outside, item[start:]]).split())
    note = ", ".join(note for note in notes if note and not note.startswith("("))
    if name or note:
        yield name, note
    yield from (("", note) for note in notes if note.startswith("("))
