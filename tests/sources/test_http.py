"""The polite client against servers that are not: throttling, stalls, cut lines, bombs, redirects."""

from __future__ import annotations

import asyncio
import gzip
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import SourceError, SourceMalformed, SourceThrottled, SourceUnavailable
from newsletter.sources._transport import gate_of
from newsletter.sources.http import Limits, PoliteClient, Retry, backoff, spacing_of
from tests.sources.conftest import MakeClient
from tests.support.http_server import HttpServer, Reply, Request, serving

NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)
QUICK = Limits(connect=2, read=0.3, total=1, size=1 << 20)
ONCE = Retry(attempts=1)


# --- throttling ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "face",
    [
        Reply(b"", 429, {"Retry-After": "9"}),
        Reply(b"", 429, stall=0.1),
        Reply(b"Rate exceeded."),
        Reply(b"Not Acceptable", 406),
    ],
    ids=["429", "a stall, then 429", "200 that says so", "406"],
)
async def test_each_face_of_throttling_is_waited_for(make_client: MakeClient, waits: list[float], face: Reply) -> None:
    told = [face]

    def answer(_: Request) -> Reply:
        return told.pop() if told else Reply(b"fine")

    with serving(answer) as server:
        result = await make_client().get(server.url)
    assert result.body == b"fine"
    assert len(waits) == 1
    assert 2.5 <= waits[0] <= 10
    if "Retry-After" in face.headers:
        assert waits[0] >= 9


async def test_who_is_throttled_for_good_gives_up_and_says_so(make_client: MakeClient, waits: list[float]) -> None:
    with serving({"/": Reply(b"Rate exceeded.")}) as server, pytest.raises(SourceThrottled, match=r"slow down.*Rate"):
        await make_client().get(f"{server.url}/")
    assert len(server.requests) == 3
    assert len(waits) == 2
    assert waits[1] > waits[0]


async def test_a_host_that_wants_an_hour_is_left_for_this_run(make_client: MakeClient, waits: list[float]) -> None:
    with serving({"/": Reply(b"", 429, {"Retry-After": "3600"})}) as server, pytest.raises(SourceThrottled) as caught:
        await make_client().get(f"{server.url}/")
    assert caught.value.retry_after == 3600
    assert waits == []


async def test_a_refusal_is_never_cached(make_client: MakeClient) -> None:
    told = [Reply(b"Rate exceeded.", headers={"Cache-Control": "max-age=3600"})]

    def answer(_: Request) -> Reply:
        return told.pop() if told else Reply(b"fine")

    with serving(answer) as server:
        with pytest.raises(SourceThrottled):
            await make_client(retry=ONCE).get(server.url, keep=timedelta(hours=1))
        assert (await make_client().get(server.url, keep=timedelta(hours=1))).body == b"fine"


def test_waiting_grows_is_bounded_and_follows_the_host() -> None:
    retry = Retry(attempts=6, first=5, longest=60)
    waits = [backoff(n, retry, asked=None, chance=0.5) for n in range(1, 7)]
    assert waits == [5, 10, 20, 40, 60, None]
    assert backoff(1, retry, asked=30, chance=0.25) == 30.25
    assert backoff(1, retry, asked=61, chance=0) is None


@given(st.integers(1, 9), st.floats(0, 1), st.none() | st.floats(0, 1e6))
def test_nobody_waits_longer_than_the_policy_says(attempt: int, chance: float, asked: float | None) -> None:
    wait = backoff(attempt, Retry(), asked=asked, chance=chance)
    assert wait is None or 0 <= wait <= 1.5 * Retry().longest + 1


@pytest.mark.parametrize(
    "value",
    ["Fri, 31 Dec 9999 23:59:59 -0500", "Tue, 02 Jun 2026 00:00:00 +99999999999999"],
)
async def test_a_pause_until_an_impossible_date_is_no_pause(make_client: MakeClient, value: str) -> None:
    with serving({"/": Reply(b"", 429, {"Retry-After": value})}) as server, pytest.raises(SourceThrottled) as caught:
        await make_client().get(f"{server.url}/")
    assert caught.value.retry_after is None
    assert len(server.requests) == 3


# --- silence, cuts, size ---------------------------------------------------------------------------------------------


async def failing(client: PoliteClient, url: str, kind: type[SourceError], match: str) -> float:
    begun = time.monotonic()
    with pytest.raises(kind, match=match):
        await client.get(url)
    return time.monotonic() - begun


