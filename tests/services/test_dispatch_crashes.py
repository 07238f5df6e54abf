"""`kill -9` in the middle of a dispatch, again and again: nobody is lost, and nobody gets it twice by the batch.

The short form runs with every test; the long one (2,000 recipients, 200 kills, two and four processes) by
`make crash-test`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from newsletter.domain.delivery import UncertainPolicy
from tests.support.crash import MOMENTS, Crashes, Nursery, Result, nurseries
from tests.support.smtp_server import running_server

HOLD, RESEND = UncertainPolicy.HOLD, UncertainPolicy.RESEND


@pytest.fixture(scope="module")
def nursery_ward(request: pytest.FixtureRequest) -> Iterator[list[Nursery]]:
    """Started once for all tests: four where a test of several processes will run, else two."""
    with nurseries(4 if any(item.get_closest_marker("slow") for item in request.session.items) else 2) as result:
        yield result


def check(result: Result, policy: UncertainPolicy) -> None:
    """What is promised."""
    assert result.lost == set(), result
    assert result.differing == set(), result
    if policy is HOLD:
        assert result.duplicates == 0, result
        assert len(result.uncertain) <= result.kills * result.connections, result
    else:
        assert result.uncertain == set(), result
        assert result.duplicates <= result.kills * result.connections, result


@pytest.mark.parametrize("policy", [HOLD, RESEND])
def test_killed_once_at_each_named_moment(
    database_url: str, policy: UncertainPolicy, nursery_ward: list[Nursery]
) -> None:
    nursery = nursery_ward[0]
    with running_server() as server:
        crashes = Crashes(database_url, server, recipients=60, connections=2, policy=policy)
        for moment in MOMENTS:
            assert crashes.killed_at(nursery, moment, 4), moment
        result = crashes.finish(nursery)
    assert result.kills == len(MOMENTS)
    check(result, policy)


@pytest.mark.parametrize("policy", [HOLD, RESEND])
def test_killed_at_random_moments(database_url: str, policy: UncertainPolicy, nursery_ward: list[Nursery]) -> None:
    chance = random.Random(7)
    nursery = nursery_ward[:1]
    with running_server() as server:
        crashes = Crashes(database_url, server, recipients=150, connections=3, policy=policy)
        for _ in range(5):
            crashes.killed_at_random(nursery, chance, within=0.02)
        result = crashes.finish(nursery[0])
    check(result, policy)


def test_two_processes_killed_at_random_moments(database_url: str, nursery_ward: list[Nursery]) -> None:
    chance = random.Random(8)
    nursery = nursery_ward[:2]
    with running_server() as server:
        crashes = Crashes(database_url, server, recipients=150, connections=2, policy=HOLD)
        for _ in range(3):
            crashes.killed_at_random(nursery, chance, within=0.03)
        result = crashes.finish(nursery[0])
    check(result, HOLD)


@pytest.mark.slow
@pytest.mark.parametrize("policy", [HOLD, RESEND])
def test_two_hundred_kills_at_random_moments(
    database_url: str, policy: UncertainPolicy, nursery_ward: list[Nursery]
) -> None:
    chance = random.Random(9)
    nursery = nursery_ward[:1]
    with running_server() as server:
        crashes = Crashes(database_url, server, recipients=2000, connections=5, policy=policy)
        for _ in range(200):
            crashes.killed_at_random(nursery, chance, within=0.008)
        result = crashes.finish(nursery[0])
    print(f"\n{policy}: {result}")
    assert result.kills >= 150
    check(result, policy)


@pytest.mark.slow
@pytest.mark.parametrize("policy", [HOLD, RESEND])
def test_thirty_kills_at_each_named_moment(
    database_url: str, policy: UncertainPolicy, nursery_ward: list[Nursery]
) -> None:
    chance = random.Random(10)
    nursery = nursery_ward[0]
    with running_server() as server:
        crashes = Crashes(database_url, server, recipients=2000, connections=5, policy=policy)
        for round_ in range(30 * len(MOMENTS)):
            crashes.killed_at(nursery, MOMENTS[round_ % len(MOMENTS)], chance.randint(1, 12))
        result = crashes.finish(nursery)
    print(f"\n{policy}: {result}")
    assert result.kills >= 25 * len(MOMENTS)
    check(result, policy)


@pytest.mark.slow
@pytest.mark.parametrize("processes", [2, 4])
@pytest.mark.parametrize("policy", [HOLD, RESEND])
def test_several_processes_killed_at_random_moments(
    database_url: str, processes: int, policy: UncertainPolicy, nursery_ward: list[Nursery]
) -> None:
    chance = random.Random(11)
    nursery = nursery_ward[:processes]
    with running_server() as server:
        crashes = Crashes(database_url, server, recipients=2000, connections=3, policy=policy)
        for _ in range(100 // processes):
            crashes.killed_at_random(nursery, chance, within=0.03 / processes)
        result = crashes.finish(nursery[0])
    print(f"\n{processes} processes, {policy}: {result}")
    assert result.kills >= 50
    check(result, policy)
