"""How long a text takes to be read: its words, and the minutes of those.

Words are runs of letters and digits between spaces; web addresses are skipped, as eyes do. Chinese and Japanese are
written without spaces: two characters take about as long as a word. 238 words a minute is what adults read silently
in English (Brysbaert 2019, doi:10.1016/j.jml.2019.104047).
"""

from __future__ import annotations

import re

__all__ = ["WORDS_A_MINUTE", "reading_minutes", "reading_words"]

WORDS_A_MINUTE = 238
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_WIDE_ONE = re.compile(f"[{_WIDE}]")
_WORD = re.compile(rf"(?!\S+://)[^\s{_WIDE}]*[^\W_{_WIDE}][^\s{_WIDE}]*")
_WORD_ASCII = re.compile(r"(?<!\S)(?!\S+://)\S*[A-Za-z0-9]\S*")


def reading_words(text: str) -> int:
    """How many words a text has for its reader."""
    if text.isascii():
        return len(_WORD_ASCII.findall(text))
    return len(_WORD.findall(text)) + (len(_WIDE_ONE.findall(text)) + 1) // 2


def reading_minutes(words: int) -> int:
    """The whole minutes that so many words take, at least one."""
    return max(1, round(words / WORDS_A_MINUTE))
