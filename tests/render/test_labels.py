"""What a digest says where a summary or a whole day of papers is missing."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest

from newsletter.domain.issues import Issue, IssuePaper, Silence
from newsletter.domain.papers import FailureKind, Summary
from newsletter.render.catalogues import wording
from newsletter.render.issue_view import view_issue
from newsletter.render.labels import Labels
from newsletter.render.paper_view import view_paper
from newsletter.sources.registry import load_calendar
from tests.support.mails import make_assembler, make_site
from tests.support.samples import make_issue, make_paper, make_recipient, select

LANGUAGES = ("en", "zh-Hans")
UNUSABLE = {FailureKind.UNPARSABLE, FailureKind.OBEYED, FailureKind.ECHO, FailureKind.ERROR_TEXT}
"""What only an operator tells apart: to a reader, all of it was unusable."""


def failed(number: int, kind: FailureKind, languages: tuple[str, ...] = LANGUAGES) -> IssuePaper:
    """A paper whose summaries in these languages failed."""
    entry = make_paper(number)
    lost = {
        tag: Summary(
            paper_id=entry.id, version=1, language=tag, provenance=entry.summaries["en"].provenance, failure=kind
        )
        for tag in languages
    }
    return replace(entry, summaries={**entry.summaries, **lost})


def said(kind: FailureKind, language: str) -> str:
    return Labels(wording(language)).failure(view_paper(failed(1, kind), language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_failure_that_means_something_to_a_reader_has_its_own_words(language: str) -> None:
    told = {kind: said(kind, language) for kind in FailureKind}
    assert all(told.values())
    for one, other in combinations(FailureKind, 2):
        assert (told[one] == told[other]) == ({one, other} <= UNUSABLE), (one, other)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (FailureKind.GARBLED, "was garbled"),
        (FailureKind.MISMATCHED, "was about another paper"),
        (FailureKind.UNTRANSLATED, "came untranslated"),
        (FailureKind.UNSUPPORTED, "said what the paper does not"),
    ],
)
def test_it_says_what_was_wrong(kind: FailureKind, words: str) -> None:
    assert words in said(kind, "en")
    assert not said(kind, "zh-Hans").isascii()


def spent(*, languages: tuple[str, ...] = LANGUAGES, papers: int = 2) -> Issue:
    """An issue whose last papers had no turn before the budget was spent, and one of which failed otherwise."""
    late = [failed(number, FailureKind.BUDGET, languages) for number in range(10, 10 + papers)]
    return make_issue([make_paper(1), failed(2, FailureKind.GARBLED), *late])


def surfaces(issue: Issue, language: str) -> dict[str, str]:
    """The mail's two bodies and the page, without white space: a line may end anywhere in Chinese."""
    mail = make_assembler().in_language(issue, language)
    raw = bytes(mail.build(make_recipient(language=language), select(issue)))
    message = email.message_from_bytes(raw, policy=email.policy.default)
    bodies = {kind: message.get_body((kind,)).get_content() for kind in ("plain", "html")}
    site = make_site(
        title="The Daily Sample",
        description="",
        base_url="https://news.example.org",
        identity="0123456789abcdef",
        topics=[],
    )
    files = {file.path: file.content.decode() for file in site.render(issue, [issue], [])}
    inner = "" if language == "en" else f"{language}/"
    bodies["page"] = files[f"issues/2026-06-02/{inner}index.html"]
    return {name: "".join(text.split()) for name, text in bodies.items()}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The budget for summaries was used up: 2 papers went without one."),
        ("zh-Hans", "速览预算已用完，有 2 篇论文没有速览。"),
    ],
)
def test_a_budget_that_ran_out_is_said_once_in_the_mail_and_on_the_page(language: str, sentence: str) -> None:
    for name, text in surfaces(spent(), language).items():
        assert text.count("".join(sentence.split())) == 1, name


def test_an_issue_within_its_budget_says_nothing_of_it() -> None:
    for name, text in surfaces(make_issue([make_paper(1), failed(2, FailureKind.GARBLED)]), "en").items():
        assert "Thebudgetforsummaries" not in text, name


def test_the_sentence_counts_the_papers_of_its_own_language() -> None:
    issue = spent(languages=("zh-Hans",), papers=1)
    assert Labels(wording("en")).budget(view_issue(issue, "en")) == ""
    assert "1 篇" in Labels(wording("zh-Hans")).budget(view_issue(issue, "zh-Hans"))
    one = Labels(wording("en")).budget(view_issue(spent(papers=1), "en"))
    assert one == "The budget for summaries was used up: 1 paper went without one."


def test_titles_are_listed_as_each_language_lists_them() -> None:
    english, chinese = (Labels(wording(language)) for language in LANGUAGES)
    assert english.papers_and_more(["A", "B"], 3) == "A, B and 3 more"
    assert chinese.papers_and_more(["针", "桌"], 3) == "针、桌等，另有 3 篇"
    assert chinese.nothing(["琴", "笛"], 0).endswith("琴、笛")


def test_every_holiday_that_the_program_knows_has_a_name_in_every_language() -> None:
    names = set(load_calendar().holidays.values())
    assert names
    english, chinese = (Labels(wording(language)) for language in LANGUAGES)
    for name in names:
        silence = Silence(date(2026, 6, 8), name)
        assert name in english.silence(silence)
        assert not re.search("[A-Za-z]", chinese.silence(silence).replace("arXiv", "")), name


def test_a_holiday_of_the_operators_own_is_named_as_it_is_written() -> None:
    silence = Silence(date(2026, 6, 8), "Founders’ Day")
    assert "Founders’ Day" in Labels(wording("zh-Hans")).silence(silence)
