"""What looking interests up costs: places visited and results kept, whatever is asked for."""

from collections import Counter
from datetime import date

import pytest

from newsletter.domain.interests import AnyOf, AuthorName, Category, Near, Term
from newsletter.domain.issues import Issue, IssueKey, IssuePaper, SelectionRequest
from newsletter.domain.matching.evaluation import Evaluator
from newsletter.domain.matching.selector import IssueSelector
from newsletter.domain.papers import Author, Paper, PaperId
from newsletter.domain.text import tokens
from tests.support.june import june_issue
from tests.support.recorded_day import real_lists
from tests.support.shared import needs_shared

WORDS = "retrieval generation diffusion language model agent survey robot policy vision image video".split()


def small_issue(papers: int = 40) -> Issue:
    entries = tuple(
        IssuePaper(
            paper=Paper(
                id=PaperId(f"sample:{n}"),
                title=f"{WORDS[n % 12]} {WORDS[(n + 1) % 12]}",
                abstract=". ".join(f"{WORDS[(n + k) % 12]} word{n * k % 97}" for k in range(20)),
                categories=("cs.CL",) if n % 2 else ("cs.CV", "cs.RO"),
                authors=(Author(f"Ada {'AB'[n % 2]}. Byron{n % 5}"),),
            )
        )
        for n in range(papers)
    )
    return Issue(key=IssueKey(date(2026, 6, 2)), title="A day", languages=("en",), papers=entries)


def test_what_is_kept_of_look_ups_is_bounded_however_many_are_asked_for_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("newsletter.domain.matching.evaluation.MAX_CACHED", 60)
    monkeypatch.setattr("newsletter.domain.matching.evaluation.BATCH", 20)
    evaluator, whole = Evaluator(small_issue()), Evaluator(small_issue())
    terms = [Term(f"word{n}") for n in range(97)]
    nodes = [*terms, AnyOf(tuple(terms[:50])), *(Near((term, Term("model"))) for term in terms)]
    rows = list(evaluator.rows(nodes))
    assert len(evaluator.kept) <= 60
    for node, (docs, scores) in zip(nodes, rows, strict=True):
        ((same_docs, same_scores),) = whole.rows([node])
        assert docs.tolist() == same_docs.tolist()
        assert scores.tolist() == same_scores.tolist()


def test_what_is_kept_is_bounded_by_what_it_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.domain.matching.evaluation.MAX_HITS", 100)
    monkeypatch.setattr("newsletter.domain.matching.evaluation.BATCH", 5)
    evaluator = Evaluator(small_issue())
    rare = [Term(f"{word} word{n}") for n in range(30) for word in WORDS]
    list(evaluator.rows([*rare, *(Term(word) for word in WORDS)]))
    assert sum(len(hits) for hits in evaluator.kept) <= 100 + 5 * evaluator.size


def test_terms_that_are_everywhere_are_looked_up_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    terms = [Term(f"{word} word{n}") for n in range(20) for word in WORDS]
    expected = list(Evaluator(small_issue()).rows(terms))
    monkeypatch.setattr("newsletter.domain.matching.term_lookup.MAX_PLACES", 50)
    monkeypatch.setattr("newsletter.domain.matching.evaluation.ROW_CELLS", 7)
    found = list(Evaluator(small_issue()).rows(terms))
    assert [(docs.tolist(), scores.tolist()) for docs, scores in found] == [
        (docs.tolist(), scores.tolist()) for docs, scores in expected
    ]


def test_fields_find_what_every_paper_says_of_itself() -> None:
    evaluator = Evaluator(small_issue())
    written = ("A. Byron1", "byron3", "A Byron1 B", "B", "nobody", "Ada")
    names = [AuthorName(name) for name in written]
    found = [
        docs.tolist() for docs, _ in evaluator.rows([*names, Category("cs"), Category("cs.R*"), Category("CS.CL")])
    ]
    assert found == [
        [n for n in range(40) if n % 5 == 1],
        [n for n in range(40) if n % 5 == 3],
        [n for n in range(40) if n % 5 == 1 and n % 2],
        [n for n in range(40) if n % 2],
        [],
        [*range(40)],
        [*range(40)],
        [n for n in range(40) if n % 2 == 0],
        [n for n in range(40) if n % 2],
    ]


