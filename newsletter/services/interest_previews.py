"""What a list of interests would have found in the last issues, told while somebody writes it.

As with private feeds, the work is split so that whoever asks for much lets others in between:

1. `look` says which issues are looked through and in which order the lines count; no paper is read;
2. `prepare` looks lines up, a step at a time;
3. `result` joins what was found.

What one interest finds in one issue is the same for everybody: it is kept, so that a list that is written line by line
costs its new line alone. All work is bounded: a list that asks for many terms is looked up in fewer issues, the newest,
and the result says in how many.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.domain.interests import left_out, terms_at_most, terms_in
from newsletter.domain.issues import Edition, IssueKey, IssueStatus
from newsletter.domain.matching import (
    Finding,
    LinePreview,
    ListPreview,
    Place,
    TopicOverlap,
    overlaps,
    preview,
    read_line,
)
from newsletter.domain.papers import PaperId
from newsletter.domain.ports import IssueStore
from newsletter.domain.text import plain, slug
from newsletter.services.held_issues import HeldIssues

__all__ = ["ExamplePaper", "InterestPreviews", "PreviewWish", "PreviewedLine", "PreviewedList"]

MOST_ISSUES = 7
"""Daily issues that are looked through: a week of them, at least."""
MOST_PAPERS = 3_000
"""How many papers those may have together: fewer than are held in memory, which feeds and pages need as well."""
MOST_TERMS = 2_000
"""Terms times issues that one preview looks up: the longest of 97 real lists has room in all seven issues."""
_STEP_TERMS = 250
"""Terms that one step looks up in one issue."""
_LOOK_BACK = 30
"""Issues among which those with papers are found: there may be one for every day without."""
_KEPT_FINDINGS = 100_000
"""What interests find in issues, kept: some 25 MB where most find little,"""
_KEPT_PAPERS = 4_000_000
"""and not more than 16 MB of papers, whatever they find."""

_TOPIC = "topic:"
_Key = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class PreviewWish:
    """A list that somebody asks about: what is looked up, and where.

    `interests` are the lines that count, each once, `without_room` those behind them for which one reader has no room.
    `whole` says whether the list is looked up in all of the last issues. `tag` stands for all that the result depends
    on: 32 hex digits.
    """

    interests: tuple[str, ...]
    without_room: tuple[str, ...]
    max_papers: int | None
    issues: tuple[IssueStatus, ...]
    whole: bool
    tag: str


@dataclass(frozen=True, slots=True)
class ExamplePaper:
    """A paper that a line brought or took: its issue, its title in one line, and its name in addresses."""

    issue: IssueKey
    id: PaperId
    title: str
    slug: str


@dataclass(frozen=True, slots=True)
class PreviewedLine:
    """A line with its examples as papers."""

    line: LinePreview
    examples: tuple[ExamplePaper, ...]


@dataclass(frozen=True, slots=True)
class PreviewedList:
    """What a list would have found. `issues` are newest first; `whole` is whether those are all that were asked about.

    Where it is not, the list asks for so much that only the newest issues were looked through. `topics` are those of
    the catalogue that found much of what the list found, and that it does not name.
    """

    issues: tuple[IssueStatus, ...]
    whole: bool
    together: ListPreview
    lines: tuple[PreviewedLine, ...]
    topics: tuple[TopicOverlap, ...]


class InterestPreviews:
    """The use case. Safe to use from threads; issues are looked through by one at a time."""

    def __init__(self, issues: IssueStore, held: HeldIssues, *, topics: Sequence[str] = ()) -> None:
        """`topics` are the slugs of the catalogue."""
        self._issues = issues
        self._held = held
        self._topics = tuple(topics)
        self._findings: OrderedDict[_Key, Finding] = OrderedDict()
        self._papers = 0

    def look(self, interests: Sequence[str], *, max_papers: int | None = None) -> PreviewWish:
        """What is looked up for this list. Cheap: no paper is read."""
        lines = tuple(dict.fromkeys(filter(None, (" ".join(text.split()) for text in interests))))
        beyond = len(left_out(lines))
        counted = lines[: len(lines) - beyond]
        window = self._window()
        room = max(1, MOST_TERMS // max(1, sum(map(terms_in, counted))))
        depends = repr((counted, max_papers, [one.hash for one in window[:room]], self._topics))
        return PreviewWish(
            counted,
            lines[len(counted) :],
            max_papers,
            window[:room],
            len(window) <= room,
            hashlib.sha256(depends.encode("utf-8", "surrogatepass")).hexdigest()[:32],
        )

    def prepare(self, wish: PreviewWish) -> bool:
        """Look some of the lines up in one of the issues; False where all are.

        Raises:
            StoreError: an issue is gone.
        """
        with self._held.lock:
            for status in wish.issues:
                if missing := self._missing(wish, status):
                    is_new = not self._held.has_index(status)
                    selector = self._held.selector(status)
                    if not is_new:  # reading and indexing an issue is a step of its own
                        selector.look_up(missing)
                        for text in missing:
                            self._finding(status, text)
                        self._held.make_room()
                    return True
        return False

    def result(self, wish: PreviewWish) -> PreviewedList:
        """What the list would have found.

        Raises:
            StoreError: an issue is gone.
        """
        with self._held.lock:
            asked = (*wish.interests, *self._unnamed(wish))
            found = [{text: self._finding(status, text) for text in asked} for status in wish.issues]
            read = {text: read_line(text, self._topics) for text in wish.interests}
            together, left = preview(
                read,
                found,
                [status.papers for status in wish.issues],
                limit=wish.max_papers,
                without_room=wish.without_room,
            )
            # a list that only leaves out asks for everything: every topic would overlap
            asks = any(one.interest is not None and one.interest.is_wanted for one in read.values())
            topics = {
                text.removeprefix(_TOPIC): [findings[text] for findings in found]
                for text in (self._unnamed(wish) if asks else ())
            }
            return PreviewedList(
                wish.issues,
                wish.whole,
                together,
                tuple(PreviewedLine(line, tuple(self._examples(wish, line.examples))) for line in together.lines),
                overlaps(topics, left),
            )

    def _window(self) -> tuple[IssueStatus, ...]:
        """The newest published daily issues; one at least, whatever its size."""
        window: list[IssueStatus] = []
        papers = 0
        for status in self._issues.published(Edition.DAILY, limit=_LOOK_BACK):
            if status.is_silent:
                continue
            papers += status.papers
            if window and (papers > MOST_PAPERS or len(window) == MOST_ISSUES):
                break
            window.append(status)
        return tuple(window)

    def _unnamed(self, wish: PreviewWish) -> tuple[str, ...]:
        """The topics that a list does not name, as interests; none where it names nothing."""
        named = frozenset(wish.interests)
        return tuple(text for name in self._topics if (text := f"{_TOPIC}{name}") not in named) if named else ()

    def _missing(self, wish: PreviewWish, status: IssueStatus) -> list[str]:
        """What is to be looked up in this issue, as much as one step may."""
        asked = (*wish.interests, *self._unnamed(wish))
        some: list[str] = []
        terms = 0
        for text in asked:
            if _key(status, text) not in self._findings:
                terms += terms_at_most(text)
                if some and terms > _STEP_TERMS:
                    break
                some.append(text)
        return some

    def _finding(self, status: IssueStatus, text: str) -> Finding:
        """What an interest finds in an issue: kept, or looked up again where others have pushed it out."""
        key = _key(status, text)
        finding = self._findings.get(key)
        if finding is None:
            finding = self._findings[key] = self._held.selector(status).finding(text)
            self._papers += len(finding.places)
            while len(self._findings) > _KEPT_FINDINGS or self._papers > _KEPT_PAPERS:
                self._papers -= len(self._findings.popitem(last=False)[1].places)
        else:
            self._findings.move_to_end(key)
        return finding

    def _examples(self, wish: PreviewWish, places: Sequence[Place]) -> Iterator[ExamplePaper]:
        for place in places:
            status = wish.issues[place.issue]
            paper = self._held.issue(status).papers[place.paper].paper
            yield ExamplePaper(status.key, paper.id, " ".join(plain(paper.title).split()), slug(paper.id))


def _key(status: IssueStatus, text: str) -> _Key:
    """Names an interest in an issue; not the text itself, which may have 20,000 characters."""
    return status.hash, hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
