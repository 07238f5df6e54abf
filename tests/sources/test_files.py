"""JSON Lines as a source: summaries come along, bad lines are named, the announced day decides."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.papers import Announcement, AnnounceType, Author, Collected, Keyword, ListingStatus, Rating
from newsletter.sources.files import Files
from newsletter.sources.paper_lines import UnreadableLine, parse

DAY = date(2026, 6, 15)
SAMPLE = Path(__file__).parents[2] / "newsletter" / "sample" / "papers.jsonl"


def line(**fields: object) -> bytes:
    return json.dumps({"id": "2606.00012v2", "title": "T"} | fields).encode()


async def collect(path: Path, day: date = DAY) -> Collected:
    source = Files(path)
    (result,) = [result async for result in source.collect(day, source.feeds)]
    return result


def test_a_line_becomes_an_announcement_with_its_summaries() -> None:
    summary = {
        "title": "标题",
        "tldr": "a\x00b",
        "highlights": ["one", ""],
        "keywords": [{"en": "agent", "zh": "智能体"}, "plain"],
        "ratings": {"practicality": {"value": 4.5, "reason": "because"}, "beauty": {"value": 9}},
    }
    (read,) = parse(
        iter(
            [
                line(
                    authors=["Ada (Dept, London)", {"name": "B", "affiliation": "C"}],
                    announce_type="cross",
                    announced="2026-06-14",
                    links={"code": "https://code.example/a", "bad": "javascript:x"},
                    summaries={"zh-Hans": summary},
                )
            ]
        ),
        day=DAY,
    )
    assert isinstance(read, Announcement)
    assert (read.day, read.kind, read.paper.version) == (date(2026, 6, 14), AnnounceType.CROSS, 2)
    assert read.paper.authors == (Author("Ada", "Dept, London"), Author("B", "C"))
    assert set(read.paper.links) == {"abs", "pdf", "code"}
    (kept,) = read.summaries
    assert (kept.language, kept.provenance.engine, kept.version) == ("zh-Hans", "file", 2)
    assert (kept.title, kept.tldr, kept.highlights) == ("标题", "ab", ("one",))
    assert kept.keywords == (Keyword("agent", "智能体"), Keyword("plain"))
    assert kept.ratings == {"practicality": Rating(4.5, "because")}


async def test_bad_lines_are_named_and_the_others_go_on(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    bad = [b"not json", line(id="nonsense"), line(summaries={"en": {"ratings": {"novelty": {"value": 7}}}}), b'{"id":']
    path.write_bytes(b"\n".join([line(), b"", *bad, line(id="sample:1", announced="2026-06-15")]))
    result = await collect(path)
    assert (result.listing.status, result.listing.collected, result.listing.rejected) == (ListingStatus.FRESH, 2, 4)
    assert "papers.jsonl:3:" in result.listing.note
    assert "1 more" in result.listing.note


async def test_the_announced_day_decides_whose_run_it_is(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_bytes(
        b"\n".join([line(announced="2026-06-14"), line(id="sample:1"), line(id="sample:2", announced="2026-06-15")])
    )
    assert [a.paper_id for a in (await collect(path)).announcements] == ["sample:1", "sample:2"]
    other = await collect(path, date(2026, 6, 14))
    assert [a.paper_id for a in other.announcements] == ["arxiv:2606.00012", "sample:1"]


async def test_a_file_without_a_paper_of_the_day_is_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_bytes(line(announced="2026-06-14"))
    assert (await collect(path)).listing.status is ListingStatus.NONE_EXPECTED


async def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    result = await collect(tmp_path / "none.jsonl")
    assert result.listing.status is ListingStatus.FAILED
    assert "none.jsonl" in result.listing.note


async def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.jsonl").write_bytes(line(id=f"sample:{name}"))
    assert [a.paper_id for a in (await collect(tmp_path)).announcements] == ["sample:a", "sample:b"]


async def test_an_endless_line_costs_bounded_memory_and_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_bytes(b'{"id":"' + b"x" * (9 << 20) + b"\n" + line())
    result = await collect(path)
    assert (result.listing.collected, result.listing.rejected) == (1, 1)
    assert "longer than 4 MB" in result.listing.note


@given(
    st.binary(max_size=200)
    | st.dictionaries(
        st.sampled_from(["id", "title", "authors", "version", "links"]),
        st.none() | st.integers() | st.text(max_size=30) | st.lists(st.text(max_size=5), max_size=3),
    ).map(lambda d: json.dumps(d).encode())
)
def test_no_line_makes_it_raise(text: bytes) -> None:
    for read in parse(iter([text]), day=DAY):
        assert isinstance(read, Announcement | UnreadableLine)


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the bundled sample is not there")
async def test_the_bundled_sample_is_read_in_full() -> None:
    result = await collect(SAMPLE)
    assert result.listing.rejected == 0
    assert result.listing.collected == len(SAMPLE.read_text("utf-8").splitlines())
    assert result.listing.status is ListingStatus.FRESH