@needs_shared
def test_whatever_one_reader_asks_for_is_found_by_reading_the_day_a_few_times() -> None:
    """The costliest lists that may be kept, on 100 papers of a real day: its words are visited four times at most."""
    issue = june_issue(2, 100)
    words = Counter(t.surface.lower() for entry in issue.papers for t in tokens(entry.paper.abstract))
    common = [word for word, _ in words.most_common(1_300) if len(word) > 3][:1_000]
    lists = {
        "words": common,
        "alternatives": [" OR ".join(common[n : n + 125]) for n in range(0, 1_000, 125)],
        "fields": [f"{field}:{word}" for word in common[:333] for field in ("title", "abstract", "all")],
        "pairs": [f"{one} {other}" for one, other in zip(common, reversed(common), strict=True)],
        "wildcards": [*dict.fromkeys(f"{word[:3]}*" for word in common)][:50],
        "endings": [*dict.fromkeys(f"*{word[-3:]}" for word in common)][:50],
        "names": [f"author:{word}" for word in common],
        "neighbours": [f"{one} ~ {other}" for one in common[:25] for other in common[25:45]],
        "chains": [" ~ ".join(common[n : n + 100]) for n in range(0, 1_000, 100)],
    }
    for name, interests in lists.items():
        selector = IssueSelector(issue)
        selection = selector.select(SelectionRequest(tuple(interests), 30))
        assert len(selection.picks) <= 30, name
        assert selector.visited <= 4 * selector.words, name


def test_what_many_neighbours_share_is_looked_for_once() -> None:
    once, often = Evaluator(small_issue()), Evaluator(small_issue())
    pairs = [Near((Term(one), Term(other))) for one in WORDS for other in WORDS if one != other]
    list(once.rows(pairs[:11]))
    list(often.rows(pairs))
    assert often.visited <= once.visited
    expected = [next(Evaluator(small_issue()).rows([pair])) for pair in pairs]
    assert [docs.tolist() for docs, _ in often.rows(pairs)] == [docs.tolist() for docs, _ in expected]


def test_a_reason_is_the_best_place_whatever_else_the_expression_finds_and_a_field_only_where_no_word_does() -> None:
    evaluator = Evaluator(small_issue())
    field, weak, strong = Category("cs.CL"), Term("word1 retrieval"), Term("retrieval generation")
    (match,) = evaluator.explain([12], "many", AnyOf((field, weak, strong)))
    assert (match.field, match.found) == ("title", "retrieval generation")
    (match,) = evaluator.explain([13], "many", AnyOf((Term("zebrafish"), field, AuthorName("byron3"))))
    assert (match.field, match.found) == ("cat", "cs.CL")
    (match,) = evaluator.explain([12], "many", Term("zebrafish"))
    assert (match.field, match.found) == ("", "")


def test_the_words_of_every_term_are_marked_each_once() -> None:
    evaluator = Evaluator(small_issue())
    node = AnyOf((Category("cs.CV"), Term("retrieval"), Term("generation"), Term("retrieval generation"), Term("fish")))
    assert evaluator.marks(12, node) == ("retrieval", "generation", "retrieval generation")


@needs_shared
def test_one_heavy_reader_among_real_ones_costs_no_more_than_all_of_them_and_changes_nothing_for_them() -> None:
    """1,000 lines as the attack had them: what is beyond one reader's terms is not looked up."""
    issue = june_issue(2, 100)
    words = Counter(t.surface.lower() for entry in issue.papers for t in tokens(entry.paper.abstract))
    common = [word for word, _ in words.most_common(1_300) if len(word) > 3][:1_000]
    heavy = tuple(
        f"({' OR '.join(common[n % 900 : n % 900 + 60])}) AND ({' OR '.join(f'{w[:3]}*' for w in common[n : n + 20])})"
        for n in range(1_000)
    )
    alone, beside = IssueSelector(issue), IssueSelector(issue)
    requests = [SelectionRequest(interests, 30) for interests in map(tuple, real_lists())]
    expected = [selection.places for selection in alone.select_many(requests)]
    together = [s.places for s in beside.select_many([SelectionRequest(heavy, 30), *requests])]
    assert together[1:] == expected
    assert beside.visited - alone.visited <= 2 * alone.visited
