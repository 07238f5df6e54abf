"""Names of authors in their parts, as far as a name tells them.

Sources give a name as one text ("Mihaela van der Schaar"); bibliographies sort by the family name, so it has to be
known. The rules, in the order in which they are applied:

1. a team, a name in Chinese, Japanese or Korean letters, and a single word are taken as they are;
2. "Jr." and its like at the end are a suffix;
3. the last word is the family name, and the words before it that begin in lower case are its particle ("van der",
   "da"), with a capitalised one that leads them ("Van der Schaar");
4. "y" joins two family names ("Ramón y Cajal").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Name", "read_name"]

_TEAM = re.compile(
    r"\b(?:teams?|groups?|collaborations?|consortium|labs?|laborator(?:y|ies)|institutes?|universit(?:y|ies)|authors|committee"
    r"|association|initiative|foundation|network|community|project)\b|[\d&:/@]",
    re.IGNORECASE,
)
_UNSPLIT = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|II|III|IV", re.IGNORECASE)
_LEADING = frozenset({"van", "von", "de", "den", "der", "del", "della", "di", "da", "dos", "du", "la", "le", "el"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its parts. What has no given name stands whole in `family`: a team, or one word."""

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it is a name that has no parts."""
        return not self.given

    @property
    def inverted(self) -> str:
        """`van der Schaar, Mihaela`, `King, Martin Luther, Jr.`, `The BigScience Team`."""
        family = f"{self.particle} {self.family}" if self.particle else self.family
        return ", ".join(filter(None, (family, self.given, self.suffix)))


def read_name(text: str) -> Name:
    """The parts of a name; no text makes it raise."""
    whole = Name(text)
    if _TEAM.search(text) or _UNSPLIT.search(text):
        return whole
    words = text.replace(",", " ").split() if _SUFFIX.fullmatch(text.rpartition(",")[2].strip()) else text.split()
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    if len(words) < 2 or "," in "".join(words):
        return whole
    start = len(words) - 1
    while start > 1 and words[start - 1][0].islower():
        start -= 1
    if start < len(words) - 1 and start > 1 and words[start - 1].lower() in _LEADING:
        start -= 1
    if words[start] == "y" and start > 1:
        return Name(" ".join(words[start - 1 :]), " ".join(words[: start - 1]), "", suffix)
    return Name(words[-1], " ".join(words[:start]), " ".join(words[start:-1]), suffix)
