"""Reads the `paper-express` profile: a curated page that an editor wrote around a model's drafts.

The three bullets become the summary's motivation, method and result (`优势`, advantage); their bold words are kept in
the note's `words`, where they are an editor's Markdown. Affiliation, code, further links, figures and the deep dive
are the note's too. Papers above `## 更多` are the highlighted ones; those below are in brief. Sources under `## 参考`
become the issue's references.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
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
from newsletter.archives._recognition import not_of
from newsletter.domain.issues import ARCHIVE_SOURCE, BackIssue
from newsletter.domain.papers import (
    FILE_ENGINE,
    Announcement,
    AnnounceType,
    IssueNote,
    Paper,
    PaperId,
    PaperNote,
    Provenance,
    Summary,
)
from newsletter.domain.text import readable

__all__ = ["read_paper_express"]

PROFILE = "paper-express"
_EXPECTED = "for each paper a heading `### 1、Title`, its facts as a quote (`> - URL：https://…`) and three bullets"

_PAPER = re.compile(r"(?P<number>\d+)\s*[、.．)]\s*(?P<title>.+)\Z")
_REFERENCES = re.compile(r"参考|references?|sources?", re.IGNORECASE)
_MORE = re.compile(r"更多|more\b|in brief", re.IGNORECASE)
_FACT = re.compile(r"(?:[-*+]\s+)?(?P<label>[^:：《》]{1,60}?)\s*[:：]\s*(?P<value>.*)\Z")
_QUOTED_TITLE = re.compile(r"(?:[-*+]\s+)?《(?P<title>.+)》\s*\Z")
_BULLET = re.compile(r"[-*+]\s+(?P<label>[^:：]{1,30})[:：]\s*(?P<text>.*)\Z")
_FIGURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<address>[^\s)]+)\)\s*\Z")
_REMARK = re.compile(r"(?P<code>[^\s（(]+)\s*(?:[（(](?P<remark>.*)[)）])?\s*\Z")
_URL = re.compile(r"url|链接|地址|paper|论文", re.IGNORECASE)
_AFFILIATION = re.compile(r"单位|机构|affiliation", re.IGNORECASE)
_CODE = re.compile(r"(?:official\s+)?code\b|代码", re.IGNORECASE)
_ROLES = {
    "motivation": re.compile(r"动机|motivation", re.IGNORECASE),
    "method": re.compile(r"方法|method", re.IGNORECASE),
    "result": re.compile(r"优势|结果|advantage|results?", re.IGNORECASE),
}


@dataclass(slots=True)
class _PaperHead:
    """What stands between a paper's heading and its deep dive."""

    translated: str = ""
    url: str = ""
    affiliation: str = ""
    code: str = ""
    code_remark: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    figures: list[tuple[str, str]] = field(default_factory=list)
    bullets: dict[str, str] = field(default_factory=dict)


def read_paper_express(text: str, day: date | None = None) -> BackIssue:
    """Read a page of this profile.

    Raises:
        SourceMalformed: there is no paper, or no date.
    """
    lines = checked_lines(text, PROFILE)
    papers, references, preface = _parts(lines)
    if not any(_head(block[1:])[0].url for _, block in papers):
        raise not_of(PROFILE, text, _EXPECTED)
    issue_day = day_of(lines, day, PROFILE)
    announcements: list[Announcement] = []
    notes: list[PaperNote] = []
    problems: list[str] = []
    for brief, block in papers:
        try:
            announcement, note = _paper(block, issue_day, brief=brief)
        except ValueError as error:
            problems.append(f"line {block[0].number}: {block[0].text[4:64]!r} cannot be read: {error}")
            continue
        announcements.append(announcement)
        notes.append(note)
        missing = [name for name in _ROLES if not getattr(announcement.summaries[0], name)]
        if missing:
            problems.append(f"line {block[0].number}: {announcement.paper.title[:60]!r} has no {', '.join(missing)}")
    if not announcements:
        raise not_of(PROFILE, text, _EXPECTED, problems)
    back = BackIssue(
        day=issue_day,
        profile=PROFILE,
        announcements=tuple(announcements),
        paper_notes=tuple(notes),
        issue_note=IssueNote(preface={language_of(preface): preface} if preface else {}, references=references),
        problems=tuple(problems),
    )
    return in_one_language(back)


def _parts(lines: Sequence[DocumentLine]) -> tuple[list[tuple[bool, list[DocumentLine]]], tuple[str, ...], str]:
    """The papers with whether they are in brief, the references, and what stands before the first paper."""
    papers: list[tuple[bool, list[DocumentLine]]] = []
    references: list[str] = []
    preface: list[str] = []
    section, opened = "", False
    for line in _without_front_matter(lines):
        level, title = heading(line) or (0, "")
        if level == 2:
            section = "references" if _REFERENCES.match(title) else "more" if _MORE.match(title) else ""
            opened = False
        elif level == 3 and section != "references" and _PAPER.match(title):
            papers.append((section == "more", [line]))
            opened = True
        elif section == "references":
            references.append(line.text)
        elif opened:
            papers[-1][1].append(line)
        elif not papers:
            preface.append(line.text)
    return papers, _references(references), "\n".join(preface).strip()


