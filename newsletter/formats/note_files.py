"""Editor's notes as files that a person writes: Markdown with TOML front matter, one a paper and one for the issue.

    +++
    id = "arxiv:2606.00073"
    # position = 1
    drop = false
    highlight = false
    affiliation = ""
    code = ""
    code_remark = ""
    links = [["Project page", "https://…"]]
    figures = [["caption", "https://…"]]
    +++

    # Title of the paper

    ## en: tldr
    <!-- what stands there without you -->
    Own words.

    ## Deep dive
    Free Markdown up to the end of the file.

A section without text of its own says nothing. The comment that begins the section of a field is a hint for the editor
and is not read. Unknown keys and fields are told with the nearest right name; nothing is guessed.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from newsletter.domain.issues import IssuePaper
from newsletter.domain.papers import WORDS, IssueNote, PaperId, PaperNote, Summary

__all__ = ["NoteError", "read_issue_note", "read_paper_note", "write_index", "write_issue_note", "write_paper_note"]

_FRONT = re.compile(r"\A\ufeff?\+\+\+[ \t]*\n(?P<toml>.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_SECTION = re.compile(r"^## (?P<title>[^\n]+)$", re.MULTILINE)
_HINT = re.compile(r"\A\s*<!--.*?-->", re.DOTALL)
_FIELD = re.compile(r"(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*): *(?P<field>\w+)\Z")
_DIVE = "Deep dive"
_REFERENCES = "References"
_KEYS = ("id", "position", "drop", "highlight", "affiliation", "code", "code_remark", "links", "figures")
_TEXTS = ("affiliation", "code", "code_remark")


class NoteError(ValueError):
    """A file cannot be read as a note; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def write_paper_note(entry: IssuePaper, languages: Sequence[str]) -> str:
    """The file of one paper: what its note says, and a section for every field in every language."""
    note = entry.note or PaperNote(paper_id=entry.id)
    head = [
        f"id = {_string(entry.id)}",
        "# position = 1" if note.position is None else f"position = {note.position}",
        f"drop = {_flag(note.drop)}",
        f"highlight = {_flag(note.highlight)}",
        *(f"{name} = {_string(getattr(note, name))}" for name in _TEXTS),
        f"links = {_pairs(note.links)}",
        f"figures = {_pairs(note.figures)}",
    ]
    lines = ["+++", *head, "+++", "", f"# {_one_line(entry.paper.title)}", ""]
    written = {tag for tag in note.words if tag not in languages}
    for language in (*languages, *sorted(written)):
        for name in WORDS:
            text = note.words.get(language, {}).get(name, "")
            hint = _one_line(_machine(entry.summaries.get(language), name)).replace("--", "- -")
            # always a hint, so that a comment of the editor's own is never taken for one
            lines += [f"## {language}: {name}", f"<!-- {hint or 'nothing yet'} -->", *([text] if text else []), ""]
    lines += [f"## {_DIVE}", *([note.deep_dive] if note.deep_dive else []), ""]
    return "\n".join(lines)


def read_paper_note(text: str) -> PaperNote:
    """Read a paper's file.

    Raises:
        NoteError: the front matter, a key or a section is wrong.
    """
    values, body, offset = _front_matter(text)
    for key in values:
        if key not in _KEYS:
            raise NoteError(f"unknown key `{key}`{_nearest(key, _KEYS)}", _line_of(text, key))
    paper_id = values.get("id")
    if not isinstance(paper_id, str) or not paper_id:
        msg = 'the front matter has no `id = "…"`: the file no longer says which paper it is about'
        raise NoteError(msg, 1)
    position = values.get("position")
    if position is not None and (isinstance(position, bool) or not isinstance(position, int) or position < 1):
        msg = f"`position` is a place in the issue, counted from 1, got {position!r}"
        raise NoteError(msg, _line_of(text, "position"))
    words: dict[str, dict[str, str]] = {}
    dive = ""
    for line, title, content in _sections(body, offset, last=_DIVE):
        field = _FIELD.match(title)
        if field is None:
            dive = content
        elif field["field"] not in WORDS:
            raise NoteError(f"unknown field `{field['field']}`{_nearest(field['field'], WORDS)}", line)
        elif own := _HINT.sub("", content, count=1).strip("\n").rstrip():
            words.setdefault(field["language"], {})[field["field"]] = own
    return PaperNote(
        paper_id=PaperId(paper_id),
        position=position,
        drop=_read_flag(text, values, "drop"),
        highlight=_read_flag(text, values, "highlight"),
        words=words,
        links=_read_pairs(text, values, "links"),
        figures=_read_pairs(text, values, "figures"),
        deep_dive=dive,
        affiliation=_read_text(text, values, "affiliation"),
        code=_read_text(text, values, "code"),
        code_remark=_read_text(text, values, "code_remark"),
    )


