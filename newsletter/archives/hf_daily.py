"""Reads the `hf-daily` profile: Hugging Face Daily Papers with four sections that a model wrote as Markdown.

The model's Markdown drifts: sections are numbered paragraphs, bold or not, headings of level three or list items with
indented bodies; highlights are a paragraph or bullets; keywords stand in backticks or not; a rating is `4/5`, `4.5/5分`
or `5分`, with its reason on the same line, or with one paragraph of reasons for all three. What is read is the content:
a section is known by a word in its title, wherever it stands, in Chinese or English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from newsletter.archives._language import in_one_language
from newsletter.archives._markdown import (
    DocumentLine,
    checked_lines,
    day_of,
    heading,
    language_of,
    paper_of_link,
    plain,
    unescaped,
)
from newsletter.archives._ratings import read_ratings
from newsletter.archives._recognition import not_of
from newsletter.domain.issues import ARCHIVE_SOURCE, BackIssue
from newsletter.domain.papers import (
    FILE_ENGINE,
    Announcement,
    AnnounceType,
    IssueNote,
    Keyword,
    Paper,
    Provenance,
    Summary,
)
from newsletter.domain.text import readable

__all__ = ["parse_keyword", "read_hf_daily"]

PROFILE = "hf-daily"
_EXPECTED = (
    "for each paper a heading `## title`, numbered sections (main work, highlights, keywords, ratings) and a link to "
    "its page"
)

# In this order: "highlights of the main work" is about highlights, "score the highlights" about ratings.
_SECTIONS = (
    ("ratings", re.compile(r"打分|评分|速评|评价|评估|rating|score", re.IGNORECASE)),
    ("keywords", re.compile(r"关键词|关键字|keyword", re.IGNORECASE)),
    ("highlights", re.compile(r"亮点|创新点|highlight", re.IGNORECASE)),
    ("main_work", re.compile(r"主要工作|工作内容|main work|what (?:it|the paper) does", re.IGNORECASE)),
)
_TITLE = re.compile(
    r"\s*(?:#{3,6}\s*)?(?:\*\*)?\s*(?P<number>\d)\s*[.、．)）]\s*(?:\*\*)?(?P<title>[^*]{1,60}?)(?:\*\*)?\s*\Z"
)
_COUNT = re.compile(r"(\d+)\s*(?:篇|papers?\b)")
_LINK = re.compile(r"\[[^\]]*\]\((?P<link>https?://[^\s)]+)\)\s*\Z")
_BULLET = re.compile(r"\s*[-*+•]\s+(?P<text>\S.*)\Z")
_MODEL = re.compile(r"(?:使用|用|by|with)\s*(?P<model>(?:Chat)?GPT[\w.-]*|[A-Z][\w.]*-[\w.-]+)", re.IGNORECASE)
_KEYWORD = re.compile(
    r"(?P<term>.+?)\s*[(（]\s*(?P<translation>[^()（）]*(?:[(（][^()（）]*[)）][^()（）]*)?)\s*[)）]\s*\Z"
)


def read_hf_daily(text: str, day: date | None = None) -> BackIssue:
    """Read a digest of this profile. The explanation at its head becomes the issue's preface.

    Raises:
        SourceMalformed: there is no paper, or no date.
    """
    lines = checked_lines(text, PROFILE)
    starts = [i for i, line in enumerate(lines) if (h := heading(line)) and h[0] == 2]
    if not starts or not _sections(lines[starts[0] :]):
        raise not_of(PROFILE, text, _EXPECTED)
    head = lines[: starts[0]]
    issue_day = day_of(lines, day, PROFILE)
    preface = _preface(head)
    model = _model(preface)
    problems: list[str] = []
    announcements: list[Announcement] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        try:
            announcements.append(_announcement(lines[start:end], issue_day, model, problems))
        except ValueError as error:
            problems.append(f"line {lines[start].number}: {lines[start].text[3:63]!r} cannot be read: {error}")
    if not announcements:
        raise not_of(PROFILE, text, _EXPECTED, problems)
    counted = _COUNT.search("\n".join(line.text for line in head))
    if counted and int(counted[1]) != len(announcements):
        problems.append(f"the head announces {counted[1]} papers, {len(announcements)} were read")
    back = BackIssue(
        day=issue_day,
        profile=PROFILE,
        announcements=tuple(announcements),
        issue_note=IssueNote(preface={language_of(preface): preface}) if preface else IssueNote(),
        problems=tuple(problems),
    )
    return in_one_language(back)


def _model(preface: str) -> str:
    """The model that wrote the digest, as far as its explanation names one."""
    match = _MODEL.search(preface)
    return match["model"] if match else ""


def _preface(head: Sequence[DocumentLine]) -> str:
    """The explanation's list, without its first line, which only says that it is one."""
    quoted = [line.text.removeprefix(">").strip() for line in head if line.text.startswith(">")]
    return "\n".join(text for text in quoted if _BULLET.match(text))


