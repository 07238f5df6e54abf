"""Who may hold how many connections."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from newsletter.web.serving.clients import Client, Proxies
from newsletter.web.serving.connections import Connections, Limits, Share

ADA, BOB, EVE = (Client(ip_address(text)) for text in ("192.0.2.1", "192.0.2.2", "2001:db8:1:2::3"))
PROXY = Client(ip_address("10.0.0.1"))


class Line:
    """A connection."""

    def __init__(self) -> None:
        self.is_ended = False

    def abort(self) -> None:
        self.is_ended = True


def connections(*, most: int = 100, share: int = 3) -> Connections:
    proxies = Proxies.named(["10.0.0.0/8"], "x-forwarded-for")
    return Connections(Limits(connections=most, per_client=share, proxies=proxies))


def enter(held: Connections, client: Client) -> tuple[Line, bool]:
    line = Line()
    return line, not held.enter(line, client)


def test_a_network_gets_its_share_and_no_more() -> None:
    held = connections(share=3)
    assert [enter(held, ADA)[1] for _ in range(5)] == [True, True, True, False, False]
    assert enter(held, BOB)[1]
    # the whole /64 is one
    neighbours = [Client(ip_address(f"2001:db8:1:2::{number}")) for number in range(1, 6)]
    assert [enter(held, client)[1] for client in neighbours] == [True, True, True, False, False]
    assert enter(held, Client(ip_address("2001:db8:1:3::1")))[1]


def test_a_place_is_free_again_when_a_connection_has_ended() -> None:
    held = connections(share=1)
    line, _ = enter(held, ADA)
    refused, _ = enter(held, ADA)
    held.leave(refused)  # the server hears of its end, too
    assert not enter(held, ADA)[1]
    held.leave(line)
    held.leave(line)
    assert enter(held, ADA)[1]
    assert len(held) == 1


def test_a_proxy_has_no_share() -> None:
    held = connections(share=1)
    assert all(enter(held, PROXY)[1] for _ in range(50))


def test_where_there_is_no_room_whoever_has_waited_longest_makes_it() -> None:
    held = connections(most=3)
    lines = [enter(held, client)[0] for client in (ADA, BOB, EVE)]
    held.works(lines[0])
    held.waits(lines[1])  # its answer is complete: it waits anew
    newest, is_in = enter(held, ADA)
    assert is_in
    assert [line.is_ended for line in (*lines, newest)] == [False, False, True, False]
    assert len(held) == 3


def test_nobody_who_is_being_answered_makes_room_and_no_proxy_does() -> None:
    held = connections(most=2)
    worker, _ = enter(held, ADA)
    held.works(worker)
    proxy, _ = enter(held, PROXY)
    assert not enter(held, BOB)[1]
    assert [worker.is_ended, proxy.is_ended] == [False, False]
    held.leave(worker)
    assert enter(held, BOB)[1]


def test_who_is_refused_for_want_of_room_keeps_the_share() -> None:
    held = connections(most=1, share=1)
    line, _ = enter(held, ADA)
    held.works(line)
    assert not enter(held, BOB)[1]
    held.leave(line)
    assert enter(held, BOB)[1]


@pytest.mark.parametrize("most", [1, 5])
def test_a_share_is_counted_by_network(most: int) -> None:
    share = Share(most)
    assert sum(share.take("a") for _ in range(10)) == most
    assert share.take("b")
    share.give("a")
    assert share.take("a")
    assert not share.take("a")