def write_index(title: str, files: Sequence[tuple[str, IssuePaper]]) -> str:
    """The list of an issue's papers, in order, with the file of each: to look papers up in, not to write into."""
    lines = [
        f"# Papers of {_one_line(title)}",
        "",
        "<!-- Write into the files, not here: this list is made again by every `newsletter edit`. -->",
        "",
        "| place | file | title | id | note |",
        "| ---: | --- | --- | --- | --- |",
    ]
    place = 0
    for name, entry in files:
        note = entry.note or PaperNote(paper_id=entry.id)
        place += not note.drop
        marks = [mark for mark in ("drop", "highlight") if getattr(note, mark)]
        marks += [] if note.position is None else [f"position = {note.position}"]
        marks += ["words"] if note.words or note.deep_dive else []
        shown = _one_line(entry.paper.title).replace("|", "\\|")
        number = "" if note.drop else str(place)
        lines.append(f"| {number} | [{name}]({name}) | {shown} | {entry.id} | {', '.join(marks)} |")
    return "\n".join([*lines, ""])


def write_issue_note(title: str, note: IssueNote, languages: Sequence[str]) -> str:
    """The issue's file: a preface in every language, and references, one a line."""
    lines = [f"# {_one_line(title)}", ""]
    for language in (*languages, *sorted(tag for tag in note.preface if tag not in languages)):
        text = note.preface.get(language, "")
        lines += [f"## {language}: preface", *([text] if text else []), ""]
    lines += [f"## {_REFERENCES}", *(f"- {_one_line(reference)}" for reference in note.references), ""]
    return "\n".join(lines)


def read_issue_note(text: str) -> IssueNote:
    """Read the issue's file.

    Raises:
        NoteError: a section is wrong.
    """
    preface: dict[str, str] = {}
    references: tuple[str, ...] = ()
    for line, title, content in _sections(text, 0, last=_REFERENCES):
        field = _FIELD.match(title)
        if field is None:
            lines = (entry.strip() for entry in content.splitlines())
            references = tuple(entry.removeprefix("- ").strip() for entry in lines if entry)
        elif field["field"] != "preface":
            raise NoteError(f"unknown field `{field['field']}`; the issue has `preface`", line)
        elif content:
            preface[field["language"]] = content
    return IssueNote(preface=preface, references=references)


def _machine(summary: Summary | None, name: str) -> str:
    if summary is None or summary.failure is not None:
        return ""
    return " / ".join(summary.highlights) if name == "highlights" else str(getattr(summary, name))


def _front_matter(text: str) -> tuple[Mapping[str, Any], str, int]:
    match = _FRONT.match(text.replace("\r\n", "\n"))
    if match is None:
        msg = "expected front matter between two lines of `+++` at the top"
        raise NoteError(msg, 1)
    try:
        values = tomllib.loads(match["toml"])
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise NoteError(f"the front matter is no TOML: {error}", int(line[1]) + 1 if line else 1) from error
    whole = text.replace("\r\n", "\n")
    return values, whole[match.end() :], whole[: match.end()].count("\n")


def _sections(body: str, offset: int, *, last: str) -> list[tuple[int, str, str]]:
    """The line, title and text of every section; the one named `last` reaches to the end, whatever stands in it.

    Another heading of level two belongs to the text it stands in, unless it looks like a misspelt section.
    """
    whole = body.replace("\r\n", "\n")
    starts: list[re.Match[str]] = []
    for match in _SECTION.finditer(whole):
        title = match["title"].strip()
        if difflib.get_close_matches(title, [last], 1, 0.75) and title != last:
            raise NoteError(
                f"unknown section `## {title}`; did you mean `## {last}`?", offset + _lines_to(whole, match)
            )
        if title == last or _FIELD.match(title):
            starts.append(match)
        if title == last:
            break
    ends = [*(match.start() for match in starts[1:]), len(whole)]
    return [
        (offset + _lines_to(whole, m), m["title"].strip(), whole[m.end() : end].strip("\n").rstrip())
        for m, end in zip(starts, ends, strict=False)
    ]


def _lines_to(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1


def _line_of(text: str, key: str) -> int:
    match = re.search(rf"^[ \t]*{re.escape(key)}\b", text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def _nearest(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    return f"; did you mean `{close[0]}`?" if close else f"; expected one of {', '.join(known)}"


def _read_text(text: str, values: Mapping[str, Any], name: str) -> str:
    value = values.get(name, "")
    if not isinstance(value, str):
        raise NoteError(f"`{name}` is a text in quotation marks, got {value!r}", _line_of(text, name))
    return value.strip()


def _read_flag(text: str, values: Mapping[str, Any], name: str) -> bool:
    value = values.get(name, False)
    if not isinstance(value, bool):
        raise NoteError(f"`{name}` is true or false, got {value!r}", _line_of(text, name))
    return value


def _read_pairs(text: str, values: Mapping[str, Any], name: str) -> tuple[tuple[str, str], ...]:
    value = values.get(name, [])
    pairs: list[tuple[str, str]] = []
    for pair in value if isinstance(value, list) else [None]:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            raise NoteError(f'`{name}` is a list of ["label", "address"] pairs, got {value!r}', _line_of(text, name))
        pairs.append((pair[0].strip(), pair[1].strip()))
    return tuple(pairs)


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    return "[" + ", ".join(f"[{_string(label)}, {_string(address)}]" for label, address in pairs) + "]"


def _string(text: str) -> str:
    # a JSON string without surrogates is a TOML basic string, but for DEL
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _one_line(text: str) -> str:
    return " ".join(text.split())
