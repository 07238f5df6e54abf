"""Lists of sending services, in the forms in which they give them out and take them in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.subscribers import Cause, Suppression
from newsletter.formats import SERVICES, read_service_list, write_service_list

PATH = PurePath("list.csv")
LISTS = {
    "ses": "gone@example.org,BOUNCE\nangry@example.org,COMPLAINT\n",
    "sendgrid": (
        "status,reason,email,created\r\n"
        '5.1.1,"550 5.1.1 The email account that you tried to reach does not exist",gone@example.org,1764547200\r\n'
        '5.2.2,"552 5.2.2 Mailbox full",full@example.org,1764547200\r\n'
        '5.7.1,"550 5.7.1 blocked, see our policy",blocked@example.org,1764547200\r\n'
    ),
    "mailgun": (
        "address,code,error,created_at\n"
        'gone@example.org,550,"5.1.1 user unknown","Mon, 01 Dec 2025 00:00:00 +0000"\n'
        "full@example.org,552,mailbox full,\n"
    ),
    "postmark": (
        "EmailAddress,SuppressionReason,Origin,CreatedAt\n"
        "gone@example.org,HardBounce,Recipient,2025-12-01T00:00:00-00:00\n"
        "angry@example.org,SpamComplaint,Recipient,2025-12-01T00:00:00-00:00\n"
        "left@example.org,ManualSuppression,Customer,2025-12-01T00:00:00-00:00\n"
    ),
}
CAUSES = {"gone": Cause.HARD, "angry": Cause.COMPLAINT, "left": Cause.OPERATOR}


@pytest.mark.parametrize("service", LISTS)
def test_each_services_list_is_known_by_its_columns(service: str) -> None:
    listed = read_service_list(PATH, LISTS[service])
    assert listed is not None
    assert listed.service == service
    assert not listed.problems
    for one in listed.suppressions:
        assert one.cause is CAUSES[one.email.partition("@")[0]]
        assert service in one.reason
        assert one.created_at == (None if service == "ses" else datetime(2025, 12, 1, tzinfo=UTC))


def test_bounces_that_say_nothing_against_an_address_are_passed_over() -> None:
    listed = read_service_list(PATH, LISTS["sendgrid"])
    assert listed is not None
    assert [one.email for one in listed.suppressions] == ["gone@example.org"]
    assert listed.passed_over == 2


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("ip,email,created\n192.0.2.1,a@example.org,1764547200\n", Cause.COMPLAINT),
        ("email,created\na@example.org,1764547200\n", Cause.OPERATOR),
        ("address,created_at\na@example.org,\n", Cause.COMPLAINT),
        ("address,tags,created_at\na@example.org,*,\n", Cause.OPERATOR),
    ],
)
def test_spam_reports_and_who_has_left_are_told_apart(text: str, cause: Cause) -> None:
    listed = read_service_list(PATH, text)
    assert listed is not None
    assert [one.cause for one in listed.suppressions] == [cause]


def test_an_operator_may_say_what_a_list_is() -> None:
    listed = read_service_list(PATH, "email,created\na@example.org,\n", Cause.COMPLAINT)
    assert listed is not None
    assert listed.suppressions[0].cause is Cause.COMPLAINT


@pytest.mark.parametrize(
    "text", ["", "\n\n", "email,name\na@example.org,Ada\n", "suppression,reason\n", "a@b.example,x\n"]
)
def test_what_is_no_services_list_is_left_to_others(text: str) -> None:
    assert read_service_list(PATH, text) is None


def test_a_row_that_cannot_be_used_is_named_by_its_line_and_the_others_go_on() -> None:
    listed = read_service_list(PATH, "a@example.org,BOUNCE\nnobody,BOUNCE\nb@example.org,BOUNCE\n")
    assert listed is not None
    assert [one.email for one in listed.suppressions] == ["a@example.org", "b@example.org"]
    assert "list.csv:2" in str(listed.problems[0])


def test_a_quotation_mark_that_is_not_closed_ends_the_list() -> None:
    listed = read_service_list(PATH, f'a@example.org,BOUNCE\n"{"x" * 200_000}')
    assert listed is not None
    assert len(listed.suppressions) == 1
    assert "cannot be read from here on" in str(listed.problems[0])


@given(st.text(max_size=200), st.sampled_from(sorted(LISTS)))
def test_whatever_is_written_is_read_or_refused(text: str, service: str) -> None:
    read_service_list(PATH, text)
    read_service_list(PATH, LISTS[service] + text)


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_written_for_a_service_is_read_back(service: str) -> None:
    since = datetime(2025, 12, 1, tzinfo=UTC)
    rows = [
        ("gone@example.org", Suppression(cause=Cause.HARD, reason="550 5.1.1 user unknown", created_at=since)),
        *((f"r{n}@example.org", Suppression(cause=Cause.HARD, reason="5.1.1 gone")) for n in range(500)),
    ]
    listed = read_service_list(PATH, "".join(write_service_list(service, rows)))
    assert listed is not None
    assert listed.service == service
    assert [one.email for one in listed.suppressions] == [email for email, _ in rows]
    assert {one.cause for one in listed.suppressions} == {Cause.HARD}
