"""Free text as an interest: which of its phrases to look for.

Some people describe what they care about in sentences. The rules, in the order in which they are applied:

1. sentences and list items that say what is *not* wanted ("Not relevant: …", "do not care about …") are left out;
2. the rest is cut at punctuation, at stop words and at the small talk of such texts ("papers", "new", "shows");
3. runs of two to five words, and single words in capitals (`RLHF`), are the phrases, in order, each once.
"""

from __future__ import annotations

import re

from newsletter.domain.text import STOP_WORDS, fold, tokens

__all__ = ["MAX_PHRASES", "pick_phrases"]

MAX_PHRASES = 64

_ITEM = re.compile(
    r"[\n.;•](?=\s|$)|\n|;|(?=\b[Nn]ot? relevant\b)|(?=\b[Ii]rrelevant\b)|(?<![Nn]ot )(?=\b[Rr]elevant\s*:)"
)
_UNWANTED = re.compile(
    r"^\W*(?:\d+\W*)?(?:not\b|no\b|never\b|exclud|avoid\b|irrelevant\b|ignore\b|do(?:es)? not\b|don['’]t\b)"
    r"|\b(?:do not|does not|don['’]t|not)\s+(?:\w+\s+){0,2}"
    r"(?:care|interested|want|prioriti[sz]e|read|relevant|sufficient)",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[,:()\[\]/\"“”•*]|\s[-–—]\s|e\.g|i\.e")
_SMALL_TALK = frozenset(
    "about across address addresses all also always among analysis analyze any apply approach approaches "
    "area article both case change common consider consideration could criteria describe detail discuss e "
    "etc especially etc evaluate example examples explicitly field find first focus following friend g "
    "general generally give good high highly i idea ideas important improve improvement include including "
    "insight insights interest interested interesting known less like likely look main mainly make many "
    "may mention method methodological methods might minor more most multi must na need new non note "
    "novel often one only other others paper papers particularly perform performance please possible "
    "present primarily primary prioritize propose proposes provide range rather read recent related "
    "relate relevance relevant remember research result results same second see several should show shows "
    "significant significantly similar simply some specific specifically statement study studies study "
    "suggest such take tbd task tasks technique techniques term terms theoretical these they third those "
    "through topic topics try type types under understand usage use used uses using usually various very "
    "want well whether which whose work works would he him his she her".split()
)


def pick_phrases(text: str) -> tuple[str, ...]:
    """The phrases of a free text, at most `MAX_PHRASES`, in order. Linear in its length."""
    phrases: dict[str, str] = {}
    for item in _ITEM.split(text):
        if not item or _UNWANTED.search(item):
            continue
        for piece in _BREAK.split(item):
            for phrase in _runs(piece):
                phrases.setdefault(" ".join(fold(token.surface).stem for token in tokens(phrase)), phrase)
                if len(phrases) == MAX_PHRASES:
                    return tuple(phrases.values())
    return tuple(phrases.values())


def _runs(piece: str) -> list[str]:
    runs: list[str] = []
    words: list[str] = []
    for word in [*piece.split(), ""]:
        bare = word.strip(".,;:!?'’\"")
        form = fold(bare) if bare else None
        if form is None or form.base in STOP_WORDS or form.base in _SMALL_TALK or bare.lower() in _SMALL_TALK:
            if 2 <= sum(len(tokens(word)) for word in words) <= 5 or (len(words) == 1 and fold(words[0]).capitals >= 2):
                runs.append(" ".join(words))
            words = []
        else:
            words.append(bare)
    return [run for run in runs if tokens(run)]
