"""Which way titles run: by most of their words, whatever they begin with."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from newsletter.domain.delivery import Form
from newsletter.domain.issues import IssueState, IssueStatus
from newsletter.domain.papers import Author
from newsletter.render.bidi import direction_attribute, text_direction
from newsletter.render.environment import Templates
from tests.support.mails import make_renderer, make_site
from tests.support.samples import make_issue, make_paper

ARABIC = "تحسين الترجمة الآلية للهجات العربية"
ENGLISH_BEGUN_IN_ARABIC = "العربية: A Benchmark for Dialect Identification (v2)."


@pytest.mark.parametrize(
    ("text", "way"),
    [
        (ENGLISH_BEGUN_IN_ARABIC, "ltr"),
        ("שלום-BERT: pre-training Hebrew language models", "ltr"),
        ("“قَلَم” and other words: what tokenizers do to vowel marks", "ltr"),
        ("A study of العربية", "ltr"),
        ("العربية: 阿拉伯语方言识别基准", "ltr"),
        ("阿拉伯语 (العربية الفصحى) 的基准", "ltr"),
        (ARABIC, "rtl"),
        ("BERT: نموذج لغوي للهجات العربية", "rtl"),
        ("Attention is כל מה שאתה צריך", "rtl"),
        # as many of each: the first strong character decides, as in UAX #9
        ("مقارنة BERT و GPT على NER", "rtl"),
        ("BERT و GPT على", "ltr"),
        # long words of one language do not outvote more words of the other
        ("من إلى في Electroencephalography internationalization", "rtl"),
        # mathematics runs from left to right anywhere and says nothing about the words
        (r"حدود $\operatorname{KL}(p \Vert q) \le \log n$ و $x$ جديدة", "rtl"),
        (r"\(f: X \to Y\) دالة", "rtl"),
        # neither digits nor marks have a say
        ("2026 (3) — ١٢٣ العربية", "rtl"),
        ("123 + 456 = 579!", ""),
        ("", ""),
        ("🙂🙃 … ", ""),
    ],
)
def test_most_words_decide(text: str, way: str) -> None:
    assert text_direction(text) == way


@pytest.mark.parametrize(
    ("text", "on_english_page", "on_arabic_page"),
    [
        ("Retrieval adds less than expected.", "", ' dir="ltr"'),
        ("检索带来的提升", "", ' dir="ltr"'),
        (ARABIC, ' dir="rtl"', ""),
        (ENGLISH_BEGUN_IN_ARABIC, ' dir="ltr"', ' dir="ltr"'),
        ("2026", "", ""),
    ],
)
def test_a_line_says_its_direction_where_the_page_would_not_do(
    text: str, on_english_page: str, on_arabic_page: str
) -> None:
    assert direction_attribute(text) == on_english_page
    assert direction_attribute(text, "rtl") == on_arabic_page


@given(st.text(), st.sampled_from(["ltr", "rtl"]))
def test_whatever_the_text_the_attribute_is_one_of_three(text: str, around: str) -> None:
    assert direction_attribute(text, around) in {"", ' dir="ltr"', ' dir="rtl"'}


@given(st.text(st.characters(codec="ascii")))
def test_plain_english_needs_no_attribute(text: str) -> None:
    assert direction_attribute(text) == ""


def test_a_long_hostile_text_is_judged_in_no_time() -> None:
    began = time.process_time()
    for text in ("اa" * 50_000, "ا " * 50_000, "$ا" * 50_000, "\\(" * 50_000 + "ا"):
        text_direction(text)
    assert time.process_time() - began < 5


def test_an_arabic_page_turns_an_english_title(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p{{ x | dir }}>{{ x }}</p>")
    templates = Templates([tmp_path])
    assert templates.render("a.html", "ar", x="English") == '<p dir="ltr">English</p>'
    assert templates.render("a.html", "en", x="English") == "<p>English</p>"


@pytest.mark.parametrize(("title", "way"), [(ENGLISH_BEGUN_IN_ARABIC, "ltr"), (ARABIC, "rtl")])
def test_a_title_runs_the_same_way_on_every_surface(title: str, way: str) -> None:
    issue = make_issue([make_paper(1, title=title)])
    assert issue.frozen_at is not None
    status = IssueStatus(issue.key, 1, IssueState.PUBLISHED, issue.hash, 1, issue.frozen_at, issue.frozen_at)
    site = make_site(title="T", identity="x")
    files = {file.path: file.content.decode() for file in site.render(issue, [issue], [status])}
    mail = make_renderer().design(issue, "en").html
    shown = [
        files["index.html"],
        files["issues/2026-06-02/index.html"],
        files["papers/sample-2606-00001/index.html"],
        "".join(str(piece) for form in Form for card in mail.papers[form] for piece in card),
    ]
    for page in shown:
        document = html.document_fromstring(page)
        elements = [one for one in document.xpath("//body//*") if (one.text or "") == title]
        assert elements
        for element in elements:
            ways = element.xpath("ancestor-or-self::*/@dir")
            assert ways[-1] == way, html.tostring(element, encoding="unicode")


def test_an_arabic_name_turns_no_other_name() -> None:
    names = ("محمد علي", "Ada Lovelace", "שרה כהן", "Kurt <b>", "Alan Turing")
    issue = make_issue([make_paper(1, authors=tuple(map(Author, names)), organization="جامعة القاهرة")])
    assert issue.frozen_at is not None
    status = IssueStatus(issue.key, 1, IssueState.PUBLISHED, issue.hash, 1, issue.frozen_at, issue.frozen_at)
    files = {file.path: file.content.decode() for file in make_site(identity="x").render(issue, [issue], [status])}
    mail = make_renderer().design(issue, "en")
    shown = "<bdi>محمد علي</bdi>, <bdi>Ada Lovelace</bdi>, <bdi>שרה כהן</bdi> and 2 more, <bdi>جامعة القاهرة</bdi>"
    assert shown in files["issues/2026-06-02/index.html"]
    assert shown in files["papers/sample-2606-00001/index.html"]
    assert "<bdi>Kurt &lt;b&gt;</bdi>" in files["papers/sample-2606-00001/index.html"]
    first = "<bdi>محمد علي</bdi>, <bdi>Ada Lovelace</bdi> +3, <bdi>جامعة القاهرة</bdi>"
    assert first in "".join(str(piece) for card in mail.html.papers[Form.CARD] for piece in card)
    assert "<bdi>محمد علي</bdi> +4" in "".join(str(piece) for card in mail.html.papers[Form.ROW] for piece in card)
    text = "".join(str(piece) for card in mail.text.papers[Form.CARD] for piece in card)
    assert "\u2068محمد علي\u2069, Ada Lovelace +3, " in text
