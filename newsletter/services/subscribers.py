"""Take rosters in, write them out, and keep the store's subscribers equal to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from newsletter.domain.addresses import address_key
from newsletter.domain.ports import SubscriberStore
from newsletter.domain.rosters import parse_roster
from newsletter.domain.subscriptions import SubscriptionState
from newsletter.errors import RosterError, UsageError

__all__ = ["SyncReport", "SyncRoster"]

MAX_ROSTER_BYTES = 512 * 1024 * 1024
"""A roster of a million subscribers is about 150 MB."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, and every problem with its file and line."""

    files: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    problems: tuple[RosterError, ...] = field(default=())
    remarks: tuple[str, ...] = field(default=())


class SyncRoster:
    """The use case: roster files in, subscribers of origin `roster` kept equal to them."""

    def __init__(
        self, subscribers: SubscriberStore, check_interest: Callable[[str], str | None], *, not_rosters: frozenset[Path]
    ) -> None:
        """`not_rosters` are files that may stand in a roster folder without being one (the topic catalogue)."""
        self._subscribers = subscribers
        self._check = check_interest
        self._not_rosters = not_rosters

    def run(self, path: Path, *, prune: bool = True) -> SyncReport:
        """Take in one file, or every roster of a folder.

        With `prune`, subscribers that came from a roster and stand in none any more are removed, but only where every
        file could be read whole: a typing mistake must not unsubscribe anybody.

        Raises:
            UsageError: there is no such file or folder.
        """
        files = self._files(path)
        seen: set[str] = set()
        problems: list[RosterError] = []
        said: list[str] = []
        added = changed = removed = 0
        for file in files:
            text = self._read(file, problems)
            if text is None:
                continue
            roster = parse_roster(file, text, self._check)
            problems += roster.problems
            said += roster.remarks
            fresh = [s for s in roster.subscribers if address_key(s.email) not in seen]
            problems += [
                RosterError(f"{s.email} stands in another roster too; that entry counts.", path=file)
                for s in roster.subscribers
                if address_key(s.email) in seen
            ]
            seen.update(address_key(s.email) for s in fresh)
            more, other = self._subscribers.upsert(fresh)
            added, changed = added + more, changed + other
        if prune and not problems and path.is_dir() and seen:
            removed = sum(self._subscribers.remove(email) for email in self._gone(seen))
        return SyncReport(len(files), added, changed, removed, tuple(problems), tuple(said))

    def _gone(self, seen: set[str]) -> list[str]:
        # who unsubscribed is kept, so that a roster that names them again later does not subscribe them again
        return [
            s.email
            for s in self._subscribers.stream()
            if s.origin == "roster"
            and s.state is not SubscriptionState.UNSUBSCRIBED
            and address_key(s.email) not in seen
        ]

    def _files(self, path: Path) -> list[Path]:
        if path.is_file():
            return [path]
        if not path.is_dir():
            msg = f"{path}: no such file or folder. Expected a roster (.toml or .csv), or a folder of them."
            raise UsageError(msg)
        found = sorted(p for p in path.iterdir() if p.suffix.lower() in {".toml", ".csv"} and p.is_file())
        # the example's addresses are nobody's: it is taken in by name only
        return [p for p in found if p.resolve() not in self._not_rosters and p.stem != "example"]

    def _read(self, file: Path, problems: list[RosterError]) -> str | None:
        try:
            if file.stat().st_size > MAX_ROSTER_BYTES:
                problems.append(RosterError(f"larger than {MAX_ROSTER_BYTES // 1024 // 1024} MB; split it.", path=file))
                return None
            return file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            line = file.read_bytes()[: error.start].count(b"\n") + 1
            problems.append(RosterError("not UTF-8; save it as UTF-8.", path=file, line=line))
        except OSError as error:
            problems.append(RosterError(f"cannot be read: {error.strerror or error}.", path=file))
        return None
