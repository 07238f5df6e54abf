"""Texts cut into runs: words that follow each other without a function word, a verb or a mark between them.

A text is cut, without a tagger, at punctuation, at formulas and addresses, and at **boundaries**: function words,
adverbs, and verbs. The closed lists below are those of any abstract; the verbs that a vocabulary counted come on top.
What stands between two boundaries is a **run** ("deep graph neural networks").

Words are compared by their **key**: folded to the base (`domain.text.fold`), hyphens as spaces, so that
"vision-language models" and "vision language model" are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from newsletter.domain.text import fold, is_unspaced, segments, surfaces

__all__ = ["LONGEST_TEXT", "Cutter", "Run", "Word"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LONGEST_TEXT = 5_000
"""Characters that are read; the longest abstract of arXiv has under 4,000."""
_LONGEST_WORD = 40

_DETERMINERS = _words(
    "a an the this that these those its their our his her your my each every some any no both all either neither"
    " another such many most more less fewer several various certain other others few much own same whose which what"
)
_PREPOSITIONS = _words(
    "of in on at by for from with without within into onto over under between among amongst across through throughout"
    " during before after about against along around beyond toward towards upon via per than as to off despite"
    " regarding concerning unlike like up down out behind beneath beside besides near above below inside outside"
    " until since except amid versus vs"
)
_CLAUSES = _words(
    "and or but nor so yet if when while where whereas because although though whether unless once that which who whom"
    " how why then thus hence therefore however moreover furthermore additionally specifically notably importantly"
    " finally first second third firstly secondly thirdly lastly instead rather also too only even just still already"
    " again often always never sometimes usually typically generally especially particularly mainly mostly largely"
    " primarily simply merely nearly almost approximately roughly respectively together overall else otherwise"
    " meanwhile nevertheless nonetheless consequently accordingly similarly likewise indeed further not cannot e.g i.e"
    " eg ie etc et al here there now today recently currently previously well better best worse worst very highly quite"
    " increasingly namely fig figs eq eqs"
)
_PRONOUNS = _words("we i you he she it they us them me him one ones itself themselves ourselves oneself each-other")
_AUXILIARIES = _words(
    "is are was were be been being am has have had having do does did done doing can could may might must shall should"
    " will would need needs remain remains remained become becomes became becoming seem seems"
)
_VERBS = _words(
    "propose proposes proposed present presents presented introduce introduces introduced show shows showed shown"
    " demonstrate demonstrates demonstrated achieve achieves achieved achieving outperform outperforms outperformed"
    " outperforming improve improves improved improving enable enables enabled enabling require requires required"
    " requiring provide provides provided providing reveal reveals revealed revealing offer offers offered offering"
    " allow allows allowed allowing acquire acquires rely relies relied relying fail fails failed failing suffer"
    " suffers suffered suffering used using utilize utilizes utilized utilizing produce produces produced producing"
    " ensure ensures ensured ensuring lead leads led yield yields yielded yielding capture captures captured"
    " capturing address addresses addressed addressing leverage leverages leveraged leveraging combine combines"
    " combined combining investigate investigates investigated investigating explore explores explored exploring"
    " examine examines examined examining analyze analyzes analyzed analyzing studied evaluate evaluates evaluating"
    " develop develops developed developing designed designing describe describes described describing consider"
    " considers considered considering focused focusing aimed aiming seek seeks argue argues argued arguing establish"
    " establishes established establishing identify identifies identified identifying integrate integrates integrated"
    " integrating incorporate incorporates incorporated incorporating employ employs employed employing adopt adopts"
    " adopted adopting apply applies applied applying build builds built obtain obtains obtained obtaining make makes"
    " made making take takes took taken taking give gives gave given giving find finds found follow follows followed"
    " include includes included including contain contains contained containing involve involves involved involving"
    " exhibit exhibits exhibited exhibiting lacking faced hinder hinders hindered limited limiting reduce reduces"
    " reduced reducing increased enhance enhances enhanced enhancing exceed exceeds surpass surpasses surpassed"
    " surpassing validate validates validated confirm confirms confirmed suggest suggests suggested indicate"
    " indicates indicated observe observes observed reported released compare compares compared comparing conduct"
    " conducts conducted perform performs performed performing prove proves proved proving derive derives derived"
    " deriving extend extends extended extending bridge bridges bridging facilitate facilitates facilitating mitigate"
    " mitigates mitigating tackle tackles tackling overcome overcomes overcoming solve solves solved supported"
    " supporting maintain maintains maintained maintaining preserve preserves preserving exploiting determine"
    " determines understands create creates created creating cause causes caused causing depend depends depending"
    " based widely commonly hereby called termed dubbed named denoted let lets letting keep keeps kept keeping"
    " motivated inspired driven due able unable according available publicly"
)
_BOUNDARIES = _DETERMINERS | _PREPOSITIONS | _CLAUSES | _PRONOUNS | _AUXILIARIES | _VERBS
_NO_ADVERBS = _words(
    "family families assembly anomaly supply multiply early likely poly friendly daily monthly weekly hourly elderly"
    " butterfly fly only reply costly lively timely italy july ply imply rally ally bully lily belly jelly homology"
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w.-]{1,200}")
# A full stop, comma or colon between digits or letters belongs to the word (`GPT-4.1`, `e.g`).
_CUT = re.compile(
    r"([.!?:]+(?=\s|$|[\"'”’)\]])|[,;](?=\s|$)|[()\[\]{}\"“”«»…—–|<>=*~^\\\u2022]|(?<!\w)['‘’]|['‘’](?!\w)"
    r"|\s[-/+&]\s|--+|(?<=\w{3})/(?=\w{3}))"
)
_TRIMMED = "'’‘`.,:;!?/&-+_"


# "Gemma 3", "RTX 4090": a number after a name belongs to it.
_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,2})*[A-Za-z]?")
_KEPT_WORDS = 1 << 15


class Word(NamedTuple):
    """A word as it stands in a text, and the key it is compared by; a boundary has none."""

    surface: str
    key: str
    owns: bool = False
    """Whether a possessive follows ("Alzheimer's"): the run ends with it, but the phrase may not."""


class Run(NamedTuple):
    """Words that follow each other without a boundary."""

    words: tuple[Word, ...]
    sentence: int
    """How many sentences end before it, roughly."""
    opens: bool
    """Whether it opens its sentence, so that its first capital says nothing."""
    before: str
    """The boundary right before it, lower case; empty after a mark."""
    after: str
    """The boundary right after it; empty before a mark, `'s` where the last word is possessive."""


_OWNED = Word("'s", "")


class Cutter:
    """Cuts texts into runs. It knows, besides the closed lists, the `verbs` that a vocabulary counted in a corpus."""

    def __init__(self, verbs: frozenset[str] = frozenset()) -> None:
        self.verbs = verbs
        self._boundaries = _BOUNDARIES | verbs
        self._known: dict[str, Word] = {}

    def runs(self, text: str) -> Iterator[Run]:
        """The runs of a text in order; at most `LONGEST_TEXT` characters are read. Linear in their number."""
        sentence = 0
        for is_math, part in segments(_ADDRESS.sub(" | ", text[:LONGEST_TEXT])):
            if is_math:
                continue
            pieces = _CUT.split(part)
            for index in range(0, len(pieces), 2):
                opens = index == 0 or pieces[index - 1][0] in ".!?:"
                yield from self._runs_of(pieces[index].split(), sentence, opens=opens)
                if index + 1 < len(pieces) and pieces[index + 1][0] in ".!?":
                    sentence += 1

    def word(self, surface: str) -> Word:
        """The word of this surface; kept, for abstracts share their words."""
        if len(self._known) >= _KEPT_WORDS:
            self._known.clear()
        one = self._known[surface] = self._folded(surface)
        return one

    def _runs_of(self, piece: list[str], sentence: int, *, opens: bool) -> Iterator[Run]:
        collected: list[Word] = []
        before, known = "", self._known
        for surface in piece:
            one = known.get(surface) or self.word(surface)
            if one.key:
                collected.append(one)
                if not one.owns:
                    continue
                one = _OWNED
            elif collected and _numbers(collected[-1], one):
                collected.append(Word(one.surface, one.surface))
                continue
            if collected:
                yield Run(tuple(collected), sentence, opens, before, one.surface)
                collected = []
            before, opens = one.surface, False
        if collected:
            yield Run(tuple(collected), sentence, opens, before, "")

    def _folded(self, surface: str) -> Word:
        bare = surface.strip("'’‘`.,:;" if surface.endswith("+") else _TRIMMED)
        lower = bare.lower()
        owns = lower.endswith(("'s", "’s"))
        if owns:
            bare, lower = bare[:-2], lower[:-2]
        if (
            lower in self._boundaries
            or not any(map(str.isalpha, lower))
            or len(lower) > _LONGEST_WORD
            or is_unspaced(lower[0])
            or (lower.endswith("ly") and len(lower) > 4 and lower not in _NO_ADVERBS and "-" not in lower)
        ):
            return Word(lower, "")
        return Word(bare, " ".join([fold(part).base for part in surfaces(lower)]), owns)


def _numbers(name: Word, number: Word) -> bool:
    return name.surface[0].isupper() and _NUMBER.fullmatch(number.surface) is not None
