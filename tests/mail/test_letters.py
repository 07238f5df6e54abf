"""Letters as they leave: worded in every language, held to the rules of outgoing mail, nothing of a form in them."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsletter.domain.delivery import (
    Letter,
    OutgoingMessage,
    SigningSecrets,
    letter_bounce_address,
    letter_message_id,
    read_bounce_address,
    read_letter_bounce_address,
    read_letter_message_id,
    read_message_id,
)
from newsletter.domain.ports import LetterFacts
from newsletter.domain.subscribers import LetterKind
from newsletter.errors import AddressInvalid
from newsletter.mail.letters import LetterAssembler
from tests.support.joining import TITLE, make_writer
from tests.support.mail_linter import lint_mail

NOW = datetime(2026, 6, 2, 6, tzinfo=UTC)
LINK = "https://papers.example.org/confirm/7.abcdefghijklmnopqrstuv"
KINDS = [kind for kind in LetterKind if kind not in {LetterKind.FIRST, LetterKind.CATCH_UP}]
SECRET = b"s" * 32
LETTER = Letter(id=7, kind=LetterKind.CONFIRM, email="ada@example.org", created_at=NOW)
NOT_OF_LETTERS = re.compile(r"List-|Precedence None|unsubscribe link|preheader|counts")
"""What only mails of a list have, and digests."""


def facts(kind: LetterKind, *languages: str) -> LetterFacts:
    link = "" if kind is LetterKind.MOVED else LINK
    return LetterFacts(kind=kind, languages=languages, link=link, asked_at=NOW, until=NOW.replace(day=4))


def message(kind: LetterKind = LetterKind.CONFIRM, *languages: str, **changes: object) -> OutgoingMessage:
    assembler = LetterAssembler(title=TITLE, sender="digest@example.org", bounces="back@example.org", secret=SECRET)
    letter = replace(LETTER, kind=kind, **changes)  # type: ignore[arg-type]
    return assembler.message(letter, make_writer().write(facts(kind, *(languages or ("en", "zh-Hans")))))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("languages", [("en",), ("zh-Hans",), ("en", "zh-Hans"), ("zh-Hans", "en")])
def test_every_letter_keeps_the_rules_of_outgoing_mail_but_for_those_of_lists(
    kind: LetterKind, languages: tuple[str, ...]
) -> None:
    complaints = [one for one in lint_mail(message(kind, *languages)) if not NOT_OF_LETTERS.search(one)]
    assert complaints == []


@pytest.mark.parametrize("kind", KINDS)
def test_both_parts_say_the_same_and_lead_to_the_same_page(kind: LetterKind) -> None:
    words = make_writer().write(facts(kind, "en", "zh-Hans"))
    shown = _squeezed(re.sub(r"<style.*?</style>|<[^>]+>", " ", words.html, flags=re.DOTALL))
    for paragraph in words.text.partition("\n-- \n")[0].split("\n\n"):
        if "https://" not in paragraph and "* * *" not in paragraph:
            assert _squeezed(paragraph) in shown
    links = set(re.findall(r"https://[^\s\"<>]+/confirm/[^\s\"<>]+", words.text + words.html))
    assert links == ({LINK} if kind is not LetterKind.MOVED else set())


def _squeezed(text: str) -> str:
    return "".join(text.split())


def test_a_letter_comes_first_in_the_language_that_was_asked_for() -> None:
    words = make_writer().write(facts(LetterKind.CONFIRM, "zh-Hans", "en"))
    assert words.subject == "请确认订阅：Paper digest / Please confirm: Paper digest"
    assert words.html.index("有人请求") < words.html.index("Somebody has asked")
    assert '<html lang="zh-Hans"' in words.html
    assert '<div lang="en"' in words.html


def test_the_message_is_the_same_at_every_attempt_and_names_no_list() -> None:
    assert message() == message()
    parsed = email.message_from_bytes(bytes(message()), policy=email.policy.default)
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert {"List-Id", "List-Unsubscribe", "Precedence"} & set(parsed.keys()) == set()
    assert parsed["To"] == "ada@example.org"


def test_an_address_that_could_end_a_field_is_refused() -> None:
    with pytest.raises(AddressInvalid):
        message(email="ada@example.org\r\nBcc: victim@example.org")


def test_an_envelope_sender_is_a_letters_own_and_no_deliverys() -> None:
    secrets = SigningSecrets(b"n" * 32, (SECRET,))
    sender = message().sender
    assert sender == letter_bounce_address(SECRET, "back@example.org", 7)
    assert read_letter_bounce_address(secrets, sender.upper()) == 7
    assert read_bounce_address(secrets, sender) is None
    assert read_letter_bounce_address(SigningSecrets(b"x" * 32), sender) is None
    assert read_letter_bounce_address(secrets, "back@example.org") is None
    assert len(letter_bounce_address(SECRET, f"{'b' * 34}@example.org", 2**31).partition("@")[0]) <= 64


def test_a_message_id_is_a_letters_own_and_no_deliverys() -> None:
    own = message().message_id
    assert read_letter_message_id(own) == 7
    assert read_message_id(own) is None
    assert read_letter_message_id("<2026-06-02.aaztoaarpr4tsuabqxgmjtn4@example.org>") is None
    assert read_letter_message_id(letter_message_id(2**31 - 1, b"m" * 32, "x.org")) == 2**31 - 1
