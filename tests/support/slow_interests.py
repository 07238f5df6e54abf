"""The slow, obvious way to find what an interest finds: it walks over every word of every paper for every term.

It shares with the product how text is cut and folded, and the list of ways to write a term; everything that makes
the product fast (indexes, arrays, caches, batches, partial sorts) is absent here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, product

from newsletter.domain.interests import AllOf, AnyOf, AuthorName, Category, Expression, Near, Not, Prose, Term, Weighted
from newsletter.domain.issues import Issue
from newsletter.domain.matching import NEAR_SLACK, NEAR_SLACK_REVERSED, Evaluator, alternatives, near_groups
from newsletter.domain.matching.field_index import in_category, is_named
from newsletter.domain.matching.scanning import Group, Word
from newsletter.domain.matching.term_lookup import NEAR_WORDS
from newsletter.domain.matching.term_patterns import Alternative
from newsletter.domain.text import Form, fold, tokens

__all__ = ["slow_find"]

JOINS = set("-_\u2010\u2011\u2212")
SENTENCE_END = re.compile(r"[…。！？；]|[.!?;][\"')\]”’»]*\s")


class Line:
    """One field of one paper as sentences; a sentence is a list of (form, hyphen after, comma after)."""

    def __init__(self, text: str) -> None:
        self.sentences: list[list[tuple[Form, bool, bool]]] = [[]]
        cut = tokens(text)
        for number, here in enumerate(cut):
            there = cut[number + 1] if number + 1 < len(cut) else None
            between = text[here.end : there.start if there else len(text)]
            # a dot ends a sentence only before a space, a hyphen joins only what follows it at once
            hyphen = bool(there) and between[:1] in JOINS and len(between) == 1
            comma = any(a == "," and b.isspace() for a, b in pairwise(between))
            self.sentences[-1].append((fold(here.surface), hyphen, comma))
            if SENTENCE_END.search(between):
                self.sentences.append([])


def slow_find(issue: Issue, evaluator: Evaluator, node: Expression) -> set[int]:
    """The papers (by place) that this expression finds."""
    return {doc for doc in range(len(issue.papers)) if _holds(issue, evaluator, doc, node)}


def _holds(issue: Issue, evaluator: Evaluator, doc: int, node: Expression) -> bool:
    paper = issue.papers[doc].paper
    if isinstance(node, Term):
        return any(_term_spans(line, node, evaluator, doc) for line in _lines(issue, doc, node))
    if isinstance(node, Near):
        return _near_holds(issue, evaluator, doc, node)
    if isinstance(node, AllOf):
        return all(_holds(issue, evaluator, doc, part) for part in node.parts)
    if isinstance(node, AnyOf):
        return any(_holds(issue, evaluator, doc, part) for part in node.parts)
    if isinstance(node, Not):
        return not _holds(issue, evaluator, doc, node.part)
    if isinstance(node, Weighted):
        return _holds(issue, evaluator, doc, node.part)
    if isinstance(node, Category):
        return any(in_category(node.pattern, name) for name in paper.categories)
    if isinstance(node, AuthorName):
        return any(is_named(node.name, author.name) for author in paper.authors)
    assert isinstance(node, Prose), node
    held = [phrase for phrase in node.phrases if _holds(issue, evaluator, doc, Term(phrase, exact=True))]
    return len(held) >= node.least


def _lines(issue: Issue, doc: int, term: Term) -> Iterator[Line]:
    paper = issue.papers[doc].paper
    if term.scope in {"", "title"}:
        yield Line(paper.title)
    if term.scope in {"", "abstract"}:
        yield Line(paper.abstract)


def _allowed(term: Term, evaluator: Evaluator, doc: int) -> list[Alternative]:
    made = alternatives(term, evaluator.index, evaluator.lexicon)
    return [a for a in made if not a.acronym or evaluator.lexicon.allows(doc, a.acronym, a.long)]


def _term_spans(line: Line, term: Term, evaluator: Evaluator, doc: int) -> bool:
    for alternative in _allowed(term, evaluator, doc):
        if any(list(_group_places(sentence, alternative.phrase)) for sentence in line.sentences):
            return True
        groups = () if term.exact else near_groups(alternative.groups)
        for sentence in line.sentences if groups else ():
            if _stands_near(sentence, groups, NEAR_SLACK) or _stands_near(
                sentence, groups[::-1], NEAR_SLACK_REVERSED, commas=False
            ):
                return True
    return False


def _group_places(sentence: Sequence[tuple[Form, bool, bool]], group: Group) -> Iterator[int]:
    for at in range(len(sentence) - len(group) + 1):
        if all(_is(word, sentence[at + offset][0]) for offset, word in enumerate(group)):
            yield at


def _is(word: Word, form: Form) -> bool:
    return form.stem == word.stem and word.accepts(form)


def _stands_near(
    sentence: Sequence[tuple[Form, bool, bool]], groups: tuple[Group, ...], slack: int, *, commas: bool = True
) -> bool:
    places = [list(_group_places(sentence, group)) for group in groups]
    for chosen in product(*places):
        among = 0
        for group, at, following in zip(groups, chosen, chosen[1:], strict=False):
            end = at + len(group)
            gap = following - end
            if gap < 0 or (gap and sentence[end - 1][1]):
                break
            if not commas and any(sentence[spot][2] for spot in range(end - 1, following)):
                break
            among += gap
        else:
            if among <= slack:
                return True
    return False


def _near_holds(issue: Issue, evaluator: Evaluator, doc: int, node: Near) -> bool:
    paper = issue.papers[doc].paper
    for field, text in (("title", paper.title), ("abstract", paper.abstract)):
        for sentence in Line(text).sentences:
            places: list[set[tuple[int, int]]] = []
            for term in node.parts:
                fits = _allowed(term, evaluator, doc) if term.scope in {"", field} else []
                places.append({(at, at + len(a.phrase)) for a in fits for at in _group_places(sentence, a.phrase)})
            if any(all(_close(one, other) for one, other in pairwise(chosen)) for chosen in product(*places)):
                return True
    return False


def _close(one: tuple[int, int], other: tuple[int, int]) -> bool:
    first, second = sorted((one, other))
    return first[1] <= second[0] <= first[1] + NEAR_WORDS
