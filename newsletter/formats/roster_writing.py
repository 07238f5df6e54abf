"""Rosters written: what an export holds, in the same two formats that are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from newsletter.domain.subscribers import Subscriber, Suppression
from newsletter.formats.roster_rows import EXPORTED, SUPPRESSION, csv_line, interests_cell, toml_table

__all__ = ["write_roster", "write_suppressions"]


def write_roster(
    subscribers: Iterable[Subscriber],
    suffix: str,
    *,
    suppressions: Iterable[Suppression] = (),
    keys: Iterable[bytes] = (),
) -> Iterator[str]:
    """A roster as text, piece by piece; `suffix` is `.toml` or `.csv`. Reading it back gives the same subscribers."""
    if suffix == ".csv":
        yield csv_line((*EXPORTED, *SUPPRESSION[:3]))
        for s in subscribers:
            limit = "" if s.max_papers is None else str(s.max_papers)
            said = (s.email, s.name, interests_cell(s.interests), s.language, s.cadence.value, limit, s.state.value)
            yield csv_line((*said, s.created_at.isoformat() if s.created_at else "", "", "", ""))
        empty = ("",) * (len(EXPORTED) - 1)
        for what, reason, cause, moment in _suppression_cells(suppressions, keys):
            yield csv_line((*empty, moment, what, reason, cause))
        return
    for s in subscribers:
        values = {
            "email": s.email,
            "name": s.name,
            "interests": s.interests,
            "language": s.language,
            "cadence": s.cadence.value,
            "max_papers": s.max_papers,
            "state": s.state.value,
            "created_at": s.created_at,
        }
        yield toml_table("subscriber", values)
    yield from write_suppressions(suppressions, suffix, keys=keys)


def write_suppressions(
    suppressions: Iterable[Suppression], suffix: str, *, keys: Iterable[bytes] = ()
) -> Iterator[str]:
    """Suppressions alone, as they stand in a roster."""
    if suffix == ".csv":
        yield csv_line(SUPPRESSION)
        yield from map(csv_line, _suppression_cells(suppressions, keys))
        return
    for key in keys:
        yield toml_table("suppression_key", {"key": key.hex()})
    for one in suppressions:
        values = {
            "hash": one.digest,
            "reason": one.reason,
            "cause": one.cause.value,
            "created_at": one.created_at,
        }
        yield toml_table("suppression", values)


def _suppression_cells(
    suppressions: Iterable[Suppression], keys: Iterable[bytes]
) -> Iterator[tuple[str, str, str, str]]:
    for key in keys:
        yield f"key:{key.hex()}", "", "", ""
    for one in suppressions:
        yield f"hash:{one.digest}", one.reason, one.cause.value, one.created_at.isoformat() if one.created_at else ""
