"""Rows of a roster file and back: TOML tables and CSV lines, each read by itself so that a mistake costs one row.

No cell of a CSV file may be taken for a formula by a spreadsheet: one that would begin with `=`, `+`, `-`, `@` (in
either width), a tab or a line end gets an apostrophe in front, and so does one that has such apostrophes already.
Reading takes one away again, so that every text comes back as it was. `-survey`, written by hand, is read as it stands.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import PurePath
from typing import Any

from newsletter.errors import RosterError

__all__ = [
    "COLUMNS",
    "EXPORTED",
    "SUPPRESSION",
    "Row",
    "csv_line",
    "csv_rows",
    "list_cell",
    "toml_rows",
    "toml_table",
]

COLUMNS = (
    *("email", "name", "interests", "language", "reads", "cadence", "weekly_on", "more_than", "hour", "order"),
    *("max_papers", "paused_until"),
)
"""What a person writes: keys of a `[[subscriber]]` table and columns of a CSV roster, in the order they are written."""
EXPORTED = (*COLUMNS, "paused_since", "catch_up", "state", "created_at")
"""What an export says of a subscriber."""
SUPPRESSION = ("suppression", "reason", "cause", "created_at")
"""The columns of a suppression; in TOML `hash` stands for the first."""

_LISTS = {"interests", "reads"}

MAX_RECORD_LINES = 20
"""Lines of one CSV record; a quotation mark that is not closed must not swallow the rest of the file."""

_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*(?:subscriber|suppression|suppression_key)[ \t]*\]\]", re.MULTILINE)
_CELL_PART = re.compile(r"(?:\\[\\;]|[^;])+")
_ESCAPED = re.compile(r"\\([\\;])")
_KEY = re.compile(r"^[ \t]*(\w+)[ \t]*=", re.MULTILINE)
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins on, its table (`subscriber`, …), its values, and its text as far as it is kept.

    A row that cannot be read has a `problem` instead of values. One without text is nobody's row.
    """

    line: int
    table: str
    values: Mapping[str, Any]
    text: str = ""
    problem: RosterError | None = None


def toml_rows(path: PurePath, text: str) -> Iterator[Row]:
    """Each table is read by itself: a mistake in one does not take the others away."""
    starts = [match.start() for match in _HEADER.finditer(text)]
    before = text[: starts[0]] if starts else text
    if not starts or before.strip():
        yield from (Row(1, "", {}, before, problem) for problem in _stray(path, before))
    line, counted = 1, 0
    for start, end in pairwise([*starts, len(text)]):
        line, counted = line + text.count("\n", counted, start), start
        table = text[start:end]
        try:
            tables = tomllib.loads(table)
        # a number of 5,000 digits is a ValueError, a list in a list in a list … a RecursionError
        except (ValueError, RecursionError) as error:
            number = re.search(r"\(at line (\d+)", str(error))
            where = line + (int(number[1]) - 1 if number else 0)
            reason = re.sub(r" \(at .*\)$", "", str(error))
            yield Row(where, "", {}, table, RosterError(f"not valid TOML: {reason}.", path=path, line=where))
            continue
        for name, rows in tables.items():
            if _HEADER.match(f"[[{name}]]") and isinstance(rows, list):
                yield from (Row(line + _lines_before("email", table), name, row) for row in rows)
            else:
                yield Row(line, "", {}, "", RosterError(f"{name!r} is no roster table.", path=path, line=line))


def _stray(path: PurePath, text: str) -> Iterator[RosterError]:
    """What stands before the first table, where nothing but comments may stand."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        yield RosterError(f"not valid TOML: {error}.", path=path, line=1)
    else:
        for key in document:
            yield RosterError(f"{key!r} stands outside of a [[subscriber]] table.", path=path, line=1)


def _lines_before(key: str, table: str) -> int:
    """How many lines of this table stand before this key; 0 if it is not there."""
    for match in _KEY.finditer(table):
        if match[1] == key:
            return table.count("\n", 0, match.start(1))
    return 0


def csv_rows(path: PurePath, text: str, columns: Sequence[str], needed: str) -> Iterator[Row]:
    """Each record; the first line names the columns, and the `needed` one has to be among them."""
    header: list[str] | None = None
    lines = io.StringIO(text, newline="").readlines()
    for line, cells in _csv_records(lines):
        if isinstance(cells, csv.Error):
            problem = RosterError(f"not valid CSV: {cells}.", path=path, line=line)
            yield Row(line, "", {}, lines[line - 1], problem)
        elif header is None:
            header = [name.strip() for name in cells]
            if needed not in header:
                break
        elif len(cells) > len(header):
            problem = RosterError("more cells than the first line has columns.", path=path, line=line)
            yield Row(line, "", {}, " ".join(cells), problem)
        elif values := _csv_values(dict(zip(header, cells, strict=False))):
            yield Row(line, "subscriber", values)
    if needed not in (header or ()):
        msg = f"expected a first line with the columns {', '.join(columns)}, got {', '.join(header or ())[:100]!r}."
        yield Row(1, "", {}, text, RosterError(msg, path=path, line=1))


def _csv_values(row: Mapping[str, str]) -> Mapping[str, Any]:
    plain = {name: value[1:] if _GUARDED.match(value) else value for name, value in row.items()}
    values: dict[str, Any] = {name: value.strip() for name, value in plain.items() if value.strip()}
    for name in _LISTS & values.keys():
        parts = (_ESCAPED.sub(r"\1", part).strip() for part in _CELL_PART.findall(values[name]))
        values[name] = [part for part in parts if part]
    return values


def _csv_records(lines: list[str]) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Each record with the line it begins on. After a record that cannot be read the next line is tried."""
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


def list_cell(texts: Iterable[str]) -> str:
    """Several texts as one cell."""
    return "; ".join(text.replace("\\", "\\\\").replace(";", "\\;") for text in texts)


def csv_line(cells: Iterable[str]) -> str:
    """One record, none of its cells a formula."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerow(f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells)
    return buffer.getvalue()


def toml_table(name: str, values: Mapping[str, object]) -> str:
    """One table; empty texts and lists, and what is None, are left out."""
    lines = [f"{key} = {_toml(value)}" for key, value in values.items() if value not in ("", (), None)]
    return "\n".join([f"[[{name}]]", *lines]) + "\n\n"


def _toml(value: object) -> str:
    if isinstance(value, date):  # a moment is a date too
        return value.isoformat()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value) if isinstance(value, int) else _quote(str(value))


def _quote(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
