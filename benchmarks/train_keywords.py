"""Count the vocabulary of keywords and learn their weights: `python -m benchmarks.train_keywords --write`.

1. **Verbs**: words that 41,000 abstracts put before an article often, behind one hardly ever, and that are no part of
   what labellers chose.
2. **Phrases**: how many of the papers hold each, and how often it stands there free, with no longer phrase around it.
3. **Labels**: how often Hugging Face's service chose a phrase as a keyword in the papers of ten months that hold it.
4. **Weights**: logistic regression on what can be said of a phrase in its paper (`keywords/features.py`), the target
   being whether it was chosen there. What a phrase's label rate weighs is learned from rates of other papers (five
   folds), so that no paper's own labels speak for it.

Nothing is drawn by chance, so that the same records give the same numbers. June 2026, which the benchmark reports
on, is not read. Only numbers, and phrases that several papers share, are written: no paper's text.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log2
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.recorded import Labelled, abstracts, labelled
from newsletter.enrich.keywords.candidates import Found, gather, joined_spans, spans
from newsletter.enrich.keywords.cutting import Cutter, Run
from newsletter.enrich.keywords.features import (
    COLUMNS,
    ROLES,
    entry_names,
    place_names,
    place_of,
    roles,
    word_names,
    word_parts,
)
from newsletter.enrich.keywords.vocabulary import UNKNOWN, Entry, Vocabulary

FEWEST_PAPERS = 10
"""Papers that must share a phrase before it is vocabulary; labelled phrases need fewer."""
FEWEST_LABELLED = 4
FEWEST_CHOSEN = 50
"""Chosen keywords that must hold a word before it gets weights of its own."""
LABEL_STEPS = (0.03, 0.06, 0.1, 0.15, 0.22, 0.3, 0.4, 0.5, 0.65)
"""The upper bounds of the digits 0 to 8 of a label rate."""
FOLDS = 5
RIDGE = 3.0
PACKAGE = Path(__file__).parents[1] / "newsletter" / "enrich" / "keywords"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ARTICLES = frozenset("a an the its their our these this".split())
Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]
HEAD = '''"""What each name of `features.py` weighs: log-odds that somebody who labels the paper chooses the phrase.

