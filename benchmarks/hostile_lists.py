"""The dearest lists of interests that anybody may save: families of lines, each dear in a way of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice, product

from newsletter.domain.interests import left_out
from newsletter.domain.issues import Issue
from newsletter.domain.subscribers import MAX_INTERESTS

__all__ = ["families", "fill", "hostile_lists"]

_WORDS = re.compile(r"[A-Za-z]{2,}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Families:
    """Lines made of the words of an issue, so that they find as much as lines can."""

    def __init__(self, issue: Issue) -> None:
        counts: Counter[str] = Counter()
        for entry in issue.papers:
            counts.update(word.lower() for word in _WORDS.findall(f"{entry.paper.title} {entry.paper.abstract}"))
        self.words = [word for word, _ in counts.most_common()]
        self.common = self.words[:60]
        self.starts = _beginnings(self.words)
        self.ends = [end[::-1] for end in _beginnings([word[::-1] for word in self.words])]
        parts = Counter(part for e in issue.papers for a in e.paper.authors for part in a.name.split())
        self.names = [name for name, _ in parts.most_common(2_000)]
        self.acronyms = sorted(issue.acronyms) or ["llm", "rag", "rl"]

    def some(self, pool: list[str], number: int, size: int) -> list[str]:
        """So many words of a pool, others for each number."""
        return [pool[(number * 7 + step * (1 + number // len(pool))) % len(pool)] for step in range(size)]

    def of_words(self) -> dict[str, Iterator[str]]:
        """Words and phrases."""
        common = self.common
        return {
            "frequent words": iter(self.words),
            "frequent words in the title": (f"title:{word}" for word in self.words),
            "two frequent words": (f"{a} {b}" for a, b in product(common, repeat=2)),
            "four frequent words": _numbered(lambda n: " ".join(self.some(common, n, 4))),
            "twelve frequent words": _numbered(lambda n: " ".join(self.some(common, n, 12))),
            "quoted pairs": (f'"{a} {b}"' for a, b in product(common, repeat=2)),
            "compounds": (f"{a}-{b}-{c}" for a, b, c in product(common, repeat=3)),
            "acronyms": _numbered(lambda n: " ".join([*self.some(self.acronyms, n, 3), str(n)])),
            "no spaces": _numbered(lambda n: "的模型学习方法" * 3 + chr(0x4E00 + n % 2000)),
            "long words": _numbered(lambda n: f"{'a' * 40}{n}"),
            "prose": _numbered(self.prose),
        }

    def of_wildcards(self) -> dict[str, Iterator[str]]:
        """Words that stand for many."""
        starts, common = self.starts, self.common
        return {
            "wildcards": (f"{start}*" for start in starts),
            "wildcards at the beginning": (f"*{end}" for end in self.ends),
            "wildcards beside a word": (f"the {start}*" for start in starts),
            "wildcards in phrases": (f'"{start}* of the"' for start in starts),
            "wildcards in long phrases": _numbered(
                lambda n: " ".join([*self.some(common, n, 11), f"{starts[n % len(starts)]}*"])
            ),
            "wildcards in compounds": (f"{word}-{start}*" for word, start in product(common, starts)),
        }

    def of_operators(self) -> dict[str, Iterator[str]]:
        """What holds terms together."""
        common, starts = self.common, self.starts
        return {
            "AND of many OR": _numbered(lambda n: f"({self.any_of(n, common)}) AND ({self.any_of(n, self.words)})"),
            "the attack of once": _numbered(
                lambda n: f"({self.any_of(n, common, 6)}) AND ({' OR '.join(f'{s}*' for s in self.some(starts, n, 6))})"
            ),
            "neighbours": (f"{a} ~ {b}" for a, b in product(common, repeat=2)),
            "chains of neighbours": _numbered(lambda n: " ~ ".join(self.some(common, n, 100))),
            "neighbours of wildcards": (f"{a}* ~ {b}*" for a, b in product(starts[:30], repeat=2)),
            "the same with other weights": _numbered(lambda n: f"{common[8]}^{1 + n / 1000:.3f}"),
            "the same with other words": _numbered(lambda n: f"(the OR zq{n})"),
            "all but something": _numbered(lambda n: f"the AND -zq{n}"),
            "exclusions": (f"-{word}" for word in self.words[300:]),
            "must-haves": (f"!(the OR {word})" for word in self.words),
            "nested": _numbered(lambda n: "-(" * 8 + f"the OR zq{n}" + ")" * 8),
            "deep": _numbered(lambda n: "(" * 16 + f"the OR zq{n}" + ")^1.01" * 16),
        }

    def of_fields(self) -> dict[str, Iterator[str]]:
        """Who, where, under what."""
        return {
            "initials": (f"author:{a} {b}" for a, b in product(_LETTERS, repeat=2)),
            "authors": (f"author:{name}" for name in self.names),
            "names of many initials": _numbered(lambda n: "author:" + " ".join(self.some([*_LETTERS], n, 12))),
            "organizations": _numbered(lambda n: f"org:university {n}"),
            "families of categories": (f"cat:{a}{b}*" for a, b in product(_LETTERS, repeat=2)),
            "categories that are none": (f"cat:{a}.{b}" for a, b in product(("cs", "stat", "q-bio"), self.names)),
        }

    def unreadable(self) -> dict[str, Iterator[str]]:
        """Lines that no way in takes, but that have to be read for that."""
        return {
            "brackets never closed": _numbered(lambda n: "(" * 16 + "a " * 480 + str(n)),
            "wrong at the very end": _numbered(lambda n: f"{self.any_of(n, self.words, 100)} OR {n} )"),
            "fields that are none": _numbered(lambda n: " ".join(f"titl{n}x{step}:a" for step in range(90))),
        }

    def any_of(self, number: int, pool: list[str], size: int = 60) -> str:
        """Some words, each of which will do."""
        return " OR ".join(self.some(pool[:200], number, size))

    def prose(self, number: int) -> str:
        """Sentences of many phrases."""
        pairs = zip(self.some(self.common, number, 70), self.some(self.words[:300], number + 3, 70), strict=True)
        return ". ".join(f"I like the {a} {b} and the {b} {a}" for a, b in pairs)


def families(issue: Issue) -> dict[str, Iterator[str]]:
    """Lines without end by what makes them dear."""
    made = Families(issue)
    return made.of_words() | made.of_wildcards() | made.of_operators() | made.of_fields() | made.unreadable()


def fill(lines: Iterator[str], first: int = 0) -> tuple[str, ...]:
    """As many lines of a family, from the `first` on, as one reader may save."""
    taken = list(dict.fromkeys(" ".join(line.split()) for line in islice(lines, first, first + MAX_INTERESTS)))
    return tuple(taken[: len(taken) - len(left_out(taken))])


def hostile_lists(issue: Issue, number: int) -> list[tuple[str, ...]]:
    """So many lists that may be saved, a family after the other, then other lines of each."""
    names = [name for name in families(issue) if name not in Families(issue).unreadable()]
    chosen = islice(((name, 5 * round_) for round_ in count() for name in names), number)
    return [fill(families(issue)[name], first) for name, first in chosen]


def _numbered(line: Callable[[int], str]) -> Iterator[str]:
    return map(line, count())


def _beginnings(words: Iterable[str]) -> list[str]:
    """The beginnings of three letters, those of most words first."""
    return [start for start, _ in Counter(word[:3] for word in words if len(word) > 2).most_common()]
