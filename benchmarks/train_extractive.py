"""Learn the extractive engine's weights from recorded summaries: `python -m benchmarks.train_extractive --write`.

For every span of an abstract the target is its ROUGE-L against what a model wrote for the role, less the mean over the
abstract's spans, so that the weights learn what stands out within one abstract. Ridge regression in closed form. Learns
from the first half of June 2026 only; `benchmarks.enrich` reports on the second half. Prints the module to standard
output, or rewrites it with `--write`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.recorded import TRAINED_UNTIL, english_references
from benchmarks.rouge import rouge_l, tokens
from newsletter.domain.text import split_sentences
from newsletter.enrich._cues import describe, spans

ROLES = ("tldr", "motivation", "method", "result")
RIDGE = 5.0
TARGET = Path(__file__).parents[1] / "newsletter" / "enrich" / "_weights.py"
HEAD = '''"""How much each feature of a span speaks for each role: ROUGE-L points over the mean of the abstract's spans.

Written by `python -m benchmarks.train_extractive --write`; do not edit by hand.
"""

from __future__ import annotations

__all__ = ["ROLES", "WEIGHTS"]

'''


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
    """The weights by feature, one a role, rounded to thousandths."""
    names: dict[str, int] = {}
    rows: list[tuple[list[dict[str, float]], list[bool], dict[str, list[float]]]] = []
    for reference in english_references(until=TRAINED_UNTIL, limit=limit):
        sentences = split_sentences(reference.abstract)
        candidates = spans(sentences)
        if len(candidates) < 2:
            continue
        texts = [tokens(span.text) for span in candidates]
        targets = {role: [rouge_l(text, tokens(reference.texts[role])) for text in texts] for role in ROLES}
        features = [dict(f) for f in describe(reference.title, sentences, candidates)]
        for feature in features:
            for name in feature:
                names.setdefault(name, len(names))
        rows.append((features, [span.first == span.last for span in candidates], targets))
    solved = {}
    for role in ROLES:
        gram = RIDGE * np.eye(len(names))
        moment = np.zeros(len(names))
        for features, single, targets in rows:
            keep = [i for i, alone in enumerate(single) if alone or role != "tldr"]
            matrix = np.zeros((len(keep), len(names)))
            for row, index in enumerate(keep):
                for name, value in features[index].items():
                    matrix[row, names[name]] = value
            target = np.array([targets[role][i] for i in keep])
            matrix -= matrix.mean(axis=0)
            gram += matrix.T @ matrix
            moment += matrix.T @ (target - target.mean())
        solved[role] = np.linalg.solve(gram, moment)
    return {
        name: [round(float(solved[role][at]) * 100, 1) + 0.0 for role in ROLES] for name, at in sorted(names.items())
    }


def render(weights: dict[str, list[float]]) -> str:
    """The module's text, in points of a hundred."""
    lines = [f"ROLES = {ROLES!r}".replace("'", '"'), "WEIGHTS: dict[str, tuple[float, float, float, float]] = {"]
    lines += [f'    "{name}": ({", ".join(map(repr, row))}),' for name, row in weights.items() if any(row)]
    return HEAD + "\n".join([*lines, "}"]) + "\n"


if __name__ == "__main__":
    main()
