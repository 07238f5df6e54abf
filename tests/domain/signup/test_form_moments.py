"""When a form was given out: signed, of an age, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.domain.delivery import SigningSecrets
from newsletter.domain.signup.form_moments import FORM_LIFE, LEAST_TIME, Ripeness, ripeness, sign_moment

NOW = datetime(2026, 6, 2, 8, tzinfo=UTC)
SECRETS = SigningSecrets(b"present", (b"earlier",))
NONCE = "0123456789abcdef"
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("age", "says"),
    [
        (timedelta(0), Ripeness.EARLY),
        (LEAST_TIME - SECOND, Ripeness.EARLY),
        (LEAST_TIME, Ripeness.RIPE),
        (FORM_LIFE, Ripeness.RIPE),
        (FORM_LIFE + SECOND, Ripeness.OLD),
        (timedelta(minutes=-5), Ripeness.EARLY),
        (timedelta(minutes=-5) - SECOND, Ripeness.OLD),
    ],
)
def test_a_form_ripens_and_grows_old(age: timedelta, says: Ripeness) -> None:
    assert ripeness(SECRETS, sign_moment(b"present", NOW, NONCE), NOW + age)[0] is says


def test_a_moment_that_can_be_used_says_when_it_was_and_which() -> None:
    _, moment = ripeness(SECRETS, sign_moment(b"present", NOW, NONCE), NOW + LEAST_TIME)
    assert moment is not None
    assert (moment.given_at, moment.nonce) == (NOW, NONCE)


def test_a_moment_that_is_too_old_can_not_be_used() -> None:
    assert ripeness(SECRETS, sign_moment(b"present", NOW, NONCE), NOW + FORM_LIFE * 2)[1] is None


def test_a_form_of_before_the_secret_changed_can_still_be_sent() -> None:
    assert ripeness(SECRETS, sign_moment(b"earlier", NOW, NONCE), NOW + LEAST_TIME)[0] is Ripeness.RIPE


def test_what_another_signed_is_no_moment() -> None:
    signed = sign_moment(b"another", NOW, NONCE)
    assert ripeness(SECRETS, signed, NOW + LEAST_TIME) == (Ripeness.NONE, None)


@pytest.mark.parametrize("text", ["", "1780387200", "x" * 10_000, "9" * 11 + ".0123456789abcdef." + "A" * 22, "１.a.b"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert ripeness(SECRETS, text, NOW) == (Ripeness.NONE, None)


@pytest.mark.parametrize("place", [0, 12, 40])
def test_a_moment_that_was_changed_is_none(place: int) -> None:
    signed = sign_moment(b"present", NOW, NONCE)
    changed = signed[:place] + ("2" if signed[place] != "2" else "3") + signed[place + 1 :]
    assert ripeness(SECRETS, changed, NOW + LEAST_TIME)[0] is Ripeness.NONE
