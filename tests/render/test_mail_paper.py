"""What each form of a mail says of a paper: little, nothing twice, and counted as it is read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.reading import visible_text
from newsletter.domain.delivery import Form
from newsletter.domain.papers import Author, FailureKind, PaperId, Provenance, Summary
from newsletter.domain.text import reading_words
from newsletter.render.mail_paper import CARD_WORDS, MailPaper, is_translated, mail_paper
from newsletter.render.paper_view import PaperView, view_paper
from tests.support.mails import make_templates
from tests.support.samples import make_paper

TLDR = "Retrieval adds less than expected to a model that knows the answers."
METHOD = "Twelve models of three families are asked with and without passages."
RESULT = "The gain is 4.2 points at most and vanishes above seventy billion parameters."
TEMPLATES = make_templates()


def view(number: int = 1, *, authors: int = 3, links: dict[str, str] | None = None, **texts: object) -> PaperView:
    """A paper whose summary has these texts."""
    names = tuple(Author(f"Ada {'ABCDEFGHIJ'[at % 10]}{at}") for at in range(authors))
    changes = {"authors": names} | ({} if links is None else {"links": links})
    entry = make_paper(number, **changes)
    fields = {"tldr": TLDR, "method": METHOD, "result": RESULT} | texts
    summary = Summary(
        paper_id=PaperId(entry.id),
        version=1,
        language="en",
        provenance=Provenance("llm"),
        **fields,  # type: ignore[arg-type]
    )
    return view_paper(replace(entry, summaries={"en": summary}), "en")


def shown_words(paper: PaperView, says: MailPaper, form: Form) -> int:
    """The words that a reader sees of one form."""
    name = "card" if form >= Form.BRIEF else "row"
    slots = {"slot": {"number": "7"}, "region": {"why": ""}, "issue_url": ""}
    return reading_words(visible_text(TEMPLATES.render(f"mail/{name}.html", "en", paper=paper, says=says, **slots)))


def test_a_title_is_a_title() -> None:
    says = mail_paper(view(), Form.TITLE, "en")
    assert (says.about, says.how, says.found, says.names, says.links) == ("", "", "", (), ())


def test_a_row_names_the_first_author_and_says_one_clause() -> None:
    says = mail_paper(view(authors=9), Form.ROW, "en")
    assert (says.names, says.more) == (("Ada A0",), 8)
    assert says.about == TLDR
    assert (says.how, says.found, says.links) == ("", "", ())


def test_a_row_leaves_out_that_a_paper_announces_itself_and_is_then_cut_at_a_clause() -> None:
    long = (
        "In this paper, we propose a benchmark of forty tasks in nine languages, "
        "which shows how little most models know of them."
    )
    assert mail_paper(view(tldr=long), Form.ROW, "en").about == "A benchmark of forty tasks in nine languages."
    assert mail_paper(view(tldr=long), Form.BRIEF, "en").about == long


def test_a_row_does_not_name_what_its_title_names() -> None:
    paper = replace(view(tldr="We introduce DynEval, a benchmark that moves with the models."), title="DynEval: Judges")
    assert mail_paper(paper, Form.ROW, "en").about == "A benchmark that moves with the models."


def test_a_card_says_what_how_and_what_was_found_and_names_two_authors() -> None:
    says = mail_paper(view(), Form.CARD, "en")
    assert (says.about, says.how, says.found) == (TLDR, METHOD, RESULT)
    assert (says.names, says.more) == (("Ada A0", "Ada B1"), 1)
    assert [link.role for link in says.links] == ["pdf"], "the title leads to the abstract's page already"


def test_a_short_card_is_a_card_without_how_and_found() -> None:
    says = mail_paper(view(), Form.BRIEF, "en")
    assert (says.about, says.how, says.found) == (TLDR, "", "")
    assert says.names == mail_paper(view(), Form.CARD, "en").names


@pytest.mark.parametrize("again", [TLDR, TLDR.upper(), TLDR.rstrip("."), "Retrieval adds less than expected."])
def test_nothing_stands_twice_on_a_card(again: str) -> None:
    says = mail_paper(view(method=again, result=again), Form.CARD, "en")
    assert (says.about, says.how, says.found) == (TLDR, "", "")
    assert mail_paper(view(method=RESULT), Form.CARD, "en").how == ""


def test_what_was_found_has_its_room_before_how() -> None:
    title = "A title of many words " * 6
    says = mail_paper(replace(view(), title=title), Form.CARD, "en")
    assert says.found == RESULT
    assert says.how == ""


def test_a_part_that_would_be_cut_within_a_clause_is_left_out() -> None:
    says = mail_paper(view(result="words " * 200, method="word" * 300), Form.CARD, "en")
    assert (says.how, says.found) == ("", "")


def test_without_a_tldr_the_next_best_text_stands_in_its_place_once() -> None:
    says = mail_paper(view(tldr=""), Form.CARD, "en")
    assert (says.about, says.how, says.found) == (RESULT, METHOD, "")


def test_an_abstract_in_the_place_of_a_summary_is_labelled_on_a_card_alone() -> None:
    entry = make_paper()
    failed = Summary(
        paper_id=entry.id, version=1, language="en", provenance=Provenance("llm"), failure=FailureKind.REFUSED
    )
    paper = view_paper(replace(entry, summaries={"en": failed}), "en")
    labelled = {form for form in Form if mail_paper(paper, form, "en").is_labelled}
    assert labelled == {Form.CARD}
    assert entry.paper.abstract.startswith(mail_paper(paper, Form.CARD, "en").about)


def test_what_nobody_translated_is_not_in_the_language_of_its_reader() -> None:
    english, both = view(), view_paper(make_paper(1), "zh-Hans")
    assert is_translated(english, "en")
    assert not is_translated(english, "zh-Hans")
    assert not mail_paper(english, Form.ROW, "zh-Hans").is_own
    assert mail_paper(both, Form.ROW, "zh-Hans").is_own


SENTENCES = st.lists(
    st.lists(st.sampled_from("retrieval adds less than we thought, which models show 4.2 points".split()), max_size=30)
    .map(" ".join)
    .map(lambda words: f"{words.capitalize()}."),
    max_size=4,
).map(" ".join)


@given(SENTENCES, SENTENCES, SENTENCES, st.integers(0, 12))
def test_a_card_has_at_most_so_many_words_whatever_was_written(
    tldr: str, method: str, result: str, authors: int
) -> None:
    """Title, authors and links are counted too: they are short here."""
    paper = view(tldr=tldr, method=method, result=result, authors=authors)
    says = mail_paper(paper, Form.CARD, "en")
    assert says.words <= CARD_WORDS
    assert not says.found or says.found not in says.about
    assert not says.how or says.how not in (says.about, says.found)
    forms = [mail_paper(paper, form, "en").words for form in (Form.TITLE, Form.BRIEF, Form.CARD)]
    assert forms == sorted(forms)


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("number", [1, 3, 4])
@pytest.mark.parametrize("authors", [0, 1, 2, 9])
def test_the_words_that_are_counted_are_those_that_are_shown(form: Form, number: int, authors: int) -> None:
    """Code and a PDF, ratings, any number of authors."""
    paper = view(number, authors=authors)
    says = mail_paper(paper, form, "en")
    assert says.words == shown_words(paper, says, form)


def test_labels_and_ratings_are_counted_nearly() -> None:
    """What a catalogue words is not looked up for every paper."""
    for paper in (view_paper(make_paper(number), "en") for number in (4, 5, 6, 20)):
        says = mail_paper(paper, Form.CARD, "en")
        assert abs(says.words - shown_words(paper, says, Form.CARD)) <= 6
