"""The server under load: clients that take their time, shares of connections, locks of others, and its end."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from newsletter.domain.subscribers import SubscriptionState
from newsletter.services.signing_up import Answer
from newsletter.store import SqlStore
from newsletter.web import published
from newsletter.web.serving import lanes, server
from newsletter.web.serving.clients import Proxies
from newsletter.web.serving.connections import Limits
from tests.support.web import make_app, make_public, running
from tests.web.conftest import EMAIL, token_of

LARGE = os.urandom(1 << 20) * 3


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines that no busy machine meets, but for those that a test is about."""
    for name in ("HEAD_SECONDS", "KEEP_SECONDS", "READ_SECONDS"):
        monkeypatch.setattr(server, name, 600)


def connect(url: str, *, source: str = "127.0.0.1", buffer: int = 0) -> socket.socket:
    """A bare connection to a server, from an address of this machine."""
    line = socket.socket()
    if buffer:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    line.settimeout(60)
    line.bind((source, 0))
    parts = urlsplit(url)
    line.connect((parts.hostname, parts.port))
    return line


def is_cut(line: socket.socket) -> bool:
    """Read to the end; whether the server cut the line before its answer was complete."""
    got = 0
    try:
        while part := line.recv(1 << 20):
            got += len(part)
    except ConnectionResetError:
        return True
    return got < len(LARGE)