def _references(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(re.sub(r"\A[-*+]\s+", "", line.strip()) for line in lines if line.strip())


def _without_front_matter(lines: Sequence[DocumentLine]) -> Sequence[DocumentLine]:
    if lines and lines[0].text.strip() == "---":
        end = next((i for i, line in enumerate(lines[1:60], start=1) if line.text.strip() == "---"), 0)
        return lines[end + 1 :]
    return lines


def _paper(block: Sequence[DocumentLine], day: date, *, brief: bool) -> tuple[Announcement, PaperNote]:
    named = _PAPER.match((heading(block[0]) or (3, ""))[1])
    assert named is not None  # noqa: S101  # `_parts` begins a paper only where it matches
    raw_title = named["title"].strip()
    head, dive = _head(block[1:])
    if not head.url:
        msg = "expected a fact `URL：https://…`"
        raise ValueError(msg)
    paper_id, version = paper_of_link(head.url)
    paper = Paper(
        id=paper_id,
        version=version,
        title=readable(unescaped(raw_title)),
        raw_title=raw_title,
        links={"abs": head.url},
    )
    summary = _summary(paper, head)
    announcement = Announcement(
        source=ARCHIVE_SOURCE,
        feed=PROFILE,
        day=day,
        kind=AnnounceType.FEATURED,
        paper=paper,
        summaries=(summary,),
    )
    return announcement, _note(paper_id, summary.language, head, dive, highlight=not brief)


def _summary(paper: Paper, head: _PaperHead) -> Summary:
    """The bullets as text without marks."""
    drafts = {role: plain(text) for role, text in head.bullets.items()}
    translated = plain(head.translated)
    return Summary(
        paper_id=paper.id,
        version=paper.version,
        language=language_of(*drafts.values(), translated),
        provenance=Provenance(engine=FILE_ENGINE),
        title=translated,
        motivation=drafts.get("motivation", ""),
        method=drafts.get("method", ""),
        result=drafts.get("result", ""),
    )


def _note(paper_id: PaperId, language: str, head: _PaperHead, deep_dive: str, *, highlight: bool) -> PaperNote:
    """What its editor wrote: the bullets only where they have marks that the summary loses."""
    written = head.bullets | ({"title": head.translated} if head.translated else {})
    words = {name: text for name, text in written.items() if unescaped(text).strip() != plain(text)}
    return PaperNote(
        paper_id=paper_id,
        highlight=highlight,
        words={language: words} if words else {},
        affiliation=head.affiliation,
        code=head.code,
        code_remark=head.code_remark,
        links=tuple(head.links),
        figures=tuple(head.figures),
        deep_dive=deep_dive,
    )


def _head(lines: Sequence[DocumentLine]) -> tuple[_PaperHead, str]:
    """The facts and bullets at the head of a paper; the deep dive is everything after the last bullet."""
    head = _PaperHead()
    quotes = 0
    end = 0
    for index, line in enumerate(lines):
        text = line.text.strip()
        if line.code or heading(line):
            break
        if text.startswith(">"):
            quotes += 1
            _quote(text.removeprefix(">").strip(), head, first=quotes == 1)
        elif figure := _FIGURE.match(text):
            if head.bullets:
                break
            head.figures.append((unescaped(figure["alt"]), figure["address"]))
        elif (bullet := _BULLET.match(text)) and (role := _role(bullet["label"])) and role not in head.bullets:
            head.bullets[role] = bullet["text"].strip()
        elif text:
            break
        if text:
            end = index + 1
    return head, "\n".join(line.text for line in lines[end:]).strip("\n").rstrip()


def _role(label: str) -> str:
    return next((role for role, words in _ROLES.items() if words.fullmatch(label.strip())), "")


def _quote(text: str, head: _PaperHead, *, first: bool) -> None:
    """One line of the quotes: the translated title first, then facts in any order."""
    if _QUOTED_TITLE.match(text):
        return
    if first:
        head.translated = text
        return
    fact = _FACT.match(text)
    if fact is None:
        return
    label, value = fact["label"].strip(), fact["value"].strip()
    if not value:
        return
    if _AFFILIATION.fullmatch(label):
        head.affiliation = unescaped(value)
    elif _CODE.fullmatch(label):
        remark = _REMARK.match(value)
        head.code, head.code_remark = (remark["code"], unescaped(remark["remark"] or "")) if remark else (value, "")
    elif _URL.fullmatch(label) and not head.url:
        head.url = value
    else:
        head.links.append((unescaped(label), unescaped(value)))
