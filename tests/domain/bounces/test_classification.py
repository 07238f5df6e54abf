"""What a refusal means: words before numbers, life before death, and never a guess that costs a reader."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.bounces import Action, EventKind, Statement, classify, refusal
from newsletter.domain.delivery import Refusal, Reply, Stage

HARD, SOFT, POLICY, UNKNOWN, DELIVERED = (
    *(EventKind.HARD, EventKind.SOFT, EventKind.POLICY),
    *(EventKind.UNKNOWN, EventKind.DELIVERED),
)


def meant(text: str = "", status: str = "", code: int = 0, **more: object) -> EventKind:
    return classify(Statement(status, code, text, **more)).kind  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5.1.1 so it is", Refusal("no such mailbox")),
        ("5.2.2 so it is", Refusal("mailbox full")),
        ("blocked by spam list", Refusal("refused by policy", by_policy=True, meets_all=True)),
        ("5.7.26 so it is", Refusal("refused by policy", by_policy=True, meets_all=True)),
        ("5.7.1 You are not allowed to post to this list", Refusal("the sender is refused", by_policy=True)),
        ("5.3.4 so it is", Refusal("message too large", by_policy=True)),
        ("so it is", Refusal()),
        ("5.3.0 try again later", Refusal()),
    ],
)
def test_a_dispatch_is_told_what_a_refusal_means_and_whom_it_meets(text: str, expected: Refusal) -> None:
    assert refusal(Stage.RCPT, Reply(550, text)) == expected


def test_a_refusal_while_we_send_is_classified_by_its_stage() -> None:
    refused = Reply(550, "user unknown")
    assert classify(Statement.of_reply(Stage.RCPT, refused)).kind is HARD
    assert classify(Statement.of_reply(Stage.FINAL, refused)).kind is SOFT
    assert classify(Statement.of_reply(Stage.MAIL, refused)).kind is POLICY


def test_only_a_failure_is_a_bounce() -> None:
    failed = Statement("5.1.1", 550, "user unknown")
    assert classify(failed).kind is HARD
    assert classify(replace(failed, action=Action.DELAYED)).kind is UNKNOWN
    for action in (Action.DELIVERED, Action.RELAYED, Action.EXPANDED):
        assert classify(replace(failed, action=action)).kind is DELIVERED
    assert meant(status="2.6.0", code=250) is DELIVERED


def test_addresses_within_a_text_say_nothing() -> None:
    assert (
        meant("550 5.1.1 <spam.blocked@policy.example.org>: see https://quota.example.org/full", "5.1.1", 550) is HARD
    )


@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [
        ("over quota", "", "mailbox full"),
        ("account suspended", "", "mailbox locked"),
        ("greylisted for 300 seconds, your IP address is new here", "4.7.1", "greylisted"),
        ("message too big", "", "message too large"),
        ("Recipient address rejected: Access denied", "", "no such mailbox"),
        ("Sender address rejected", "", "the sender is refused"),
        ("blocked using a blocklist", "", "refused by policy"),
        ("the user has moved to another", "", "mailbox has moved"),
        ("no such host", "", "no such domain"),
        ("no such host", "5.7.1", "the sender is refused"),
        ("null MX", "", "domain takes no mail"),
        ("lookup failure", "", "the domain cannot be looked up"),
        ("mailbox disabled", "", "mailbox disabled"),
        ("mailbox disabled", "5.7.13", "an account is disabled"),
        ("user unknown", "", "no such mailbox"),
        ("try again later", "", "refused for now"),
        ("try again later", "5.1.1", "no such mailbox"),
        ("try again later", "5.7.1", "refused for now"),
        ("", "5.1.0", "something about the address"),
        ("", "5.2.0", "something about the mailbox"),
        ("", "5.3.0", "the receiving system"),
        ("", "5.4.0", "the network"),
        ("", "5.6.0", "the message's content"),
        ("", "5.7.0", "refused by policy"),
        ("", "4.0.0", "refused for now"),
        ("", "2.0.0", "accepted"),
        ("", "", "no known reason"),
    ],
)
def test_every_finding_says_why(text: str, status: str, reason: str) -> None:
    assert classify(Statement(status, 0, text)).reason == reason


def test_a_doubt_and_a_delay_are_told_as_such() -> None:
    assert classify(Statement("5.0.0", 550, "user unknown")).reason == "perhaps no such mailbox"
    assert classify(Statement("4.4.1", 0, "", Action.DELAYED)).reason == "still being tried"
    assert classify(Statement("2.0.0", 0, "", Action.RELAYED)).reason == "relayed"


def test_words_are_known_across_line_ends_quotations_and_addresses() -> None:
    assert meant("mailbox\r\n  is\t full") is SOFT
    assert meant("> user\n> unknown") is HARD
    assert meant("the account doesn’t exist") is HARD
    assert meant("user ada@example.org unknown") is HARD


@pytest.mark.parametrize("code", [400, 421, 450, 499])
def test_a_missing_domain_passes_by_with_any_reply_that_does(code: int) -> None:
    assert meant("host not found", "", code) is SOFT
    assert meant("", "", code) is SOFT


@pytest.mark.parametrize("code", [399, 500, 550])
def test_and_with_no_other(code: int) -> None:
    assert meant("host not found", "", code) is HARD
    assert meant("", "", code) is UNKNOWN


@given(st.text(max_size=3000), st.from_regex(r"([245]\.\d{1,3}\.\d{1,3})?", fullmatch=True), st.integers(0, 999))
def test_any_text_and_any_code_have_a_meaning(text: str, status: str, code: int) -> None:
    assert classify(Statement(status, code, text)).kind in EventKind


@given(
    st.sampled_from(["mailbox full", "quota exceeded", "spam", "blacklisted", "greylisted, try again later"]), st.text()
)
def test_spam_refusals_and_full_mailboxes_are_never_hard_whatever_stands_beside(words: str, beside: str) -> None:
    assert meant(f"{words} {beside[:500]}", "5.0.0", 550) is not HARD or words.startswith("greylisted")
