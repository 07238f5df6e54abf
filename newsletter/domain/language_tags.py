"""Language tags (BCP 47), written in one way so that two spellings of a language are one."""

from __future__ import annotations

import re

__all__ = ["language_tag"]

_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,6}", re.ASCII)


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


def _cased(part: str) -> str:
    if len(part) == 4 and part.isalpha():
        return part.title()  # a script
    return part.upper() if len(part) == 2 else part  # a region; variants stay in lower case
