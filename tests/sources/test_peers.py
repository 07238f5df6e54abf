"""The inner network is not looked at, whatever name, spelling or answer of a resolver leads there."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import SourceError, SourceMalformed, SourceUnavailable
from newsletter.sources._peers import is_literal, is_public
from newsletter.sources.http import Limits, Retry
from tests.sources.conftest import MakeClient
from tests.support.certificates import Authority
from tests.support.http_server import Reply, serving

ONCE = Retry(attempts=1)
QUICK = Limits(connect=0.3, read=2, total=3)
NOWHERE = "2d00::1"
"""Of the space of global unicast, and never given to anybody."""

INNER = """
    0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.255 169.254.169.254 172.16.0.1 192.0.0.8 192.0.2.1
    192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1
    64:ff9b::a00:1 64:ff9b:1::1 64:ff9b:1::8.8.8.8 100::1 2001::1 2001:0:7f00:1:: 2001:2::1 2001:db8::1
    2002:7f00:1:: 2002:a00:1:: 2002:c0a8:101::1 3fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0
    2606:4700::1%eth0 fec0::1 ff02::1 ff0e::1 4000::1
""".split()
OUTER = """
    1.1.1.1 8.8.8.8 151.101.3.42 2606:4700:4700::1111 2a04:4e42::810 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1
""".split()


@pytest.mark.parametrize("address", INNER)
def test_what_is_not_of_the_open_internet_is_inner(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTER)
def test_what_is_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_in_every_wrapping(ip: ipaddress.IPv4Address) -> None:
    for wrapped in (f"::ffff:{ip}", f"64:ff9b::{ip}", str(ipaddress.IPv6Address((0x2002 << 112) | (int(ip) << 80)))):
        assert is_public(wrapped) == is_public(str(ip)), wrapped
    assert not is_public(f"::{ip}")


@given(st.text(max_size=40))
def test_no_text_is_public_that_is_no_address(text: str) -> None:
    if is_public(text):
        ipaddress.ip_address(text)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "a.localhost", "8.8.8.8"])
def test_an_address_as_it_is_usually_written_needs_no_looking_up(host: str) -> None:
    assert is_literal(host)


@pytest.mark.parametrize(
    "host", ["127.1", "0x7f.1", "2130706433", "0177.0.0.1", "example.org", "localhost.example.org"]
)
def test_odd_spellings_are_names(host: str) -> None:
    assert not is_literal(host)


# --- at the socket ---------------------------------------------------------------------------------------------------


class Heard:
    """A server on loopback that keeps every byte it gets."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self.data = b""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.data += await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening(tls: ssl.SSLContext | None = None) -> AsyncIterator[Heard]:
    heard = Heard()
    server = await asyncio.start_server(heard, "127.0.0.1", 0, ssl=tls)
    heard.port = server.sockets[0].getsockname()[1]
    try:
        yield heard
    finally:
        server.close()
        await server.wait_closed()


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., list[str]]]:
    """Answers for names under `.example`, one set of addresses after the other, the last for ever."""
    ask = socket.getaddrinfo
    answers: list[list[str]] = []
    asked: list[str] = []

    def answer(host: str | bytes, port: int, *rest: int, **options: int) -> object:
        name = host.decode() if isinstance(host, bytes) else host
        if not name.rstrip(".").endswith(".example"):
            return ask(host, port, *rest, **options)
        asked.append(name)
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [entry for address in addresses for entry in ask(address, port, type=socket.SOCK_STREAM)]

    def say(*sets: list[str]) -> list[str]:
        answers[:] = sets
        return asked

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return say


Say = Callable[..., list[str]]


@pytest.mark.parametrize("host", ["feeds.example", "127.1", "0x7f.1", "2130706433"])
async def test_a_name_that_leads_inside_gets_not_a_byte(make_client: MakeClient, resolver: Say, host: str) -> None:
    resolver(["127.0.0.1"])
    async with listening() as heard:
        with pytest.raises(SourceMalformed, match=r"inner network.*collect.inner_hosts"):
            await make_client(retry=ONCE).get(f"http://{host}:{heard.port}/feed")
    assert (heard.connections, heard.data) == (0, b"")


