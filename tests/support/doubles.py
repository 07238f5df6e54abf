"""Small papers to test with, and plain implementations of the ports: in memory, deterministic, without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from newsletter.domain.issues import Issue, IssueStatus
from newsletter.domain.papers import (
    Announcement,
    AnnounceType,
    Collected,
    FailureKind,
    Listing,
    ListingStatus,
    Paper,
    PaperId,
    Provenance,
    Summary,
    SummaryKey,
)
from newsletter.domain.ports import SiteFile, Step
from newsletter.formats import encode_issue

__all__ = [
    "MONDAY",
    "PlainSite",
    "ScriptedEngine",
    "ScriptedSource",
    "StepProgress",
    "Ticking",
    "announced",
    "listing",
    "paper",
    "paper_id",
    "summary",
]

MONDAY = date(2026, 6, 1)


def paper_id(number: int) -> PaperId:
    """The id of the paper of this number."""
    return PaperId(f"arxiv:2606.{number:05}")


def paper(number: int, **fields: object) -> Paper:
    """A paper that is told from others by its number."""
    given = {"title": f"Paper {number}", "abstract": f"We study {number}.", "version": 1} | fields
    return Paper(id=paper_id(number), **given)  # type: ignore[arg-type]


def announced(
    about: int | Paper,
    day: date = MONDAY,
    *,
    kind: AnnounceType = AnnounceType.NEW,
    source: str = "arxiv-rss",
    feed: str = "cs.CL",
    summaries: tuple[Summary, ...] = (),
) -> Announcement:
    """One announcement of a paper."""
    told = about if isinstance(about, Paper) else paper(about)
    return Announcement(source=source, feed=feed, day=day, kind=kind, paper=told, summaries=summaries)


def summary(number: int, language: str = "en", engine: str = "scripted", **fields: object) -> Summary:
    """A summary of the paper of this number."""
    model, prompt = fields.pop("model", ""), fields.pop("prompt", "")
    given = {"version": 1, "tldr": f"{engine} on {number} in {language}"} | fields
    provenance = Provenance(engine, str(model), str(prompt))
    return Summary(paper_id=paper_id(number), language=language, provenance=provenance, **given)  # type: ignore[arg-type]


def listing(
    feed: str = "cs.CL", day: date = MONDAY, status: ListingStatus = ListingStatus.FRESH, **fields: object
) -> Listing:
    """The outcome of one feed."""
    given = {"source": "arxiv-rss", "fetched_at": datetime(2026, 6, 1, 5, tzinfo=UTC)} | fields
    return Listing(feed=feed, day=day, status=status, **given)  # type: ignore[arg-type]


@dataclass
class Ticking:
    """A clock that goes on by a minute whenever it is read, so that two readings never agree by accident."""

    now: datetime = datetime(2026, 6, 1, 6, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time."""
        self.now += timedelta(minutes=1)
        return self.now


@dataclass
class ScriptedSource:
    """Implements `domain.ports.Source`: each feed gives its papers, fails, or raises what it was told to raise."""

    papers: dict[str, Sequence[Announcement]]
    kind: str = "arxiv-rss"
    outcomes: dict[str, ListingStatus] = field(default_factory=dict)
    raises: dict[str, BaseException] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def feeds(self) -> tuple[str, ...]:
        """The feeds it reads, in order."""
        return tuple(self.papers)

    async def collect(self, day: date, feeds: Sequence[str]) -> AsyncIterator[Collected]:
        """One result a feed."""
        for feed in feeds:
            self.asked.append(feed)
            if feed in self.raises:
                raise self.raises[feed]
            status = self.outcomes.get(feed, ListingStatus.FRESH)
            found = tuple(a for a in self.papers[feed] if a.day == day) if status is ListingStatus.FRESH else ()
            outcome = listing(feed, day, status, source=self.kind, collected=len(found), note=f"it was {status}")
            yield Collected(outcome, found)


@dataclass
class ScriptedEngine:
    """Implements `domain.ports.Engine`: says the title in capitals, fails or raises where it was told to."""

    name: str = "scripted"
    languages: tuple[str, ...] = ("en",)
    prompt: str = ""
    failures: Mapping[int, FailureKind] = field(default_factory=dict)
    raises: Mapping[int, Exception] = field(default_factory=dict)
    asked: list[tuple[str, PaperId]] = field(default_factory=list)

    def key(self, about: Paper, language: str) -> SummaryKey:
        """Under which key its summary would be kept."""
        return SummaryKey(about.id, about.version, language, self.name, "", self.prompt)

    def speaks(self, language: str) -> bool:
        """Whether it can write in this language."""
        return language in self.languages

    async def summarise(self, papers: Sequence[Paper], language: str) -> AsyncIterator[Summary]:
        """One summary a paper, in the order asked."""
        for about in papers:
            self.asked.append((language, about.id))
            number = int(about.id[-5:])
            if number in self.raises:
                raise self.raises[number]
            yield Summary(
                paper_id=about.id,
                version=about.version,
                language=language,
                provenance=Provenance(self.name, prompt=self.prompt),
                tldr="" if number in self.failures else about.title.upper(),
                failure=self.failures.get(number),
            )


@dataclass
class PlainSite:
    """Implements `domain.ports.SiteRenderer`: a page an issue, a list of all, and what the feeds would hold."""

    before: Callable[[SiteFile], None] = lambda _: None

    def render(self, issue: Issue, recent: Sequence[Issue], archive: Sequence[IssueStatus]) -> Iterator[SiteFile]:
        """Every file of the site."""
        files = {
            f"issues/{issue.key.slug}/issue.json": encode_issue(issue),
            "feed.txt": "\n".join(f"{i.key.slug} {i.hash}" for i in recent).encode(),
            "index.txt": "\n".join(f"{s.key.slug} {s.revision} {s.papers}" for s in archive).encode(),
        }
        for path, content in files.items():
            file = SiteFile(path, content)
            self.before(file)
            yield file


@dataclass
class StepProgress:
    """Implements `domain.ports.Progress`: keeps what was told to it."""

    tasks: list[tuple[str, int | None, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @contextmanager
    def task(self, label: str, total: int | None = None) -> Iterator[Step]:
        """A piece of work whose steps are counted."""
        done: list[int] = []

        def step(steps: int, note: str = "") -> None:
            done.append(steps)
            self.notes.append(note)

        yield step
        self.tasks.append((label, total, sum(done)))
