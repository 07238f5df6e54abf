"""What a relay's reply means, by the tables of RFC 5321 §4.2 and RFC 3463, and how it is told to the operator."""

from __future__ import annotations

import pytest

from newsletter.domain.bounces import refusal
from newsletter.domain.delivery.replies import Judgement, Reply, Stage, Verdict
from newsletter.domain.delivery.replies import judge as judge_by


def judge(stage: Stage, reply: Reply) -> Judgement:
    """As a dispatch judges."""
    return judge_by(stage, reply, refusal)


@pytest.mark.parametrize(
    ("stage", "code", "text", "verdict", "reason"),
    [
        (Stage.CONNECT, 220, "relay ready", Verdict.ACCEPTED, ""),
        (Stage.FINAL, 250, "2.0.0 Ok: queued as 4F2", Verdict.ACCEPTED, ""),
        (Stage.RCPT, 251, "User not local; will forward", Verdict.ACCEPTED, ""),
        (Stage.FINAL, 299, "whatever", Verdict.ACCEPTED, ""),
        (Stage.DATA, 354, "Go ahead", Verdict.ACCEPTED, ""),
        (Stage.DATA, 250, "Ok", Verdict.RELAY_BUSY, "unexpected reply"),
        (Stage.RCPT, 199, "Wait", Verdict.RELAY_BUSY, "unexpected reply"),
        (Stage.RCPT, 300, "Go on", Verdict.RELAY_BUSY, "unexpected reply"),
        (Stage.FINAL, 354, "Go on", Verdict.UNCERTAIN, "unexpected reply"),
        (Stage.RCPT, 400, "Not now", Verdict.DEFERRED, "refused for now"),
        (Stage.RCPT, 450, "4.2.0 Greylisted, see postgrey", Verdict.DEFERRED, "greylisted"),
        (Stage.RCPT, 451, "4.7.1 Gray-listing in action", Verdict.DEFERRED, "greylisted"),
        (Stage.RCPT, 452, "4.2.2 Mailbox full", Verdict.DEFERRED, "refused for now"),
        (Stage.FINAL, 451, "4.7.1 Try again later", Verdict.DEFERRED, "refused for now"),
        (Stage.FINAL, 499, "Not now", Verdict.DEFERRED, "refused for now"),
        (Stage.CONNECT, 450, "Not now", Verdict.RELAY_BUSY, "the relay is busy"),
        (Stage.MAIL, 451, "4.3.0 Busy", Verdict.RELAY_BUSY, "the relay is busy"),
        (Stage.CONNECT, 421, "Too many connections", Verdict.RELAY_BUSY, "the relay closed the connection"),
        (Stage.MAIL, 421, "4.3.2 Closing", Verdict.RELAY_BUSY, "the relay closed the connection"),
        (Stage.RCPT, 421, "4.7.0 Too many from you", Verdict.DOMAIN_RESTS, "the domain asked for a pause"),
        (Stage.DATA, 421, "4.7.0 Too many from you", Verdict.DOMAIN_RESTS, "the domain asked for a pause"),
        (Stage.FINAL, 421, "4.7.0 Too many from you", Verdict.DOMAIN_RESTS, "the domain asked for a pause"),
        (Stage.RCPT, 550, "5.7.1 Blocked by policy", Verdict.REFUSED_BY_POLICY, "refused by policy"),
        (Stage.FINAL, 554, "5.7.26 Unauthenticated mail", Verdict.REFUSED_BY_POLICY, "refused by policy"),
        (Stage.CONNECT, 554, "No SMTP service here", Verdict.RELAY_REFUSES, "the relay refuses us"),
        (Stage.MAIL, 530, "5.7.0 Must issue a STARTTLS command first", Verdict.RELAY_REFUSES, "the relay refuses us"),
        (Stage.RCPT, 530, "5.7.0 Authentication required", Verdict.RELAY_REFUSES, "the relay refuses us"),
        (Stage.MAIL, 550, "5.7.1 Sender refused", Verdict.RELAY_REFUSES, "the relay refuses the sender"),
        (Stage.MAIL, 552, "5.7.0 Sender refused", Verdict.RELAY_REFUSES, "the relay refuses the sender"),
        (Stage.MAIL, 501, "Syntax", Verdict.RELAY_REFUSES, "the relay refuses the sender"),
        (Stage.MAIL, 552, "5.3.4 Message too big", Verdict.FAILED, "message too large"),
        (Stage.MAIL, 552, "5.2.3 Message too big", Verdict.FAILED, "message too large"),
        (Stage.MAIL, 552, "Too big", Verdict.FAILED, "message too large"),
        (Stage.RCPT, 550, "blocked by spam list", Verdict.REFUSED_BY_POLICY, "refused by policy"),
        (Stage.FINAL, 554, "Your IP has a poor reputation", Verdict.REFUSED_BY_POLICY, "refused by policy"),
        (Stage.RCPT, 550, "5.7.133 You are not allowed to send to this group", Verdict.FAILED, "the sender is refused"),
        (Stage.FINAL, 552, "5.3.4 Message too big", Verdict.FAILED, "message too large"),
        (Stage.RCPT, 550, "5.1.1 blocked by spam list", Verdict.REFUSED_BY_POLICY, "refused by policy"),
        (Stage.RCPT, 552, "Mailbox full", Verdict.FAILED, "mailbox full"),
        (Stage.RCPT, 550, "User unknown", Verdict.FAILED, "no such mailbox"),
        (Stage.RCPT, 553, "Mailbox name not allowed", Verdict.FAILED, "refused for good"),
        (Stage.RCPT, 500, "What?", Verdict.FAILED, "refused for good"),
        (Stage.RCPT, 599, "No", Verdict.FAILED, "refused for good"),
    ],
)
def test_what_a_reply_means(stage: Stage, code: int, text: str, verdict: Verdict, reason: str) -> None:
    judgement = judge(stage, Reply(code, text))
    assert (judgement.verdict, judgement.reason) == (verdict, reason)


