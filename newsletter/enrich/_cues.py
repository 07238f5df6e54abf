"""What a sentence of an abstract looks like from outside: its place, its length, and the words that give it away.

A span (one sentence, or two that follow each other) becomes a short list of named features between 0 and 1. How much
each of them speaks for a role stands in `_weights`; nothing here knows about roles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Features", "Span", "describe", "spans"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


Features = dict[str, float]

# Each cue is one alternation so that a sentence is read once a cue, in linear time.
_CUES = {
    name: re.compile(rf"\b(?:{words})", re.IGNORECASE)
    for name, words in {
        "propose": r"(?:we|this (?:paper|work|study|article|thesis|survey|report)|authors?)\s(?:\w+ly\s|also\s|then\s"
        r"|first\s|therefore\s|thus\s)?(?:propos|introduc|present|develop|design|describ|build|construct|creat|devis|offer)"
        r"|(?:is|are) (?:proposed|introduced|presented)",
        "study": r"(?:we|this (?:paper|work|study|article|thesis|survey|report))\s(?:\w+ly\s|also\s|then\s|first\s)?"
        r"(?:stud|investigat|explor|examin|analy[sz]|address|consider|revisit|ask|characteri[sz]|review|survey|evaluat"
        r"|compar|benchmark|test|apply|focus|tackl)",
        "paper": r"(?:in )?this (?:paper|work|study|article|thesis|survey|report)\b|here,? we",
        "find": r"(?:we|results|experiments|analys[ie]s|evaluations?|findings|study|simulations)\s(?:\w+\s){0,4}?"
        r"(?:show|find|found|demonstrat|reveal|observ|indicat|suggest|prov|confirm|report|establish|achiev)",
        "results": r"results?\b|experiment|findings|evaluat|empirical",
        "outperform": r"outperform|surpass|exceed|state-of-the-art|sota\b|superior|competitive|best\b|better\b"
        r"|baselines?\b",
        "improve": r"improv|reduc|increas|achiev|gains?\b|faster|speed-?up|lower\b|higher\b|accura|significant",
        "data": r"benchmarks?\b|datasets?\b|tasks?\b|across\b|corpus",
        "however": r"however|but\b|yet\b|despite|although|nevertheless|nonetheless|unfortunately|whereas",
        "while": r"while\b|though\b",
        "lack": r"challeng|difficult|limit|lack|gaps?\b|bottleneck|suffer|fail|struggl|costly|expensive|hinder|problem"
        r"|prohibitive|insufficient|unclear|poorly|issue|inability|unable|neglect|overlook|ignor|rely|relies|degrad",
        "open": r"underexplored|under-explored|unexplored|little is known|open (?:question|problem)|remains?\b|unknown"
        r"|understudied|rarely",
        "need": r"need|crucial|critical|important|essential|requir|necessary|key\b|increasingly|fundamental|vital",
        "existing": r"existing|prior|previous|current\b|recent|traditional|conventional|often|typically|most\b|many\b"
        r"|widely|common|standard",
        "aim": r"to (?:address|this end|tackle|bridge|overcome|fill|solve|mitigate|resolve|alleviate|close)|aims?\b"
        r"|goal|objective|motivated|inspired|in order to|purpose",
        "question": r"whether|how\b|why\b|question",
        "method": r"framework|methods?\b|approach|algorithm|architecture|pipeline|mechanism|strategy|procedure|module"
        r"|technique|formulat",
        "novel": r"novel|new\b|first\b",
        "uses": r"us(?:es?|ing|ed)\b|leverag|combin|employ|integrat|train|fine-tun|based on|via\b|through|by \w+ing"
        r"|incorporat|appl(?:y|ies)|adopt|extend|build",
        "steps": r"specifically|consists?|compris|first,|then\b|second,|finally|three\b|two\b|stages?\b|components?\b"
        r"|each\b|optimi[sz]|learn|generat|sampl|encod|model(?:s|ing)?\b",
        "theory": r"theor|prove|bound|converge|guarantee|derive|closed-form|asymptotic",
        "implies": r"suggest|highlight|implication|insight|pave|potential|future|conclu|underscor|overall|demonstrat"
        r"|provid|enabl|promis|therefore|thus\b|importance",
        "code": r"code (?:is|and|are|will)|available at|github|https?:|project page|open-source|publicly|release",
        "also": r"additionally|moreover|furthermore|also\b|in addition|besides",
        "example": r"for example|for instance|such as|e\.g\.|i\.e\.|including",
        "we": r"we\b|our\b",
        "it": r"(?:this|these|it|they|such)\b",
    }.items()
}
_OPENERS = {
    "begins-we": re.compile(
        r"(?:In this \w+, |Here,? |Thus,? |Therefore,? |Then,? |To this end, )?we\b", re.IGNORECASE
    ),
    "begins-to": re.compile(r"To \w", re.IGNORECASE),
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
}
_NUMBER = re.compile(r"\d")
_PERCENT = re.compile(r"\d(?:\.\d+)?\s?(?:\\?%|percent|points|×|x\b|\\times|pp\b)")
_QUESTION = re.compile(r"\?\W*$")
_WORD = re.compile(r"[a-z0-9]+")
# Abstracts with headings say the role themselves: "Background.", "Methods: …", "RESULTS".
_HEADING = re.compile(
    r"(?P<motivation>background|introduction|context|motivation|purpose|objectives?|aims?|problem)"
    r"|(?P<method>methods?|materials and methods|methodology|approach|design|methods and materials)"
    r"|(?P<result>results?|findings|evaluation)"
    r"|(?P<conclusion>conclusions?|discussion|significance|implications|interpretation)",
    re.IGNORECASE,
)
_HEADED = re.compile(rf"(?:{_HEADING.pattern})(?:\s(?:and|/|&)\s\w+)?\s?[:.]", re.IGNORECASE)
_LENGTHS = (6, 12, 17, 22, 27, 32, 38, 46, 58, 75)
_STOP = _words("a an and are as at be by for from in into is it its of on or that the their this to we with")


@dataclass(frozen=True, slots=True)
class Span:
    """Sentences `first` to `last` (both included) of one abstract."""

    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    words: frozenset[str]
    count: int
    features: Features


def spans(sentences: Sequence[str], *, longest: int = 2) -> tuple[Span, ...]:
    """Every sentence alone, then every run of up to `longest` that follow each other."""
    return tuple(
        Span(first, first + length - 1, " ".join(sentences[first : first + length]))
        for length in range(1, longest + 1)
        for first in range(len(sentences) - length + 1)
    )


def describe(title: str, sentences: Sequence[str], candidates: Sequence[Span]) -> tuple[Features, ...]:
    """The features of each candidate span, in order."""
    named = frozenset(_content(title))
    read = [_read(sentence) for sentence in sentences]
    headings = _headings(sentences)
    pivot = next((i for i, s in enumerate(read) if "propose" in s.features or "paper" in s.features), None)
    if pivot is None:
        pivot = next((i for i, s in enumerate(read) if "study" in s.features or "begins-we" in s.features), None)
    everything: dict[str, int] = {}
    for sentence in read:
        for word in sentence.words:
            everything[word] = everything.get(word, 0) + 1
    for index, sentence in enumerate(read):
        sentence.features.update(_place(index, len(read), pivot))
        if headings[index]:
            sentence.features[f"under-{headings[index]}"] = 1.0
        if sentence.words:
            sentence.features["title"] = len(sentence.words & named) / (len(named) or 1)
            shared = sum(everything[word] - 1 for word in sentence.words)
            sentence.features["central"] = min(1.0, shared / len(sentence.words) / 3)
        if index:
            sentence.features.update(
                {
                    f"after-{cue}": 1.0
                    for cue in ("propose", "find", "however", "lack")
                    if cue in read[index - 1].features
                }
            )
    return tuple(_span_features(span, read) for span in candidates)


def _span_features(span: Span, read: Sequence[_Sentence]) -> Features:
    members = read[span.first : span.last + 1]
    features: Features = {"bias": 1.0}
    for member in members:
        for name, value in member.features.items():
            features[name] = features.get(name, 0.0) + value / len(members)
    words = sum(member.count for member in members)
    bucket = next((str(limit) for limit in _LENGTHS if words <= limit), "more")
    features[f"words-{bucket}"] = 1.0
    if len(members) > 1:
        features["several"] = 1.0
    return features


def _read(sentence: str) -> _Sentence:
    features: Features = {name: 1.0 for name, cue in _CUES.items() if cue.search(sentence)}
    features.update({name: 1.0 for name, opener in _OPENERS.items() if opener.match(sentence)})
    if _NUMBER.search(sentence):
        features["number"] = 1.0
    if _PERCENT.search(sentence):
        features["percent"] = 1.0
    if _QUESTION.search(sentence):
        features["asks"] = 1.0
    if "$" in sentence or "\\" in sentence:
        features["tex"] = 1.0
    words = _WORD.findall(sentence.lower())
    return _Sentence(frozenset(words) - _STOP, len(words), features)


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
