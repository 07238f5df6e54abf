"""The `arxiv-daily` profile is read without loss."""

from datetime import date

import pytest

from newsletter.archives import READERS
from newsletter.archives.arxiv_daily import clean_title, parse_announce_prefix, read_arxiv_daily
from newsletter.domain.papers import AnnounceType
from newsletter.errors import SourceMalformed
from tests.support.shared import REFERENCE, needs_shared

DAY = date(2024, 7, 16)


def entry(n, title, raw_title, link, tldr, en, translation, abstract):
    return (
        f"[^{n}]: {title}\n\n    {raw_title}\n\n    [{link}]({link})\n\n    {tldr}\n\n    {en}\n\n    {translation}\n\n"
        f"    {abstract}\n    "
    )


def document(*fields, row_tldrs=None):
    rows = [
        f"| [^{n}] | [{clean_title(f[1])}]({f[2]}) | {(row_tldrs or {}).get(n, f[3])} |"
        for n, f in enumerate(fields, start=1)
    ]
    return (
        "# 摘要\n\n| Ref | Title | Summary |\n| --- | --- | --- |\n"
        + "\n".join(rows)
        + "\n\n# 详细\n\n"
        + "\n".join(entry(n, *f) for n, f in enumerate(fields, start=1))
        + "\n\n"
    )


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30"])
def test_an_impossible_date_in_the_head_is_no_date(day):
    with pytest.raises(SourceMalformed, match="names no date"):
        read_arxiv_daily(f"# {day}\n\n" + document(NEW), None)


NEW = (
    "番茄的梯度",
    "Gradients of Tomatoes",
    "https://arxiv.org/abs/2403.00001",
    "本文研究番茄。",
    "",
    "番茄会成熟。",
    "arXiv:2403.00001v2 Announce Type: replace-cross  Abstract: Tomatoes ripen, and we say whe",
)
OLD = (
    "豆子的嵌套",
    "Nested Beans (a Study). (arXiv:2310.00212v1 [cs.LG] CROSS LISTED)",
    "http://arxiv.org/abs/2310.00212",
    "本文研究豆子|豌豆。",
    "",
    "豆子。\n\n    第二段。",
    "Beans nest in pods ",
)


def write_again(back):
    """The published form out of what was read: the proof that nothing was lost."""
    fields = []
    for a in back.announcements:
        s = a.summaries[0]
        fields.append(
            (s.title, a.paper.raw_title, a.paper.links["abs"], s.tldr, s.tldr_en, s.abstract, a.paper.raw_abstract)
        )
    return document(*fields)


def test_an_entry_of_the_newer_feed():
    (first, _) = read_arxiv_daily(document(NEW, OLD), DAY).announcements
    assert (first.paper.id, first.paper.version, first.kind) == ("arxiv:2403.00001", 2, AnnounceType.REPLACE_CROSS)
    assert first.paper.title == "Gradients of Tomatoes"
    assert first.paper.abstract == "Tomatoes ripen, and we say whe"
    assert first.paper.raw_abstract == NEW[-1]
    summary = first.summaries[0]
    assert (summary.language, summary.title, summary.tldr) == ("zh-Hans", "番茄的梯度", "本文研究番茄。")
    assert (summary.tldr_en, summary.abstract) == ("", "番茄会成熟。")


def test_an_entry_of_the_older_feed_whose_title_holds_the_id():
    (_, second) = read_arxiv_daily(document(NEW, OLD), DAY).announcements
    assert second.paper.title == "Nested Beans (a Study)"
    assert second.paper.raw_title == OLD[1]
    assert (second.paper.version, second.paper.categories, second.kind) == (1, ("cs.LG",), AnnounceType.CROSS)
    assert second.paper.links["abs"].startswith("http://")
    assert second.paper.raw_abstract.endswith(" "), "a cut leaves its space, and the same bytes need it"


def test_what_was_read_writes_the_same_bytes_again():
    text = document(NEW, OLD).replace("豆子。\n\n    第二段。", "豆子。")
    assert write_again(read_arxiv_daily(text, DAY)) == text


def test_a_translation_of_several_paragraphs_is_kept_whole():
    (_, second) = read_arxiv_daily(document(NEW, OLD), DAY).announcements
    assert second.summaries[0].abstract == "豆子。\n\n第二段。"


def test_a_broken_entry_is_told_and_the_others_are_read():
    broken = document(NEW, OLD).replace("[https://arxiv.org/abs/2403.00001](https://arxiv.org/abs/2403.00001)", "x")
    back = read_arxiv_daily(broken, DAY)
    assert [a.paper.id for a in back.announcements] == ["arxiv:2310.00212"]
    assert any("entry 1 cannot be read" in problem for problem in back.problems)


def test_a_table_that_says_otherwise_is_told():
    back = read_arxiv_daily(document(NEW, OLD, row_tldrs={1: "什么"}), DAY)
    assert len(back.announcements) == 2
    assert len(back.problems) == 1
    assert "entry 1" in back.problems[0]


@pytest.mark.parametrize("text", ["", "# 摘要\n\nnothing", "<html><body>404</body></html>"])
def test_a_document_of_another_kind_is_refused(text):
    with pytest.raises(SourceMalformed, match="arxiv-daily"):
        read_arxiv_daily(text, DAY)


def test_without_a_date_it_asks_for_one():
    with pytest.raises(SourceMalformed, match="--date"):
        read_arxiv_daily(document(NEW), None)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("A Title. (arXiv:2310.00212v1 [cs.LG])", "A Title."),
        ("A Title. (arXiv:2310.00212v1 [cs.LG] UPDATED)", "A Title."),
        ("A Title. (arXiv:hep-th/9901001v3 [hep-th] CROSS LISTED) ", "A Title."),
        ("On arXiv (the site)", "On arXiv (the site)"),
    ],
)
def test_the_old_parenthesis_leaves_the_title(raw, clean):
    assert clean_title(raw) == clean


def test_the_announce_prefix_is_taken_apart():
    assert parse_announce_prefix("arXiv:2403.1v1 Announce Type: new  Abstract: It is.") == (
        "It is.",
        "2403.1v1",
        AnnounceType.NEW,
    )
    assert parse_announce_prefix("It is.") == ("It is.", "", None)


@needs_shared
def test_the_published_example_comes_in_whole_and_goes_out_byte_for_byte():
    text = (REFERENCE / "arxiv-daily-2024-07-16.md").read_bytes().decode()
    back = READERS["arxiv-daily"](text, DAY)
    assert back.problems == ()
    assert len(back.announcements) == text.count("\n[^") == text.count("\n| [^")
    assert write_again(back) == text
    kinds = [a.kind.value for a in back.announcements]
    assert kinds.count("cross") == text.count("Announce Type: cross ") + text.count(" CROSS LISTED)")
    assert kinds.count("replace") == text.count("Announce Type: replace ") + text.count(" UPDATED)")
    assert all(a.paper.title and "arXiv:" not in a.paper.title for a in back.announcements)
