"""Who asks: behind proxies that are named, and whatever a stranger writes into the headers."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Scope

from newsletter.web.serving.clients import Client, Proxies, client_of

NOBODY = Proxies()
OURS = Proxies.named(["127.0.0.1", "::1", "10.0.0.0/8", "2001:db8:aaaa::/48"], "x-forwarded-for")
RFC7239 = Proxies(OURS.networks, "forwarded")
READER = "198.51.100.7"


def scope(peer: str | None, *lines: str, header: str = "x-forwarded-for") -> Scope:
    """A request over a connection from this address, with these lines of the header."""
    headers = [(header.encode(), line.encode("latin-1")) for line in lines]
    return {"type": "http", "client": None if peer is None else (peer, 40000), "headers": headers}


def asks(peer: str | None, *lines: str, proxies: Proxies = OURS, header: str = "x-forwarded-for") -> str:
    return client_of(scope(peer, *lines, header=header), proxies).network


def test_without_a_proxy_the_connection_counts_whatever_the_header_says() -> None:
    assert asks(READER, "192.0.2.1", proxies=NOBODY) == READER
    assert asks("127.0.0.1", "192.0.2.1", proxies=NOBODY) == "127.0.0.1"
    assert asks(READER, "192.0.2.1") == READER


def test_a_trusted_proxy_tells_whom_it_asks_for() -> None:
    assert asks("127.0.0.1", READER) == READER
    assert asks("::1", READER) == READER


def test_what_the_reader_wrote_stands_to_the_left_of_what_the_proxy_added_and_counts_for_nothing() -> None:
    assert asks("127.0.0.1", f"192.0.2.1, {READER}") == READER
    assert asks("127.0.0.1", "192.0.2.1", READER) == READER
    # not even the address of a proxy
    assert asks("127.0.0.1", f"192.0.2.1, 10.0.0.1, {READER}") == READER


def test_a_row_of_trusted_proxies_is_followed_to_its_beginning() -> None:
    assert asks("127.0.0.1", f"192.0.2.1, {READER}, 10.1.2.3, 10.4.5.6") == READER
    assert asks("127.0.0.1", "10.1.2.3, 10.4.5.6") == "10.1.2.3"


@pytest.mark.parametrize("hop", ["unknown", "_hidden", "", "999.1.1.1", "1.2.3.4.5", "2001:db8::/32", "١٢٧.0.0.1"])
def test_a_hop_that_is_no_address_counts_as_the_proxy_that_named_it(hop: str) -> None:
    sent = scope("127.0.0.1")
    sent["headers"] = [(b"x-forwarded-for", f"{READER}, {hop}".encode())]
    assert client_of(sent, OURS).network == "127.0.0.1"


def test_a_proxy_that_tells_nothing_is_who_asks() -> None:
    assert asks("127.0.0.1") == "127.0.0.1"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (f"{READER}:51234", READER),
        ("[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:3:4:5:6]", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (f"::ffff:{READER}", READER),
        (f"  {READER}\t", READER),
    ],
)
def test_ways_of_writing_an_address(written: str, meant: str) -> None:
    assert asks("127.0.0.1", written) == meant


def test_an_ipv4_proxy_on_a_socket_for_both_is_known() -> None:
    assert asks("::ffff:127.0.0.1", READER) == READER


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        (f"for={READER}", READER),
        (f'For="{READER}:80";proto=https;by=10.0.0.1', READER),
        ('proto=https;for="[2001:db8:1:2::5]:4711"', "2001:db8:1:2::/64"),
        (f"for=192.0.2.1, for={READER}", READER),
        ("for=192.0.2.1, for=_hidden", "127.0.0.1"),
        (f"for={READER}, proto=https", "127.0.0.1"),
    ],
)
def test_the_header_of_rfc_7239(line: str, meant: str) -> None:
    assert asks("127.0.0.1", line, proxies=RFC7239, header="forwarded") == meant


@pytest.mark.parametrize(("proxies", "other"), [(OURS, "forwarded"), (RFC7239, "x-forwarded-for")])
def test_the_header_that_a_proxy_hands_on_as_it_came_counts_for_nothing(proxies: Proxies, other: str) -> None:
    assert asks("127.0.0.1", "for=192.0.2.1", "192.0.2.1", proxies=proxies, header=other) == "127.0.0.1"


def test_an_ipv6_network_counts_as_one() -> None:
    one, two = (client_of(scope(f"2001:db8:1:2:{end}"), NOBODY) for end in ("a:b:c:d", "ffff::1"))
    assert one.network == two.network == "2001:db8:1:2::/64"
    assert one.address != two.address
    assert asks("2001:db8:1:3::1") != one.network
    assert asks("fe80::1%eth0") == "fe80::/64"


def test_a_connection_without_an_address_is_nobody() -> None:
    assert client_of(scope(None, READER), OURS) == Client(None)
    assert asks(None) == ""


@given(st.text(st.characters(max_codepoint=255), max_size=200), st.sampled_from(["x-forwarded-for", "forwarded"]))
def test_nothing_that_is_written_before_the_proxys_own_word_changes_it(
    text: str, header: Literal["x-forwarded-for", "forwarded"]
) -> None:
    word = READER if header == "x-forwarded-for" else f"for={READER}"
    proxies = Proxies(OURS.networks, header)
    assert asks("127.0.0.1", f"{text},{word}", proxies=proxies, header=header) == READER
    assert asks("127.0.0.1", text, word, proxies=proxies, header=header) == READER
    assert asks(READER, text, proxies=proxies, header=header) == READER
