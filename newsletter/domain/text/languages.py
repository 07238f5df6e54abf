"""Which language a short text is in, as far as a digest must know: is it what was asked for, or is it not?

No statistics of a language are needed for that. Scripts tell Chinese from English, the characters that differ tell
simplified from traditional Chinese, and a handful of function words tell English from other languages in Latin letters.
Technical text is full of Latin names (`ResNet-18 on CIFAR-10`), so in another script they do not count against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from newsletter.domain.notation import is_english
from newsletter.domain.text.sentences import split_sentences

__all__ = ["english_share", "is_in", "is_prose_in", "scripts"]

_SCRIPTS = {
    "Han": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002fa1f]"),
    "Kana": re.compile(r"[\u3041-\u3096\u30a1-\u30fa]"),
    "Hangul": re.compile(r"[\uac00-\ud7a3\u1100-\u11ff]"),
    "Cyrillic": re.compile(r"[\u0400-\u04ff]"),
    "Arabic": re.compile(r"[\u0620-\u064a\u0671-\u06d3]"),
    "Hebrew": re.compile(r"[\u05d0-\u05ea]"),
    "Devanagari": re.compile(r"[\u0904-\u0939]"),
    "Thai": re.compile(r"[\u0e01-\u0e2e]"),
    # Greek letters are left out: they are mathematics more often than Greek.
    "Latin": re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+"),  # words, not letters
}
_OF_LANGUAGE = {
    "zh": ("Han",),
    "ja": ("Kana", "Han"),
    "ko": ("Hangul",),
    "ru": ("Cyrillic",),
    "uk": ("Cyrillic",),
    "bg": ("Cyrillic",),
    "ar": ("Arabic",),
    "fa": ("Arabic",),
    "he": ("Hebrew",),
    "hi": ("Devanagari",),
    "th": ("Thai",),
}
# Common characters that only one of the two ways of writing has.
_TRADITIONAL = re.compile("[這們來對時會為說國過後發還學與開關門間問題種點實際樣現應結構總網絡語訓練測試據數圖優較權]")
_SIMPLIFIED = re.compile("[这们来对时会为说国过后发还学与开关门间问题种点实际样现应结构总网络语训练测试据数图优较权]")
_ENGLISH = frozenset(
    (
        "the of and to in is that for with on as are by this we an from it be which our their can its these or"
        " at using has have not more such than both into while show via been between how they was were over also"
        " when but does paper method model models proposes based"
    ).split()
)
# Function words of the other large languages in Latin letters that are no English words and no common names.
_OTHER_LATIN = frozenset(
    (
        "der das und ist für von mit eine einer nicht auf wird werden durch sich les des et une est pour dans que qui"
        " sur avec sont el los las del para una como il che della di non sono gli uma não het een van voor zijn och"
        " att som för är"
    ).split()
)
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+")
# Words that are no names: small letters from end to end, not a part of code (`max_tokens`) or of a compound (`gpt-4o`).
_PLAIN_WORD = re.compile(r"(?<![\w./\\@-])[a-z]{3,}(?![\w/@]|-\w|\.\w)")
_FEWEST_PLAIN, _FEWEST_FOREIGN = 4, 4
_LONGEST = 20_000


def is_prose_in(text: str, language: str) -> bool:
    """Whether every sentence of a text may well be in this language (BCP 47).

    A sentence is judged by itself by its script: one that has not a single letter of the language's own, and is made of
    plain English words rather than of names, was not translated.
    """
    if not is_in(text, language):
        return False
    sentences = split_sentences(text[:_LONGEST])
    own = _OF_LANGUAGE.get(language.partition("-")[0].lower())
    if own is None:
        return not any(_is_of_another_script(sentence) for sentence in sentences)
    return not any(_is_untranslated(sentence, own) for sentence in sentences)


def _is_of_another_script(sentence: str) -> bool:
    if sentence.isascii():
        return False
    counts = dict(scripts(sentence))
    latin = counts.pop("Latin", 0)
    return sum(counts.values()) > max(_FEWEST_FOREIGN, latin)


def _is_untranslated(sentence: str, own: tuple[str, ...]) -> bool:
    if any(_SCRIPTS[script].search(sentence) for script in own):
        return False
    return len(_PLAIN_WORD.findall(sentence)) >= _FEWEST_PLAIN


def scripts(text: str) -> Mapping[str, int]:
    """How much of the text is in each script: characters, but words of Latin letters."""
    return {name: len(runs) for name, letters in _SCRIPTS.items() if (runs := letters.findall(text))}


def english_share(text: str) -> float:
    """The share of words that are common English function words: a quarter or more in prose, 0 without a word."""
    words = _WORD.findall(text.lower())
    return sum(word in _ENGLISH for word in words) / len(words) if words else 0.0


def is_in(text: str, language: str) -> bool:
    """Whether the text may well be in this language (BCP 47). A text too short to tell is."""
    counts = dict(scripts(text))
    latin = counts.pop("Latin", 0)
    primary = language.partition("-")[0].lower()
    own = _OF_LANGUAGE.get(primary)
    if own is None:
        foreign = sum(counts.values())
        if foreign > max(_FEWEST_FOREIGN, latin):
            return False
        if latin < 8:
            return True
        words = _WORD.findall(text.lower())
        english, other = (sum(word in known for word in words) for known in (_ENGLISH, _OTHER_LATIN))
        return english >= other if is_english(language) else english <= other or english < len(words) * 0.2
    mine = sum(counts.get(script, 0) for script in own)
    others = sum(counts.values()) - mine
    if primary == "zh" and (_is_other_chinese(text, language) or others > mine * 0.1):
        return False
    if primary == "ja" and mine > 20 and not counts.get("Kana"):
        return False
    # Six function words in English prose hold about twenty words; a Chinese text of names and numbers holds fewer.
    return mine > 0 and (mine >= latin * 0.5 or english_share(text) < 0.15)


def _is_other_chinese(text: str, language: str) -> bool:
    traditional, simplified = len(_TRADITIONAL.findall(text)), len(_SIMPLIFIED.findall(text))
    wants_traditional = any(part in language for part in ("Hant", "TW", "HK", "MO"))
    most, least = (simplified, traditional) if wants_traditional else (traditional, simplified)
    return most > 2 and most > least
