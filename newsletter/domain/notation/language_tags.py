"""Language tags (BCP 47), written in one way so that two spellings of a language are one."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["ENGLISH", "is_english", "language_tag", "nearest_language"]

ENGLISH = "en"
"""The tag of the language that papers are written in, and that a digest falls back to."""

_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,6}", re.ASCII)
_REGION = re.compile(r"[a-z]{2}|[0-9]{3}", re.ASCII)


def language_tag(text: str) -> str:
    """The tag in its recommended case (RFC 5646 §2.1.1): `zh_hans` becomes `zh-Hans`, `EN-us` becomes `en-US`.

    Raises:
        ValueError: the text is no language tag.
    """
    tag = text.strip().replace("_", "-").lower()
    if not _TAG.fullmatch(tag):
        msg = "expected a language tag, for example en or zh-Hans"
        raise ValueError(msg)
    language, *rest = tag.split("-")
    return "-".join([language, *(_cased(part) for part in rest)])


def is_english(tag: str) -> bool:
    """Whether a tag is English or one of its regional forms: the language that papers need not be translated into."""
    return tag.partition("-")[0].lower() == ENGLISH


def nearest_language(tag: str, offered: Sequence[str]) -> str | None:
    """The language of those offered that a reader of this tag can read; None if there is none.

    1. the tag itself, or what is left of it when its end is dropped step by step (lookup, RFC 4647 §3.4);
    2. one in the same language and script, where what a tag leaves out is what is likely (CLDR): `zh-CN` is written
       as `zh-Hans`, `zh-TW` is not. An offered tag that names a region is for that region alone.
    """
    known = {language_tag(one).lower(): one for one in reversed(offered)}
    parts = language_tag(tag).lower().split("-")
    for end in range(len(parts), 0, -1):
        if "-".join(parts[:end]) in known:
            return known["-".join(parts[:end])]
    language, script, region = _likely(parts)
    for one in offered:
        named = language_tag(one).lower().split("-")
        if _likely(named)[:2] == (language, script) and (not _regions(named) or _likely(named)[2] == region):
            return one
    return None


def _likely(parts: Sequence[str]) -> tuple[str, str, str]:
    """Language, script and region of a tag, with what is likely where it says nothing (UTS 35, likely subtags)."""
    from babel.core import get_global  # noqa: PLC0415  # slow to import, needed for unusual tags alone

    language, *rest = parts
    script = next((part.title() for part in rest if len(part) == 4 and part.isalpha()), "")
    region = next(iter(_regions(parts)), "")
    likely = get_global("likely_subtags")
    for key in ((script, region), (region,), (script,), ()):
        whole = likely.get("_".join((language, *filter(None, key))))
        if whole:
            _, *filled = whole.split("_")
            return language, script or filled[0], region or filled[-1]
    return language, script, region


def _regions(parts: Sequence[str]) -> list[str]:
    return [part.upper() for part in parts[1:] if _REGION.fullmatch(part)]


def _cased(part: str) -> str:
    if len(part) == 4 and part.isalpha():
        return part.title()  # a script
    return part.upper() if len(part) == 2 else part  # a region; variants stay in lower case
