"""One paper, one record: whatever the order in which the sources were heard."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.papers.announcements import Announcement, AnnounceType
from newsletter.domain.papers.merging import merge
from newsletter.domain.papers.papers import Author, Paper, PaperId
from newsletter.domain.papers.source_kinds import SourceKind

ID = PaperId("arxiv:2606.00012")
DAY = date(2026, 6, 2)


def announced(source: str, day: date = DAY, feed: str = "", **paper: object) -> Announcement:
    fields = {"id": ID, "title": "T"} | paper
    return Announcement(source=source, feed=feed, day=day, kind=AnnounceType.NEW, paper=Paper(**fields))  # type: ignore[arg-type]


WORDS = st.sampled_from(["", "a", "b"])
PAPERS = st.builds(
    Paper,
    id=st.just(ID),
    title=st.sampled_from(["a", "b", ""]),
    abstract=WORDS,
    version=st.sampled_from([None, 1, 2]),
    authors=st.sampled_from([(), (Author("A"),), (Author("A", "x"), Author("B"))]),
    categories=st.lists(st.sampled_from(["cs.CL", "cs.AI", "stat.ML"]), unique=True, max_size=3).map(tuple),
    links=st.dictionaries(
        st.sampled_from(["abs", "code"]), st.sampled_from(["https://a.example", "https://b.example"])
    ),
    comment=WORDS,
    upvotes=st.sampled_from([None, 0, 7]),
    organization=WORDS,
    submitted=st.sampled_from([None, datetime(2026, 5, 30, tzinfo=UTC)]),
)
ANNOUNCEMENTS = st.builds(
    Announcement,
    source=st.sampled_from([*SourceKind, "other"]),
    feed=st.sampled_from(["cs.CL", "cs.AI"]),
    day=st.dates(date(2026, 6, 1), date(2026, 6, 3)),
    kind=st.sampled_from(AnnounceType),
    paper=PAPERS,
)


@given(st.lists(ANNOUNCEMENTS, min_size=1, max_size=6).flatmap(lambda xs: st.tuples(st.just(xs), st.permutations(xs))))
def test_the_record_does_not_depend_on_the_order_or_on_repetition(
    pair: tuple[list[Announcement], list[Announcement]],
) -> None:
    first, second = pair
    assert merge(first) == merge(second) == merge(first + second)
    assert repr(merge(first)) == repr(merge(second))


@given(st.lists(ANNOUNCEMENTS, min_size=1, max_size=6))
def test_nothing_that_any_source_told_gets_lost(announcements: list[Announcement]) -> None:
    paper = merge(announcements)
    papers = [announcement.paper for announcement in announcements]
    assert set(paper.categories) == {category for p in papers for category in p.categories}
    assert set(paper.links) == {role for p in papers for role in p.links}
    for name in ("title", "abstract", "authors", "comment", "organization"):
        assert bool(getattr(paper, name)) == any(getattr(p, name) for p in papers)
    assert (paper.upvotes is None) == all(p.upvotes is None for p in papers)


def test_the_text_of_the_highest_version_wins() -> None:
    first = announced("arxiv-api", title="First", abstract="one", version=1)
    second = announced("arxiv-rss", title="Second", abstract="two", version=2)
    unknown = announced("arxiv-api", title="Unknown", abstract="three")
    paper = merge([first, second, unknown])
    assert (paper.title, paper.abstract, paper.version) == ("Second", "two", 2)


def test_within_a_version_the_more_complete_source_wins() -> None:
    rss = announced("arxiv-rss", authors=(Author("A"),), version=1, license="cc0")
    api = announced("arxiv-api", authors=(Author("A", "MIT"),), version=1)
    paper = merge([rss, api])
    assert paper.authors == (Author("A", "MIT"),)
    assert paper.license == "cc0"


def test_the_hugging_face_twin_adds_what_only_it_knows() -> None:
    rss = announced("arxiv-rss", title="As on arXiv", version=1, links={"abs": "https://arxiv.org/abs/2606.00012"})
    twin = announced(
        "hf-daily",
        day=date(2026, 6, 9),
        title="As on HF",
        upvotes=12,
        stars=3,
        organization="A Lab",
        keywords=("x",),
        links={"code": "https://code.example/a"},
    )
    paper = merge([rss, twin])
    assert (paper.title, paper.upvotes, paper.stars, paper.organization) == ("As on arXiv", 12, 3, "A Lab")
    assert set(paper.links) == {"abs", "code"}


def test_the_newest_count_of_upvotes_wins_even_if_it_is_lower() -> None:
    old, new = announced("hf-daily", upvotes=12), announced("hf-daily", day=date(2026, 6, 5), upvotes=0)
    assert merge([new, old]).upvotes == 0


def test_the_primary_category_of_the_best_source_stays_first() -> None:
    api = announced("arxiv-api", categories=("cs.CL", "cs.AI"))
    rss = announced("arxiv-rss", categories=("cs.AI", "cs.LG"))
    assert merge([rss, api]).categories == ("cs.CL", "cs.AI", "cs.LG")


def test_different_papers_are_not_merged() -> None:
    other = announced("arxiv-rss")
    other = replace(other, paper=replace(other.paper, id=PaperId("arxiv:2606.00013")))
    with pytest.raises(ValueError, match="one paper"):
        merge([announced("arxiv-rss"), other])


BEST_FIRST = ["arxiv-api", "arxiv-oai", "arxiv-rss", "files", "feed", "hf-daily", "a source of tomorrow"]


@pytest.mark.parametrize(("better", "worse"), list(pairwise(BEST_FIRST)))
def test_of_one_version_the_source_that_knows_papers_better_gives_the_text(better: str, worse: str) -> None:
    """Day and name of a source say nothing of how much it knows."""
    earlier = announced(better, title="As the better one has it", version=1)
    later = announced(worse, day=date(2026, 6, 3), title="As the other has it", version=1)
    assert merge([later, earlier]).title == "As the better one has it"


def test_of_one_source_and_version_the_later_announcement_wins() -> None:
    early = announced("arxiv-rss", title="Early", version=1)
    late = announced("arxiv-rss", day=date(2026, 6, 3), title="Late", version=1)
    assert merge([early, late]).title == "Late"


def test_a_source_that_names_no_version_ranks_below_the_first_version() -> None:
    unknown = announced("arxiv-api", title="Of some version")
    first = announced("hf-daily", title="Of the first", version=1)
    assert merge([unknown, first]).title == "Of the first"


def test_where_nobody_tells_a_title_the_best_record_is_the_best() -> None:
    best = announced("arxiv-api", title="", raw_title="\\best")
    other = announced("hf-daily", title="", raw_title="\\other")
    another = announced("hf-daily", day=date(2026, 6, 1), title="", raw_title="\\another")
    assert merge([other, best, another]).raw_title == "\\best"


def test_the_order_in_which_a_record_names_its_links_decides_nothing() -> None:
    links = {"abs": "https://a.example", "code": "https://c.example"}
    other = announced("arxiv-rss", links={"b": "https://b.example"}, comment="of the other")
    for same in (links, dict(reversed(links.items()))):
        assert merge([other, announced("arxiv-rss", links=same, comment="of this one")]).comment == "of this one"