def _announcement(lines: Sequence[DocumentLine], day: date, model: str, problems: list[str]) -> Announcement:
    raw_title = lines[0].text[3:].rstrip()
    body = [line for line in lines[1:] if line.text.strip()]
    link = _LINK.search(body[-1].text) if body else None
    if link is None:
        msg = "expected a link to the paper's page as its last line"
        raise ValueError(msg)
    paper_id, version = paper_of_link(link["link"])
    sections = _sections(body[:-1])
    if not sections:
        msg = "expected numbered sections: main work, highlights, keywords, ratings"
        raise ValueError(msg)
    missing = [name for name, _ in _SECTIONS if not sections.get(name)]
    problems += [f"line {lines[0].number}: {raw_title[:60]!r} has no section of {name}" for name in missing]
    paper = Paper(
        id=paper_id,
        version=version,
        title=readable(unescaped(raw_title)),
        raw_title=raw_title,
        links=_links(paper_id, link["link"]),
    )
    return Announcement(
        source=ARCHIVE_SOURCE,
        feed=PROFILE,
        day=day,
        kind=AnnounceType.FEATURED,
        paper=paper,
        summaries=(_summary(paper, sections, model),),
    )


def _summary(paper: Paper, sections: Mapping[str, Sequence[str]], model: str) -> Summary:
    """What its sections say; a section that is missing says nothing."""
    main_work = "\n\n".join(plain(text) for text in sections.get("main_work", ()))
    highlights = sections.get("highlights", ())
    return Summary(
        paper_id=paper.id,
        version=paper.version,
        language=language_of(main_work, *highlights),
        provenance=Provenance(engine=FILE_ENGINE, model=model),
        main_work=main_work,
        highlights=tuple(plain(text) for text in _bullets(highlights)),
        keywords=tuple(parse_keyword(text) for text in _items(sections.get("keywords", ()))),
        ratings=read_ratings(sections.get("ratings", ())),
    )


def _links(paper_id: str, link: str) -> dict[str, str]:
    number = paper_id.removeprefix("arxiv:")
    return {"abs": f"https://arxiv.org/abs/{number}", "hf": link} if number != paper_id else {"abs": link}


def _sections(lines: Iterable[DocumentLine]) -> dict[str, list[str]]:
    """The non-empty lines of each section; what stands before the first (a heading over all four) says nothing."""
    sections: dict[str, list[str]] = {}
    current = ""
    for line in lines:
        title = _TITLE.match(line.text)
        name = _section(title["title"]) if title else ""
        if name:
            current = name
            sections.setdefault(current, [])
        elif current and heading(line) is None:
            sections[current].append(line.text.strip())
    return sections


def _section(title: str) -> str:
    return next((name for name, words in _SECTIONS if words.search(title)), "")


def _bullets(lines: Iterable[str]) -> list[str]:
    return [match["text"] if (match := _BULLET.match(line)) else line for line in lines]


def _items(lines: Iterable[str]) -> list[str]:
    """One keyword each: bullets, or several on a line between commas or enumeration commas."""
    items: list[str] = []
    for line in lines:
        bullet = _BULLET.match(line)
        text = bullet["text"] if bullet else line
        items += [text] if bullet else re.split(r"[、;；]\s*|[,，]\s*(?![^(（]*[)）])", text)
    return [item.strip() for item in items if item.strip()]


def parse_keyword(text: str) -> Keyword:
    """A keyword as `term (translation)`, with or without backticks and bold around either, half or full width.

    The last parenthesis is the translation: `LLMs (Large Language Models) (大型语言模型)` has one in its term.
    """
    bare = text.replace("`", "").replace("**", "").strip().rstrip("；;。,，").strip()
    match = _KEYWORD.match(bare)
    return Keyword(match["term"].strip(), match["translation"].strip()) if match else Keyword(bare)
