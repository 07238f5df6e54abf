"""Issues put together from plain values, with every awkward thing that real text holds."""

from __future__ import annotations

from datetime import UTC, date, datetime

from newsletter.domain.delivery import Recipient
from newsletter.domain.issues import Issue, IssueKey, IssuePaper, Match, Pick, Selection, Silence
from newsletter.domain.papers import (
    AnnounceType,
    Author,
    FailureKind,
    Keyword,
    Listing,
    ListingStatus,
    Notice,
    Paper,
    PaperId,
    Provenance,
    Rating,
    Summary,
)
from newsletter.formats import freeze_issue

__all__ = ["DAY", "make_issue", "make_notice", "make_paper", "make_recipient", "select"]

DAY = date(2026, 6, 2)
FROZEN = datetime(2026, 6, 2, 6, 0, tzinfo=UTC)
_ENGINE = Provenance("llm", "some-model", "p1")
_SENTENCE = "We measure how far retrieval helps a model that already knows most of the answers it is asked for. "


def make_paper(number: int = 1, **changes: object) -> IssuePaper:
    """One paper with an English and a Chinese summary; `changes` replace fields of the paper."""
    paper_id = PaperId(f"sample:2606.{number:05d}")
    fields: dict[str, object] = {
        "id": paper_id,
        "title": f"Paper {number}: what retrieval adds to a model that knows enough",
        "abstract": _SENTENCE * 8,
        "version": 1,
        "authors": tuple(Author(f"Author {name}") for name in range(1, 2 + number % 7)),
        "categories": ("cs.CL", "cs.IR"),
        "links": {
            "abs": f"https://papers.example.org/abs/2606.{number:05d}",
            "pdf": f"https://papers.example.org/pdf/2606.{number:05d}",
            **({"code": f"https://code.example.org/{number}"} if number % 3 == 0 else {}),
        },
        "upvotes": number * 3 if number % 2 else None,
    }
    paper = Paper(**(fields | changes))  # type: ignore[arg-type]
    summaries = {
        "en": Summary(
            paper_id=paper.id,
            version=1,
            language="en",
            provenance=_ENGINE,
            tldr=f"Retrieval adds less than expected, says study {number}.",
            motivation=_SENTENCE.strip(),
            method="Twelve models are asked with and without passages.",
            result="The gain is 4.2 points at most.",
            keywords=(Keyword("retrieval"), Keyword("question answering")),
            ratings={"novelty": Rating(3.5, "Few did it before.")} if number % 4 == 0 else {},
        ),
        "zh-Hans": Summary(
            paper_id=paper.id,
            version=1,
            language="zh-Hans",
            provenance=_ENGINE,
            title=f"论文 {number}：检索能为已经知道很多的模型带来什么",
            abstract="本文考察检索对模型的帮助。" * 8,
            tldr="检索带来的提升比预期要小。",
            tldr_en="Retrieval adds less than expected.",
            highlights=("比较了十二个模型", "提升最多 4.2 分"),
            keywords=(Keyword("retrieval", "检索"), Keyword("question answering", "问答")),
            ratings={"practicality": Rating(4, "容易使用"), "novelty": Rating(3.5, "少有人做过")},
        ),
    }
    if number % 5 == 0:
        summaries["en"] = Summary(
            paper_id=paper.id, version=1, language="en", provenance=_ENGINE, failure=FailureKind.REFUSED
        )
    if number % 6 == 0:
        del summaries["zh-Hans"]
    kind = AnnounceType.CROSS if number % 3 == 1 else AnnounceType.NEW
    return IssuePaper(paper=paper, notices=(Notice(DAY, "arxiv-rss", "cs.CL", kind, 1),), summaries=summaries)


def make_issue(papers: int | list[IssuePaper] = 7, *, day: date = DAY, **changes: object) -> Issue:
    """A frozen issue of so many papers, or of these."""
    entries = [make_paper(number) for number in range(1, papers + 1)] if isinstance(papers, int) else papers
    fields: dict[str, object] = {
        "key": IssueKey(day),
        "title": "The Daily Sample",
        "languages": ("en", "zh-Hans"),
        "papers": tuple(entries),
        "description": "What was announced today.",
        "listings": (
            Listing(source="arxiv-rss", feed="cs.CL", day=day, status=ListingStatus.FRESH, collected=len(entries)),
            Listing(source="arxiv-rss", feed="cs.IR", day=day, status=ListingStatus.FAILED, note="no answer"),
        ),
    }
    frozen = datetime.combine(day, FROZEN.timetz())
    return freeze_issue(Issue(**(fields | changes)), at=frozen)  # type: ignore[arg-type]


def make_notice(**changes: object) -> Issue:
    """A frozen issue that says that Saturday, 6 June 2026, has no papers."""
    day = date(2026, 6, 6)
    quiet = Listing(
        source="arxiv-rss", feed="cs.CL", day=day, status=ListingStatus.NONE_EXPECTED, note="it is Saturday"
    )
    fields: dict[str, object] = {"listings": (quiet,), "silence": Silence(date(2026, 6, 8))}
    return make_issue(0, day=day, **(fields | changes))


def make_recipient(number: int = 1, **changes: object) -> Recipient:
    """A subscriber with two interests."""
    fields: dict[str, object] = {
        "subscriber_id": number,
        "email": f"reader{number}@example.org",
        "name": f"Reader {number}",
        "language": "en",
        "interests": ("retrieval-augmented generation", "-survey"),
    }
    return Recipient(**(fields | changes))  # type: ignore[arg-type]


def select(issue: Issue, limit: int | None = None, terms: tuple[str, ...] = ("retrieval",)) -> Selection:
    """The first papers of an issue, each matched by these terms."""
    matches = tuple(Match(term, "title", term) for term in terms)
    picks = tuple(Pick(at, paper.id, 1.0, matches) for at, paper in enumerate(issue.papers[:limit]))
    return Selection(picks, len(issue.papers))
