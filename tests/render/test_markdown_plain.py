"""What an editor wrote in Markdown, in a mail without HTML and in one with."""

from __future__ import annotations

import dataclasses

import pytest

from newsletter.domain.delivery import Form, MailPlan, Placed, Slot
from newsletter.domain.papers import IssueNote, PaperNote
from newsletter.domain.text import slug
from newsletter.render.mail import MailRenderer
from newsletter.render.markdown_plain import markdown_plain
from newsletter.render.prose import markdown_html
from tests.support.mails import make_templates
from tests.support.samples import make_issue, make_paper


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        ("A **good** day, `code` and *more*.", "A good day, code and more."),
        ("See [the site](https://example.org/a) now", "See the site (https://example.org/a) now"),
        ("<https://example.org/a>", "https://example.org/a"),
        ("[x](javascript:alert)", "[x](javascript:alert)"),
        ("# Head\n\nOne\ntwo.\n\n\nThree  \nfour", "Head\n\nOne two.\n\nThree\nfour"),
        ("- red\n- round\n  and ripe\n\nEnd", "- red\n- round and ripe\n\nEnd"),
        ("3. three\n4. four\n   - deep", "3. three\n4. four\n\n   - deep"),
        ("> a quote\n>\n> of two", "> a quote\n>\n> of two"),
        ("```python\nx = 1\n\ny = '**'\n```", "    x = 1\n\n    y = '**'"),
        ("| a | b |\n| - | - |\n| 1 | **2** |", "a | b\n1 | 2"),
        ("$x^2$ costs \\$5 and `$y$`", "x² costs $5 and $y$"),
        ("![a tomato](https://example.org/t.png)", "a tomato (https://example.org/t.png)"),
        ("one\n\n---\n\ntwo", "one\n\n----\n\ntwo"),
        ("<b>bold</b> &amp; <script>x</script>", "bold & x"),
        ("", ""),
    ],
)
def test_marks_go_and_structure_stays(markdown: str, said: str) -> None:
    assert markdown_plain(markdown) == said


def test_lines_are_as_long_as_a_mail_allows() -> None:
    text = markdown_plain("- " + "tomato " * 40)
    assert max(map(len, text.split("\n"))) <= 72
    assert all(line.startswith(("- ", "  ")) for line in text.split("\n"))


def test_formulas_are_mathml_on_pages_and_text_in_mails_and_code_stays_code() -> None:
    markdown = "The loss $x^2$, **not** `$y$`:\n\n$$a<b$$"
    page = markdown_html(markdown)
    assert page.count("<math") == 2
    assert "<msup>" in page
    assert "<code>$y$</code>" in page
    mail = markdown_html(markdown, "mail")
    assert "<math" not in mail
    assert "The loss x²" in mail
    assert "a&lt;b" in mail.replace(" ", "")
    assert "$" not in mail.replace("<code>$y$</code>", "")


def test_a_formula_brings_nothing_in() -> None:
    html = markdown_html('$<script>alert(1)</script>$ $\\href{javascript:x}{y}$ \ue0020\ue003 $"onclick=$')
    assert "<script" not in html
    assert "javascript" not in html.replace("&", "") or "href=" not in html


NOTE = PaperNote(paper_id=make_paper(1).id, affiliation="Nanjing University", deep_dive="#### Why\n\nBecause **so**.")


def mail(base_url: str) -> tuple[str, str]:
    entry = make_paper(1)
    entry = dataclasses.replace(entry, note=NOTE, paper=dataclasses.replace(entry.paper, authors=()))
    issue = make_issue([entry], note=IssueNote(preface={"en": "A **good** day:\n\n- one $x^2$\n- two"}))
    values = dict.fromkeys(Slot, "") | {
        Slot.UNSUBSCRIBE: "https://u.example.org",
        Slot.PREFERENCES: "https://p.example.org",
    }
    renderer = MailRenderer(make_templates(), title="T", base_url=base_url)
    return renderer.whole(issue, "en", MailPlan(values, (Placed(0, 1, Form.CARD),), 0))


def test_a_preface_reads_well_in_both_parts_of_a_mail() -> None:
    text, html = mail("https://papers.example.org")
    assert "A good day:\n\n- one x²\n- two\n" in text
    assert "<strong>good</strong>" in html
    assert "one x²" in html


def test_a_deep_dive_is_linked_or_where_there_is_no_site_part_of_the_mail() -> None:
    text, html = mail("https://papers.example.org")
    address = f"https://papers.example.org/issues/2026-06-02/#{slug(make_paper(1).id)}"
    assert f"Deep dive: {address}" in text
    assert f'href="{address}"' in html
    text, html = mail("")
    assert "Why\n\nBecause so." in text
    assert "Because <strong>so</strong>" in html


def test_an_affiliation_without_an_author_stands_alone() -> None:
    text, html = mail("https://papers.example.org")
    assert "\n   Nanjing University\n" in text
    assert "<bdi>Nanjing University</bdi>" in html
    assert ", <bdi>Nanjing" not in html
