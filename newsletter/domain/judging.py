r"""Is this answer fit to be published? Pure functions over what an engine wrote and the paper it wrote about.

The rules, in the order in which they are applied; the first that is broken names the failure:

1. `garbled`: a control character (TeX that a JSON parser ate: `\frac` is a form feed and "rac"), a replacement
   character, or the same words over and over;
2. `error-text`: a failure message in the place of content;
3. `refused`: the model declined, or speaks of itself;
4. `incomplete`: no one-line summary;
5. `echo`: the prompt, its markup, the title or the abstract come back as the summary;
6. `too-long`: a text far beyond its limit;
7. `unsupported`: a web or mail address that the paper does not name, which no honest summary needs and every hidden
   instruction wants;
8. `wrong-language`, `untranslated`: the text is in another language, or the original stands where a translation should.

Each is written to let every honest summary pass: "Errors in semantic occupancy models …", "None of the architectures
…", "sorry placeholders", a Chinese result made of names and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from newsletter.domain.languages import english_share, is_in, scripts
from newsletter.domain.papers import Paper
from newsletter.domain.sentences import visible_length
from newsletter.domain.summaries import FailureKind, Summary

__all__ = ["LIMITS", "is_error_text", "is_garbled", "is_refusal", "judge"]

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

# C0 and C1 controls except tab and line ends, the replacement character, noncharacters, lone surrogates, private use.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ufdd0-\ufdef\ud800-\udfff\ue000-\uf8ff]")
_ERROR = re.compile(
    r"(?:[\w ]{0,40}\b(?:generation|analysis|extraction|translation|summari[sz]ation|request|processing|parsing"
    r"|response) (?:has )?(?:failed|unavailable|error|is unavailable|was unsuccessful)"
    r"|(?:an )?(?:unknown |internal |unexpected |server |api |http )*error(?: \d{3})?(?: occurred.{0,80})?"
    r"|(?:error|exception|failed|failure|fatal|错误|失败|异常)\s*[:：].{0,400}"
    r"|failed to (?:generate|translate|summari[sz]e|parse|extract|process|fetch).{0,200}"
    r"|(?:n/?a|none|null|nil|nan|undefined|unknown|empty|tbd|todo|placeholder|string|text|\.{2,}|-+|…+)"
    r"|(?:not |un)(?:available|applicable|specified|provided|mentioned|stated)(?: in the (?:abstract|paper|text))?"
    r"|(?:no (?:summary|abstract|content|information|result|text)|nothing)(?: (?:is |was )?(?:available|provided"
    r"|found))?"
    r"|traceback \(most recent call last\).*|rate limit(?: (?:exceeded|reached).{0,200})?|timed? ?out|too many requests"
    r"|(?:internal server error|bad gateway|service unavailable|gateway time-?out).{0,100}"
    r"|(?:摘要|总结|翻译|生成|请求|处理|解析|提取|分析)\w{0,4}(?:失败|出错|错误|不可用|超时)|暂无\w{0,6}|无|未知|未提供|不适用)"
    r"[\s.!。！…]*",
    re.IGNORECASE | re.DOTALL,
)
_REFUSAL = re.compile(
    r"\W{0,3}(?:(?:i['’]?m |i am |we are )?(?:so |very |really )?sorry\b(?:,| but| for| i\b|\.)"
    r"|i (?:can ?not|can['’]?t|could not|am unable|am not able|will not|won['’]?t|do not have|don['’]?t have"
    r"|must decline)\b"
    r"|i apologi[sz]e\b|my apologies\b|unfortunately, i\b|as an? (?:ai|artificial intelligence|large language|language)"
    r" (?:language )?(?:model|assistant)\b,?\s*i\b|as an ai,|i['’]m (?:just )?an ai\b"
    r"|(?:sure|certainly|of course)[,!] (?:here|i)|please provide (?:the|me|more|an?)\b"
    r"|(?:很|非常|十分)?抱歉[，,。！]|对不起[，,。！]"
    r"|我(?:无法|不能|没有办法|是一个(?:AI|人工智能))"
    r"|作为(?:一个|一名)?(?:AI|人工智能|大?语言)(?:语言)?(?:模型|助手)[，,]|请提供|好的[，,]|以下是)",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"</?(?:paper|abstract|title|instructions?|system|user|assistant|think)\b[^>]{0,80}>|<\|[a-z_]{2,30}\|>|\[/?INST\]"
    r"|```|\"(?:tldr|motivation|method|result|first_words)\"\s*:|\{\{|\{%",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:https?://|\bwww\.)[!-;=?-~]+|\b[a-z][a-z0-9._+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,12}\b",
    re.IGNORECASE | re.ASCII,
)
_WORDS = re.compile(r"[\u3400-\u9fff]|\w+")
_FEW_WORDS = 4


def judge(summary: Summary, paper: Paper, *, instructions: str = "") -> FailureKind | None:
    """The failure of an answer, None where it may be published. `instructions` is the prompt without the paper."""
    texts = list(_texts(summary))
    for name, text in texts:
        if is_garbled(text):
            return FailureKind.GARBLED
        if name not in {"keyword", "title"} and is_error_text(text):
            return FailureKind.ERROR_TEXT
    if any(is_refusal(text) for name, text in texts if name != "keyword"):
        return FailureKind.REFUSED
    if not _WORDS.search(summary.tldr):
        return FailureKind.INCOMPLETE
    if _is_echo(summary, paper, texts, instructions):
        return FailureKind.ECHO
    if any(len(text) > LIMITS[name] and visible_length(text) > LIMITS[name] for name, text in texts):
        return FailureKind.TOO_LONG
    if any(_invented_address(text, paper) for _, text in texts):
        return FailureKind.UNSUPPORTED
    return _language_failure(summary, paper)


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


def is_error_text(text: str) -> bool:
    """Whether the whole text is a failure message or a placeholder. A sentence about errors is not."""
    return bool(text) and len(text) <= 600 and _ERROR.fullmatch(text.strip()) is not None


def is_refusal(text: str) -> bool:
    """Whether the text begins as a model that declines, apologises or talks to its user."""
    return _REFUSAL.match(text) is not None


def _is_echo(summary: Summary, paper: Paper, texts: list[tuple[str, str]], instructions: str) -> bool:
    if any(_MARKUP.search(text) and not _MARKUP.search(f"{paper.title} {paper.abstract}") for _, text in texts):
        return True
    tldr = _folded(summary.tldr)
    if len(tldr.split()) > _FEW_WORDS and tldr == _folded(paper.title):
        return True
    # A one-liner may quote a sentence; an abstract of several that comes back whole is no summary.
    abstract = _folded(paper.abstract)
    if len(abstract) > 300 and any(len(t) > 0.9 * len(abstract) and t in abstract for t in (tldr,)):
        return True
    if not instructions:
        return False
    told = _told(instructions)
    return any(
        len(own := _shingles(text)) and len(own & told) > len(own) / 2 for name, text in texts if name != "title"
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


def _invented_address(text: str, paper: Paper) -> bool:
    known = None
    for match in _ADDRESS.finditer(text):
        if known is None:
            known = f"{paper.title} {paper.abstract} {paper.comment} {' '.join(paper.links.values())}".lower()
        bare = re.sub(r"\A(?:https?://)?(?:www\.)?", "", match[0].lower()).rstrip("/.,;:)")
        if bare not in known:
            return True
    return False


def _language_failure(summary: Summary, paper: Paper) -> FailureKind | None:
    language = summary.language
    prose = f"{summary.tldr} {summary.main_work} {summary.motivation} {summary.method} {summary.result}"
    if not (is_in(summary.tldr, language) and is_in(prose, language)):
        copied = english_share(summary.tldr) >= 0.15 and not language.startswith("en")
        return FailureKind.UNTRANSLATED if copied else FailureKind.WRONG_LANGUAGE
    if language.partition("-")[0].lower() == "en":
        return None
    if summary.abstract and not is_in(summary.abstract, language):
        return (
            FailureKind.UNTRANSLATED if scripts(summary.abstract).get("Latin", 0) > 20 else FailureKind.WRONG_LANGUAGE
        )
    # A title of a few words may be a name that nobody translates.
    if len(summary.title.split()) > _FEW_WORDS and _folded(summary.title) == _folded(paper.title):
        return FailureKind.UNTRANSLATED
    if summary.tldr_en and not is_in(summary.tldr_en, "en"):
        return FailureKind.WRONG_LANGUAGE
    return None
