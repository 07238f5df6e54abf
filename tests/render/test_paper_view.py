"""What templates see of a paper: its titles, where it comes from, who summarised it."""

from __future__ import annotations

import dataclasses

import pytest

from newsletter.domain.delivery import Form
from newsletter.domain.issues import IssuePaper
from newsletter.domain.papers import PaperNote, Provenance
from newsletter.render.catalogues import wording
from newsletter.render.environment import Templates
from newsletter.render.labels import Labels
from newsletter.render.mail_paper import mail_paper
from newsletter.render.paper_view import view_paper
from newsletter.render.prose import linked
from tests.support.mails import TEMPLATES
from tests.support.samples import make_paper


def titled(title: str, translated: str) -> IssuePaper:
    """A paper whose summary in Chinese gives it this title."""
    entry = make_paper(title=title)
    summary = dataclasses.replace(entry.summaries["zh-Hans"], title=translated)
    return dataclasses.replace(entry, summaries={"zh-Hans": summary})


@pytest.mark.parametrize(
    ("title", "translated"),
    [
        ("“Why not?”: a study", '"Why not?": a study'),
        ("LLMs aren’t calibrated", "LLMs aren't calibrated."),
        (r"Valid $\ne$ Necessary", "Valid ≠ Necessary"),
        ("Same", "Same"),
    ],
)
def test_a_title_that_differs_in_quotation_marks_alone_stands_once(title: str, translated: str) -> None:
    shown = view_paper(titled(title, translated), "zh-Hans")
    assert (shown.title, shown.original_title, shown.title_language) == (title, "", "en")


@pytest.mark.parametrize(("title", "translated"), [("Graphs", "图"), ("C++ tools", "C tools"), ("GPT-4", "GPT-5")])
def test_a_title_in_other_words_stands_beside_the_papers_own(title: str, translated: str) -> None:
    shown = view_paper(titled(title, translated), "zh-Hans")
    assert (shown.title, shown.original_title, shown.title_language) == (translated, title, "zh-Hans")


def test_the_organisation_stands_where_no_affiliation_is_known() -> None:
    entry = make_paper(organization="Gevaert Lab")
    assert view_paper(entry, "en").affiliation == "Gevaert Lab"
    note = PaperNote(paper_id=entry.id, affiliation="Stanford")
    assert view_paper(dataclasses.replace(entry, note=note), "en").affiliation == "Stanford"


@pytest.mark.parametrize(
    ("provenance", "said"),
    [
        (Provenance("llm", "some-model", "p1"), "some-model"),
        (Provenance("extractive"), "the abstract’s own sentences"),
        (Provenance("file"), ""),
        (Provenance("file", "some-model"), "some-model"),
    ],
)
def test_who_summarised_is_said_in_words_or_not_at_all(provenance: Provenance, said: str) -> None:
    entry = make_paper()
    entry = dataclasses.replace(
        entry, summaries={"en": dataclasses.replace(entry.summaries["en"], provenance=provenance)}
    )
    assert Labels(wording("en")).summariser(view_paper(entry, "en")) == said


def test_addresses_in_abstract_and_comment_are_links_behind_what_others_gave() -> None:
    entry = make_paper(
        raw_abstract=r"Code is \href{https://github.com/a/b}{here}. Data: https://lab.example.edu/data.",
        comment="Project page: https://own.github.io/x",
        links={"abs": "https://arxiv.org/abs/2606.00001", "project": "https://given.example.org/"},
    )
    shown = [(link.role, link.url) for link in view_paper(entry, "en").links]
    assert shown == [
        ("abs", "https://arxiv.org/abs/2606.00001"),
        ("project", "https://given.example.org/"),
        ("data", "https://lab.example.edu/data"),
        ("code", "https://github.com/a/b"),
    ]


def test_an_editors_word_that_there_is_no_code_wins_over_the_abstract() -> None:
    entry = make_paper(abstract="Code: https://github.com/a/b")
    note = PaperNote(paper_id=entry.id, code="not yet")
    view = view_paper(dataclasses.replace(entry, note=note), "en")
    assert (view.code, view.no_code) == ("", "not yet")
    assert "https://github.com/a/b" not in [link.url for link in view.links]


def test_addresses_in_a_shown_abstract_are_links_that_promise_nothing() -> None:
    text = 'We use $x<y$ and <b> (code: https://github.com/a/b?c="d"&e).'
    shown = str(linked(text, "web"))
    assert '<a href="https://github.com/a/b?c=" rel="nofollow noopener">https://github.com/a/b?c=</a>' in shown
    assert "&lt;b&gt;" in shown
    assert "<math" in shown
    assert "<a " not in str(linked(text, "mail"))


PICTURE = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2606.00001.png"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (PICTURE, PICTURE),
        (PICTURE.replace("https:", "http:"), ""),
        (PICTURE.replace("huggingface.co", "huggingface.co.evil.example"), ""),
        (PICTURE.replace("https://", "https://user@"), ""),
        ("data:image/png;base64,AAAA", ""),
    ],
)
def test_a_picture_comes_from_its_one_host_and_is_no_link(address: str, shown: str) -> None:
    view = view_paper(make_paper(links={"thumbnail": address}), "en")
    assert view.thumbnail == shown
    assert view.links == ()


@pytest.mark.parametrize("wanted", [False, True])
def test_a_picture_is_shown_only_where_the_operator_wants_it(wanted: bool) -> None:
    templates = Templates([TEMPLATES], thumbnails=wanted)
    view = view_paper(make_paper(title='A "quoted" $x^2$', links={"thumbnail": PICTURE}), "en")
    says = mail_paper(view, Form.CARD, "en")
    regions = {"slot": {"number": "1"}, "region": {"why": ""}}
    mail = templates.render("mail/card.html", "en", paper=view, says=says, issue_url="", **regions)
    for card in (mail, templates.render("feed/entry.html", "en", paper=view)):
        assert ("<img" in card) is wanted
        assert (f'src="{PICTURE}"' in card) is wanted
        assert ('alt=""' in card) is wanted, "the title beside it says what it shows"