async def test_silence_is_bounded(make_client: MakeClient) -> None:
    with serving({"/": Reply(b"late", stall=30)}) as server:
        took = await failing(make_client(limits=QUICK, retry=ONCE), f"{server.url}/", SourceUnavailable, "silent")
    assert took < 2


async def test_a_drip_is_bounded_by_the_time_in_all(make_client: MakeClient) -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(300):
            time.sleep(0.1)
            yield b"x"

    with serving({"/": Reply(drip())}) as server:
        took = await failing(make_client(limits=QUICK, retry=ONCE), f"{server.url}/", SourceUnavailable, "within 1 s")
    assert took < 3


async def test_a_cut_line_is_no_answer(make_client: MakeClient) -> None:
    with serving({"/": Reply(b"x" * 1000, cut_after=300)}) as server:
        await failing(make_client(retry=ONCE), f"{server.url}/", SourceUnavailable, "could not be read")


async def test_a_compressed_body_that_is_cut_is_no_answer(make_client: MakeClient) -> None:
    whole = gzip.compress(bytes(range(256)) * 40)
    with serving({"/": Reply(whole[:-20], headers={"Content-Encoding": "gzip"})}) as server:
        await failing(make_client(retry=ONCE), f"{server.url}/", SourceUnavailable, "cut off")


async def test_a_host_that_is_down_is_reported(make_client: MakeClient) -> None:
    with serving({}) as server:
        url = server.url
    await failing(make_client(retry=ONCE), url, SourceUnavailable, "could not be read")


async def test_a_server_error_is_asked_again(make_client: MakeClient, waits: list[float]) -> None:
    told = [Reply(b"", 502), Reply(b"", 500)]

    def answer(_: Request) -> Reply:
        return told.pop() if told else Reply(b"fine")

    with serving(answer) as server:
        assert (await make_client().get(server.url)).body == b"fine"
    assert len(waits) == 2


async def test_an_endless_body_is_left_where_it_is_too_large(make_client: MakeClient) -> None:
    block = b"x" * 65_536
    with serving({"/": Reply(block for _ in range(8_000))}) as server:  # 500 MB, were it read
        tracemalloc.start()
        await failing(make_client(limits=QUICK), f"{server.url}/", SourceMalformed, "larger than 1 MB")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 16 << 20
    assert server.bytes_sent < 32 << 20


async def test_a_declared_size_that_is_too_large_is_not_read_at_all(make_client: MakeClient) -> None:
    with serving({"/": Reply(b"x" * (2 << 20))}) as server:
        await failing(make_client(limits=QUICK), f"{server.url}/", SourceMalformed, "larger than 1 MB")


async def test_a_bomb_of_gzip_is_not_inflated(make_client: MakeClient) -> None:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(64)) + squeeze.flush()
    with serving({"/": Reply(bomb, headers={"Content-Encoding": "gzip"})}) as server:
        tracemalloc.start()
        await failing(make_client(limits=QUICK), f"{server.url}/", SourceMalformed, "larger than 1 MB")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert len(bomb) < 100_000
    assert peak < 16 << 20


async def test_gzip_in_several_members_is_read_to_the_end(client: PoliteClient) -> None:
    body = gzip.compress(b"one ") + gzip.compress(b"two")
    with serving({"/": Reply(body, headers={"Content-Encoding": "gzip"})}) as server:
        assert (await client.get(f"{server.url}/")).body == b"one two"


@pytest.mark.parametrize(("encoding", "match"), [("br", "not asked for"), ("gzip", "not gzip")])
async def test_an_encoding_that_cannot_be_read_is_refused(client: PoliteClient, encoding: str, match: str) -> None:
    with serving({"/": Reply(b"plain text", headers={"Content-Encoding": encoding})}) as server:
        await failing(client, f"{server.url}/", SourceMalformed, match)


async def test_what_is_no_http_is_no_answer(make_client: MakeClient) -> None:
    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await failing(make_client(retry=ONCE), f"http://127.0.0.1:{port}/", SourceUnavailable, "127.0.0.1")
    server.close()
    await server.wait_closed()


# --- redirects -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "file:///etc/passwd",
        "ftp://192.0.2.1/",
    ],
)
async def test_a_redirect_into_the_inner_network_is_not_followed(make_client: MakeClient, target: str) -> None:
    with serving({"/": Reply(b"", 302, {"Location": target})}) as server:
        with pytest.raises(SourceMalformed, match=r"redirect|inner network"):
            await make_client(retry=ONCE).get(f"{server.url}/")
        assert len(server.requests) == 1


