"""What somebody chose about when and how digests come, as one text: only what differs from what nobody chose."""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from newsletter.domain.subscribers import AT_ONCE, Rhythm

__all__ = ["rhythm_of", "rhythm_text"]

_NAMES = tuple(field.name for field in fields(Rhythm))
_RHYTHM = TypeAdapter(Rhythm)


def rhythm_text(rhythm: Rhythm) -> str:
    """A rhythm as it is kept; empty for who chose nothing, so that their rows are no longer than they were."""
    if rhythm == AT_ONCE:
        return ""
    chosen = {name: getattr(rhythm, name) for name in _NAMES if getattr(rhythm, name) != getattr(AT_ONCE, name)}
    return to_json(chosen).decode()


def rhythm_of(text: str) -> Rhythm:
    """The rhythm that is kept so; readers who chose the same share one."""
    return _read(text) if text else AT_ONCE


@lru_cache(10_000)
def _read(text: str) -> Rhythm:
    return _RHYTHM.validate_python(from_json(text))
