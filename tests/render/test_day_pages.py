"""Readers' own pages: papers are rendered once for all, and what is kept of them is bounded."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from lxml import html

from newsletter.domain.issues import Issue, Match, PaperOrder, Pick
from newsletter.domain.ports import DaySection, ReaderDay
from newsletter.render import day_pages
from newsletter.render.day_pages import DayPages
from newsletter.render.environment import Templates
from tests.support.mails import TEMPLATES, make_publication
from tests.support.samples import make_issue, make_paper


class Counting(Templates):
    """Counts what is rendered."""

    def __init__(self) -> None:
        super().__init__([TEMPLATES])
        self.rendered: Counter[str] = Counter()

    def render(self, name: str, language: str, /, **context: object) -> str:
        self.rendered[name] += 1
        return super().render(name, language, **context)


@pytest.fixture
def templates() -> Counting:
    return Counting()


def make_pages(templates: Templates) -> DayPages:
    publication = make_publication("T", base_url="https://news.example.org", languages=("en", "zh-Hans"))
    return DayPages(templates, publication)


def everything(issue: Issue, language: str = "en", terms: tuple[str, ...] = ()) -> ReaderDay:
    matches = tuple(Match(term, "title", term) for term in terms)
    picks = tuple(Pick(place, entry.id, 1.0, matches) for place, entry in enumerate(issue.papers))
    section = DaySection("0123456789", "retrieval", len(picks), picks)
    return ReaderDay(
        sections=(section,),
        shown=(section,),
        barren=(),
        found=len(picks),
        mailed=None,
        by_interest=True,
        order=PaperOrder.BEST,
        interest="",
        before=None,
        after=None,
        language=language,
        folder="",
    )


def test_a_paper_is_rendered_once_for_all_readers_of_a_language(templates: Counting) -> None:
    issue, pages = make_issue(7), make_pages(templates)
    for number in range(5):
        pages.write(issue, everything(issue, terms=(f"interest {number}",)))
    assert templates.rendered["web/day_paper.html"] == 7
    assert templates.rendered["web/day_why.html"] == 1
    pages.write(issue, everything(issue, "zh-Hans"))
    assert templates.rendered["web/day_paper.html"] == 14


def test_a_step_renders_some_and_says_whether_more_is_to_be_done(
    templates: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_pages, "_STEP", 3)
    issue, pages = make_issue(7), make_pages(templates)
    assert [pages.prepare(issue, "en", range(7)) for _ in range(4)] == [True, True, False, False]
    assert templates.rendered["web/day_paper.html"] == 7


def test_each_reader_gets_their_own_reasons_escaped(templates: Counting) -> None:
    issue, pages = make_issue(2), make_pages(templates)
    pages.write(issue, everything(issue, terms=("somebody else's",)))
    page = pages.write(issue, everything(issue, terms=("<b>", "R&D", "<b>"))).decode()
    assert "&lt;b&gt;, R&amp;D" in page
    assert "somebody" not in page
    assert not any(mark in page for mark in "\ufdd0\ufdd1")


def test_what_is_kept_is_bounded(templates: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_pages, "_KEPT_BYTES", 40_000)
    monkeypatch.setattr(day_pages, "_KEPT_CITATIONS", 10)
    pages = make_pages(templates)
    held = []
    for number in range(1, 9):
        issue = make_issue([make_paper(number * 10 + n) for n in range(5)])
        pages.write(issue, everything(issue))
        pages.citations(issue, range(5), "ris")
        held.append(pages.held)
        assert sum(len(own) for own in pages._citations.values()) <= 10
    assert max(held) <= 40_000 + held[0]
    assert held[0] == pages.held or len({*held}) > 1


def test_a_paper_that_an_issue_has_twice_has_two_names_and_one_citation(templates: Counting) -> None:
    once = make_issue(2)
    issue = replace(once, papers=(*once.papers, once.papers[0]))
    pages = make_pages(templates)
    tree = html.document_fromstring(pages.write(issue, everything(issue)))
    ids = tree.xpath("//details[@class='row']/@id")
    assert ids == ["sample-2606-00001", "sample-2606-00002", "sample-2606-00001-2"]
    assert pages.citations(issue, (0, 1, 2), "ris").count(b"ER  -") == 2


def test_a_paper_leads_to_its_page_on_the_site(templates: Counting) -> None:
    issue, pages = make_issue(1), make_pages(templates)
    for language, folder in (("en", ""), ("zh-Hans", "zh-Hans/")):
        tree = html.document_fromstring(pages.write(issue, everything(issue, language)))
        [href] = tree.xpath("//p[@class='p-page']/a/@href")
        assert href == f"https://news.example.org/{folder}papers/sample-2606-00001/"
