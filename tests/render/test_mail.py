"""The pieces of a mail: what each form of a paper looks like, and where what is personal goes."""

from pathlib import Path

import pytest

from newsletter.domain.delivery import Form, Piece, Region, Slot
from newsletter.domain.issues import Issue
from newsletter.domain.ports import DesignedMail
from newsletter.render.mail import MailRenderer
from tests.support.mails import BASE_URL, make_renderer, make_templates
from tests.support.samples import make_issue, make_notice, make_paper


def design(issue: Issue | None = None, language: str = "en", base_url: str = BASE_URL) -> DesignedMail:
    return make_renderer(base_url).design(issue or make_issue(8), language)


def text(piece: Piece) -> str:
    """A piece with the names of its slots and regions in braces."""
    return "".join(part if type(part) is str else f"{{{part}}}" for part in piece)


def test_a_row_names_title_author_and_gist_and_then_why_it_came() -> None:
    html = text(design().html.papers[Form.ROW][1])
    parts = ["{number}", ">Paper 2: what retrieval adds", "Author 1", " +2", "Retrieval adds less", "{why}", "</p>"]
    assert [html.index(part) for part in parts] == sorted(html.index(part) for part in parts)
    plain = text(design().text.papers[Form.ROW][1])
    assert plain.startswith("{number}. Paper 2: what retrieval adds")
    assert plain.index("{why}") < plain.index("Author 1 +2 · Retrieval adds less")
    assert plain.endswith("   https://papers.example.org/abs/2606.00002\n\n")


def test_a_bare_title_has_a_place_for_why_it_came_and_no_line_for_nothing() -> None:
    html = text(design().html.papers[Form.TITLE][1])
    assert "Paper 2: what retrieval adds" in html
    assert html.index("</a>") < html.index("{why}") < html.index("</p>")
    assert "<br>" not in html
    assert "Author" not in html


def test_a_larger_form_says_more() -> None:
    html = {form: text(design().html.papers[form][1]) for form in Form}
    assert [len(html[form]) for form in Form] == sorted(len(html[form]) for form in Form)
    assert [form for form in Form if "Author 2" in html[form]] == [Form.BRIEF, Form.CARD]
    assert [form for form in Form if "The gain is 4.2 points at most." in html[form]] == [Form.CARD]


def test_a_paper_without_an_address_is_no_link() -> None:
    issue = make_issue([make_paper(1, links={})])
    for form in Form:
        assert "<a " not in text(design(issue).html.papers[form][0])


def test_a_piece_is_made_when_it_is_asked_for_and_once() -> None:
    papers = design().html.papers[Form.CARD]
    assert papers[3] is papers[3]
    assert papers[-5] == papers[3]
    assert len(papers) == len(papers[:]) == 8
    with pytest.raises(IndexError):
        papers[8]


def test_what_is_personal_has_a_slot_in_both_parts() -> None:
    mail = design()
    for part in (mail.text, mail.html):
        slots = {item for item in part.frame if isinstance(item, Slot)}
        assert {Slot.COUNTS, Slot.EMAIL, Slot.UNSUBSCRIBE, Slot.PREFERENCES, Slot.WEB} <= slots
        regions = [item for item in part.frame if isinstance(item, Region)]
        assert regions == [Region.OUTLINE, Region.GREETING, Region.PAPERS, Region.MORE, Region.INTERESTS]


def test_without_a_site_nothing_leads_to_one() -> None:
    for part in (design(base_url="").text, design(base_url="").html):
        assert Slot.PREFERENCES not in part.frame
        assert Slot.WEB not in part.frame
        assert Slot.PAGE not in (*part.more, *part.cut_section)
        assert Slot.UNSUBSCRIBE in part.frame


def test_no_text_of_a_paper_can_pass_for_a_slot() -> None:
    forged = "\ufdd0email\ufdd1 and \ufdd0in-papers\ufdd1"
    issue = make_issue([make_paper(1, title=f"Paper {forged}", abstract=forged)])
    for form in Form:
        for part in (design(issue).text, design(issue).html):
            own = [item for item in part.papers[form][0] if type(item) is not str]
            assert set(own) <= {Slot.NUMBER, Region.WHY}
            assert "Paper email and in-papers" in text(part.papers[form][0])


def test_styles_stand_at_their_elements_and_classes_only_where_a_media_query_needs_them(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "head.css").write_text("@media (width < 1px) { .p-title { color: #123456; } }")
    (tmp_path / "mail" / "inline.css").write_text(".p-title { margin: 7px; } .p-meta { margin: 8px; }")
    html = text(make_renderer(BASE_URL, tmp_path).design(make_issue(1), "en").html.papers[Form.CARD][0])
    assert 'class="p-title"' in html
    assert "p-meta" not in html
    assert "margin:7px" in html.replace(": ", ":")
    assert "margin:8px" in html.replace(": ", ":")


def test_the_page_of_the_issue_is_that_of_the_readers_language() -> None:
    renderer = MailRenderer(make_templates(), title="T", base_url=f"{BASE_URL}/", languages=("en", "zh-Hans"))
    issue = make_issue(2)
    assert renderer.design(issue, "en").issue_url == f"{BASE_URL}/issues/2026-06-02/"
    assert renderer.design(issue, "zh-Hans").issue_url == f"{BASE_URL}/issues/2026-06-02/zh-Hans/"
    assert renderer.design(issue, "fr").language == "en", "a language that the issue does not have"
    assert renderer.design(make_notice(), "en").issue_url == "", "a day without papers has no page"
