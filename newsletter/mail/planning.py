"""What stands in one recipient's mail, and in which order: sections, cards and rows, before anything is joined.

Sections come from the selection, forms from `domain.delivery.layout`. Papers that nobody has translated for this
reader come after all others, under a heading that says so, again by section: a reader who reads no English has then
read everything that they can.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from newsletter.domain.delivery import (
    FEW,
    Costs,
    Form,
    Placed,
    Room,
    SectionHeading,
    Slot,
    UntranslatedHeading,
    in_turn,
    lay_out,
)
from newsletter.domain.issues import Outline, Pick, Selection
from newsletter.domain.ports import DesignedMail
from newsletter.domain.text import clean_line, reading_words

__all__ = ["PlannedBody", "Planner"]

_MOST_SECTIONS = 12
"""With more sections, those of `_SMALL` papers stand together under one heading, each paper with its interest."""
_SMALL = 2
_TERMS_CACHE = 16_384
_SPARE_WORDS = 12
"""Words of a mail that only its recipient has: a name, an address, how many stand elsewhere."""

Body = tuple[SectionHeading | UntranslatedHeading | Placed, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """Papers under one heading, best first; without a heading where `name` is empty.

    `interests` need not be told of its papers, for the heading tells them, or the top of the mail where there are no
    others; of those of a `mixed` group each row does.
    """

    picks: Sequence[Pick]
    name: str = ""
    found: int = 0
    interests: tuple[str, ...] = ()
    mixed: bool = False
    untranslated: bool = False


@dataclass(frozen=True, slots=True)
class PlannedBody:
    """What stands between head and foot, in order; how many papers do not; how many words the mail has.

    `octets` is about what its papers take, `outline` what is said of it on top.
    """

    body: Body
    shown: tuple[int, ...]
    hidden: int
    words: int
    octets: int
    outline: str


class Planner:
    """Plans the mails of one issue in one language."""

    def __init__(self, designed: DesignedMail, octets: Costs, *, cards: int, words: int | None) -> None:
        """`octets` is what each form of each paper takes; `words` a mail's budget, None where nothing else is there."""
        self._designed = designed
        self._octets = octets
        self._cards = cards
        self._words = words
        self._terms: dict[tuple[int, tuple[str, ...]], tuple[Pick, tuple[str, ...]]] = {}

    def body(self, selection: Selection, octets: int, *, reads_english: bool = False) -> PlannedBody:
        """What stands in a mail whose papers and headings have room for so many octets.

        To who reads English as well a paper that nobody translated is one like any other.
        """
        picks, outline = selection.picks, selection.outline
        groups = self._groups(picks, outline, frozenset() if reads_english else self._designed.untranslated)
        told = self._designed.outline(outline)
        around = self._words_around(told, groups)
        forms = lay_out(
            _order(groups),
            _sure(outline),
            self._designed.words,
            self._octets,
            Room(None if self._words is None else self._words - around, octets, self._cards),
        )
        body = self._placed(groups, forms)
        shown = tuple([item.place for item in body if type(item) is Placed])
        words = self._designed.words
        read = around + sum([words[form][index] for index, form in forms.items()])
        sent = sum([self._octets[form][index] for index, form in forms.items()])
        return PlannedBody(body, shown, max(selection.found, len(picks)) - len(shown), read, sent, told)

    def lines(self, selection: Selection, planned: PlannedBody) -> dict[Slot, str]:
        """What the message says of itself: the same for all who have these papers."""
        outline, found = selection.outline, max(selection.found, len(selection.picks))
        designed, first = self._designed, planned.shown[:6]
        return {
            Slot.SUBJECT: clean_line(designed.subject(first, found), 200),
            Slot.PREHEADER: designed.preheader(first, found, outline),
            Slot.COUNTS: designed.counts(found, planned.words),
            Slot.OUTLINE: planned.outline,
            Slot.MORE: designed.more(planned.hidden) if planned.hidden else "",
        }

    def _groups(self, picks: Sequence[Pick], outline: Outline, foreign: AbstractSet[int]) -> list[_Group]:
        """The papers by section, foreign ones after all others; without sections where there are few papers."""
        filled = [section for section in outline.sections if section.picks]
        # what only one interest found need not say so: it stands on top
        named = [section.interests for section in outline.sections if section.interests]
        groups = [_Group(picks, interests=named[0] if len(named) == 1 else ())]
        if len(picks) > FEW and len(filled) > 1:
            small = [s for s in filled if len(s.picks) <= _SMALL] if len(filled) > _MOST_SECTIONS else []
            groups = [_Group(s.picks, s.name, s.found, s.interests) for s in filled if s not in small]
            if small:
                mixed = [pick for section in small for pick in section.picks]
                groups.insert(0, _Group(mixed, self._designed.mixed, len(mixed), mixed=True))
        if not foreign or not any(pick.index in foreign for pick in picks):
            return groups
        own = [replace(g, picks=[p for p in g.picks if p.index not in foreign]) for g in groups]
        rest = [_untranslated(g, [p for p in g.picks if p.index in foreign]) for g in groups]
        return [group for group in (*own, *rest) if group.picks]

    def _words_around(self, told: str, groups: Sequence[_Group]) -> int:
        headings = sum([reading_words(group.name) + 4 for group in groups if group.name])
        headings += sum([4 * len(group.picks) for group in groups if group.mixed])
        return self._designed.frame_words + headings + reading_words(told) + _SPARE_WORDS

    def _placed(self, groups: Sequence[_Group], forms: Mapping[int, Form]) -> Body:
        """The papers in their order."""
        body: list[SectionHeading | UntranslatedHeading | Placed] = []
        here_of = [[pick for pick in group.picks if pick.index in forms] for group in groups]
        found_here = _by_interest(here_of)
        number, untranslated = 0, False
        for group, here in zip(groups, here_of, strict=True):
            if not here:
                continue
            if group.untranslated and not untranslated:
                body.append(UntranslatedHeading())
                untranslated = True
            if group.name:
                is_cut = group.found > _in_mail(group, here, found_here)
                body.append(
                    SectionHeading(*self._designed.section(group.name, group.found, len(here), is_cut=is_cut), is_cut)
                )
            for pick in here:
                number += 1
                form = forms[pick.index]
                terms = self._why(pick, group) if form >= Form.BRIEF or group.mixed else ()
                body.append(Placed(pick.index, number, form, terms, bool(group.interests)))
        return tuple(body)

    def _why(self, pick: Pick, group: _Group) -> tuple[str, ...]:
        """Why a paper came, without what its heading says."""
        known = self._terms.get((id(pick), group.interests))
        if known is None:
            if len(self._terms) >= _TERMS_CACHE:
                self._terms.clear()
            matches = [match for match in pick.matches if match.interest not in group.interests]
            # the pick is kept, so that no other can come to have its `id()` meanwhile
            known = self._terms[id(pick), group.interests] = (pick, self._designed.terms(matches))
        return known[1][:1] if group.mixed else known[1]


