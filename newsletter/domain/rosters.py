"""Rosters: subscribers that a person keeps in files, TOML or CSV with the same keys.

One wrong entry is reported with its line and the others go on. What is wrong and what happens then:

1. the address is missing or is no address: that subscriber is left out;
2. a value is none that the key may have (`max_papers = "many"`) or a key is not known: that subscriber is left out;
3. an address stands twice: the first entry counts, the second is reported;
4. the interests ask for more terms than one reader may have (`domain.interest_budget`): that subscriber is left out;
5. an interest cannot be read: it is reported, matches nothing, and the subscriber's other interests count.

Line ends and control characters within a name or an interest count as spaces; the line ends of a list part it.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePath
from typing import Any

from newsletter.domain.addresses import address_key, check_address
from newsletter.domain.interest_budget import excess
from newsletter.domain.interest_parser import one_line, remarks
from newsletter.domain.language_tags import language_tag
from newsletter.domain.subscriptions import Cadence, Subscriber
from newsletter.errors import AddressInvalid, RosterError

__all__ = ["COLUMNS", "MAX_INTERESTS", "MAX_NAME", "MAX_PAPERS", "Roster", "parse_roster", "write_roster"]

COLUMNS = ("email", "name", "interests", "language", "cadence", "max_papers")
"""The keys of a `[[subscriber]]` table and the columns of a CSV roster, in the order they are written."""

MAX_NAME = 200
"""Characters of a subscriber's name."""
MAX_INTERESTS = 1000
"""Interests of one subscriber; the longest real list has 203."""
MAX_PAPERS = 10_000
"""What a subscriber's `max_papers` may be; more papers than arXiv announces on a day is no limit at all."""
MAX_RECORD_LINES = 20
"""Lines of one CSV record; a quotation mark that is not closed must not swallow the rest of the file."""

_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*subscriber[ \t]*\]\]", re.MULTILINE)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_CELL_PART = re.compile(r"(?:\\[\\;]|[^;])+")
_ESCAPED = re.compile(r"\\([\\;])")
_KEY = re.compile(r"^[ \t]*(\w+)[ \t]*=", re.MULTILINE)

CheckInterest = Callable[[str], str | None]
"""Says what is wrong with an interest, None if it can be read."""


@dataclass(frozen=True, slots=True)
class Roster:
    """What a roster file holds: the subscribers that can be used, and what is wrong with the rest."""

    subscribers: tuple[Subscriber, ...]
    problems: tuple[RosterError, ...]
    remarks: tuple[str, ...] = field(default=(), compare=False)
    """How interests were read where something else may have been meant."""


def parse_roster(path: PurePath, text: str, check_interest: CheckInterest) -> Roster:
    """Read one roster; `path` (for messages) ends in `.toml` or `.csv`."""
    text = text.removeprefix("\ufeff")
    rows = _csv_rows(path, text) if path.suffix.lower() == ".csv" else _toml_rows(path, text)
    subscribers: dict[str, Subscriber] = {}
    problems: list[RosterError] = []
    said: list[str] = []
    for line, row in rows:
        if isinstance(row, RosterError):
            problems.append(row)
            continue
        try:
            subscriber = _subscriber(row)
            key = address_key(subscriber.email)
            if key in subscribers:
                msg = f"{subscriber.email} stands in this file twice; the first entry counts"
                raise ValueError(msg)
        except (ValueError, AddressInvalid) as error:
            problems.append(RosterError(f"{error}.", path=path, line=line))
            continue
        subscribers[key] = subscriber
        said += [f"{path.name}, line {line}: {subscriber.email}: {remark}" for remark in remarks(subscriber.interests)]
        problems += [
            RosterError(f"{subscriber.email}: interest {interest[:80]!r}: {problem}", path=path, line=line)
            for interest in subscriber.interests
            if (problem := check_interest(interest))
        ]
    return Roster(tuple(subscribers.values()), tuple(problems), tuple(said))


def write_roster(subscribers: Iterator[Subscriber], suffix: str) -> Iterator[str]:
    """A roster as text, piece by piece; `suffix` is `.toml` or `.csv`. Reading it back gives the same subscribers."""
    if suffix == ".csv":
        yield _csv_line(COLUMNS)
        for s in subscribers:
            limit = "" if s.max_papers is None else str(s.max_papers)
            yield _csv_line((s.email, s.name, _cell(s.interests), s.language, s.cadence.value, limit))
        return
    for s in subscribers:
        lines = ["[[subscriber]]", f"email = {_quote(s.email)}"]
        lines += [f"name = {_quote(s.name)}"] if s.name else []
        lines += [f"interests = [{', '.join(map(_quote, s.interests))}]"] if s.interests else []
        lines += [f"language = {_quote(s.language)}"] if s.language else []
        lines += [f"cadence = {_quote(s.cadence.value)}"]
        lines += [] if s.max_papers is None else [f"max_papers = {s.max_papers}"]
        yield "\n".join(lines) + "\n\n"


