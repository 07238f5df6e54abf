"""What of a digest stands in the mail, and how large: a reader has three minutes, and mail programs clip long mails.

The rule spends two budgets, words to be read and octets to be sent. In this order:

1. what must be there gets a **title** whatever it costs, then a **row** as long as all of them take no more than half
   as many words again: every paper of a rare interest, and the best of every interest;
2. the best of every section, then the second best of each, and so on, become short **cards**, until there are as many
   as a mail has; the first few of them whatever they cost in words, the others as long as there are words;
3. all other papers get rows in that same order, as long as there are words; the rest stays on the reader's own page;
4. if every paper is there, words that are left make cards **full**, first to last.

Without a page to lead to there is no budget of words. Octets always count: what does not fit is smaller, and at last
left out. A digest of a few papers is cards alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import IntEnum
from itertools import zip_longest

__all__ = ["FEW", "Costs", "Form", "Room", "in_turn", "lay_out"]

FEW = 6
"""A digest of so many papers has no sections, and all of it is cards."""
OVERDRAFT = 0.5
"""Part of the words by which rows of papers that must be there may exceed them; with less, most were bare titles."""
SURE_CARDS = 3
"""Cards that a mail has however many words its rows take."""


class Form(IntEnum):
    """How a paper stands in a mail, smallest first."""

    TITLE = 0
    ROW = 1
    BRIEF = 2
    CARD = 3


Costs = Sequence[Sequence[int] | Mapping[int, int]]
"""By form, then by the paper's place in the issue."""


@dataclass(frozen=True, slots=True)
class Room:
    """What papers may take: `words` (None for no end), `octets`, and how many may be cards."""

    words: int | None
    octets: int
    cards: int


def in_turn(sections: Sequence[Sequence[int]]) -> Iterator[int]:
    """The best of each section, then the second best of each, and so on."""
    return (place for round_ in zip_longest(*sections) for place in round_ if place is not None)


def lay_out(
    order: Sequence[int], sure: Sequence[AbstractSet[int]], words: Costs, octets: Costs, room: Room
) -> dict[int, Form]:
    """The form of each paper that stands in the mail, by its place in the issue.

    Args:
        order: the papers, each once, those first that are to be shown first: by section in turn (`in_turn`).
        sure: those that must be there, in groups, the most urgent first.
        words: what each form of each paper takes to be read.
        octets: what it takes to be sent.
        room: how much there is of both.
    """
    total = len(order)
    layout = _Layout(words, octets, room)
    layout.insist([place for group in sure for place in order if place in group], OVERDRAFT * (room.words or 0))
    cards = order[: total if total <= FEW else room.cards]
    for at, place in enumerate(cards):
        if not layout.put(place, Form.BRIEF, whatever_words=at < SURE_CARDS or total <= FEW):
            break
    for place in order:
        if place not in layout.forms and not layout.put(place, Form.ROW):
            return layout.forms
    for place in cards:
        if layout.forms.get(place) is Form.BRIEF:
            layout.put(place, Form.CARD)
    return layout.forms


class _Layout:
    """The forms chosen so far, and what is left of the budgets."""

    def __init__(self, words: Costs, octets: Costs, room: Room) -> None:
        self.forms: dict[int, Form] = {}
        self._words = words
        self._octets = octets
        self._words_left = float("inf") if room.words is None else room.words
        self._octets_left = room.octets

    def insist(self, places: Sequence[int], overdraft: float) -> None:
        """Give these titles, and rows in their turn as far as there is room; they may overdraw the words by so many."""
        for place in places:
            if place not in self.forms and not self.put(place, Form.TITLE, whatever_words=True):
                break
        self._words_left += overdraft
        for place in places:
            if self.forms.get(place) is Form.TITLE and not self.put(place, Form.ROW):
                break
        self._words_left -= overdraft

    def put(self, place: int, form: Form, *, whatever_words: bool = False) -> bool:
        """Give a paper this form in the place of the one it has; whether there is room for it."""
        words, octets = self._words[form][place], self._octets[form][place]
        known = self.forms.get(place)
        if known is not None:
            words -= self._words[known][place]
            octets -= self._octets[known][place]
        if octets > self._octets_left or (words > self._words_left and not whatever_words):
            return False
        self.forms[place] = form
        self._words_left -= words
        self._octets_left -= octets
        return True
