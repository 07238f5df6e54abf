"""Hugging Face Daily Papers: whatever fields the year has, the day is the one it was submitted on."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.papers import AnnounceType, Collected, ListingStatus
from newsletter.errors import SourceMalformed
from newsletter.sources.hf_daily import HfDaily, parse
from newsletter.sources.http import PoliteClient
from tests.support.http_server import Reply, Request, serving
from tests.support.shared import DATA, needs_shared

FRIDAY = date(2026, 6, 12)


def entry(number: str = "2606.00467", **paper: object) -> dict[str, object]:
    fields = {"id": number, "title": "A\ntitle", "submittedOnDailyAt": "2026-06-12T00:00:00.000Z"}
    return {"paper": fields | paper, "publishedAt": "2026-05-29T20:00:00.000Z"}


def body(*entries: object) -> bytes:
    return json.dumps(entries).encode()


def test_an_entry_becomes_a_featured_paper() -> None:
    digest = parse(
        body(
            entry(
                upvotes=3,
                githubRepo="https://code.example/a",
                githubStars=5,
                projectPage="javascript:alert(1)",
                organization={"name": "lab", "fullname": "A Lab"},
                ai_keywords=["one", "two", "one"],
                authors=[{"name": "Ada"}, {"name": "Andr\\'e"}, "odd", {"nobody": 1}],
            )
        ),
        day=date(2026, 6, 30),
    )
    (announcement,) = digest.announcements
    paper = announcement.paper
    assert (announcement.kind, announcement.day) == (AnnounceType.FEATURED, FRIDAY)
    assert (paper.id, paper.title, paper.upvotes, paper.stars) == ("arxiv:2606.00467", "A title", 3, 5)
    assert (paper.organization, paper.keywords) == ("A Lab", ("one", "two"))
    assert [author.name for author in paper.authors] == ["Ada", "André"]
    assert paper.links["code"] == "https://code.example/a"
    assert "project" not in paper.links
    assert paper.links["hf"].endswith("/papers/2606.00467")
    assert "thumbnail" not in paper.links


def test_the_picture_of_a_paper_is_kept_with_its_links() -> None:
    address = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2606.00467.png"
    listed = json.loads(body(entry()))
    listed[0]["thumbnail"] = address
    (announcement,) = parse(json.dumps(listed).encode(), day=FRIDAY).announcements
    assert announcement.paper.links["thumbnail"] == address


def test_fields_that_other_years_lack_or_type_differently_cost_nothing() -> None:
    odd = entry(upvotes="many", githubRepo=None, organization="lab", ai_keywords={"a": 1}, authors=None)
    (announcement,) = parse(body(odd), day=FRIDAY).announcements
    assert (announcement.paper.upvotes, announcement.paper.organization) == (None, "")


def test_a_paper_that_names_no_day_belongs_to_the_day_asked_for() -> None:
    (announcement,) = parse(body(entry(submittedOnDailyAt=None)), day=FRIDAY).announcements
    assert announcement.day == FRIDAY


def test_a_bad_entry_is_reported_and_the_others_go_on() -> None:
    digest = parse(body(entry(), {"paper": {}}, 7, entry("x"), entry(title=" ")), day=FRIDAY)
    assert len(digest.announcements) == 1
    assert len(digest.problems) == 4


@pytest.mark.parametrize(
    "text", [b"", b"<html>", b'{"error":"Invalid date"}', b'{"a":1}', b'[{"paper":', b"[" * 100_000]
)
def test_what_is_no_list_of_papers_is_refused(text: bytes) -> None:
    with pytest.raises(SourceMalformed):
        parse(text, day=FRIDAY)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["paper", "id", "title", "authors", "organization", "name"]), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_json_makes_it_raise_anything_else(value: object) -> None:
    try:
        parse(json.dumps([value, {"paper": value}, value]).encode(), day=FRIDAY)
    except SourceMalformed:
        return


async def collect(client: PoliteClient, url: str, day: date = FRIDAY) -> Collected:
    source = HfDaily(client, base_url=url)
    (result,) = [result async for result in source.collect(day, source.feeds)]
    return result


async def test_days_with_more_than_a_page_are_read_to_the_end(client: PoliteClient) -> None:
    entries = [entry(f"2606.{n:05}") for n in range(1, 131)]

    def answer(request: Request) -> Reply:
        size, page = int(request.query["limit"]), int(request.query.get("p", 0))
        return Reply(body(*entries[page * size : (page + 1) * size]))

    with serving(answer) as server:
        result = await collect(client, server.url)
    assert (result.listing.status, result.listing.collected) == (ListingStatus.FRESH, 130)
    assert all(request.query["date"] == "2026-06-12" for request in server.requests)


async def test_a_server_that_knows_no_pages_does_not_loop(client: PoliteClient) -> None:
    page = body(*(entry(f"2606.{n:05}") for n in range(1, 101)))
    with serving({"/api/daily_papers": page}) as server:
        result = await collect(client, server.url)
    assert result.listing.collected == 100
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("reply", "day", "status"),
    [
        (Reply(b'[{"paper": {}}, {"paper": {"id": "2606.00001"}}]'), FRIDAY, ListingStatus.FAILED),
        (Reply(b"[]"), date(2026, 6, 13), ListingStatus.NONE_EXPECTED),
        (Reply(b"[]"), FRIDAY, ListingStatus.STALE),
        (Reply(body(entry())), date(2026, 6, 15), ListingStatus.STALE),
        (Reply(b'{"error":"Invalid date"}', 400), FRIDAY, ListingStatus.FAILED),
    ],
)
async def test_the_day_ends_with_a_status(client: PoliteClient, reply: Reply, day: date, status: ListingStatus) -> None:
    with serving({"/api/daily_papers": reply}) as server:
        result = await collect(client, server.url, day)
    assert result.listing.status is status
    assert result.listing.note


@needs_shared
@pytest.mark.parametrize("path", sorted((DATA / "hf_daily").glob("*")) if DATA.is_dir() else [], ids=lambda p: p.name)
def test_every_recorded_answer_is_read_in_full(path: Path) -> None:
    text = gzip.decompress(path.read_bytes())
    digest = parse(text, day=FRIDAY)
    assert digest.problems == ()
    assert len(digest.announcements) == len(json.loads(text))
    assert all(a.paper.abstract and a.paper.authors and a.paper.upvotes is not None for a in digest.announcements)
