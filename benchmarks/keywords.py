"""Keywords, measured: `python -m benchmarks.enrich keywords`.

- **Precision** of the first five, and recall of the first six, against the keywords that Hugging Face's service gave
  the papers of June 2026. Nothing learned from that month. A keyword is right if a label of its paper is the same after
  folding case, plural, spelling and hyphens (`fold_text`); a label "chain of thought (CoT)" is two. *Softly* right: it
  shares at least half of all different stems with a label.
- **Fragments**, by a judge that shares nothing with the finder: what every abstract announced in June does with a word.
  A keyword is a fragment if a function word begins or ends it, if a word of it is one that June puts before an article
  and not behind one (a verb), or if it ends with a word that June hardly ever ends a phrase with ("neural").
- **Time** for the largest recorded day, one core.

YAKE (Campos et al. 2020; its authors' settings, up to three words) stands beside it where it is installed.
"""

from __future__ import annotations

import importlib.util
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from benchmarks.recorded import Labelled, june, labelled_in_june, papers_of
from newsletter.domain.text import STOP_WORDS, fold, fold_text, surfaces
from newsletter.enrich.keywords import find_keywords

LARGEST_DAY = "2026-06-02"
OFTEN = 20
_WORD = re.compile(r"[A-Za-z][\w-]*|[^\w\s]")
_ARTICLES = frozenset({"a", "an", "the", "its", "their", "our"})
_INSIDE = frozenset("of for from with to in as on and".split())
Finder = Callable[[str, str], Sequence[str]]


def keywords() -> None:
    papers = labelled_in_june()
    is_fragment = judge(record["summary"] for record in june().values())
    methods: dict[str, Finder] = {"ours": find_keywords}
    if importlib.util.find_spec("yake"):
        methods["YAKE"] = yake_finder()
    else:
        print("YAKE is not installed: nothing to compare with")
    print(f"against the labels of {len(papers)} papers of June 2026")
    print(f"{'':8}{'exact P@5':>12}{'soft P@5':>12}{'exact R@6':>12}{'fragments':>12}{'CPU, s':>10}")
    exact = {}
    day = papers_of(LARGEST_DAY)
    for name, find in methods.items():
        answers = [find(paper.title, paper.abstract)[:6] for paper in papers]
        exact[name] = mean(precision(a, p) for a, p in zip(answers, papers, strict=True))
        soft = mean(softly(a, p) for a, p in zip(answers, papers, strict=True))
        recall = mean(len(keys(a) & p.keys) / len(p.keys) for a, p in zip(answers, papers, strict=True))
        began = time.process_time()
        of_day = [find(paper.title, paper.abstract)[:6] for paper in day]
        took = time.process_time() - began
        shown = [keyword for answer in of_day for keyword in answer]
        fragments = sum(map(is_fragment, shown)) / len(shown)
        print(f"{name:8}{exact[name]:12.3f}{soft:12.3f}{recall:12.3f}{fragments:12.1%}{took:10.2f}")
    if "YAKE" in exact:
        print(f"exact precision at 5: {exact['ours'] / exact['YAKE']:.2f} times YAKE's")
    print(f"fragments and time: the {len(day)} papers of {LARGEST_DAY}")


def yake_finder() -> Finder:
    import yake  # noqa: PLC0415

    extractor = yake.KeywordExtractor(lan="en", n=3, top=6)
    return lambda title, abstract: [term for term, _ in extractor.extract_keywords(f"{title}. {abstract}")]


def keys(answer: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold_text, answer))


def precision(answer: Sequence[str], paper: Labelled) -> float:
    """Of five, how many are labels; fewer than five answers lose what is missing."""
    return len(keys(answer[:5]) & paper.keys) / 5


def softly(answer: Sequence[str], paper: Labelled) -> float:
    labels = [stems(key) for key in paper.keys]
    return sum(any(alike(stems(one), label) for label in labels) for one in answer[:5]) / 5


def stems(text: str) -> frozenset[str]:
    return frozenset(fold(surface).stem for surface in surfaces(text))


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return 2 * len(one & other) >= len(one | other)


def mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)


def judge(abstracts: Iterable[str]) -> Callable[[str], bool]:
    """Whether a keyword is a piece of a sentence, by what these abstracts do with its words."""
    times, goes_on, before, behind = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for abstract in abstracts:
        words = _WORD.findall(abstract.lower())
        for one, word, other in zip(["", *words], words, [*words[1:], ""], strict=False):
            times[word] += 1
            goes_on[word] += other[:1].isalpha() and other not in STOP_WORDS
            before[word] += other in _ARTICLES
            behind[word] += one in _ARTICLES
    often = [word for word, count in times.items() if count >= OFTEN and word[0].isalpha()]
    verbs = {w for w in often if before[w] > 0.2 * times[w] and behind[w] < 0.05 * times[w]}
    open_ended = {w for w in often if goes_on[w] > 0.9 * times[w]}

    def is_fragment(keyword: str) -> bool:
        words = _WORD.findall(keyword.lower())
        return (
            not words
            or words[0] in STOP_WORDS
            or words[-1] in STOP_WORDS | open_ended
            or any(word in verbs or (word in STOP_WORDS and word not in _INSIDE) for word in words)
        )

    return is_fragment
