"""What is mechanically odd about an answer that may be published, put right: words go, none is added.

1. A field that says again what an earlier one says (in the order in which a card shows them) is left out; of several
   sentences only those that repeat.
2. An opener that leans on a sentence that is not there ("However,", "To address this issue,") is trimmed.

The one-liner always stays. Whether an answer may be published at all is judged before, of its own words (`judging`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from newsletter.domain.papers import Summary
from newsletter.domain.text import split_sentences, without_opener

__all__ = ["mended"]

_FIELDS = ("tldr", "main_work", "motivation", "method", "result")
_WORD = re.compile(r"[\u3400-\u9fff]|\w+")
_FEW_WORDS = 4
"""Texts of so few words may agree by accident."""


def mended(summary: Summary) -> Summary:
    """The summary without repeated sentences and dangling openers."""
    said: set[str] = set()
    texts = {}
    for name in _FIELDS:
        text = _unrepeated(getattr(summary, name), said)
        texts[name] = without_opener(text)
        said |= {_folded(sentence) for sentence in split_sentences(text)}
    if all(texts[name] == getattr(summary, name) for name in _FIELDS):
        return summary
    return replace(summary, **texts)  # type: ignore[arg-type]  # every name in _FIELDS is a text of it


def _unrepeated(text: str, said: set[str]) -> str:
    sentences = split_sentences(text)
    new = [s for s in sentences if _folded(s) not in said or len(_folded(s).split()) <= _FEW_WORDS]
    return text if len(new) == len(sentences) else " ".join(new)


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(without_opener(text).lower()))
