"""A statement without the words that announce it: of "We propose X, a model of tomatoes" the second half says it all.

A row of a digest has room for one clause beside a title that names the thing already. The rules, in the order in which
they are applied:

1. the announcing words ("We propose", "This paper shows that", "本文提出了") go;
2. a name that the title has, and that is explained after a comma ("X, a model …"), goes with its comma.

What is left is the text's own words, beginning with a capital; a text of which too little would be left stays as it is.
"""

from __future__ import annotations

import re

__all__ = ["without_announcing"]

_LEAST = 2
"""Words that say something by themselves."""
_VERB = (
    r"(?:propos|introduc|present|develop|describ|design|provid|stud[iy]|investigat|explor|examin|analy[sz]|show|demonstrat"
    r"|prov|find|argu|report|offer|releas|construct|buil[dt])(?:e?s|e)?"
)
_ANNOUNCES = re.compile(
    r"(?:(?:in|with) this (?:paper|work|study|article|survey|report), )?"
    r"(?:we|this (?:paper|work|study|article|survey|report|thesis)|the authors?) "
    rf"(?:(?:further|also|thus|then|here|first|formally|empirically|systematically) )?{_VERB} (?:that )?"
    "|(?:在本文中[，,])?"
    "(?:本文|本研究|我们|该论文|该研究|论文|作者)"
    "(?:进一步)?(?:提出|介绍|开发|设计|展示|证明|发现|构建|提供)了?",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:the )?(?P<name>[^\s,，(]{1,60})(?: \([^()]{1,60}\))?[,，]\s?(?=(?:an?|the|our) |一)", re.IGNORECASE
)
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\d_]{2,}")


def without_announcing(text: str, title: str) -> str:
    """The statement alone, for a place beside its paper's `title`; the text itself where it announces nothing."""
    match = _ANNOUNCES.match(text)
    rest = text[match.end() :] if match else text
    named = _NAMED.match(rest)
    if named and named["name"].casefold() in title.casefold():
        rest = rest[named.end() :]
    if rest == text or len(_WORD.findall(rest[:200])) < _LEAST:
        return text
    return rest[0].upper() + rest[1:]
