"""What strangers can learn and do at the public door, in small, with real processes and a real mail server."""

from __future__ import annotations

import pytest

from benchmarks import signup

pytestmark = pytest.mark.slow


def test_answers_say_nothing_of_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    """Their bytes, that is: whether their times do is for more than a test can measure."""
    signup.enumerate_addresses(10)
    assert "different answers of all kinds: 1 " in capsys.readouterr().out


@pytest.mark.parametrize("attack", signup.ATTACKS, ids=lambda attack: attack.name)
def test_limits_hold_over_processes_and_restarts(attack: signup.Attack) -> None:
    assert signup.bomb(attack, 40, 2)
