"""Why papers came is worked out for the papers that are shown, once each, however much was asked for."""

from array import array

import numpy as np
import pytest

from newsletter.domain.interests import Expression, Term
from newsletter.domain.issues import Match
from newsletter.domain.matching.explanations import MOST_REASONS, Explanations, Reasons
from newsletter.domain.papers import PaperId

PAPERS = 200
EVERY = np.arange(PAPERS, dtype=np.int64)


class Explained:
    """Counts what is asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def __call__(self, docs: object, interest: str, _: Expression) -> list[Match]:
        assert isinstance(docs, list)
        self.asked += [(interest, doc) for doc in docs]
        return [Match(interest, "title", "word") for _ in docs]


@pytest.fixture
def explained() -> Explained:
    return Explained()


@pytest.fixture
def explanations(explained: Explained) -> Explanations:
    """Every interest finds every paper; the n-th with the score n."""
    return Explanations(
        [PaperId(f"sample:{n}") for n in range(PAPERS)],
        explained,
        lambda text: Reasons(Term(text), EVERY, np.full(PAPERS, int(text), dtype=np.int64)),
    )


def test_only_the_papers_that_are_shown_are_explained(explanations: Explanations, explained: Explained) -> None:
    explanations.picks(("1", "2"), array("q", [7, 3]), array("q", [3, 3]))
    assert sorted(explained.asked) == [("1", 3), ("1", 7), ("2", 3), ("2", 7)]


def test_a_paper_is_explained_by_its_strongest_reasons_alone(explanations: Explanations, explained: Explained) -> None:
    interests = [str(n) for n in range(1, 1001)]
    (pick,) = explanations.picks(interests, [5], [1])
    assert [match.interest for match in pick.matches] == interests[::-1][:MOST_REASONS]
    assert len(explained.asked) == MOST_REASONS


def test_the_same_reason_is_explained_once_for_everybody(explanations: Explanations, explained: Explained) -> None:
    first = explanations.picks(("1",), [5], [1])
    second = explanations.picks(("1",), [5, 6], [1, 1])
    assert first[0] is second[0]
    assert explained.asked == [("1", 5), ("1", 6)]


def test_what_is_kept_is_bounded(explanations: Explanations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.domain.matching.explanations.MAX_SCORES", 3 * PAPERS)
    monkeypatch.setattr("newsletter.domain.matching.explanations.MAX_MATCHES", 50)
    for number in range(1, 40):
        picks = explanations.picks((str(number), "40"), range(10), [1] * 10)
        assert [pick.index for pick in picks] == [*range(10)]
        assert explanations.held <= (3 * PAPERS, 50)