def _untranslated(group: _Group, picks: Sequence[Pick]) -> _Group:
    """That part of a group which nobody translated; it counts what it has, the other part what the interest found."""
    return replace(group, picks=picks, found=len(picks), untranslated=True)


def _by_interest(here_of: Sequence[Sequence[Pick]]) -> Mapping[str, AbstractSet[int]]:
    """The papers of a mail by the interests that found them, under whichever heading they stand."""
    papers: defaultdict[str, set[int]] = defaultdict(set)
    for here in here_of:
        for pick in here:
            for match in pick.matches:
                papers[match.interest].add(pick.index)
    return papers


def _in_mail(group: _Group, here: Sequence[Pick], found_here: Mapping[str, AbstractSet[int]]) -> int:
    """How many of the papers that a group counts stand in the mail."""
    if group.untranslated or not group.interests:
        return len(here)
    return len(set().union(*[found_here[text] for text in group.interests if text in found_here]))


def _order(groups: Sequence[_Group]) -> list[int]:
    """The papers as they get room: by section in turn, those in another language after all others."""
    order: list[int] = []
    for untranslated in (False, True):
        order += in_turn([[p.index for p in g.picks] for g in groups if g.untranslated is untranslated])
    return order


def _sure(outline: Outline) -> tuple[AbstractSet[int], ...]:
    """The papers that must stand in a mail: those of rare interests, then the best of each interest."""
    best = {section.picks[0].index for section in outline.sections if section.interests and section.picks}
    return outline.rare, best - outline.rare
