"""Which of the newsletter's languages a page is shown in to somebody who is not known."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsletter.domain.notation import nearest_language

__all__ = ["LANGUAGE", "page_language"]

LANGUAGE = "lang"
"""The name of the language in an address: `/subscribe?lang=zh-Hans`. It wins over what the browser says."""
_MOST_RANGES = 20
_MEMBER = re.compile(
    r"(?P<tag>\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,6})(?:\s*;\s*q\s*=\s*(?P<weight>[01](?:\.\d{0,3})?))?", re.ASCII
)


def page_language(asked: str, accepted: str, offered: Sequence[str]) -> str:
    """The language of a page.

    Args:
        asked: what stands in the address; empty where nothing does.
        accepted: the field Accept-Language (RFC 9110 §12.5.4); the first of equal weight counts.
        offered: the newsletter's languages, its own first, which is what is shown where none is understood.
    """
    return _nearest(asked, offered) or next(
        filter(None, (_nearest(tag, offered) for tag in _ranges(accepted))), offered[0]
    )


def _ranges(field: str) -> list[str]:
    """The language ranges that are wanted, the dearest first."""
    weighed: list[tuple[float, str]] = []
    for member in field.split(",")[:_MOST_RANGES]:
        match = _MEMBER.fullmatch(member.strip())
        weight = float(match["weight"] or 1) if match else 0
        if match and match["tag"] != "*" and weight > 0:
            weighed.append((weight, match["tag"]))
    return [tag for _, tag in sorted(weighed, key=lambda one: -one[0])]


def _nearest(tag: str, offered: Sequence[str]) -> str | None:
    try:
        return nearest_language(tag, offered)
    except ValueError:
        return None
