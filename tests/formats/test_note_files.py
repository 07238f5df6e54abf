"""What an editor writes is read as it was meant, and written back without losing a letter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.issues import IssuePaper
from newsletter.domain.papers import WORDS, IssueNote, Paper, PaperId, PaperNote, Provenance, Summary
from newsletter.formats.note_files import (
    NoteError,
    read_issue_note,
    read_paper_note,
    write_issue_note,
    write_paper_note,
)

PAPER = Paper(id=PaperId("arxiv:2606.00001"), title="On\nTomatoes")
MACHINE = Summary(
    paper_id=PAPER.id,
    language="en",
    provenance=Provenance("llm"),
    tldr="The machine's --> line.",
    highlights=("a", "b"),
)


def entry(note=None):
    return IssuePaper(paper=PAPER, summaries={"en": MACHINE}, note=note)


def test_a_fresh_file_says_nothing_and_shows_what_the_machine_wrote():
    text = write_paper_note(entry(), ("en", "zh-Hans"))
    assert "The machine's" in text
    assert "## zh-Hans: tldr" in text
    assert read_paper_note(text) == PaperNote(paper_id=PAPER.id)


def test_what_is_written_under_a_heading_is_the_editors_own():
    text = write_paper_note(entry(), ("en",)).replace(
        "## en: method\n<!-- nothing yet -->\n", "## en: method\nBy **hand**.\n\nTwice.\n"
    )
    assert read_paper_note(text).words == {"en": {"method": "By **hand**.\n\nTwice."}}


def test_text_below_the_hint_counts_and_the_hint_does_not():
    text = write_paper_note(entry(), ("en",)).replace("line. -->\n", "line. -->\nMine.\n")
    assert read_paper_note(text).words == {"en": {"tldr": "Mine."}}


line = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=25).map(
    str.strip
)
some = st.text(alphabet="ab *#`$\n-<!>é中+", max_size=60).map(lambda t: t.strip("\n ").rstrip())
notes = st.builds(
    PaperNote,
    paper_id=st.just(PAPER.id),
    position=st.none() | st.integers(1, 99),
    drop=st.booleans(),
    highlight=st.booleans(),
    affiliation=line,
    code=line,
    code_remark=line,
    links=st.lists(st.tuples(line, line), max_size=2).map(tuple),
    figures=st.lists(st.tuples(line, line), max_size=2).map(tuple),
    words=st.dictionaries(
        st.sampled_from(["en", "zh-Hans", "ja"]),
        st.dictionaries(st.sampled_from(WORDS), some.filter(bool), min_size=1, max_size=3),
        max_size=2,
    ),
    deep_dive=some,
)


@given(notes)
@settings(max_examples=150, deadline=None)
def test_reading_what_was_written_is_the_identity(note):
    assert read_paper_note(write_paper_note(entry(note), ("en", "zh-Hans"))) == note


def test_a_deep_dive_may_hold_any_heading():
    dive = "## Figures\n\n#### More\n\n+++\n\n## en: tldr\n\n```\n## Deep dive\n```"
    note = PaperNote(paper_id=PAPER.id, deep_dive=dive)
    assert read_paper_note(write_paper_note(entry(note), ("en",))) == note


def test_line_ends_of_another_system_are_read():
    text = write_paper_note(entry(PaperNote(paper_id=PAPER.id, drop=True)), ("en",)).replace("\n", "\r\n")
    assert read_paper_note(text).drop


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("drop = false", "dropp = false", 4, "`drop`"),
        ("drop = false", 'drop = "no"', 4, "true or false"),
        ("# position = 1", "position = 0", 3, "counted from 1"),
        ("# position = 1", "position = true", 3, "counted from 1"),
        ("links = []", 'links = ["https://x.example"]', 9, "pairs"),
        ('code = ""', "code = 3", 7, "quotation marks"),
        ('affiliation = ""', 'affiliation = "x', 6, "TOML"),
        ("## en: tldr", "## en: tdlr", 21, "`tldr`"),
        ("## Deep dive", "## Deep dives", None, "Deep dive"),
        ("+++\nid", "++\nid", 1, "front matter"),
        ('id = "arxiv:2606.00001"', 'id = ""', 1, "which paper"),
    ],
)
def test_a_mistake_names_its_line_and_what_was_expected(old, new, line, says):
    text = write_paper_note(entry(), ("en",))
    assert old in text
    with pytest.raises(NoteError, match=says) as caught:
        read_paper_note(text.replace(old, new, 1))
    if line:
        assert caught.value.line == line


@given(st.dictionaries(st.sampled_from(["en", "zh-Hans"]), some.filter(bool)), st.lists(line.filter(bool), max_size=3))
@settings(max_examples=80, deadline=None)
def test_the_issues_file_is_read_as_it_was_written(preface, references):
    note = IssueNote(preface=preface, references=tuple(" ".join(r.split()) for r in references))
    if any(not r or r.startswith("- ") for r in note.references):
        return
    assert read_issue_note(write_issue_note("Issue", note, ("en",))) == note
