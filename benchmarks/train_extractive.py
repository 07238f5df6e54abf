"""Learn the extractive engine's weights from recorded summaries: `python -m benchmarks.train_extractive --write`.

A part of an abstract is taken with a chance that grows with its score (softmax); learned are the weights with which
the expected ROUGE-L of what is taken, against what a model wrote for the role, is highest. Only parts that the engine's
rules allow for a role are compared. Begins with ridge regression in closed form, then climbs (Adam, Kingma and Ba
2015), without chance. Learns from the first half of June 2026 only; `benchmarks.enrich` reports on the second half.
Prints the module to standard output, or rewrites it with `--write`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.recorded import TRAINED_UNTIL, Reference, english_references
from benchmarks.rouge import rouge_l, tokens
from newsletter.domain.text import split_sentences
from newsletter.enrich._cues import Features, Sentence, describe, shape
from newsletter.enrich._parts import Part, parts
from newsletter.enrich._roles import allowed, divisible

ROLES = ("tldr", "motivation", "method", "result")
RIDGE, SHARPNESS = 5.0, 20.0
STEPS, RATE, DECAY = 200, 0.05, 0.01
TARGET = Path(__file__).parents[1] / "newsletter" / "enrich" / "_weights.py"
HEAD = '''"""How much each feature speaks for each role, in the exponent of the chance that a part is best for it.

Written by `python -m benchmarks.train_extractive --write`; do not edit by hand.
"""

from __future__ import annotations

__all__ = ["ROLES", "WEIGHTS"]

'''
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Abstract:
    """What is learned from one abstract: the features of its parts, the roles they may have, and how good they are."""

    features: list[Features]
    open_to: dict[str, list[int]]
    scores: dict[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="rewrite newsletter/enrich/_weights.py")
    parser.add_argument("--papers", type=int, default=5000)
    arguments = parser.parse_args()
    module = render(learn(arguments.papers))
    if arguments.write:
        TARGET.write_text(module, encoding="utf-8")
    else:
        print(module)


def learn(limit: int) -> dict[str, list[float]]:
    """The weights by feature, one a role, rounded to hundredths."""
    abstracts = [a for r in english_references(until=TRAINED_UNTIL, limit=limit) if (a := read(r))]
    names = {name: at for at, name in enumerate(sorted({n for a in abstracts for f in a.features for n in f}))}
    solved = {}
    for role in ROLES:
        features, scores, groups = rows(abstracts, role, names)
        solved[role] = climb(features, scores, groups, regress(features, scores, groups) * SHARPNESS)
    return {name: [round(float(solved[role][at]), 2) + 0.0 for role in ROLES] for name, at in names.items()}


def read(reference: Reference) -> Abstract | None:
    sentences = split_sentences(reference.abstract)
    if len(sentences) < 2:
        return None
    seen = describe(reference.title, sentences)
    candidates = parts(sentences, divisible(seen))
    texts = [tokens(part.text) for part in candidates]
    return Abstract(
        [features_of(part, seen) for part in candidates],
        {role: allowed(role, candidates, seen) for role in ROLES},
        {role: [rouge_l(text, tokens(reference.texts[role])) for text in texts] for role in ROLES},
    )


def features_of(part: Part, seen: Sequence[Sentence]) -> Features:
    """The mean of its sentences and its own shape: what the engine's score is linear in."""
    members = seen[part.first : part.last + 1]
    features = shape(part)
    for member in members:
        for name, value in member.features.items():
            features[name] = features.get(name, 0.0) + value / len(members)
    return features


def rows(abstracts: Sequence[Abstract], role: str, names: dict[str, int]) -> tuple[Matrix, Matrix, NDArray[np.int64]]:
    """The features of every part that is open to a role, its score, and the number of its abstract."""
    taken = [(group, abstract, at) for group, abstract in enumerate(abstracts) for at in abstract.open_to[role]]
    matrix = np.zeros((len(taken), len(names)))
    for row, (_, abstract, at) in enumerate(taken):
        for name, value in abstract.features[at].items():
            matrix[row, names[name]] = value
    scores = np.array([abstract.scores[role][at] for _, abstract, at in taken])
    _, groups = np.unique([group for group, _, _ in taken], return_inverse=True)
    return matrix, scores, groups


def regress(features: Matrix, scores: Matrix, groups: NDArray[np.int64]) -> Matrix:
    """Ridge regression of what stands out within an abstract."""
    sizes = np.bincount(groups)
    means = np.add.reduceat(features, starts_of(groups)) / sizes[:, None]
    centred = features - means[groups]
    target = scores - (np.bincount(groups, scores) / sizes)[groups]
    solved = np.linalg.solve(centred.T @ centred + RIDGE * np.eye(features.shape[1]), centred.T @ target)
    return np.asarray(solved, dtype=np.float64)


def climb(features: Matrix, scores: Matrix, groups: NDArray[np.int64], weights: Matrix) -> Matrix:
    """Raise the expected score of what a softmax takes of every abstract."""
    starts = starts_of(groups)
    first = second = np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        raised = features @ weights
        raised -= np.maximum.reduceat(raised, starts)[groups]
        chances = np.exp(raised)
        chances /= np.add.reduceat(chances, starts)[groups]
        expected = np.add.reduceat(chances * scores, starts)
        slope = features.T @ (chances * (scores - expected[groups])) / len(starts) - DECAY * weights / len(starts)
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        weights = weights + RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return weights


def starts_of(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])


def render(weights: dict[str, list[float]]) -> str:
    """The module's text."""
    lines = [f"ROLES = {ROLES!r}".replace("'", '"'), "WEIGHTS: dict[str, tuple[float, float, float, float]] = {"]
    lines += [f'    "{name}": ({", ".join(map(repr, row))}),' for name, row in weights.items() if any(row)]
    return HEAD + "\n".join([*lines, "}"]) + "\n"


if __name__ == "__main__":
    main()