Written by `python -m benchmarks.train_keywords --write`, with `vocabulary.txt`; do not edit by hand.
"""

from __future__ import annotations

__all__ = ["VERSION", "WEIGHTS"]

'''


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="rewrite vocabulary.txt and _weights.py")
    arguments = parser.parse_args()
    labels = labelled()
    cutter = Cutter(verbs(labels))
    entries, weights = learn(cutter, count_phrases(cutter, labels), labels)
    vocabulary = render_vocabulary(cutter, entries, weights)
    module = render_weights(weights, vocabulary)
    if arguments.write:
        (PACKAGE / "vocabulary.txt").write_text(vocabulary, encoding="utf-8")
        (PACKAGE / "_weights.py").write_text(module, encoding="utf-8")
    else:
        print(module)


# --- the vocabulary -------------------------------------------------------------------------------------------------


def verbs(labels: Sequence[Labelled]) -> frozenset[str]:
    """Words before an article in one case of seven and more, behind one or `of` in less than a half as many."""
    times, before, behind = Counter[str](), Counter[str](), Counter[str]()
    for _, abstract in abstracts():
        words = [word.strip(".,;:()") for word in abstract.lower().split()]
        for one, word, other in zip(["", *words], words, [*words[1:], ""], strict=False):
            times[word] += 1
            before[word] += other in _ARTICLES
            behind[word] += one in _ARTICLES or one == "of"
    chosen = Counter(word for paper in labels for text in paper.keywords for word in set(text.lower().split()))
    return frozenset(
        word
        for word, count in times.items()
        if count >= 20 and word.isalpha() and word.isascii() and chosen[word] < 5
        if before[word] > 0.15 * count and behind[word] < min(0.1 * count, before[word] / 2)
    )


def count_phrases(cutter: Cutter, labels: Sequence[Labelled]) -> dict[str, Entry]:
    """Every phrase that enough papers share, with its digits; labels are counted over all papers."""
    papers = Counter[str]()
    cut = [(list(cutter.runs(title)), list(cutter.runs(abstract))) for title, abstract in abstracts()]
    for parts in cut:
        papers.update({key for runs in parts for key, _, _ in every_phrase(runs)})
    chosen = Counter(key for paper in labels for key in paper.keys)
    shared = {
        key
        for key, count in papers.items()
        if count >= FEWEST_PAPERS or (count >= FEWEST_LABELLED and chosen[key] >= 2)
    }
    times, left, right = Counter[str](), Counter[str](), Counter[str]()
    for _, runs in cut:
        for key, free_left, free_right in every_phrase(runs):
            if key in shared:
                times[key] += 1
                left[key] += free_left
                right[key] += free_right
    return {
        key: Entry(DIGITS[int(log2(papers[key]))], tenth(left[key], times[key]), tenth(right[key], times[key]), UNKNOWN)
        for key in sorted(shared)
    }


def every_phrase(runs: Sequence[Run]) -> Iterator[tuple[str, bool, bool]]:
    """Each phrase where it stands, and whether it is free on its left and right."""
    for run in runs:
        for key, begin, end in spans(run):
            yield key, not begin, end == len(run.words)
    for span in joined_spans(runs):
        yield span.key, span.free_left, span.free_right


def tenth(part: int, whole: int) -> str:
    return UNKNOWN if not whole else DIGITS[min(9, 10 * part // whole)]


def label_digit(chosen: int, papers: int) -> str:
    """The label rate as a digit, drawn towards rare where few papers speak; unknown below three."""
    if papers < 3:
        return UNKNOWN
    rate = (chosen + 0.3) / (papers + 3)
    return DIGITS[sum(rate >= step for step in LABEL_STEPS)]


def with_labels(entries: dict[str, Entry], found: Sequence[Found], labels: Sequence[Labelled]) -> dict[str, Entry]:
    """The entries with the label rates of these papers."""
    papers, chosen = Counter[str](), Counter[str]()
    for one, paper in zip(found, labels, strict=True):
        papers.update(one.candidates.keys())
        chosen.update(one.candidates.keys() & paper.keys)
    return {key: entry._replace(labelled=label_digit(chosen[key], papers[key])) for key, entry in entries.items()}


# --- the weights ----------------------------------------------------------------------------------------------------


def learn(
    cutter: Cutter, entries: dict[str, Entry], labels: Sequence[Labelled]
) -> tuple[dict[str, Entry], dict[str, float]]:
    """The entries with their label rates, and what each name weighs."""
    vocabulary = Vocabulary(cutter.verbs, {}, dict.fromkeys(entries, ""))
    found = [gather(paper.title, paper.abstract, cutter, vocabulary) for paper in labels]
    held = Counter(part for paper in labels for key in paper.keys for part in set(key.split()))
    own = frozenset(part for part, count in held.items() if count >= FEWEST_CHOSEN)
    numbers: dict[str, int] = {}
    columns: list[int] = []
    ends: list[int] = [0]
    targets: list[bool] = []
    for fold in range(FOLDS):
        others = [at for at in range(len(labels)) if at % FOLDS != fold]
        rated = with_labels(entries, [found[at] for at in others], [labels[at] for at in others])
        for at in range(fold, len(labels), FOLDS):
            for key, names in describe(found[at], rated, own):
                columns += [numbers.setdefault(name, len(numbers)) for name in names]
                ends.append(len(columns))
                targets.append(key in labels[at].keys)
    solved = regress(np.array(columns), np.diff(ends), np.array(targets, dtype=float), len(numbers))
    weights = {name: round(float(solved[at]), 2) for name, at in sorted(numbers.items())}
    return with_labels(entries, found, labels), {name: weight for name, weight in weights.items() if weight}


def describe(found: Found, entries: dict[str, Entry], own: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
    """Every candidate with all its names; `=first large` is the own weight of a word in a column."""
    kinds = found.kinds()
    for key, one in found.candidates.items():
        entry = entries.get(key)
        names = place_names(place_of(one, kinds.get(key, 0), known=entry is not None))
        names += entry_names(entry, len(one.words))
        for role, word in roles(one.words):
            names += word_names(ROLES[role], word)
            names += [f"={COLUMNS[column]} {part}" for column, part in word_parts(role, word.key) if part in own]
        yield key, names


def regress(columns: Integers, sizes: Integers, targets: Numbers, count: int) -> Numbers:
    """Logistic regression with a ridge, by L-BFGS (Nocedal and Wright 2006, algorithm 7.4) with backtracking."""
    rows = np.repeat(np.arange(len(targets)), sizes)

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        odds = np.bincount(rows, weights=weights[columns], minlength=len(targets))
        error = 1 / (1 + np.exp(-odds)) - targets
        slope = np.bincount(columns, weights=error[rows], minlength=count) + RIDGE * weights
        return float(np.sum(np.logaddexp(0, odds) - targets * odds) + RIDGE / 2 * weights @ weights), slope

    weights = np.zeros(count)
    value, slope = loss(weights)
    memory: list[tuple[Numbers, Numbers]] = []
    for _ in range(80):
        direction = _direction(slope, memory)
        step, descent = 1.0, float(slope @ direction)
        while True:
            following, next_slope = loss(weights - step * direction)
            if following < value - 1e-4 * step * descent or step < 1e-6:
                break
            step /= 2
        memory = [*memory[-7:], (-step * direction, next_slope - slope)]
        weights, slope, before, value = weights - step * direction, next_slope, value, following
        if before - value < 1e-5 * before:
            break
    return weights


def _direction(slope: Numbers, memory: Sequence[tuple[Numbers, Numbers]]) -> Numbers:
    direction = slope.copy()
    shares = []
    for moved, turned in reversed(memory):
        share = (moved @ direction) / (turned @ moved)
        shares.append(share)
        direction -= share * turned
    if memory:
        moved, turned = memory[-1]
        direction *= (moved @ turned) / (turned @ turned)
    else:
        direction /= np.linalg.norm(slope)
    for (moved, turned), share in zip(memory, reversed(shares), strict=True):
        direction += moved * (share - (turned @ direction) / (turned @ moved))
    return direction


# --- the files ------------------------------------------------------------------------------------------------------


def render_vocabulary(cutter: Cutter, entries: dict[str, Entry], weights: dict[str, float]) -> str:
    """The text of vocabulary.txt."""
    own: dict[str, dict[str, float]] = {}
    for name, weight in weights.items():
        if name.startswith("="):
            column, part = name[1:].split(" ")
            own.setdefault(part, {})[column] = weight
    words = [f"{part} " + " ".join(str(own[part].get(c, 0.0)) for c in COLUMNS) for part in sorted(own)]
    phrases = [f"{key} {''.join(entry)}" for key, entry in entries.items()]
    return "\n\n".join([" ".join(sorted(cutter.verbs)), "\n".join(words), "\n".join(phrases)]) + "\n"


def render_weights(weights: dict[str, float], vocabulary: str) -> str:
    """The text of _weights.py, with the hash of all numbers."""
    rows = [f'    "{name}": {weight},' for name, weight in weights.items() if not name.startswith("=")]
    version = hashlib.sha256(("\n".join(rows) + vocabulary).encode()).hexdigest()[:12]
    return HEAD + "\n".join([f'VERSION = "{version}"', "WEIGHTS: dict[str, float] = {", *rows, "}"]) + "\n"


if __name__ == "__main__":
    main()
