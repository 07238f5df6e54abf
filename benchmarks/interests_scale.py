"""Selecting the best 30 papers for each of very many subscribers, and what the term scan costs.

    python -m benchmarks.interests_scale [--subscribers 1000000]

A real day of 1,000 papers; every subscriber has ten interests, drawn by rank (the n-th term with a chance of 1/n) from
a vocabulary of 20,000: the keywords of real lists first, then word sequences out of other days' titles. Times are CPU
seconds of one process. The scan is compared with bare Aho-Corasick (`pyahocorasick`: build and search, lower case) over
the same text and terms in the same run.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

import ahocorasick
import numpy as np

from benchmarks.recorded import DATA, papers_of
from newsletter.domain.interests import Term, parse
from newsletter.domain.issues import Issue, IssueKey, IssuePaper, SelectionRequest
from newsletter.domain.matching import (
    NEAR_SLACK,
    NEAR_SLACK_REVERSED,
    Evaluator,
    IssueSelector,
    Pattern,
    alternatives,
    near_groups,
    scan,
)

PAPERS, TERMS, INTERESTS, BEST = 1_000, 20_000, 10, 30
OTHER_DAYS = ("2026-06-03", "2026-06-04", "2026-06-05", "2026-06-09")


def vocabulary() -> list[str]:
    """The keywords of real lists, commonest first, then sequences of one to three words out of other days' titles."""
    lists = json.loads((DATA / "interests" / "keyword_lists.json").read_text())
    real = Counter(keyword for entry in lists for keyword in entry["keywords"])
    grams: Counter[str] = Counter()
    for day in OTHER_DAYS:
        for paper in papers_of(day):
            words = re.findall(r"[A-Za-z][\w-]+", paper.title)
            for size in (1, 2, 3):
                grams.update(" ".join(words[at : at + size]) for at in range(len(words) - size + 1))
    ordered = [*(k for k, _ in real.most_common()), *(g for g, _ in grams.most_common(TERMS))]
    return list(dict.fromkeys(ordered))[:TERMS]


def requests(terms: list[str], subscribers: int) -> Iterator[SelectionRequest]:
    """Streamed, as from a store: no list of all subscribers is ever made."""
    chance = 1 / np.arange(1, len(terms) + 1)
    chance /= chance.sum()
    random = np.random.default_rng(1)
    for begin in range(0, subscribers, 10_000):
        drawn = random.choice(len(terms), size=(min(10_000, subscribers - begin), INTERESTS), p=chance)
        for row in drawn.tolist():
            yield SelectionRequest(tuple([terms[number] for number in row]), BEST)


def timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def report_scan(issue: Issue, terms: list[str]) -> None:
    texts = [f"{entry.paper.title}\n{entry.paper.abstract}" for entry in issue.papers]

    def bare() -> None:
        automaton = ahocorasick.Automaton()
        for number, term in enumerate(terms):
            automaton.add_word(term.lower(), number)
        automaton.make_automaton()
        for text in texts:
            for _ in automaton.iter(text.lower()):
                pass

    evaluator = Evaluator(issue)
    index, lexicon = evaluator.index, evaluator.lexicon
    plain = [e for term in terms if isinstance(e := parse(term).expression, Term)]
    pairs = timed(lambda: (index.pairs, index.postings, index.compounds))
    made = [alternatives(term, index, lexicon) for term in plain]
    phrases = [Pattern((alternative.phrase,)) for found in made for alternative in found]
    groups = [g for found in made for alternative in found if (g := near_groups(alternative.groups))]
    near = [Pattern(g, NEAR_SLACK) for g in groups]
    near += [Pattern(g[::-1], NEAR_SLACK_REVERSED, across_commas=False) for g in groups]
    # each twice, the better one: what else runs on the machine is not what is measured
    reference, phrase, both = (
        min(timed(work), timed(work))
        for work in (bare, lambda: scan(index, phrases), lambda: scan(index, phrases + near))
    )
    print(f"bare Aho-Corasick, {len(terms):,} terms: {reference:.3f} s")
    print(f"index of the day: {timed(lambda: Evaluator(issue)):.3f} s, its pairs and postings: {pairs:.3f} s")
    print(f"scan for {len(phrases):,} phrases: {phrase:.3f} s, {phrase / reference:.2f} of it")
    print(f"scan for phrases and {len(near):,} near patterns: {both:.3f} s, {both / reference:.2f} of it")


def report_subscribers(issue: Issue, terms: list[str], subscribers: int) -> float:
    start = time.process_time()
    selector = IssueSelector(issue)
    picked = sum(len(selection) for selection in selector.select_many(requests(terms, subscribers)))
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{subscribers:10,} subscribers: {seconds:6.2f} s, {picked / subscribers:.1f} papers each, "
        f"at most {memory:.0f} MB so far"
    )
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--subscribers", type=int, default=200_000)
    most = parser.parse_args().subscribers
    entries = tuple(IssuePaper(paper=paper) for paper in papers_of("2026-06-02")[:PAPERS])
    issue = Issue(key=IssueKey(date(2026, 6, 2)), title="Measured", languages=("en",), papers=entries)
    terms = vocabulary()
    print(f"{len(entries):,} papers, {len(terms):,} terms, {INTERESTS} interests each, the best {BEST}\n")
    report_scan(issue, terms)
    print("\nfrom the issue to every selection, reading the interests included:")
    seconds = [report_subscribers(issue, terms, number) for number in (most // 10, most // 2, most)]
    print(f"half the subscribers take {seconds[1] / seconds[2]:.2f} of the time")


if __name__ == "__main__":
    main()
