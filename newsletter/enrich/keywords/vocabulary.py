"""What a corpus of abstracts says of words and phrases: numbers alone, counted once, shipped as a file.

`vocabulary.txt` is written by `python -m benchmarks.train_keywords --write` and read when keywords are first asked for.
It has three parts, with an empty line between them:

1. verbs, in one line: words that abstracts put before an article and hardly ever behind one;
2. words, a line each: what a word weighs in each place of a term (`COLUMNS` of `features`);
3. phrases, a line each: the phrase's key and its four digits, see `Entry`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

__all__ = ["UNKNOWN", "Entry", "Vocabulary", "entry_of", "load"]

UNKNOWN = "-"
"""The digit of what was not seen often enough."""


class Entry(NamedTuple):
    """What is known of a phrase, each as one digit (a letter above 9)."""

    papers: str
    """In how many papers it stands: the binary logarithm, rounded down."""
    free_left: str
    """How often nothing of a longer phrase stands before it, in tenths: a term can begin there."""
    free_right: str
    """How often nothing of a longer phrase stands behind it, in tenths: "graph neural" has 0."""
    labelled: str
    """How often those who label papers chose it where it stands, in steps that grow (`LABEL_STEPS` of the training)."""


class Vocabulary(NamedTuple):
    """The three parts of the file."""

    verbs: frozenset[str]
    words: dict[str, tuple[float, ...]]
    phrases: dict[str, str]


def entry_of(digits: str) -> Entry:
    """The entry that these four characters are."""
    return Entry(*digits)


@cache
def load() -> Vocabulary:
    """The shipped vocabulary; a few hundredths of a second, once a process."""
    text = (files(__package__) / "vocabulary.txt").read_text(encoding="utf-8")
    return parse(text)


def parse(text: str) -> Vocabulary:
    """Read the file's text."""
    verbs, words, phrases = text.split("\n\n")
    return Vocabulary(
        frozenset(verbs.split()),
        {word: tuple(map(float, weights)) for word, *weights in map(str.split, words.splitlines())},
        {line[:-5]: line[-4:] for line in phrases.splitlines()},
    )
