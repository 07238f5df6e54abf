"""What a sentence of an abstract looks like from outside: its place, its length, and the words that give it away.

A sentence becomes a short list of named features between 0 and 1, and so does a part of the abstract by its length. How
much each of them speaks for a role stands in `_weights`; nothing here knows about roles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from newsletter.domain.text import leans, without_opener
from newsletter.enrich._parts import Part

__all__ = ["Features", "Sentence", "describe", "shape"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


Features = dict[str, float]

# What one word shows by how it begins; a word is looked at once and remembered.
_WORD_CUES = {
    name: re.compile(words)
    for name, words in {
        "results": r"results?\Z|experiment|findings|evaluat|empirical",
        "outperform": r"outperform|surpass|exceed|sota\Z|superior|competitive|best\Z|better\Z|baselines?\Z|art\Z",
        "improve": r"improv|reduc|increas|achiev|gains?\Z|faster|speedup|lower\Z|higher\Z|accura|significant",
        "data": r"benchmarks?\Z|datasets?\Z|tasks?\Z|across\Z|corpus",
        "however": r"however|but\Z|yet\Z|despite|although|nevertheless|nonetheless|unfortunately|whereas",
        "while": r"while\Z|though\Z",
        "lack": r"challeng|difficult|limit|lack|gaps?\Z|bottleneck|suffer|fail|struggl|costly|expensive|hinder|problem"
        r"|prohibitive|insufficient|unclear|poorly|issue|inability|unable|neglect|overlook|ignor|rely|relies|degrad",
        "open": r"underexplored|unexplored|remains?\Z|unknown|understudied|rarely|little\Z",
        "need": r"need|crucial|critical|important|essential|requir|necessary|key\Z|increasingly|fundamental|vital",
        "existing": r"existing|prior|previous|current\Z|recent|traditional|conventional|often|typically|most\Z|many\Z"
        r"|widely|common|standard",
        "aim": r"aims?\Z|goal|objective|motivated|inspired|purpose",
        "question": r"whether|how\Z|why\Z|question",
        "method": r"framework|methods?\Z|approach|algorithm|architecture|pipeline|mechanism|strategy|procedure|module"
        r"|technique|formulat",
        "novel": r"novel|new\Z|first\Z",
        "uses": r"us(?:es?|ing|ed)\Z|leverag|combin|employ|integrat|train|tun(?:ed|ing)|based|via\Z|through|incorporat"
        r"|appl(?:y|ies)|adopt|extend|build",
        "steps": r"specifically|consists?|compris|then\Z|second|finally|three\Z|two\Z|stages?\Z|components?\Z|each\Z"
        r"|optimi[sz]|learn|generat|sampl|encod|model(?:s|ing)?\Z",
        "theory": r"theor|prove|bound|converge|guarantee|derive|asymptotic",
        "implies": r"suggest|highlight|implication|insight|pave|potential|future|conclu|underscor|overall|demonstrat"
        r"|provid|enabl|promis|therefore|thus\Z|importance",
        "code": r"code\Z|github|https?\Z|publicly|releas",
        "also": r"additionally|moreover|furthermore|also\Z|besides",
        "example": r"example|instance|such\Z|including",
        "we": r"we\Z|our\Z",
        "it": r"(?:this|these|it|they|such)\Z",
    }.items()
}
_WORK = r"(?:we|this (?:paper|work|study|article|thesis|survey|report)|authors?)\s"
_ADVERB = r"(?:\w+ly\s|also\s|then\s|first\s|therefore\s|thus\s)?"
_PHRASES = {
    "propose": re.compile(
        rf"\b{_WORK}{_ADVERB}(?:propos|introduc|present|develop|design|describ|build|construct|creat|devis|offer)"
        r"|\b(?:is|are) (?:proposed|introduced|presented)",
        re.IGNORECASE,
    ),
    "study": re.compile(
        rf"\b{_WORK}{_ADVERB}(?:stud|investigat|explor|examin|analy[sz]|address|consider|revisit|ask|characteri[sz]"
        r"|review|survey|evaluat|compar|benchmark|test|apply|focus|tackl|show|find|demonstrat|prov|establish|argue)",
        re.IGNORECASE,
    ),
    "paper": re.compile(r"\b(?:this (?:paper|work|study|article|thesis|survey|report)\b|here,? we)", re.IGNORECASE),
    "find": re.compile(
        r"\b(?:we|results|experiments|analys[ie]s|evaluations?|findings|study|simulations)\s(?:\w+\s){0,4}?"
        r"(?:show|find|found|demonstrat|reveal|observ|indicat|suggest|prov|confirm|report|establish|achiev)",
        re.IGNORECASE,
    ),
    "surveys": re.compile(
        r"\bthis (?:[\w-]+ )?(?:survey|review|overview|tutorial)\b|\b(?:we|paper|article|work|study) "
        r"(?:\w+ly )?(?:reviews?|surveys?)\b",
        re.IGNORECASE,
    ),
    "aims": re.compile(
        r"\bto (?:address|tackle|bridge|overcome|fill|solve|mitigate|resolve|alleviate|close|this end)", re.IGNORECASE
    ),
}
_PHRASES["intends"] = re.compile(
    r"\b(?:(?:paper|work|study|article|we|thesis|project)\s(?:\w+ly\s)?(?:aims?|seeks?|intends?|wants?|tries)\sto"
    r"|(?:goal|aim|objective|purpose)s?\s(?:of\s(?:this|our|the)\s\w+\s)?(?:is|are|was|were)\b)",
    re.IGNORECASE,
)
_OPENERS = {
    "begins-we": re.compile(
        r"(?:In this \w+, |Here,? |Thus,? |Therefore,? |Then,? |To this end, )?we\b", re.IGNORECASE
    ),
    "begins-to": re.compile(r"To \w"),
    "begins-however": re.compile(r"However|But\b|Yet\b|Despite|Although|While\b"),
    "begins-it": re.compile(r"(?:This|These|It|They|Such)\b(?! (?:paper|work|study|article|thesis|survey|report))"),
    "begins-results": re.compile(
        r"(?:Our |The |Extensive |Empirical |Experimental |Numerical )*(?:results|experiments|evaluations?|findings)"
        r"|On \w|Across|Experiment",
        re.IGNORECASE,
    ),
    "begins-finally": re.compile(r"Finally|Overall|Together|These (?:results|findings)|Our (?:results|findings) "),
    "begins-specifically": re.compile(
        r"Specifically|In particular|Concretely|First|Second|Building on|Using|By\b|Given"
    ),
    "begins-name": re.compile(r"(?:\\\w+\{)?\w*[A-Z]\w*[A-Z]\w*"),
}
_NUMBER = re.compile(r"\d")
_FIGURE = re.compile(r"(?<![\w.-])\d[\d.,]*(?!\w*[A-Za-z-]\d)")
_PERCENT = re.compile(
    r"\d(?:\.\d+)?\s?(?:\\?%|percent|points|×|x\b|\$?\\times|pp\b|-?fold|dB\b)"
    # a number with decimals, but no version of a name
    r"|(?<=[a-z(=~<>:] )\d+\.\d+(?![\w.])|(?<=[(=~$<>{])\d+\.\d+(?![\w.])"
)
_QUESTION = re.compile(r"\?\W*$")
_POINTS = re.compile(
    r"\b(?:this|these|such) (?:[\w-]+ )?(?:issues?|problems?|challenges?|gaps?|limitations?|questions?|needs?|divide"
    r"|interference|framing|failures?|mismatch|trade-?offs?|tensions?|bottlenecks?|dilemma|intuition|shortcomings?"
    r"|observations?|phenomen(?:on|a)|assumptions?|weakness(?:es)?|difficult(?:y|ies))\b"
    r"|\b(?:formali[sz]e|address|tackle|solve|frame|model|study|trace|show) this (?:as|by|with|using|through|to|in)\b"
    r"|\b(?:address|study|tackle|solve|model|call) (?:it|them)\b"
)
_WORD = re.compile(r"[a-z0-9]+")
# Abstracts with headings say the role themselves: "Background.", "Methods: …", "RESULTS".
_HEADING = re.compile(
    r"(?P<motivation>background|introduction|context|motivation|purpose|objectives?|aims?|problem)"
    r"|(?P<method>methods?|materials|methodology|approach|design)"
    r"|(?P<result>results?|findings|evaluation)"
    r"|(?P<conclusion>conclusions?|discussion|significance|(?:practical |research )?(?:implications|limitations)"
    r"|interpretation|originality|value)",
    re.IGNORECASE,
)
_HEADED = re.compile(rf"(?:{_HEADING.pattern})(?:(?:\s(?:and|&)\s|\s?/\s?)\w+){{0,2}}\s?[:.]", re.IGNORECASE)
_LATEST_PIVOT = 0.6
"""Part of an abstract after which a work is rather summed up than introduced."""
_LENGTHS = (6, 12, 17, 22, 27, 32, 38, 46, 58, 75)
_STOP = _words("a an and are as at be by for from in into is it its of on or that the their this to we with")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is seen of one sentence: its features, and what rules of roles ask for.

    It `leans` on another, `begins` after that part of the text, and is so many sentences `away` from the one that
    introduces the work (0, too, where none clearly does).
    """

    leans: bool
    begins: float
    away: int
    features: Features