async def test_a_redirect_within_the_host_is_followed(client: PoliteClient) -> None:
    with serving({"/": Reply(b"", 301, {"Location": "/there"}), "/there": b"here"}) as server:
        answer = await client.get(f"{server.url}/")
    assert (answer.body, answer.url) == (b"here", f"{server.url}/there")


async def test_redirects_do_not_go_on_for_ever(client: PoliteClient) -> None:
    with serving(lambda _: Reply(b"", 302, {"Location": "/again"})) as server:
        await failing(client, server.url, SourceMalformed, "5 redirects")
    assert len(server.requests) <= 7


@pytest.mark.parametrize("url", ["", "example.org/feed", "file:///etc/passwd", "http://", "gopher://x/"])
async def test_an_address_that_is_not_http_is_refused(client: PoliteClient, url: str) -> None:
    with pytest.raises(SourceMalformed, match="absolute http"):
        await client.get(url)


# --- the cache -------------------------------------------------------------------------------------------------------


async def test_what_has_not_changed_is_not_sent_again(make_client: MakeClient) -> None:
    def answer(request: Request) -> Reply:
        if request.headers.get("if-none-match") == '"one"':
            return Reply(b"", 304, {"ETag": '"one"'})
        return Reply(b"body", headers={"ETag": '"one"', "Cache-Control": "max-age=86400"})

    with serving(answer) as server:
        first = await make_client().get(server.url)
        second = await make_client().get(server.url)
    assert (first.body, first.cached, second.body, second.cached) == (b"body", False, b"body", True)
    assert "if-none-match" in server.requests[1].headers
    assert len(server.requests) == 2


async def test_what_has_changed_is_taken_though_the_old_answer_was_fresh(make_client: MakeClient) -> None:
    bodies = [b"two", b"one"]
    with serving(lambda _: Reply(bodies.pop(), headers={"Cache-Control": "max-age=86400", "ETag": '"x"'})) as server:
        assert [(await make_client().get(server.url)).body for _ in range(2)] == [b"one", b"two"]


async def test_what_cannot_change_is_asked_for_once(make_client: MakeClient) -> None:
    with serving({"/": b"page"}) as server:
        for _ in range(3):
            answer = await make_client().get(f"{server.url}/", keep=timedelta(hours=1))
    assert (answer.body, answer.cached) == (b"page", True)
    assert len(server.requests) == 1


async def test_an_answer_that_fails_the_check_is_not_kept(client: PoliteClient) -> None:
    bodies = [b"good", b"<html>"]

    def check(body: bytes) -> None:
        if body.startswith(b"<"):
            msg = "not what was asked for"
            raise SourceMalformed(msg)

    with serving(lambda _: Reply(bodies.pop())) as server:
        with pytest.raises(SourceMalformed, match="not what"):
            await client.get(server.url, keep=timedelta(hours=1), check=check)
        assert (await client.get(server.url, keep=timedelta(hours=1), check=check)).body == b"good"


async def test_a_broken_cache_costs_no_answer(make_client: MakeClient, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "http.db").write_bytes(b"this is no database" * 1000)
    with serving({"/": b"fine"}) as server:
        assert (await make_client().get(f"{server.url}/")).body == b"fine"


async def test_without_a_folder_nothing_is_cached(make_client: MakeClient) -> None:
    with serving({"/": b"page"}) as server:
        for _ in range(2):
            await make_client(cache=None).get(f"{server.url}/", keep=timedelta(hours=1))
    assert len(server.requests) == 2


# --- the gate --------------------------------------------------------------------------------------------------------


def test_all_of_arxiv_is_one_gate() -> None:
    gates = {gate_of(httpx.URL(f"https://{host}/x")) for host in ("arxiv.org", "rss.arxiv.org", "OAIPMH.arxiv.org.")}
    assert gates == {"arxiv.org"}
    assert gate_of(httpx.URL("https://notarxiv.org/")) == "notarxiv.org:443"


def test_arxiv_gets_three_seconds_and_this_machine_none() -> None:
    assert spacing_of("arxiv.org") == 3
    assert spacing_of("huggingface.co:443") == 1
    assert [spacing_of(f"{host}:80") for host in ("127.0.0.1", "localhost", "::1")] == [0, 0, 0]


async def test_requests_to_a_host_go_one_at_a_time(make_client: MakeClient) -> None:
    def answer(_: Request) -> Reply:
        return Reply(b"x", stall=0.05)

    with serving(answer) as server:
        await asyncio.gather(*(make_client(cache=None).get(f"{server.url}/{n}") for n in range(5)))
    _one_at_a_time(server)


def _one_at_a_time(server: HttpServer) -> None:
    assert len(server.requests) == 5
    assert server.most_at_once == 1
