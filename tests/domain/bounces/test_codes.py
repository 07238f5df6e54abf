"""Reading the two numbers of a refusal out of a text full of others."""

from __future__ import annotations

import pytest

from newsletter.domain.bounces import answer_in, codes_in, most_telling


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("550 5.1.1 <ada@example.org>: user unknown", ("5.1.1", 550)),
        ("host mx.example.org[192.0.2.4] said: 550-5.7.26 not accepted", ("5.7.26", 550)),
        ("550 #5.1.0 Address rejected.", ("5.1.0", 550)),
        ("550 no such user", ("", 550)),
        ("Sorry, no mailbox here by that name. (#5.1.1)", ("5.1.1", 0)),
        ("554 4.4.7 expired <421 4.4.2 timed out>", ("4.4.7", 554)),
        ("ERROR_CODE :550, ERROR_CODE :5.2.2", ("5.2.2", 550)),
        ("192.0.2.4 does not answer at port 587, version 5.10.2.1", ("", 0)),
        ("delivered in 450 seconds", ("", 0)),
        ("250 2.6.0 accepted", ("2.6.0", 250)),
        ("noted as 5.7.1: the server said 550 5.1.1 unknown", ("5.1.1", 550)),
        ("noted as 5.7.1: the server said 550 550 5.1.1 unknown", ("5.1.1", 550)),
        ("noted as 5.7.1 after 1550 5.1.1", ("5.7.1", 0)),
        ("it took 200 of 250 recipients", ("", 250)),
        ("", ("", 0)),
    ],
)
def test_codes_are_found_and_other_numbers_are_not(text: str, codes: tuple[str, int]) -> None:
    assert codes_in(text) == codes


def test_what_a_server_answered_stands_from_its_code_to_the_end_of_the_paragraph() -> None:
    assert answer_in("We tried hard.\nThe server said:\n550 5.1.1 unknown\nuser\n\nPlease check.") == (
        "550 5.1.1 unknown\nuser"
    )
    assert answer_in("550 no\n\nfirst\n\nsecond") == "550 no"
    assert not answer_in("nothing was said")


def test_the_status_that_tells_more_wins_and_what_was_said_wins_over_the_field() -> None:
    assert most_telling("5.2.2", "5.1.1") == "5.2.2"
    assert most_telling("5.0.0", "5.1.1") == "5.1.1"
    assert most_telling("", "5.1.1") == "5.1.1"
    assert most_telling("5.0.0", "5.5.0") == "5.0.0"
    assert most_telling("5.0.0", "") == "5.0.0"
