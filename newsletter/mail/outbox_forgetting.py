"""Taking a person out of the outboxes of dry runs: their message, its page, and all that lists them."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from newsletter.domain.ports import OutboxDesign, OutboxEntry
from newsletter.domain.subscribers import Mentions, Person, address_key
from newsletter.mail.outbox_pages import SEARCHED, OutboxList
from newsletter.private import open_private

__all__ = ["Outboxes"]

_MANIFEST = "manifest.json"
_UNFINISHED = re.compile(r"\..+\.(\d{1,10})\.(?:new|old)")
_LIST_PAGE = re.compile(r"index(?:-\d+)?\.html")


class Outboxes:
    """Implements `domain.ports.PersonalFiles` over the folder of outboxes."""

    def __init__(self, root: Path, design: Callable[[str], OutboxDesign | None]) -> None:
        """`design` draws the outbox of the issue of this name; it gives None where nothing can."""
        self._root = root
        self._design = design

    def forget(self, person: Person, mentions: Mentions) -> int:  # noqa: ARG002  # an outbox lists addresses, no words
        """Take a person out of every outbox; returns how many files are gone or were written anew.

        The manifest is written last: whoever is killed before finds the same to do again.

        Raises:
            OSError: a file cannot be read or written.
        """
        if not self._root.is_dir():
            return 0
        keys = frozenset(person.keys)
        for path in sorted(self._root.iterdir()):
            if (match := _UNFINISHED.fullmatch(path.name)) and not _is_running(int(match[1])):
                shutil.rmtree(path, ignore_errors=True)  # what a dry run that was killed has left
        folders = sorted(path for path in self._root.iterdir() if (path / _MANIFEST).is_file())
        return sum(self._forget(folder, keys) for folder in folders) if keys else 0

    def _forget(self, folder: Path, keys: frozenset[str]) -> int:
        theirs = [entry for entry in _entries(folder / _MANIFEST, keys) if address_key(entry["email"]) in keys]
        if not theirs:
            return 0
        count = 0
        for entry in theirs:
            for name in filter(None, (entry["file"], entry["page"])):
                if Path(name).name == name:  # a name and no way: what somebody may have written into the manifest
                    (folder / name).unlink(missing_ok=True)
                    count += 1
        if (folder / SEARCHED).is_file():
            _write_searched(folder / SEARCHED, keys)
            count += 1
        removed = Counter(entry["status"] for entry in theirs)
        return count + self._write_list(folder, keys, removed) + _write_manifest(folder / _MANIFEST, keys, removed)

    def _write_list(self, folder: Path, keys: frozenset[str], removed: Counter[str]) -> int:
        """The pages of the list anew; where nobody can draw them any more there are none."""
        there = {path.name for path in folder.iterdir() if _LIST_PAGE.fullmatch(path.name)}
        head, totals = _ends(folder / _MANIFEST)
        design = self._design(str(head.get("date", ""))) if there else None
        written: set[str] = set()
        if design is not None:
            pages = OutboxList(folder, design)
            for entry in _entries(folder / _MANIFEST):
                if address_key(entry["email"]) not in keys:
                    pages.add(_entry(entry))
            written = set(pages.finish(_less(totals, removed)))
        for name in there - written:
            (folder / name).unlink()
        return len(there | written)


def _entries(manifest: Path, keys: frozenset[str] | None = None) -> Iterator[Mapping[str, Any]]:
    """The recipients of a manifest, a line each; with keys, those alone that may have one of these."""
    with manifest.open("rb") as file:
        for line in file:
            if line.startswith(b'{"email":') and (keys is None or _may_name(line, keys)):
                yield json.loads(line.rstrip(b",\n"))


def _may_name(line: bytes, keys: frozenset[str]) -> bool:
    """Whether a line of JSON may hold one of these addresses, in whatever form: far quicker than to read it."""
    locals_ = [key.rpartition("@")[0] for key in keys]
    if not all(local.isascii() for local in locals_):
        return True
    lowered = line.lower()
    return any(json.dumps(f"{local}@")[1:-1].encode() in lowered for local in locals_)


def _ends(manifest: Path) -> tuple[Mapping[str, Any], Mapping[str, int]]:
    """What stands before the recipients, and how many are in which state."""
    with manifest.open("rb") as file:
        head = json.loads(file.readline().rstrip(b"\n").removesuffix(b',"deliveries":[') + b"}")
        for line in file:
            if line.startswith(b'],"totals":'):
                return head, json.loads(line.removeprefix(b'],"totals":').rstrip(b"\n")[:-1])
    return head, {}


def _less(totals: Mapping[str, int], removed: Counter[str]) -> dict[str, int]:
    return {status: left for status, count in totals.items() if (left := count - removed[status]) > 0}


def _write_manifest(manifest: Path, keys: frozenset[str], removed: Counter[str]) -> int:
    _, totals = _ends(manifest)
    building = manifest.with_name(f".{manifest.name}.new")
    with manifest.open("rb") as before, open_private(building) as after:
        after.write(before.readline().rstrip(b"\n"))
        between = b"\n"
        for entry in _lines_without(before, keys):
            after.write(between + entry)
            between = b",\n"
        after.write(b'\n],"totals":' + json.dumps(_less(totals, removed), separators=(",", ":")).encode() + b"}\n")
    building.replace(manifest)
    return 1


def _lines_without(lines: Iterable[bytes], keys: frozenset[str]) -> Iterator[bytes]:
    for line in lines:
        entry = line.rstrip(b",\n")
        if entry.startswith(b'{"email":') and not (
            _may_name(entry, keys) and address_key(json.loads(entry)["email"]) in keys
        ):
            yield entry


def _write_searched(path: Path, keys: frozenset[str]) -> None:
    """What the list is searched in, without a person: a recipient a line, after a head and before a foot."""
    building = path.with_name(f".{path.name}.new")
    with path.open("rb") as before, open_private(building) as after:
        for line in before:
            if not (
                line.startswith(b"[")
                and _may_name(line, keys)
                and address_key(json.loads(line.rstrip(b",\n"))[1]) in keys
            ):
                after.write(line)
    building.replace(path)


def _entry(values: Mapping[str, Any]) -> OutboxEntry:
    """An entry as the list shows it."""
    return OutboxEntry(
        email=values["email"],
        status=values["status"],
        reason=values["reason"],
        papers=tuple(values["papers"]),
        matched={paper: tuple(terms) for paper, terms in values["matched"].items()},
        subject=values["subject"],
        preheader=values["preheader"],
        file=values["file"],
        page=values["page"],
        size=values["bytes"],
        sha256=values["sha256"],
        message_id=values["message_id"],
    )


def _is_running(process: int) -> bool:
    with suppress(PermissionError):  # then it is somebody's
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True
