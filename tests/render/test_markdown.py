"""The Markdown profiles: byte for byte as published, the same data when read again, and text that stays text."""

import dataclasses
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from newsletter.archives.arxiv_daily import read_arxiv_daily
from newsletter.archives.hf_daily import read_hf_daily
from newsletter.archives.paper_express import read_paper_express
from newsletter.domain.issues import BackIssue
from newsletter.domain.papers import IssueNote, PaperNote
from newsletter.errors import UsageError
from newsletter.render.markdown import MarkdownRenderer
from tests.support.back_issues import issue_of
from tests.support.mails import make_templates
from tests.support.samples import make_issue, make_paper
from tests.support.shared import REFERENCE, needs_shared

GOLDEN = Path(__file__).parent / "golden"
Reader = Callable[[str, date | None], BackIssue]


@pytest.fixture(scope="module")
def renderer() -> MarkdownRenderer:
    return MarkdownRenderer(make_templates())


def normalised(back: BackIssue) -> BackIssue:
    """Without what the default form corrects on purpose: white space in the original title."""
    return dataclasses.replace(
        back,
        announcements=tuple(
            dataclasses.replace(one, paper=dataclasses.replace(one.paper, raw_title="")) for one in back.announcements
        ),
    )


@needs_shared
def test_arxiv_daily_is_written_as_it_was_published_byte_for_byte(renderer: MarkdownRenderer) -> None:
    published = (REFERENCE / "arxiv-daily-2024-07-16.md").read_bytes()
    back = read_arxiv_daily(published.decode(), date(2024, 7, 16))
    written = renderer.write(issue_of(back), "arxiv-daily", "zh-Hans", compat=True)
    assert written.encode() == published


@needs_shared
@pytest.mark.parametrize(
    ("profile", "file", "read"),
    [
        ("hf-daily", "hf-daily-2023-09-26.md", read_hf_daily),
        ("paper-express", "paper-express-2023-05-26.md", read_paper_express),
    ],
)
def test_a_published_digest_written_and_read_again_is_the_same_data(
    renderer: MarkdownRenderer, profile: str, file: str, read: Reader
) -> None:
    first = read((REFERENCE / file).read_text(), None)
    written = renderer.write(issue_of(first), profile, "zh-Hans")
    again = read(written, None)
    assert normalised(again) == normalised(first)
    assert renderer.write(issue_of(again), profile, "zh-Hans") == written


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("profile", ["arxiv-daily", "hf-daily", "paper-express"])
def test_the_default_form_is_the_reviewed_one(renderer: MarkdownRenderer, profile: str, language: str) -> None:
    papers = [make_paper(number) for number in (4, 5, 6)]
    note = PaperNote(
        paper_id=papers[0].id,
        highlight=True,
        affiliation="Example University",
        code="https://code.example.org/4",
        code_remark="a README so far",
        links=(("Demo", "https://demo.example.org/"),),
        figures=(("How it works", "https://papers.example.org/figure.png"),),
        deep_dive="#### In depth\n\nThe loss is $$L = \\sum_i l_i$$.\n\n| a | b |\n| - | - |\n| 1 | 2 |",
        words={language: {"motivation": "What **retrieval** is for."}},
    )
    issue = make_issue([dataclasses.replace(papers[0], note=note), *papers[1:]])
    written = renderer.write(issue, profile, language)
    golden = GOLDEN / f"{profile}.{language}.md"
    assert written == golden.read_text(), f"differs from {golden}; if that is right, write it there and review it"


def test_profiles_read_back_in_english_too(renderer: MarkdownRenderer) -> None:
    issue = make_issue([make_paper(4, id="arxiv:2606.00004", links={"abs": "https://arxiv.org/abs/2606.00004"})])
    summary = issue.papers[0].summaries["en"]
    hf = read_hf_daily(renderer.write(issue, "hf-daily", "en"), None)
    assert [keyword.term for keyword in hf.announcements[0].summaries[0].keywords] == [
        "retrieval",
        "question answering",
    ]
    assert hf.announcements[0].summaries[0].ratings == summary.ratings
    express = read_paper_express(renderer.write(issue, "paper-express", "en"), None)
    assert express.announcements[0].summaries[0].method == summary.method
    listing = read_arxiv_daily(renderer.write(issue, "arxiv-daily", "en"), issue.day)
    assert listing.announcements[0].summaries[0].tldr == summary.tldr


