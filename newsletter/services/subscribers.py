"""Take rosters in, write them out, and keep the store's subscribers equal to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from newsletter.domain.ports import SubscriberStore, SuppressionStore
from newsletter.domain.subscribers import (
    Cause,
    Origin,
    Subscriber,
    SubscriptionState,
    Suppression,
    address_key,
    check_address,
    may_be_unread,
)
from newsletter.errors import AddressInvalid, RosterError, UsageError
from newsletter.formats import CheckInterest, Roster, parse_roster, read_service_list

__all__ = ["SuppressionReport", "SyncReport", "SyncRoster"]

MAX_ROSTER_BYTES = 512 * 1024 * 1024
"""A roster of a million subscribers is about 150 MB."""
_BATCH = 1000
NAMED = 20
"""Addresses of one kind that a report names."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, and every problem with its file and line.

    `gone` are the first addresses that were removed; `unsure` those that no row names but that stay, because a row that
    cannot be read may be theirs; `barred` those that were taken in and are suppressed; `suppressions` how many new ones
    came along. A `dry_run` did nothing: it says what would be done.
    """

    files: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    problems: tuple[RosterError, ...] = field(default=())
    remarks: tuple[str, ...] = field(default=())
    suppressions: int = 0
    dry_run: bool = False
    gone: tuple[str, ...] = field(default=(), compare=False)
    unsure: tuple[str, ...] = field(default=(), compare=False)
    barred: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class SuppressionReport:
    """What taking in suppressions did: how many are new, and what is wrong with the rest.

    `service` is whose list it was, "" for one of our own; `passed_over` counts its bounces that suppress nobody.
    """

    added: int
    problems: Sequence[RosterError]
    service: str = ""
    passed_over: int = 0


@dataclass(slots=True)
class _Taken:
    """What a sync has taken in so far.

    `seen` are the keys of all addresses that were named, `is_whole` says whether every file could be read.
    """

    seen: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)
    problems: list[RosterError] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    suppressions: int = 0
    is_whole: bool = True


class SyncRoster:
    """The use case: roster files in, subscribers of origin `roster` kept equal to them."""

    def __init__(
        self,
        subscribers: SubscriberStore,
        suppressions: SuppressionStore,
        check_interest: CheckInterest,
        *,
        not_rosters: frozenset[Path],
        languages: Sequence[str] = (),
    ) -> None:
        """`not_rosters` are files that may stand in a roster folder without being one (the topic catalogue).

        `languages` are those that can be chosen; none for any.
        """
        self._subscribers = subscribers
        self._suppressions = suppressions
        self._check = check_interest
        self._not_rosters = not_rosters
        self._languages = languages

    def run(
        self,
        path: Path,
        *,
        once: bool = False,
        dry_run: bool = False,
        state: SubscriptionState = SubscriptionState.CONFIRMED,
    ) -> SyncReport:
        """Take in one file, or every roster of a folder; `state` is that of rows that do not say it.

        Subscribers that came from a roster and stand in none any more are removed, but nobody whose row may be one that
        could not be read: a typing mistake must not unsubscribe anybody. What is taken in `once` is an import: nobody
        is removed, and whom it names belongs to no roster, unless one names them too.

        Raises:
            UsageError: there is no such file or folder.
        """
        files = self._files(path)
        taken = _Taken()
        for file, roster in self._rosters(files, taken.problems, state, Origin.IMPORT if once else Origin.ROSTER):
            if roster is None:
                taken.is_whole = False
            else:
                self._take_in(file, roster, taken, dry_run=dry_run)
        names_everybody = taken.is_whole and path.is_dir() and taken.seen and not once
        gone, unsure = self._gone(taken.seen, taken.unread) if names_everybody else ([], [])
        removed = len(gone) if dry_run else self._subscribers.prune([s.id for s in gone])
        return SyncReport(
            files=len(files),
            added=taken.added,
            changed=taken.changed,
            removed=removed,
            problems=tuple(taken.problems),
            remarks=tuple(taken.remarks),
            suppressions=taken.suppressions,
            dry_run=dry_run,
            gone=tuple(s.email for s in gone[:NAMED]),
            unsure=tuple(s.email for s in unsure[:NAMED]),
            barred=tuple(taken.barred[:NAMED]),
        )

    def suppressions_of(self, path: Path, cause: Cause | None = None) -> SuppressionReport:
        """Take in the suppressions of an export, of a sending service's list, or every address of a list (.txt).

        `cause` says what suppresses those of whom the file does not say it.

        Raises:
            UsageError: there is no such file.
        """
        problems: list[RosterError] = []
        if path.suffix.lower() == ".csv":
            text = self._read(self._file(path), problems)
            listed = None if text is None else read_service_list(path, text, cause)
            if listed is not None:
                added = self._suppressions.take_in(listed.suppressions)
                return SuppressionReport(added, listed.problems, listed.service, listed.passed_over)
        if path.suffix.lower() != ".txt":
            problems.clear()
            [(_, roster)] = self._rosters([self._file(path)], problems)
            if roster is None:
                return SuppressionReport(0, problems)
            self._suppressions.add_keys(roster.keys)
            return SuppressionReport(self._suppressions.take_in(roster.suppressions), roster.problems)
        named = []
        why = cause or Cause.OPERATOR
        for number, line in enumerate((self._read(self._file(path), problems) or "").splitlines(), 1):
            try:
                named += [Suppression(email=check_address(line), reason="imported", cause=why)] if line.strip() else []
            except AddressInvalid as error:
                problems.append(RosterError(f"{error}.", path=path, line=number))
        return SuppressionReport(self._suppressions.take_in(named), problems)

    def suppressed_subscribers(self) -> Iterator[tuple[str, Suppression]]:
        """The addresses of subscribers who are suppressed: of all others there is nothing but a hash."""
        source = self._subscribers.stream()
        while batch := [s.email for s in islice(source, _BATCH)]:
            yield from sorted(self._suppressions.found(batch).items())

    def where(self, path: Path, email: str) -> Path | None:
        """The roster among these that names an address; None where none does.

        Raises:
            UsageError: there is no such file or folder.
        """
        key = address_key(email)
        for file, roster in self._rosters(self._files(path), []):
            if roster and (key in roster.named or any(address_key(s.email) == key for s in roster.subscribers)):
                return file
        return None

    def _take_in(self, file: Path, roster: Roster, taken: _Taken, *, dry_run: bool) -> None:
        """One roster; who stands in an earlier one already stays as that says."""
        taken.problems += roster.problems
        taken.unread += roster.unread
        taken.remarks += roster.remarks
        fresh = [s for s in roster.subscribers if address_key(s.email) not in taken.seen]
        taken.problems += [
            RosterError(f"{s.email} stands in another roster too; that entry counts.", path=file)
            for s in roster.subscribers
            if address_key(s.email) in taken.seen
        ]
        taken.seen.update(address_key(s.email) for s in fresh)
        taken.seen |= roster.named
        if roster.suppressions and not dry_run:
            self._suppressions.add_keys(roster.keys)
            taken.suppressions += self._suppressions.take_in(roster.suppressions)
        added, changed = self._subscribers.upsert(fresh, dry_run=dry_run)
        taken.added, taken.changed = taken.added + added, taken.changed + changed
        taken.barred += self._suppressions.found([s.email for s in fresh])

    def _rosters(
        self,
        files: Sequence[Path],
        problems: list[RosterError],
        state: SubscriptionState = SubscriptionState.CONFIRMED,
        origin: Origin = Origin.ROSTER,
    ) -> Iterator[tuple[Path, Roster | None]]:
        for file in files:
            text = self._read(file, problems)
            if text is None:
                yield file, None
                continue
            roster = parse_roster(file, text, self._check, languages=self._languages, state=state, origin=origin)
            yield file, roster

    def _gone(self, seen: set[str], unread: Sequence[str]) -> tuple[list[Subscriber], list[Subscriber]]:
        """Who stands in no row: those to be removed, and those who may stand in one that could not be read."""
        gone: list[Subscriber] = []
        unsure: list[Subscriber] = []
        may_be = may_be_unread(unread)
        for s in self._subscribers.stream():
            # who unsubscribed is kept, so that a roster that names them again later does not subscribe them again
            if (
                s.origin == Origin.ROSTER
                and s.state is not SubscriptionState.UNSUBSCRIBED
                and address_key(s.email) not in seen
            ):
                (unsure if may_be(s) else gone).append(s)
        return gone, unsure

    def _file(self, path: Path) -> Path:
        if not path.is_file():
            msg = f"{path}: no such file. Expected an export (.toml or .csv), or a list of addresses (.txt)."
            raise UsageError(msg)
        return path

    def _files(self, path: Path) -> list[Path]:
        if path.is_file():
            return [path]
        if not path.is_dir():
            msg = f"{path}: no such file or folder. Expected a roster (.toml or .csv), or a folder of them."
            raise UsageError(msg)
        rosters = sorted(p for p in path.iterdir() if p.suffix.lower() in {".toml", ".csv"} and p.is_file())
        # the example's addresses are nobody's: it is taken in by name only
        return [p for p in rosters if p.resolve() not in self._not_rosters and p.stem != "example"]

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
