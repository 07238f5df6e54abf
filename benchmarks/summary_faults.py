"""What is odd about a summary, counted without the rules that avoid it.

The lists here are this benchmark's own: a detector that shares its list with what it judges cannot find anything. They
are wider than the trimming rules of `newsletter.domain.text`, and know nothing of roles or weights.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["FAULTS", "faults", "has_figure"]

FAULTS = {
    "repeats": "a sentence or half of it twice",
    "dangling": "dangling openers",
    "unnumbered": "results without the abstract's figure",
    "late": "motivations of the second half",
    "question": "one-liners that ask",
    "aim": "one-liners that aim",
}
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z(])")
_WORD = re.compile(r"[\w%]+")
_CONNECTIVE = re.compile(
    r"(?:however|moreover|furthermore|additionally|in addition|besides|thus|therefore|hence|consequently|as a result"
    r"|nevertheless|nonetheless|meanwhile|in contrast|by contrast|conversely|instead|similarly|likewise|also|finally"
    r"|lastly|second(?:ly)?|third(?:ly)?|then|next|notably|specifically|in particular|to this end|to that end|to do so"
    r"|for example|for instance|in this (?:paper|work|study|article|setting|context|regard|way)|in response"
    r"|accordingly|overall"
    r"|together)"
    r"\s?,|(?:but|and|yet|so|or)\s|(?:first(?:ly)?),(?!.*\bsecond)",
    re.IGNORECASE | re.DOTALL,
)
_BACK = re.compile(
    r"(?:this|these|those|such)\s(?!(?:[\w-]+\s)?(?:paper|work|study|article|survey|review|thesis|report|tutorial|note"
    r"|research|project|contribution|sok|manuscript|chapter|essay|perspective|dissertation|investigation|overview|letter"
    r"|preprint|monograph|primer|publication|as)\b)"
    r"|(?:they|them|their|its|it(?!\s(?:is|was|remains|has|becomes)\b))\s"
    r"|(?:to|by|with|using|under|given|from|in|for|based on|motivated by|inspired by|building (?:up)?on|despite"
    r"|through|as"
    r"|across|beyond|leveraging|on)\s(?:\w+\s){0,2}(?:this|these|those)\s(?!(?:[\w-]+\s)?(?:paper|work|study|article"
    r"|survey|thesis|report|review|research|project)\b)",
    re.IGNORECASE,
)
# A figure that was measured: a share, a factor, a gain in points, or a number with decimals.
_FIGURE = re.compile(
    r"\d\s?(?:\\?%|percent|\$?\\?times|×|x\b|-?fold|points?|pp\b|dB\b)|(?<![\w.-])\d+\.\d+(?![\w.]|-\w)"
)
_AIM = re.compile(
    r"(?:[\w-]+\s){0,3}(?:aims?|seeks?|intends?)\sto\b|(?:the|our)\s(?:\w+\s)?(?:goal|aim|objective|purpose)s?\s",
    re.IGNORECASE,
)


def faults(texts: Mapping[str, str], abstract: str) -> dict[str, bool]:
    """Which faults a summary has; of its fields `tldr`, `motivation`, `method` and `result`, empty ones are none."""
    said = {name: text.strip() for name, text in texts.items() if text.strip()}
    result = said.get("result", "")
    return {
        "repeats": _repeats(said),
        "dangling": any(_CONNECTIVE.match(text) or _BACK.match(text) for text in said.values()),
        "unnumbered": has_figure(abstract) and not re.search(r"\d", result),
        "late": _place(said.get("motivation", ""), abstract) > 0.5,
        "question": said.get("tldr", "").rstrip("\"'”)").endswith("?"),
        "aim": _AIM.match(said.get("tldr", "")) is not None,
    }


def has_figure(text: str) -> bool:
    """Whether a text tells a measured figure."""
    return _FIGURE.search(text) is not None


def _repeats(said: Mapping[str, str]) -> bool:
    """Whether eight words in a row, or a whole shorter sentence, stand in two fields."""
    known: set[tuple[str, ...]] = set()
    for text in said.values():
        own: set[tuple[str, ...]] = set()
        for sentence in _SENTENCE.split(text):
            words = _WORD.findall(sentence.lower())
            size = min(8, len(words))
            own |= {tuple(words[at : at + size]) for at in range(len(words) - size + 1) if size > 3}
        if own & known:
            return True
        known |= own
    return False


def _place(text: str, abstract: str) -> float:
    """Where in the abstract a text was taken from, as a part of its length; 0 where it is not from there."""
    words, whole = _WORD.findall(text.lower()), _WORD.findall(abstract.lower())
    size = min(6, len(words))
    for start in range(min(3, len(words) - size + 1)):
        run = words[start : start + size]
        for at in range(len(whole) - size + 1) if size else ():
            if whole[at : at + size] == run:
                return at / len(whole)
    return 0.0