def _toml_rows(path: PurePath, text: str) -> Iterator[tuple[int, Mapping[str, Any] | RosterError]]:
    """Each `[[subscriber]]` table is read by itself: a mistake in one does not take the others away."""
    starts = [match.start() for match in _HEADER.finditer(text)]
    if not starts or text[: starts[0]].strip():
        yield from ((1, problem) for problem in _stray(path, text[: starts[0]] if starts else text))
    line, counted = 1, 0
    for start, end in pairwise([*starts, len(text)]):
        line, counted = line + text.count("\n", counted, start), start
        table = text[start:end]
        try:
            tables = tomllib.loads(table)
        # a number of 5,000 digits is a ValueError, a list in a list in a list … a RecursionError
        except (ValueError, RecursionError) as error:
            found = re.search(r"\(at line (\d+)", str(error))
            where = line + (int(found[1]) - 1 if found else 0)
            reason = re.sub(r" \(at .*\)$", "", str(error))
            yield where, RosterError(f"not valid TOML: {reason}.", path=path, line=where)
            continue
        for row in tables["subscriber"]:
            yield line + _lines_before("email", table), row
        for key in tables.keys() - {"subscriber"}:
            yield line, RosterError(f"{key!r} is no roster table.", path=path, line=line)


def _stray(path: PurePath, text: str) -> Iterator[RosterError]:
    """What stands before the first table, where nothing but comments may stand."""
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        yield RosterError(f"not valid TOML: {error}.", path=path, line=1)
    else:
        for key in found:
            yield RosterError(f"{key!r} stands outside of a [[subscriber]] table.", path=path, line=1)


def _lines_before(key: str, table: str) -> int:
    """How many lines of this table stand before this key; 0 if it is not there."""
    for match in _KEY.finditer(table):
        if match[1] == key:
            return table.count("\n", 0, match.start(1))
    return 0


def _csv_rows(path: PurePath, text: str) -> Iterator[tuple[int, Mapping[str, Any] | RosterError]]:
    header: list[str] | None = None
    for line, cells in _csv_records(text):
        if isinstance(cells, csv.Error):
            yield line, RosterError(f"not valid CSV: {cells}.", path=path, line=line)
        elif header is None:
            header = [name.strip() for name in cells]
            if "email" not in header:
                break
        elif len(cells) > len(header):
            yield line, RosterError("more cells than the first line has columns.", path=path, line=line)
        elif values := _csv_values(dict(zip(header, cells, strict=False))):
            yield line, values
    if "email" not in (header or ()):
        msg = f"expected a first line with the columns {', '.join(COLUMNS)}, got {', '.join(header or ())[:100]!r}."
        yield 1, RosterError(msg, path=path, line=1)


def _csv_values(row: Mapping[str, str]) -> Mapping[str, Any]:
    values: dict[str, Any] = {name: value.strip() for name, value in row.items() if value.strip()}
    if "interests" in values:
        parts = (_ESCAPED.sub(r"\1", part).strip() for part in _CELL_PART.findall(values["interests"]))
        values["interests"] = [part for part in parts if part]
    limit = values.get("max_papers", "")
    if limit.isdecimal() and len(limit) < 10:
        values["max_papers"] = int(limit)
    return values


def _csv_records(text: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Each record with the line it begins on. After a record that cannot be read the next line is tried."""
    lines = io.StringIO(text, newline="").readlines()
    start = 0
    while start < len(lines):
        reader = csv.reader(lines[start : start + MAX_RECORD_LINES], strict=True)
        try:
            cells = next(reader)
        except csv.Error as error:
            yield start + 1, error
            start += 1
        else:
            yield start + 1, cells
            start += reader.line_num


def _subscriber(row: Mapping[str, Any]) -> Subscriber:
    unknown = sorted(row.keys() - set(COLUMNS))
    if unknown:
        near = difflib.get_close_matches(unknown[0], COLUMNS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(COLUMNS)}"
        msg = f"no such key {unknown[0]!r}; {hint}"
        raise ValueError(msg)
    if "email" not in row:
        msg = "no email; expected for example email = 'ada@example.org'"
        raise ValueError(msg)
    email = check_address(_text(row, "email"))
    interests = row.get("interests", [])
    if not isinstance(interests, list) or not all(isinstance(i, str) and i.strip() for i in interests):
        msg = f"{email}: interests: expected a list of texts, got {interests!r:.80}"
        raise ValueError(msg)
    if len(interests) > MAX_INTERESTS:
        msg = f"{email}: {len(interests)} interests; at most {MAX_INTERESTS} can be kept"
        raise ValueError(msg)
    if reason := excess(interests):
        msg = f"{email}: {reason}"
        raise ValueError(msg)
    limit = row.get("max_papers")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MAX_PAPERS):
        msg = f"{email}: max_papers: expected a whole number from 1 to {MAX_PAPERS}, got {limit!r:.80}"
        raise ValueError(msg)
    cadence = _text(row, "cadence") or Cadence.DAILY.value
    if cadence not in {c.value for c in Cadence}:
        msg = f"{email}: cadence: expected daily or weekly, got {cadence[:80]!r}"
        raise ValueError(msg)
    try:
        language = language_tag(written) if (written := _text(row, "language")) else ""
    except ValueError as error:
        msg = f"{email}: language: {error}, got {written[:80]!r}"
        raise ValueError(msg) from None
    return Subscriber(
        email=email,
        name=_one_line(_text(row, "name"))[:MAX_NAME].rstrip(),
        interests=tuple(dict.fromkeys(text for i in interests if (text := _one_line(one_line(i))))),
        language=language,
        cadence=Cadence(cadence),
        max_papers=limit,
        origin="roster",
    )


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        msg = f"{key}: expected a text, got {value!r:.80}"
        raise ValueError(msg)  # what a file holds is a value, not a programming mistake
    return value


def _one_line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text).split())


def _quote(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'


def _cell(interests: tuple[str, ...]) -> str:
    return "; ".join(interest.replace("\\", "\\\\").replace(";", "\\;") for interest in interests)


def _csv_line(cells: tuple[str, ...]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()
