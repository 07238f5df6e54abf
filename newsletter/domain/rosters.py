"""Rosters: subscribers that a person keeps in files, TOML or CSV with the same keys.

One wrong entry is reported with its line and the others go on. What is wrong and what happens then:

1. the address is missing or is no address: that subscriber is left out;
2. a value has the wrong type (`max_papers = "many"`) or a key is not known: that subscriber is left out;
3. an address stands twice: the first entry counts, the second is reported;
4. an interest cannot be read: it is reported, matches nothing, and the subscriber's other interests count.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from newsletter.domain.addresses import address_key, check_address
from newsletter.domain.subscriptions import Cadence, Subscriber
from newsletter.errors import AddressInvalid, RosterError

__all__ = ["COLUMNS", "Roster", "parse_roster", "write_roster"]

COLUMNS = ("email", "name", "interests", "language", "cadence", "max_papers")
"""The keys of a `[[subscriber]]` table and the columns of a CSV roster, in the order they are written."""

MAX_NAME = 200
MAX_INTERESTS = 1000
"""Interests of one subscriber; the longest real list has 203."""

_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*subscriber[ \t]*\]\]", re.MULTILINE)
_KEY = re.compile(r"^[ \t]*(\w+)[ \t]*=", re.MULTILINE)

CheckInterest = Callable[[str], str | None]
"""Says what is wrong with an interest, None if it can be read."""


@dataclass(frozen=True, slots=True)
class Roster:
    """What a roster file holds: the subscribers that can be used, and what is wrong with the rest."""

    subscribers: tuple[Subscriber, ...]
    problems: tuple[RosterError, ...]


def parse_roster(path: PurePath, text: str, check_interest: CheckInterest) -> Roster:
    """Read one roster; `path` (for messages) ends in `.toml` or `.csv`."""
    rows = _csv_rows(path, text) if path.suffix.lower() == ".csv" else _toml_rows(path, text)
    subscribers: dict[str, Subscriber] = {}
    problems: list[RosterError] = []
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
        problems += [
            RosterError(f"{subscriber.email}: interest {interest[:80]!r}: {problem}", path=path, line=line)
            for interest in subscriber.interests
            if (problem := check_interest(interest))
        ]
    return Roster(tuple(subscribers.values()), tuple(problems))


def write_roster(subscribers: Iterator[Subscriber], suffix: str) -> Iterator[str]:
    """A roster as text, piece by piece; `suffix` is `.toml` or `.csv`. Reading it back gives the same subscribers."""
    if suffix == ".csv":
        yield _csv_line(COLUMNS)
        for s in subscribers:
            limit = "" if s.max_papers is None else str(s.max_papers)
            yield _csv_line((s.email, s.name, "; ".join(s.interests), s.language, s.cadence.value, limit))
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
        before = text[: starts[0]] if starts else text
        try:
            stray = tomllib.loads(before)
        except tomllib.TOMLDecodeError as error:
            yield 1, RosterError(f"not valid TOML: {error}.", path=path, line=1)
        else:
            for key in stray:
                msg = f"{key!r} stands outside of a [[subscriber]] table."
                yield 1, RosterError(msg, path=path, line=1)
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        line = text.count("\n", 0, start) + 1
        try:
            tables = tomllib.loads(text[start:end])
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"\(at line (\d+)", str(error))
            where = line + (int(found[1]) - 1 if found else 0)
            reason = re.sub(r" \(at .*\)$", "", str(error))
            yield where, RosterError(f"not valid TOML: {reason}.", path=path, line=where)
            continue
        for row in tables["subscriber"]:
            yield _line_of("email", text, start, end) or line, row
        for key in tables.keys() - {"subscriber"}:
            yield line, RosterError(f"{key!r} is no roster table.", path=path, line=line)


def _line_of(key: str, text: str, start: int, end: int) -> int | None:
    for match in _KEY.finditer(text, start, end):
        if match[1] == key:
            return text.count("\n", 0, match.start(1)) + 1
    return None


def _csv_rows(path: PurePath, text: str) -> Iterator[tuple[int, Mapping[str, Any] | RosterError]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = reader.fieldnames or []
        if "email" not in header:
            msg = f"expected a first line with the columns {', '.join(COLUMNS)}, got {', '.join(header)[:100]!r}."
            yield 1, RosterError(msg, path=path, line=1)
            return
        for row in reader:
            line = reader.line_num
            if None in row:
                yield line, RosterError("more cells than the first line has columns.", path=path, line=line)
                continue
            values: dict[str, Any] = {name: value.strip() for name, value in row.items() if value and value.strip()}
            if "interests" in values:
                values["interests"] = [part.strip() for part in values["interests"].split(";") if part.strip()]
            if values.get("max_papers", "").isdecimal():
                values["max_papers"] = int(values["max_papers"])
            if values:
                yield line, values
    except csv.Error as error:
        yield reader.line_num, RosterError(f"not valid CSV: {error}.", path=path, line=reader.line_num)


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
    limit = row.get("max_papers")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        msg = f"{email}: max_papers: expected a whole number from 1, got {limit!r:.80}"
        raise ValueError(msg)
    cadence = _text(row, "cadence") or Cadence.DAILY.value
    if cadence not in {c.value for c in Cadence}:
        msg = f"{email}: cadence: expected daily or weekly, got {cadence[:80]!r}"
        raise ValueError(msg)
    return Subscriber(
        email=email,
        name=" ".join(_text(row, "name").split())[:MAX_NAME],
        interests=tuple(dict.fromkeys(" ".join(i.split()) for i in interests)),
        language=_text(row, "language"),
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


def _quote(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def _csv_line(cells: tuple[str, ...]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()