def describe(title: str, sentences: Sequence[str]) -> tuple[Sentence, ...]:
    """What each sentence of an abstract looks like, in order."""
    named = frozenset(_content(title))
    bags = [Counter(_WORD.findall(sentence.lower())) for sentence in sentences]
    read = [_read(sentence, bag) for sentence, bag in zip(sentences, bags, strict=True)]
    content = [frozenset(bag) - _STOP for bag in bags]
    everything = Counter(word for words in content for word in words)
    headings = _headings(sentences)
    pivot = _pivot(read)
    whole, begins = sum(map(len, sentences)) or 1, 0
    seen = []
    for index, features in enumerate(read):
        features.update(_place(index, len(read), pivot))
        if headings[index]:
            features[f"under-{headings[index]}"] = 1.0
        if words := content[index]:
            features["title"] = len(words & named) / (len(named) or 1)
            features["central"] = min(1.0, sum(everything[word] - 1 for word in words) / len(words) / 3)
        if index:
            features.update(
                {f"after-{cue}": 1.0 for cue in ("propose", "find", "however", "lack") if cue in read[index - 1]}
            )
        alone = without_opener(sentences[index])
        if _POINTS.search(alone):
            features["points"] = 1.0
        away = index - pivot if pivot is not None else 0
        seen.append(Sentence(leans(alone), begins / whole, away, features))
        begins += len(sentences[index])
    return tuple(seen)