async def test_one_inner_address_among_others_is_enough(make_client: MakeClient, resolver: Say) -> None:
    resolver([NOWHERE, "127.0.0.1"])
    async with listening() as heard:
        with pytest.raises(SourceMalformed, match="inner network"):
            await make_client(retry=ONCE).get(f"http://feeds.example:{heard.port}/")
    assert heard.connections == 0


async def test_a_name_that_changes_its_mind_leads_nowhere_else(make_client: MakeClient, resolver: Say) -> None:
    """DNS rebinding: the address that was judged is the one that is connected to."""
    asked = resolver([NOWHERE], ["127.0.0.1"])
    async with listening() as heard:
        with pytest.raises(SourceUnavailable):
            await make_client(retry=ONCE, limits=QUICK).get(f"http://feeds.example:{heard.port}/")
    assert (heard.connections, heard.data) == (0, b"")
    assert len(asked) == 1


@pytest.mark.parametrize("answers", [[["127.0.0.1"]], [[NOWHERE], ["127.0.0.1"]]], ids=["at once", "when asked again"])
async def test_a_redirect_is_judged_like_the_first_address(
    make_client: MakeClient, resolver: Say, answers: list[list[str]]
) -> None:
    asked = resolver(*answers)
    async with listening() as heard:
        away = {"Location": f"http://evil.example:{heard.port}/"}
        with serving({"/": Reply(b"", 302, away)}) as server, pytest.raises(SourceError):
            await make_client(retry=ONCE, limits=QUICK).get(f"{server.url}/")
    assert (heard.connections, heard.data) == (0, b"")
    assert len(asked) == 1


async def test_a_host_that_the_operator_named_is_read_by_its_name(make_client: MakeClient, resolver: Say) -> None:
    asked = resolver(["127.0.0.1"])
    async with listening() as heard:
        client = make_client(inner_hosts=["Mirror.example"], cache=None)
        answer = await client.get(f"http://mirror.example:{heard.port}/a?b=c")
    assert answer.body == b"secret"
    assert heard.data.startswith(b"GET /a?b=c HTTP/1.1\r\n")
    assert f"Host: mirror.example:{heard.port}".encode() in heard.data
    assert len(asked) == 1


@pytest.mark.parametrize(("name", "reached"), [("mirror.example", True), ("other.example", False)])
async def test_the_certificate_is_checked_for_the_name(
    make_client: MakeClient, resolver: Say, tmp_path: Path, name: str, *, reached: bool
) -> None:
    resolver(["127.0.0.1"])
    authority = Authority(tmp_path)
    client = make_client(inner_hosts=[name], retry=ONCE)
    client._ssl = ssl.create_default_context(cafile=authority.file)
    async with listening(authority.server("mirror.example")) as heard:
        if reached:
            assert (await client.get(f"https://{name}:{heard.port}/")).body == b"secret"
        else:
            with pytest.raises(SourceUnavailable, match="certificate"):
                await client.get(f"https://{name}:{heard.port}/")
            assert heard.data == b""


async def test_an_address_that_does_not_answer_is_followed_by_the_next(make_client: MakeClient, resolver: Say) -> None:
    resolver(["::1", "127.0.0.1"])
    async with listening() as heard:
        answer = await make_client(inner_hosts=["mirror.example"]).get(f"http://mirror.example:{heard.port}/")
    assert answer.body == b"secret"


@pytest.mark.parametrize("host", ["a" * 70 + ".example.org", "nowhere.invalid", "a..b"])
async def test_a_name_that_cannot_be_looked_up_is_no_answer(make_client: MakeClient, host: str) -> None:
    with pytest.raises(SourceError):
        await make_client(retry=ONCE).get(f"http://{host}/")
