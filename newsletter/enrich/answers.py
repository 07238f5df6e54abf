r"""Reads what a model answered: one JSON object, or what models write instead of one.

Repaired are the faults that leave no doubt what was meant: reasoning in `<think>` tags and prose around the object, a
code fence, trailing commas, raw line ends in texts, and the backslashes of TeX. `"$\alpha$"` is no JSON at all;
`"$\frac{1}{2}$"` is worse, it parses, into a form feed and "rac". So a backslash before a letter that JSON knows is
taken for TeX where a TeX command stands there, and for JSON's escape elsewhere.

A cut-off answer is not completed: half a sentence is no summary.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from newsletter.domain.papers import FailureKind
from newsletter.errors import AnswerUnusable

__all__ = ["LARGEST", "parse_answer", "repair_json"]

LARGEST = 400_000
"""Characters of one answer: far more than the largest honest one about many papers."""

_THINKING = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n?```", re.DOTALL)
# An unclosed string runs to the end, so that every quotation mark is looked at once.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
# TeX commands that begin with a letter which JSON escapes. Nothing may follow that would make them longer words.
_TEX = re.compile(
    r"b(?:eta|ar|egin|ig[glr]?|inom|f|m|b|ullet|ot|oldsymbol|owtie|ackslash|ecause|reve|oxed)(?![A-Za-z])"
    r"|f(?:rac|orall|lat|box|ootnote)(?![A-Za-z])"
    r"|n(?:abla|eq?|u|ot|otin|mid|leq|geq|subseteq|earrow|i|onumber|orm|eg|ewline)(?![A-Za-z])"
    r"|r(?:ho|ight|angle|m|ightarrow|floor|ceil|vert|Vert|ef|oot|brace|brack)(?![A-Za-z])"
    r"|t(?:heta|au|imes|ext|extbf|extit|extrm|extsc|exttt|ilde|op|o|frac|riangle|riangleq|an|anh|race|r|wo|hickapprox)(?![A-Za-z])"
    r"|u(?:psilon|parrow|plus|nderline|nderbrace|nderset|rl)(?![A-Za-z])"
)
_ESCAPE = re.compile(
    r"\\(?:(?P<pair>[\"\\/])|(?P<unicode>u[0-9a-fA-F]{4})|(?P<letter>[bfnrt])|(?P<other>.?))", re.DOTALL
)


def parse_answer(text: str) -> list[Mapping[str, Any]]:
    """The objects about single papers in an answer, in its own order, whatever it wrapped them in.

    Raises:
        AnswerUnusable: there is no JSON object in it, it is cut off, or it is far too long.
    """
    if len(text) > LARGEST:
        msg = f"an answer of {len(text):,} characters; expected at most {LARGEST:,}"
        raise AnswerUnusable(msg, kind=FailureKind.TOO_LONG)
    body = _THINKING.sub("", text)
    if fence := _FENCE.search(body):
        body = fence[1]
    starts = [at for mark in "{[" if (at := body.find(mark)) >= 0]
    if not starts:
        msg = f"expected one JSON object, got {text.strip()[:80]!r}"
        raise AnswerUnusable(msg, kind=FailureKind.UNPARSABLE)
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(repair_json(body[min(starts) :]))
    except (json.JSONDecodeError, RecursionError) as error:
        msg = f"the answer is no JSON: {error}"
        raise AnswerUnusable(msg, kind=FailureKind.UNPARSABLE) from error
    if isinstance(value, Mapping) and isinstance(value.get("papers"), list):
        value = value["papers"]
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Mapping)]


def repair_json(text: str) -> str:
    """The text with TeX's backslashes doubled inside strings, and without commas before a closing bracket."""
    parts = []
    end = 0
    for string in _STRING.finditer(text):
        parts += [_TRAILING_COMMA.sub(r"\1", text[end : string.start()]), _ESCAPE.sub(_escaped, string[0])]
        end = string.end()
    parts.append(_TRAILING_COMMA.sub(r"\1", text[end:]))
    return "".join(parts)


def _escaped(escape: re.Match[str]) -> str:
    if escape["pair"] or escape["unicode"]:
        return escape[0]
    if escape["letter"] and not _TEX.match(escape.string, escape.start() + 1):
        return escape[0]
    return f"\\{escape[0]}"
