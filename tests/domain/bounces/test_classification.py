"""What a refusal means: words before numbers, life before death, and never a guess that costs a reader."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.bounces import Action, EventKind, Statement, classify
from newsletter.domain.delivery import Reply, Stage
from newsletter.domain.delivery.replies import judge

HARD, SOFT, POLICY, UNKNOWN, DELIVERED = (
    *(EventKind.HARD, EventKind.SOFT, EventKind.POLICY),
    *(EventKind.UNKNOWN, EventKind.DELIVERED),
)


def meant(text: str = "", status: str = "", code: int = 0, **more: object) -> EventKind:
    return classify(Statement(status, code, text, **more)).kind  # type: ignore[arg-type]


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"])
def test_codes_that_speak_of_the_address_end_it(status: str) -> None:
    assert meant(status=status) is HARD


@pytest.mark.parametrize("status", ["5.7.1", "5.7.26", "5.7.999", "5.6.0", "5.2.3", "5.3.4", "5.1.7", "5.1.8"])
def test_codes_that_speak_of_us_or_of_the_message_are_policy(status: str) -> None:
    assert meant(status=status) is POLICY


@pytest.mark.parametrize("status", ["5.2.2", "4.2.2", "4.7.1", "4.1.1", "5.4.6", "5.3.0", "4.4.7", "5.1.0"])
def test_codes_that_pass_by_are_soft(status: str) -> None:
    assert meant(status=status) is SOFT


@pytest.mark.parametrize("status", ["", "5.0.0", "5.5.0", "9.9.9"])
def test_from_a_code_that_says_nothing_nothing_follows(status: str) -> None:
    assert meant(status=status, code=550) is UNKNOWN


def test_a_reply_code_of_the_passing_kind_is_soft_without_any_other() -> None:
    assert meant(code=451) is SOFT
    assert meant(code=556) is HARD


@pytest.mark.parametrize(
    ("text", "status", "kind"),
    [
        ("550 5.1.1 mailbox full", "5.1.1", SOFT),
        ("552 5.7.1 over quota", "5.7.1", SOFT),
        ("550 5.1.1 rejected because of spam content", "5.1.1", POLICY),
        ("550 5.1.1 sending IP has a bad reputation", "5.1.1", POLICY),
        ("550 5.2.1 refused by DMARC policy of example.org", "5.2.1", POLICY),
        ("554 5.0.0 message too large", "5.0.0", POLICY),
        ("450 4.1.1 user unknown in virtual alias table", "4.1.1", HARD),
        ("550 5.0.0 this account has been disabled", "5.0.0", HARD),
        ("550 5.0.0 no such domain", "5.0.0", HARD),
    ],
)
def test_where_words_and_code_disagree_the_words_decide(text: str, status: str, kind: EventKind) -> None:
    assert meant(text, status, 550) is kind


def test_no_such_user_ends_an_address_where_the_recipient_was_meant() -> None:
    assert meant("user unknown", "5.1.1", 550) is HARD
    assert meant("user unknown", "5.2.1", 550) is HARD
    assert meant("user unknown", "", 550, stage=Stage.RCPT) is HARD
    assert meant("user not listed in the directory") is HARD, "the reporting system speaks for itself"


def test_no_such_user_is_a_doubt_where_it_may_be_the_answer_of_a_filter() -> None:
    assert meant("user unknown", "5.0.0", 550, stage=Stage.FINAL) is SOFT
    assert meant("user unknown", "5.0.0", 550) is SOFT
    assert meant("user unknown", "5.1.1", 550, stage=Stage.FINAL) is HARD, "LMTP answers recipients after the content"


def test_what_answers_mail_speaks_of_the_sender() -> None:
    assert meant("domain not found", "5.1.2", 550, stage=Stage.MAIL) is POLICY
    assert meant("user unknown", "5.1.7", 550) is POLICY
    assert meant("user unknown", "5.1.8", 550) is POLICY
    assert meant("Sender address rejected: domain not found", "5.1.2", 550) is POLICY


def test_a_domain_that_cannot_be_looked_up_now_is_soft() -> None:
    assert meant("Host or domain name not found", "5.4.4") is HARD
    assert meant("Host or domain name not found", "4.4.3") is SOFT
    assert meant("Name service error: Host not found, try again", "5.4.4") is SOFT


def test_a_locked_mailbox_and_a_disabled_login_are_soft() -> None:
    assert meant("account temporarily locked", "5.2.1", 550) is SOFT
    assert meant("user account disabled", "5.7.13", 525) is SOFT


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.2.2", "5.2.3", "5.3.4"])
def test_a_refusal_while_we_send_is_called_by_the_same_words_in_the_ledger(status: str) -> None:
    reply = Reply(550, f"{status} so it is")
    assert classify(Statement.of_reply(Stage.RCPT, reply)).reason == judge(Stage.RCPT, reply).reason


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