def _pivot(read: Sequence[Features]) -> int | None:
    """The sentence that introduces the work, if one does: what is said late of it sums it up, but for surveys."""
    clear = next((i for i, features in enumerate(read) if "propose" in features or "paper" in features), None)
    ours = next((i for i, features in enumerate(read) if "study" in features or "begins-we" in features), None)
    if clear is None or ("surveys" not in read[clear] and clear >= _LATEST_PIVOT * len(read)):
        return ours if ours is not None and ours < _LATEST_PIVOT * len(read) else None
    return clear


def shape(part: Part) -> Features:
    """What a part of an abstract shows by its length and kind."""
    bucket = next((str(limit) for limit in _LENGTHS if part.words <= limit), "more")
    features = {f"words-{bucket}": 1.0}
    if part.first < part.last:
        features["several"] = 1.0
    if part.kind:
        features[f"is-{part.kind}"] = 1.0
    return features


@lru_cache(maxsize=50_000)
def _shown_by(word: str) -> tuple[str, ...]:
    return tuple(name for name, cue in _WORD_CUES.items() if cue.match(word))


def _read(sentence: str, words: Counter[str]) -> Features:
    features: Features = {cue: 1.0 for word in words for cue in _shown_by(word)}
    features.update({name: 1.0 for name, cue in _PHRASES.items() if cue.search(sentence)})
    features.update({name: 1.0 for name, opener in _OPENERS.items() if opener.match(sentence)})
    if _NUMBER.search(sentence):
        features["number"] = 1.0
        if _FIGURE.search(sentence):
            features["figure"] = 1.0
        if _PERCENT.search(sentence):
            features["percent"] = 1.0
    if _QUESTION.search(sentence):
        features["asks"] = 1.0
    if "$" in sentence or "\\" in sentence:
        features["tex"] = 1.0
    return features


def _content(text: str) -> Iterator[str]:
    return (word for word in _WORD.findall(text.lower()) if word not in _STOP)


def _place(index: int, total: int, pivot: int | None) -> Features:
    place: Features = {f"place-{min(9, index * 10 // total)}": 1.0}
    if index < 4:
        place[f"from-start-{index}"] = 1.0
    if total - index <= 4:
        place[f"from-end-{total - index - 1}"] = 1.0
    if pivot is None:
        place["no-pivot"] = 1.0
    else:
        distance = max(-3, min(4, index - pivot))
        place[f"pivot{distance:+d}"] = 1.0
    return place


def _headings(sentences: Sequence[str]) -> list[str]:
    """The heading each sentence stands under, empty where the abstract has none."""
    current, headings = "", []
    for sentence in sentences:
        match = _HEADED.match(sentence) or _HEADING.fullmatch(sentence.rstrip(".: "))
        if match:
            current = next(name for name, value in match.groupdict().items() if value)
        headings.append(current)
    return headings
