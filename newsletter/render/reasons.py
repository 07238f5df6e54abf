"""Why a paper came, as mails and readers' own pages show it."""

from __future__ import annotations

from collections.abc import Sequence

from newsletter.domain.issues import Match
from newsletter.domain.text import clean_line

__all__ = ["shown_terms"]

_MOST = 6


def shown_terms(matches: Sequence[Match]) -> tuple[str, ...]:
    """The interests that matched, each once, strongest first, a few at most."""
    seen: dict[str, None] = {}
    for match in matches:
        seen.setdefault(clean_line(match.label, 80), None)
        if len(seen) == _MOST:
            break
    return tuple(seen)