def test_compatible_output_cuts_and_joins_descriptions_as_the_generator_did(renderer: MarkdownRenderer) -> None:
    paper = make_paper(1, id="arxiv:2606.00001", raw_abstract="state-\nof-the-art " + "x\n" * 600)
    text = renderer.write(make_issue([paper]), "arxiv-daily", "zh-Hans", compat=True)
    assert "    stateof-the-art x x" in text
    assert len(text.splitlines()[-3]) < 1010


def test_an_announce_prefix_is_put_before_descriptions_that_have_none(renderer: MarkdownRenderer) -> None:
    paper = make_paper(3, id="arxiv:2606.00003", raw_abstract="")
    text = renderer.write(make_issue([paper]), "arxiv-daily", "zh-Hans", compat=True)
    assert "    arXiv:2606.00003v1 Announce Type: new  Abstract: We measure" in text


def test_front_matter_goes_before_profiles_that_have_none_of_their_own(renderer: MarkdownRenderer) -> None:
    issue = make_issue(1, title='A "title": with marks')
    for generator in ("jekyll", "hugo"):
        text = renderer.write(issue, "arxiv-daily", "en", front_matter=generator)
        assert text.startswith("---\n")
        assert 'title: "A \\"title\\": with marks, Tuesday, 2 June 2026"' in text
    assert renderer.write(issue, "paper-express", "en", front_matter="hugo").count("layout: wiki") == 1
    assert renderer.write(issue, "paper-express", "en", front_matter="hugo").startswith("---\nlayout: wiki\n")


@pytest.mark.parametrize("profile", ["arxiv-daily", "hf-daily", "paper-express"])
def test_a_site_generator_finds_nothing_of_its_own_in_any_text(renderer: MarkdownRenderer, profile: str) -> None:
    """Liquid is read before Markdown, in code and formulas too; a shortcode that nobody defined stops Hugo."""
    hostile = "{{ site.secret }} {% include x %} {{< raw >}} {{% md %}} {{{ $x_{{ij}}$"
    note = PaperNote(
        paper_id=make_paper(1).id,
        affiliation=hostile,
        code_remark=hostile,
        links=((hostile, "https://example.org"),),
        deep_dive=f"```\n{hostile}\n```",
        words={"en": {"motivation": hostile}},
    )
    paper = make_paper(1, title=hostile, abstract=hostile, raw_title=hostile, raw_abstract=hostile)
    issue = make_issue(
        [dataclasses.replace(paper, note=note)], note=IssueNote(preface={"en": hostile}, references=(hostile,))
    )
    jekyll = renderer.write(issue, profile, "en", front_matter="jekyll").partition("\n---\n")[2]
    assert set(re.findall(r"\{\{.*?\}\}|\{%", jekyll)) <= {'{{ "{{" }}', '{{ "{%" }}'}
    assert "site.secret" in jekyll
    said = jekyll.replace('{{ "{{" }}', "{{").replace('{{ "{%" }}', "{%")
    plain = renderer.write(issue, profile, "en")
    assert plain.endswith(said.strip("\n") + plain[len(plain.rstrip("\n")) :])
    hugo = renderer.write(issue, profile, "en", front_matter="hugo")
    assert not re.search(r"\{\{[<%]", hugo)
    assert "{{" in renderer.write(issue, profile, "en", compat=True), "what is written to the letter stays as it is"


def test_an_unknown_profile_is_refused_with_the_known_ones(renderer: MarkdownRenderer) -> None:
    with pytest.raises(UsageError, match="arxiv-daily, hf-daily, paper-express"):
        renderer.write(make_issue(1), "other", "en")


@pytest.mark.parametrize("profile", ["arxiv-daily", "hf-daily", "paper-express"])
def test_markdown_of_hostile_text_makes_no_html_and_no_foreign_link(renderer: MarkdownRenderer, profile: str) -> None:
    hostile = (
        "<script>x</script> [a](javascript:x) ![i](https://evil.example/i) | `code` # h $x<y>[z](https://evil.example)$"
    )
    text = renderer.write(make_issue([make_paper(1, title=hostile, abstract=hostile)]), profile, "en")
    html = MarkdownIt("commonmark").render(text)
    assert "<script" not in html
    assert (
        "evil.example" not in html.replace("&gt;", "").split('href="https://evil')[0]
        or 'href="https://evil' not in html
    )
    assert 'href="javascript' not in html
    assert "<img" not in html
