"""Words that look alike: each row of precision_traps.tsv says what a term must find in a text, or must not, and why."""

import csv
from datetime import date
from pathlib import Path

import pytest

from newsletter.domain.issues import Issue, IssueKey, IssuePaper, SelectionRequest
from newsletter.domain.matching.selector import IssueSelector
from newsletter.domain.papers import Paper, PaperId

TRAPS = [
    (row["term"], row["text"], row["found"] == "yes", row["why"])
    for row in csv.DictReader(
        Path(__file__).with_name("precision_traps.tsv").read_text(encoding="utf-8").splitlines(),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
]


@pytest.fixture(scope="module")
def found() -> dict[str, set[int]]:
    """Each term's papers: every text of the table is the abstract of one paper of one issue."""
    papers = tuple(
        IssuePaper(paper=Paper(id=PaperId(f"sample:{n}"), title=".", abstract=text))
        for n, (_, text, _, _) in enumerate(TRAPS)
    )
    selector = IssueSelector(Issue(key=IssueKey(date(2026, 6, 2)), title="Traps", languages=("en",), papers=papers))
    terms = dict.fromkeys(term for term, _, _, _ in TRAPS)
    return {term: {pick.index for pick in selector.select(SelectionRequest((term,))).picks} for term in terms}


@pytest.mark.parametrize("number", range(len(TRAPS)), ids=[f"{term}-{text[:30]}" for term, text, _, _ in TRAPS])
def test_a_term_finds_what_is_meant_and_nothing_that_only_looks_like_it(
    found: dict[str, set[int]], number: int
) -> None:
    term, text, expected, why = TRAPS[number]
    assert (number in found[term]) == expected, f"{term!r} in {text!r}: {why}"


def test_the_table_is_large_and_says_why() -> None:
    assert len(TRAPS) >= 150
    assert all(why for _, _, _, why in TRAPS)