def get(path: str, *fields: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: x", *fields, "", "")).encode()


@pytest.fixture
def large(site: Path) -> str:
    """The path of a file that no buffer holds."""
    (site / "large.bin").write_bytes(LARGE)
    return "/large.bin"


@pytest.mark.parametrize("fields", [(), ("Connection: close",)])
def test_who_reads_nothing_loses_the_line(
    client: httpx.Client, large: str, fields: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "READ_SECONDS", 0.2)
    with connect(str(client.base_url), buffer=4096) as line:
        line.sendall(get(large, *fields))
        state = 1
        while state == 1:  # TCP_INFO begins with the state of the connection, 1 is open
            state = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
        assert is_cut(line)
    assert client.get("/health").status_code == 200


def test_who_reads_slowly_gets_it_all(client: httpx.Client, large: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pause is shorter than the deadline, and all of them together longer."""
    monkeypatch.setattr(server, "READ_SECONDS", 1.0)
    with connect(str(client.base_url), buffer=1 << 16) as line:
        line.sendall(get(large, "Connection: close"))
        got = b""
        for _ in range(8):
            threading.Event().wait(0.2)
            got += line.recv(1 << 16)
        while part := line.recv(1 << 20):
            got += part
    assert got.endswith(LARGE)


def test_the_rest_of_a_body_that_nobody_asked_for_is_not_waited_for(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)
    with connect(str(client.base_url)) as line:
        line.sendall(b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 405")
        with suppress(ConnectionResetError, BrokenPipeError):
            while True:  # byte by byte, which is no new request; the test ends when the server ends it
                line.sendall(b"x")


@contextmanager
def limited(store: SqlStore, site: Path, limits: Limits) -> Iterator[str]:
    with running(make_app(store, site, limits=limits), limits) as url:
        yield url


def status(url: str, path: str, *, source: str = "127.0.0.1") -> int:
    with httpx.Client(
        transport=httpx.HTTPTransport(local_address=source), base_url=url, trust_env=False, timeout=60
    ) as one:
        return one.get(path).status_code


def test_an_address_that_has_its_share_of_connections_leaves_the_others_theirs(store: SqlStore, site: Path) -> None:
    with limited(store, site, Limits(per_client=5)) as url:
        lines = [connect(url, source="127.0.0.2") for _ in range(5)]
        for line in lines:  # each is known to the server, as its answer shows
            line.sendall(get("/health"))
            assert line.recv(65536).startswith(b"HTTP/1.1 200")
        with pytest.raises(httpx.TransportError):
            status(url, "/health", source="127.0.0.2")
        assert status(url, "/health", source="127.0.0.3") == 200
        for line in lines:
            line.close()


def test_where_all_connections_are_taken_one_that_waits_for_nothing_makes_room(store: SqlStore, site: Path) -> None:
    with limited(store, site, Limits(connections=10)) as url:
        lines = [connect(url, source=f"127.0.0.{10 + number}") for number in range(10)]
        for line in lines:
            line.sendall(get("/health"))
            assert line.recv(65536).startswith(b"HTTP/1.1 200")
        assert status(url, "/health", source="127.0.0.2") == 200
        with pytest.raises(ConnectionResetError):
            lines[0].recv(65536)
        for line in lines:
            line.close()


def test_a_trusted_proxy_may_hold_all_connections_it_likes(store: SqlStore, site: Path) -> None:
    proxies = Proxies.named(["127.0.0.2"], "x-forwarded-for")
    with limited(store, site, Limits(per_client=3, proxies=proxies)) as url:
        lines = [connect(url, source="127.0.0.2") for _ in range(10)]
        for number, line in enumerate(lines):
            line.sendall(get("/health", f"X-Forwarded-For: 192.0.2.{number}"))
            assert line.recv(65536).startswith(b"HTTP/1.1 200")
            line.close()


def test_behind_a_proxy_one_reader_has_a_share_of_the_requests(store: SqlStore, site: Path) -> None:
    proxies = Proxies.named(["127.0.0.1"], "x-forwarded-for")
    with limited(store, site, Limits(per_client=2, proxies=proxies)) as url:
        # their bodies do not come
        head = b"POST /preferences/1.x HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\nContent-Length: 9\r\n"
        lines = [connect(url) for _ in range(2)]
        for line in lines:
            line.sendall(head + b"Expect: 100-continue\r\n\r\n")
            assert line.recv(65536).startswith(b"HTTP/1.1 100")  # it is being answered
        third = httpx.get(f"{url}/health", headers={"X-Forwarded-For": "192.0.2.1"}, trust_env=False)
        assert (third.status_code, third.headers["retry-after"]) == (503, "5")
        assert third.headers["x-content-type-options"] == "nosniff"
        other = httpx.get(f"{url}/health", headers={"X-Forwarded-For": "192.0.2.2"}, trust_env=False)
        assert other.status_code == 200
        for line in lines:
            line.close()


@contextmanager
def write_lock(database: Path) -> Iterator[Callable[[], None]]:
    """Another process's transaction; gives what ends it."""
    connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection.rollback
    finally:
        connection.close()


def test_a_write_lock_holds_up_writers_alone_and_each_click_counts_when_it_ends(store: SqlStore, site: Path) -> None:
    path = store.database.path
    if path is None:
        pytest.skip("only SQLite has one lock for the whole database")
    store.settle()  # as every program does when it begins
    (site / "index.html").write_text("<p>page</p>")
    token, other = (token_of(store, purpose) for purpose in ("unsubscribe", "preferences"))
    with (
        limited(store, site, Limits()) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as one,
        ThreadPoolExecutor(20) as threads,
        write_lock(path) as end,
    ):
        # more than there are workers that write
        clicks = [threads.submit(httpx.post, f"{url}/unsubscribe/{token}", timeout=60) for _ in range(20)]
        for page in ("/", "/health", f"/preferences/{other}", f"/unsubscribe/{token}"):
            assert one.get(page).status_code == 200
        assert not any(click.done() for click in clicks)
        end()
        assert {click.result().status_code for click in clicks} == {200}
    reader = store.subscribers.get(EMAIL)
    assert reader is not None
    assert reader.state is SubscriptionState.UNSUBSCRIBED


def test_who_asks_for_a_cold_file_at_the_same_time_shares_one_reading(
    store: SqlStore, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (site / "cold.json").write_bytes(b'{"papers": []}' * 100_000)
    read, go = [], threading.Event()
    load = published._load

    def counted(path: Path, *, modified: float, large: bool) -> published.Document:
        read.append(path)
        assert go.wait(60)
        return load(path, modified=modified, large=large)

    monkeypatch.setattr(published, "_load", counted)
    with limited(store, site, Limits()) as url, ThreadPoolExecutor(60) as threads:
        asked = [threads.submit(httpx.get, f"{url}/cold.json", timeout=60) for _ in range(60)]
        assert status(url, "/health") == 200
        go.set()
        assert {answer.result().status_code for answer in asked} == {200}
    assert len(read) == 1


@contextmanager
def process(folder: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`newsletter serve` itself; gives the process and its address."""
    lines = "\n".join(f"{name} = {value}" for name, value in settings.items())
    (folder / "newsletter.toml").write_text(f'[newsletter]\nfrom = "a@example.org"\n[web]\n{lines}\n')
    command = [sys.executable, "-m", "newsletter", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        try:
            line = started.stdout.readline()
            match = re.search(r"http://[\d.:]+", line)
            assert match, line
            yield started, match[0]
        finally:
            started.kill()


def slow_click(url: str) -> socket.socket:
    """A request that is being answered: half of its body is missing."""
    line = connect(url)
    head = b"POST /unsubscribe/1.x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
    line.sendall(head)
    assert line.recv(65536).startswith(b"HTTP/1.1 100")
    return line


def test_a_server_that_is_told_to_end_finishes_what_is_open(tmp_path: Path) -> None:
    with process(tmp_path, grace='"60s"') as (started, url), slow_click(url) as line:
        started.send_signal(signal.SIGTERM)
        while not refuses(url):
            pass
        line.sendall(b"abcd")
        assert line.recv(65536).startswith(b"HTTP/1.1 404")
        assert started.wait(60) == -signal.SIGTERM


def test_a_server_that_is_told_to_end_waits_no_longer_than_it_may(tmp_path: Path) -> None:
    with process(tmp_path, grace='"0.2s"') as (started, url), slow_click(url):
        started.send_signal(signal.SIGTERM)
        assert started.wait(60) == -signal.SIGTERM


def refuses(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as line:
        return line.connect_ex((parts.hostname, parts.port)) != 0


@pytest.mark.slow
def test_two_servers_share_a_database(tmp_path: Path) -> None:
    with process(tmp_path) as (_, first), process(tmp_path) as (_, second):
        assert first != second
        assert [httpx.get(f"{url}/health", trust_env=False).status_code for url in (first, second)] == [200, 200]


def test_a_flood_of_strangers_forms_holds_up_nobody_who_leaves(
    store: SqlStore, site: Path, unsubscribe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = make_public(store)
    ask, begun, go = public.door.ask_for_link, threading.Event(), threading.Event()

    def slow(*arguments: Any, **options: Any) -> Answer:
        begun.set()
        assert go.wait(60)
        return ask(*arguments, **options)

    monkeypatch.setattr(public.door, "ask_for_link", slow)
    with running(make_app(store, site, public=public)) as url, ThreadPoolExecutor(20) as threads:
        flood = [threads.submit(httpx.post, f"{url}/preferences", data={"email": EMAIL}, timeout=60) for _ in range(20)]
        try:
            assert begun.wait(60)
            assert httpx.post(f"{url}{unsubscribe}", timeout=60).status_code == 200
            assert not any(one.done() for one in flood)
        finally:
            go.set()
        assert not any(one.result().is_server_error for one in flood)


def test_who_waits_longer_for_a_turn_than_it_may_take_is_told_when_to_come_again(
    store: SqlStore, site: Path, unsubscribe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store.database.path
    if path is None:
        pytest.skip("only SQLite has one lock for the whole database")
    store.settle()
    monkeypatch.setattr(lanes, "_TURN_SECONDS", 0.2)
    with (
        limited(store, site, Limits()) as url,
        ThreadPoolExecutor(20) as threads,
        write_lock(path) as end,
    ):
        clicks = [threads.submit(httpx.post, f"{url}{unsubscribe}", timeout=60) for _ in range(10)]
        try:
            first = next(as_completed(clicks)).result()
        finally:
            end()
        assert (first.status_code, first.headers["retry-after"]) == (503, "30")
        assert "Nothing was changed" in first.text
        assert {click.result().status_code for click in clicks} == {200, 503}
