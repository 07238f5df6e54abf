r"""Sentences of an abstract: where they end, how long they look, where they may be cut.

Abstracts are not plain prose: they hold TeX mathematics, "e.g.", "et al.", "Fig. 3", decimals, initials and
sentences that follow each other without a space. The rules, in the order in which they are applied to a full stop
(or `!`, `?`) that could end a sentence:

1. inside `$…$`, `\(…\)` or an open parenthesis nothing ends;
2. the Chinese and Japanese `。！？` always end;
3. without white space after it, only a full stop before a word that usually begins a sentence ends (`model.We`);
4. what follows must look like a beginning: a capital, a digit, a quotation mark, a bracket, TeX;
5. an abbreviation that always takes a complement (`Fig.`, `e.g.`, `vs.`) does not end;
6. after one that may stand last (`et al.`, `i.i.d.`), and after a single capital (an initial, or the matrix A), only
   a word that usually begins a sentence makes an end.

Time is linear in the length of the text.
"""

from __future__ import annotations

import re

__all__ = ["closed_math", "shorten", "split_sentences", "visible_length"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Rule 5: what is abbreviated here is followed by its complement.
_OPEN = _words(
    "e.g i.e eg ie cf vs fig figs eq eqs eqn eqns sec secs sect tab tabs ref refs thm prop lem cor def"
    " alg algs app appx ch chap no nos vol pp p resp approx ca viz dr prof mr mrs ms st mt rev gen incl"
    " esp ed eds dept univ jan feb mar apr jun jul aug sep sept oct nov dec w.r.t s.t a.k.a u.s u.k e.u"
    " ph.d m.sc b.sc"
)
# Rule 6: what may also stand at the end of a sentence.
_MAYBE = _words("al i.i.d iid jr sr inc ltd co corp a.m p.m vs")
_STARTERS = _words(
    "We The This These Those That It Its Our However In To For By On At As An A Here Using With While"
    " Although Though Thus Therefore Hence Moreover Furthermore Additionally Finally First Second Third"
    " Then Next Such They Their There Experiments Extensive Results Experimental Empirical Code Despite"
    " Existing Recent Recently Current Most Many Our Specifically Importantly Notably Unlike Compared When"
    " Where Under From Both Each Across Through If Since Because Building Inspired Motivated Based Overall"
    " Together Beyond Code Data Numerical Theoretical One Two"
)
_END = re.compile(r"[.!?…]+[\"'’”»)\]}]*|[。！？]+[”’」』）]*")
_MATH = re.compile(r"(?<!\\)\$\$?|\\[()\[\]]|\\[$%]")
_WORD_BEFORE = re.compile(r"[\w.&'’-]*\Z")
_WORD_AFTER = re.compile(r"[A-Za-z]+")
_BEGINS = re.compile(r"[A-Z0-9À-ÖØ-ÞΑ-ΩА-Я\"'“‘«(\[$\\*•–—-]|[a-z]+[A-Z]|[^\W\d_a-zß-öø-ÿ]")
_SPACE = re.compile(r"\s+")
_BRACKET = re.compile(r"[()\[\]]")
_TEX_COMMAND = re.compile(r"\\(?:[A-Za-z]+\*?|.)\s?")


def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in order, with white space folded; joined by spaces they hold every word of it."""
    folded = _SPACE.sub(" ", text).strip()
    if not folded:
        return ()
    closed = closed_math(folded)
    sentences: list[str] = []
    begin = scanned = depth = 0
    opened = 0
    for end in _END.finditer(folded):
        for bracket in _BRACKET.finditer(folded, scanned, end.start()):
            if bracket[0] in "([":
                depth, opened = depth + 1, bracket.start()
            else:
                depth = max(0, depth - 1)
        scanned = end.end()
        inside = depth - sum(folded[i] in ")]" for i in range(end.start(), end.end()))
        depth = max(0, inside)
        # A parenthesis that was never closed must not swallow the rest of the abstract.
        if (depth and end.end() - opened < 300) or closed[end.start()]:
            continue
        if _ends_sentence(folded, begin, end):
            sentences.append(folded[begin : end.end()].strip())
            begin, depth = end.end(), 0
    if rest := folded[begin:].strip():
        sentences.append(rest)
    return tuple(sentences)


def closed_math(text: str) -> bytearray:
    """For every character 1 where it stands inside mathematics. A lone dollar sign is a price, not mathematics."""
    inside = bytearray(len(text) + 1)
    opening: re.Match[str] | None = None
    for mark in _MATH.finditer(text):
        if mark[0] in ("\\$", "\\%"):
            continue
        if opening is None:
            opening = mark if mark[0] not in ("\\)", "\\]") else None
        elif _pairs(opening[0], mark[0]):
            inside[opening.start() : mark.end()] = b"\x01" * (mark.end() - opening.start())
            opening = None
    return inside


def _pairs(opening: str, closing: str) -> bool:
    return {"\\(": "\\)", "\\[": "\\]"}.get(opening, opening) == closing


def _ends_sentence(text: str, begin: int, end: re.Match[str]) -> bool:
    if end[0][0] in "。！？":
        return True
    after = text[end.end() : end.end() + 40]
    if not after:
        return True
    word = _WORD_AFTER.match(after.lstrip().lstrip("\"'“‘("))
    starter = word is not None and word[0] in _STARTERS
    before = _WORD_BEFORE.search(text, max(begin, end.start() - 40), end.start())
    last = before[0].strip("'’") if before else ""
    if not after.startswith(" "):
        # `model.We propose` but not `e.g.A`, `v2.The` or `www.The`
        return starter and end[0] == "." and len(last) > 2 and last.isalpha() and last[-1].islower()
    if not _BEGINS.match(after.lstrip()):
        return False
    if end[0][0] in "!?…" or len(end[0].rstrip("\"'’”»)]}")) > 1:
        return True
    folded = last.lower()
    if folded in _MAYBE or (len(last) == 1 and last.isupper()):
        return starter
    if folded in _OPEN:
        return False
    # `1. First we …`: a list number opens a sentence, it does not end one.
    return not (last.isdigit() and text[begin : end.start()].strip() == last)


def visible_length(text: str) -> int:
    """How many characters a reader sees: a TeX command counts as one, its braces, `$`, `^` and `_` not at all."""
    plain = _TEX_COMMAND.sub("x", text) if "\\" in text else text
    if "$" not in plain and "{" not in plain:
        return len(plain)
    return len(plain) - sum(plain.count(mark) for mark in "${}^_")


def shorten(text: str, limit: int) -> str:
    """The text cut to about `limit` visible characters at a word's end and never inside mathematics, with an ellipsis.

    A text that is short enough comes back as it is.
    """
    if visible_length(text) <= limit:
        return text
    closed = closed_math(text)
    cut = 0
    for space in _SPACE.finditer(text):
        if closed[space.start()]:
            continue
        if visible_length(text[: space.start()]) >= limit:
            break
        cut = space.start()
    if not cut:  # one endless word: scripts without spaces, or rubbish
        cut = min(limit, len(text)) if not any(closed[:limit]) else len(text)
    line = text[:cut].rstrip(" ,;:")
    return line if cut == len(text) else f"{line}…"
