"""The names that an issue may use: learned once a paper, known up to its day, and the operator's synonyms."""

from collections.abc import Sequence
from datetime import date

from newsletter.domain.issues import IssuePaper
from newsletter.domain.papers import AnnounceType, Notice, Paper, PaperId
from newsletter.domain.ports import AcronymCount, LearnedAcronym
from newsletter.services.interests import LearnNames

FIRST, SECOND = date(2026, 6, 1), date(2026, 6, 2)


class Acronyms:
    """Keeps acronyms in memory as the store does."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, str], LearnedAcronym] = {}

    def learn(self, rows: Sequence[LearnedAcronym]) -> None:
        for row in rows:
            self.rows.setdefault((row.paper_id, row.short, row.long), row)

    def counts(self, until: date) -> tuple[AcronymCount, ...]:
        found: dict[tuple[str, str], list[LearnedAcronym]] = {}
        for row in self.rows.values():
            if row.day <= until:
                found.setdefault((row.short, row.long), []).append(row)
        return tuple(AcronymCount(*key, min(r.shown for r in rows), len(rows)) for key, rows in found.items())


def entry(number: int, abstract: str, day: date = FIRST) -> IssuePaper:
    return IssuePaper(
        paper=Paper(id=PaperId(f"sample:{number}"), title=".", abstract=abstract),
        notices=(Notice(day, "files", "", AnnounceType.NEW, 1),),
    )


DEFINED = "We use retrieval-augmented generation (RAG)."


def test_what_two_papers_define_is_known_however_often_the_day_is_composed() -> None:
    names = LearnNames(Acronyms(), {})
    papers = [entry(1, DEFINED), entry(2, DEFINED)]
    assert names(papers) == names(papers) == {"rag": ("retrieval-augmented generation",)}


def test_one_paper_is_not_enough_and_a_later_day_does_not_count() -> None:
    names = LearnNames(Acronyms(), {})
    assert names([entry(1, DEFINED)]) == {}
    assert names([entry(2, DEFINED, SECOND)]) == {"rag": ("retrieval-augmented generation",)}
    assert names([entry(1, DEFINED)]) == {}


def test_names_that_the_day_cannot_hold_are_left_out_and_synonyms_stay() -> None:
    acronyms = Acronyms()
    names = LearnNames(acronyms, {"robot dog": ("quadruped robot",)})
    names([entry(1, DEFINED), entry(2, DEFINED)])
    assert names([entry(3, "Gardens.", SECOND)]) == {"robot dog": ("quadruped robot",)}
    assert "rag" in names([entry(4, "RAG is asked.", SECOND)])
