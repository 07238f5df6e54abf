"""What a published digest gives when it is read back, and when it is given out again to the letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from newsletter.domain.issues.archives import (
    ARCHIVE_SOURCE,
    BackIssue,
    is_from,
    joint_note,
    published_text,
)
from newsletter.domain.issues.issues import Issue, IssueKey, IssuePaper
from newsletter.domain.papers import (
    Announcement,
    AnnounceType,
    IssueNote,
    Notice,
    Paper,
    PaperId,
    PaperNote,
    Provenance,
    Summary,
)
from newsletter.domain.papers.summaries import FILE_ENGINE

DAY = date(2026, 6, 2)


def said(number: int, *languages: str, feed: str = "arxiv-daily") -> Announcement:
    """A paper of a digest, summarised in these languages."""
    paper = Paper(id=PaperId(f"arxiv:2606.{number:05}"), title=f"Paper {number}")
    summaries = tuple(
        Summary(paper_id=paper.id, language=tag, provenance=Provenance(FILE_ENGINE), tldr=f"In {tag}")
        for tag in languages
    )
    return Announcement(
        source=ARCHIVE_SOURCE, feed=feed, day=DAY, kind=AnnounceType.NEW, paper=paper, summaries=summaries
    )


def digest(*announcements: Announcement, **fields: object) -> BackIssue:
    given = {"day": DAY, "profile": "arxiv-daily", "text": "# Digest\n"} | fields
    return BackIssue(announcements=announcements, **given)  # type: ignore[arg-type]


def issue(*digests: BackIssue, papers: tuple[IssuePaper, ...] | None = None) -> Issue:
    """The issue of a day on which these digests were published."""
    held = tuple(entry for one in digests for entry in one.papers) if papers is None else papers
    return Issue(key=IssueKey(DAY), title="T", languages=("zh-Hans",), papers=held, note=joint_note(digests))


def test_the_words_that_databases_out_there_hold_are_still_understood() -> None:
    assert (ARCHIVE_SOURCE, FILE_ENGINE) == ("archive", "file")
    assert digest().text
    assert BackIssue(day=DAY, profile="arxiv-daily", announcements=()).text == ""


def test_a_paper_that_stands_twice_has_each_time_its_own_note() -> None:
    first, second = (PaperNote(paper_id=PaperId("arxiv:2606.00001"), affiliation=name) for name in ("MIT", "ETH"))
    back = digest(said(1, "zh-Hans"), said(2, "en"), said(1), paper_notes=(first, second))
    assert [entry.note for entry in back.papers] == [first, None, second]
    assert [list(entry.summaries) for entry in back.papers] == [["zh-Hans"], ["en"], []]
    assert back.papers[0].notices == (Notice(DAY, "archive", "arxiv-daily", AnnounceType.NEW),)


def test_the_language_of_most_papers_is_the_digests_own() -> None:
    assert digest(said(1, "en", "zh-Hans"), said(2, "zh-Hans")).languages == ("zh-Hans", "en")


def test_a_paper_is_of_a_digest_if_any_notice_says_so() -> None:
    entry = digest(said(1)).papers[0]
    heard = replace(entry, notices=(Notice(DAY, "arxiv-rss", "cs.CL", AnnounceType.NEW), *entry.notices))
    assert is_from(heard, "arxiv-daily")
    assert not is_from(heard, "hf-daily")
    assert not is_from(heard, "cs.CL"), "which is a feed, but of no archive"


def test_the_editors_of_a_days_digests_are_heard_one_after_the_other() -> None:
    one = digest(issue_note=IssueNote(preface={"en": "Good morning.", "zh-Hans": "早。"}, references=("a", "b")))
    other = digest(issue_note=IssueNote(preface={"en": "Hello."}, references=("b", "c")))
    assert joint_note([one, other]) == IssueNote(
        preface={"en": "Good morning.\n\nHello.", "zh-Hans": "早。"}, references=("a", "b", "c")
    )


def test_a_digest_is_given_out_to_the_letter_as_long_as_its_issue_says_what_it_says() -> None:
    back = digest(said(1, "zh-Hans"), said(2, "zh-Hans"))
    other = digest(said(3, "en", feed="hf-daily"), profile="hf-daily", text="# Other\n")
    day = issue(back, other)
    assert published_text(day, [other, back], "arxiv-daily", "zh-Hans") == "# Digest\n"
    assert published_text(day, [other, back], "hf-daily", "en") == "# Other\n"
    translated = replace(
        back.papers[0],
        summaries={
            **back.papers[0].summaries,
            "en": Summary(paper_id=back.papers[0].id, language="en", provenance=Provenance("llm")),
        },
    )
    since = replace(day, papers=(translated, *day.papers[1:]))
    assert published_text(since, [back, other], "arxiv-daily", "zh-Hans") == "# Digest\n"


def test_a_digest_is_written_anew_where_anything_of_it_has_changed_or_it_never_was_in_that_form() -> None:
    back = digest(said(1, "zh-Hans", "en"), said(2, "zh-Hans"))
    day = issue(back)
    assert published_text(day, [back], "arxiv-daily", "en") is None, "it is English on the side only"
    assert published_text(day, [back], "hf-daily", "zh-Hans") is None
    assert published_text(day, [replace(back, text="")], "arxiv-daily", "zh-Hans") is None
    assert published_text(replace(day, papers=day.papers[:1]), [back], "arxiv-daily", "zh-Hans") is None
    preface = IssueNote(preface={"en": "A word from the editor"})
    assert published_text(replace(day, note=preface), [back], "arxiv-daily", "zh-Hans") is None