@pytest.mark.parametrize("code", [530, 534, 535, 538])
def test_a_relay_that_wants_a_login_or_encryption_refuses_us_at_any_step(code: int) -> None:
    """RFC 4954 §6 and RFC 3207 §4; another recipient would be refused as well. Their neighbours say nothing of it."""
    for stage in Stage:
        assert judge(stage, Reply(code, "")).verdict is Verdict.RELAY_REFUSES
    for neighbour in {code - 1, code + 1} - {530, 534, 535, 538}:
        assert judge(Stage.RCPT, Reply(neighbour, "")).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("enhanced", "reason"),
    [
        ("5.1.1", "no such mailbox"),
        ("5.1.2", "no such domain"),
        ("5.1.3", "address not valid"),
        ("5.1.6", "mailbox has moved"),
        ("5.1.10", "domain takes no mail"),
        ("5.2.1", "mailbox disabled"),
        ("5.2.2", "mailbox full"),
        ("5.2.3", "message too large"),
        ("5.3.4", "message too large"),
        ("5.5.0", "refused for good"),
    ],
)
def test_the_operator_reads_in_words_what_an_enhanced_code_says(enhanced: str, reason: str) -> None:
    """By the tables of RFC 3463 §3 and RFC 7505 §4; `newsletter status` lists failures by these words."""
    assert judge(Stage.RCPT, Reply(550, f"{enhanced} no")).reason == reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5.7.1 no", "5.7.1"), ("5.7.10", "5.7.10"), ("4.7.1 no", ""), ("57.1", ""), ("x 5.7.1", ""), ("5.7.1234 no", "")],
)
def test_the_enhanced_code_is_read_where_it_stands(text: str, expected: str) -> None:
    assert Reply(550, text).enhanced == expected


def test_an_enhanced_code_of_another_class_than_the_reply_is_none() -> None:
    """RFC 2034 §4: its first digit is that of the reply."""
    assert Reply(450, "4.2.2 full").enhanced == "4.2.2"
    assert Reply(450, "5.2.2 full").enhanced == ""


def test_a_reply_is_shown_on_one_line_without_control_characters() -> None:
    assert str(Reply(550, "no\r\nway\x1b[31m\x00 ")) == "550 no way [31m"
    assert str(Reply(250)) == "250"


def test_a_long_reply_is_shown_to_two_hundred_characters_the_last_of_which_says_that_more_came() -> None:
    assert str(Reply(550, "x" * 200)) == "550 " + "x" * 200
    assert str(Reply(550, "x" * 201)) == "550 " + "x" * 199 + "…"


def test_how_far_a_message_had_come_is_told_in_the_words_of_the_dialogue() -> None:
    assert [stage.label for stage in Stage] == ["CONNECT", "MAIL", "RCPT", "DATA", "the message"]
    assert list(Stage) == [0, 1, 2, 3, 4], "timeouts are listed in this order"
