"""Which addresses the public door takes."""

from __future__ import annotations

import pytest

from newsletter.domain.signup.addresses import AddressFault, AddressPolicy

ANY = AddressPolicy()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ada@example.org", "ada@example.org"),
        (" Ada+x@EXAMPLE.org", "Ada+x@example.org"),
        ("info@example.org", "info@example.org"),
        ("lab-group@cs.example.edu", "lab-group@cs.example.edu"),
    ],
)
def test_addresses_of_people_and_groups_are_taken_as_they_are_written(text: str, address: str) -> None:
    assert ANY.check(text) == (address, None)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", AddressFault.MISSING),
        ("  ", AddressFault.MISSING),
        ("ada", AddressFault.UNREADABLE),
        ("ada@", AddressFault.UNREADABLE),
        ("ada@localhost", AddressFault.UNREADABLE),
        ("ada@example.org, bob@example.org", AddressFault.UNREADABLE),
        ("ada@example.org\nBcc: bob@example.org", AddressFault.UNREADABLE),
        ("abuse@example.org", AddressFault.FUNCTION),
        ("PostMaster+x@example.org", AddressFault.FUNCTION),
        ("no-reply@example.org", AddressFault.FUNCTION),
    ],
)
def test_what_is_not_taken_says_why(text: str, fault: AddressFault) -> None:
    assert ANY.check(text) == ("", fault)


def test_a_blocked_domain_is_blocked_with_all_names_below_it() -> None:
    policy = AddressPolicy(blocked=frozenset({"trash.example", "bücher.example"}))
    for text in ("a@trash.example", "a@mail.trash.example", "a@TRASH.example", "a@xn--bcher-kva.example"):
        assert policy.check(text) == ("", AddressFault.DOMAIN_REFUSED)
    assert policy.check("a@nottrash.example") == ("a@nottrash.example", None)


def test_where_domains_are_named_all_others_are_refused() -> None:
    policy = AddressPolicy(allowed=frozenset({"lab.example.org", "intern"}))
    for text in ("ada@lab.example.org", "ada@cs.lab.example.org", "ada@intern"):
        assert policy.check(text) == (text, None)
    assert policy.check("ada@example.org") == ("", AddressFault.DOMAIN_REFUSED)


def test_a_name_that_is_blocked_below_one_that_is_allowed_is_blocked() -> None:
    policy = AddressPolicy(allowed=frozenset({"example.org"}), blocked=frozenset({"guests.example.org"}))
    assert policy.check("ada@guests.example.org") == ("", AddressFault.DOMAIN_REFUSED)
