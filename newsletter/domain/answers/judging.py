r"""Is this answer fit to be published? Pure functions over what an engine wrote and the paper it wrote about.

The rules, in the order in which they are applied; the first that is broken names the failure:

1. `garbled`: a control character (TeX that a JSON parser ate: `\frac` is a form feed and "rac"), a replacement
   character, tags and entities of HTML as text, the same words over and over, or one sentence in field after field;
2. `error-text`: a failure message in the place of content (`model_talk`);
3. `obeyed`: the text gives orders to a model or says that it follows some, or repeats what a hidden order dictates;
4. `refused`: the model declined, apologises, speaks of itself, of what it was given, or to its user;
5. `incomplete`: no one-line summary;
6. `echo`: the prompt, its markup, the title or the abstract come back as the summary;
7. `too-long`: a text far beyond its limit;
8. `unsupported`: an address, a contact or an invitation that the paper does not name (`intrusions`), or a number
   that it does not state in any form (`domain.answers.quantities`);
9. `wrong-language`, `untranslated`: a sentence is in another language, the original stands where a translation should,
   or a keyword and its translation have changed places.

Each is written to let every honest summary pass: "Errors in semantic occupancy models …", "None of the architectures
…", "sorry placeholders", a Chinese result made of names and numbers, a title that begins "对不起".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from newsletter.domain.answers.intrusions import has_foreign_address, has_foreign_tag, words_of
from newsletter.domain.answers.model_talk import is_error_text, is_refusal, is_untranslatable, orders_in, takes_orders
from newsletter.domain.answers.quantities import stated_in, unsupported
from newsletter.domain.notation import ENGLISH, is_english
from newsletter.domain.papers import FailureKind, Paper, Summary
from newsletter.domain.text import english_share, is_prose_in, scripts, split_sentences, visible_length

__all__ = ["LIMITS", "failure_of", "is_error_text", "is_garbled", "is_refusal"]

LIMITS = {
    "title": 400,
    "abstract": 8000,
    "tldr": 700,
    "tldr_en": 700,
    "main_work": 2500,
    "motivation": 1500,
    "method": 1500,
    "result": 1500,
    "highlights": 1000,
    "reason": 1000,
    "keyword": 150,
    "affiliation": 500,
    "code": 500,
}
"""Visible characters of each text beyond which it is none of what was asked for: twice the longest honest ones."""

_NAMES = frozenset({"keyword", "title"})
"""Texts that are names: they may begin with any word and be in any language."""
_PROSE = frozenset({"tldr", "main_work", "motivation", "method", "result", "highlights", "abstract"})
_SPEAKING = frozenset({"tldr", "main_work", "motivation", "method", "result"})
"""The fields of which each says something else."""

# C0 and C1 controls except tab and line ends, the replacement character, noncharacters, lone surrogates, private use.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ufdd0-\ufdef\ud800-\udfff\ue000-\uf8ff]")
_MARKUP = re.compile(
    r"</?(?:paper|abstract|title|instructions?|system|user|assistant|think)\b[^>]{0,80}>|<\|[a-z_]{2,30}\|>|\[/?INST\]"
    r"|```|\"(?:tldr|motivation|method|result|first_words)\"\s*:"
    # a placeholder of a template; `{{` by itself is TeX
    r"|\{\{-?\s*(?:papers?|request|abstract|title|summary|text|language\w*|tldr|fields?|name|content|input|complaint|prompt)\b"
    r"[^{}]{0,60}\}\}|\{%-?\s*(?:if|for|end\w+|set|include|block|else|elif|raw|macro)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[\u3400-\u9fff]|\w+")
_FEW_WORDS = 4


def failure_of(summary: Summary, paper: Paper, *, instructions: str = "") -> FailureKind | None:
    """The failure of an answer, None where it may be published. `instructions` is the prompt without the paper."""
    texts = list(_texts(summary))
    known = words_of(paper)
    if any(is_garbled(text) for _, text in texts) or _says_one_thing(texts):
        return FailureKind.GARBLED
    if any(is_error_text(text) for name, text in texts if name not in _NAMES):
        return FailureKind.ERROR_TEXT
    if failure := _talk(texts, paper):
        return failure
    if not _WORDS.search(summary.tldr):
        return FailureKind.INCOMPLETE
    if _is_echo(summary, paper, texts, instructions):
        return FailureKind.ECHO
    if any(has_foreign_tag(text, known) for _, text in texts):
        return FailureKind.GARBLED
    if any(len(text) > LIMITS[name] and visible_length(text) > LIMITS[name] for name, text in texts):
        return FailureKind.TOO_LONG
    if any(has_foreign_address(text, known) for _, text in texts) or _invents_number(texts, paper):
        return FailureKind.UNSUPPORTED
    return _language_failure(summary, paper, texts)


def _texts(summary: Summary) -> Iterator[tuple[str, str]]:
    """Every text of a summary with the name of its limit; empty ones are no text."""
    for name in ("title", "abstract", "tldr", "tldr_en", "main_work", "motivation", "method", "result"):
        if text := getattr(summary, name):
            yield name, text
    yield from (("affiliation", summary.affiliation), ("code", summary.code))
    yield from (("highlights", text) for text in summary.highlights)
    yield from (("keyword", text) for k in summary.keywords for text in (k.term, k.translation) if text)
    yield from (("reason", rating.reason) for rating in summary.ratings.values() if rating.reason)


def is_garbled(text: str) -> bool:
    """Whether the text holds what no text holds, or runs in a circle as small models do."""
    if _CONTROL.search(text):
        return True
    words = _WORDS.findall(text.lower()[:8000])
    if len(words) < 24:
        return False
    runs = {tuple(words[i : i + 4]) for i in range(len(words) - 3)}
    return len(runs) < 0.5 * (len(words) - 3)


def _says_one_thing(texts: list[tuple[str, str]]) -> bool:
    """Whether three fields that should differ say the same; of short texts two may agree by accident."""
    said = Counter(_folded(text) for name, text in texts if name in _SPEAKING)
    said.update({_folded(text): 1 for name, text in texts if name == "highlights"})
    return any(times >= 3 and len(_WORDS.findall(text)) > _FEW_WORDS for text, times in said.items())


def _talk(texts: list[tuple[str, str]], paper: Paper) -> FailureKind | None:
    """Talk in the place of content, unless the paper itself talks so."""
    own = f"{paper.title}\n{paper.abstract}"
    said = [text for name, text in texts if name not in _NAMES]
    if any(takes_orders(text) for text in said) or _repeats_order(said, own):
        return FailureKind.OBEYED
    talks = any(is_refusal(text) for text in said) and not is_refusal(own)
    if talks or any(is_untranslatable(text) for name, text in texts if name == "title"):
        return FailureKind.REFUSED
    return None


def _repeats_order(said: list[str], own: str) -> bool:
    """Whether a sentence is word for word what an order to a model, hidden in the paper, wants to be said."""
    orders = [_folded(order) for order in orders_in(own)]
    if not orders:
        return False
    sentences = [_folded(sentence) for text in said for sentence in split_sentences(text)]
    return any(len(s.split()) >= _FEW_WORDS and s in order for s in sentences for order in orders)


def _is_echo(summary: Summary, paper: Paper, texts: list[tuple[str, str]], instructions: str) -> bool:
    if any(_MARKUP.search(text) and not _MARKUP.search(f"{paper.title} {paper.abstract}") for _, text in texts):
        return True
    tldr = _folded(summary.tldr)
    if len(tldr.split()) > _FEW_WORDS and tldr == _folded(paper.title):
        return True
    # A one-liner may quote a sentence; an abstract of several that comes back whole is no summary.
    abstract = _folded(paper.abstract)
    if len(abstract) > 300 and len(tldr) > 0.9 * len(abstract) and tldr in abstract:
        return True
    if not instructions:
        return False
    prompted = _told(instructions)
    return any(
        len(own := _shingles(text)) and len(own & prompted) > len(own) / 2 for name, text in texts if name != "title"
    )


def _folded(text: str) -> str:
    return " ".join(_WORDS.findall(text.lower()))


@lru_cache(maxsize=8)
def _told(instructions: str) -> frozenset[tuple[str, ...]]:
    """The runs of a prompt, which is the same for thousands of answers."""
    return frozenset(_shingles(instructions))


def _shingles(text: str) -> set[tuple[str, ...]]:
    """Runs of six words; a shorter text has none and is never an echo of a sentence."""
    words = _WORDS.findall(text.lower())
    return {tuple(words[i : i + 6]) for i in range(len(words) - 5)}


def _invents_number(texts: list[tuple[str, str]], paper: Paper) -> bool:
    """Whether a number is told that the paper does not state; of a paper without an abstract nobody can say."""
    claims = [text for name, text in texts if name in _PROSE or name in {"title", "tldr_en"}]
    if not paper.abstract.strip() or not any(character.isdigit() for text in claims for character in text):
        claims = [
            text
            for text in claims
            if paper.abstract.strip() and re.search("[一二三四五六七八九十百倍成]|per ?cent|fold|times", text)
        ]
    if not claims:
        return False
    stated = stated_in(f"{paper.title}\n{paper.abstract}\n{paper.comment}")
    return any(unsupported(text, stated) for text in claims)


def _language_failure(summary: Summary, paper: Paper, texts: list[tuple[str, str]]) -> FailureKind | None:
    language = summary.language
    own = is_english(language)
    prose = [text for name, text in texts if name in _PROSE] + [text for name, text in texts if name == "reason"]
    for text in (*prose, " ".join(text for name, text in texts if name in _SPEAKING)):
        if not is_prose_in(text, language):
            copied = english_share(text) >= 0.15 or scripts(text).get("Latin", 0) > 20
            return FailureKind.UNTRANSLATED if copied and not own else FailureKind.WRONG_LANGUAGE
    if own:
        return None
    # A title of a few words may be a name that nobody translates.
    if len(summary.title.split()) > _FEW_WORDS and _folded(summary.title) == _folded(paper.title):
        return FailureKind.UNTRANSLATED
    if summary.tldr_en and not is_prose_in(summary.tldr_en, ENGLISH):
        return FailureKind.WRONG_LANGUAGE
    if any(keyword.is_swapped(language) for keyword in summary.keywords):
        return FailureKind.WRONG_LANGUAGE
    return None
