"""Mail addresses: what is taken, in which form, and when two are one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.addresses import MAX_ADDRESS, address_key, check_address
from newsletter.errors import AddressInvalid


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ada@example.org", "ada@example.org"),
        ("  Ada@EXAMPLE.org ", "Ada@example.org"),
        ("ada+papers@example.org", "ada+papers@example.org"),
        ("ada@xn--exmple-cua.org", "ada@exämple.org"),
        ("用户@example.org", "用户@example.org"),
        ("ada@lab.internal", "ada@lab.internal"),
        ("ada@LAB.local", "ada@lab.local"),
        (" root@localhost ", "root@localhost"),
    ],
)
def test_an_address_comes_out_in_the_form_it_is_mailed_to(text: str, address: str) -> None:
    assert check_address(text) == address
    assert check_address(address) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@@example.org",
        "ada@exam ple.org",
        "ada@-example.org",
        "Ada <ada@example.org>",
        "ada@example.org, bo@example.org",
        "ada@.localhost",
        "ada@" + "x." * 130 + "org",
    ],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(AddressInvalid, match="is not a mail address") as raised:
        check_address(text)
    assert "ada@example.org" in str(raised.value)


@pytest.mark.parametrize(
    "text", ["ada@example.org\r\nBcc: all@example.org", "a\x00da@example.org", "ada\x7f@example.org"]
)
def test_a_control_character_is_refused_before_it_can_reach_a_header(text: str) -> None:
    with pytest.raises(AddressInvalid, match="control character") as raised:
        check_address(text)
    assert str(raised.value).isprintable()


def test_a_megabyte_is_not_even_looked_at() -> None:
    """What is wrong with it is its length, not whatever stands in it, and the message does not repeat it all."""
    with pytest.raises(AddressInvalid, match=f"1000012 characters.* at most {MAX_ADDRESS}") as raised:
        check_address("a" * 1_000_000 + "@example.org")
    assert len(str(raised.value)) < 300


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada@Example.org", "ada@example.ORG"),
        (" ada@example.org\n", "ada@example.org"),
        ("ada@exämple.org", "ADA@XN--EXMPLE-CUA.org"),
        ("ren\u00e9e@example.org", "rene\u0301e@example.org"),
    ],
)
def test_spellings_of_one_mailbox_have_one_key(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ada@example.org", "ada@example.net"), ("ada@straße.example", "ada@strasse.example"), ("a+b@x.org", "a@x.org")],
)
def test_different_mailboxes_have_different_keys(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


@given(st.text(max_size=40).map(lambda text: f"{text}@xn--exmple-cua.org") | st.text(max_size=60))
def test_a_key_is_made_of_any_text_and_is_its_own_key(text: str) -> None:
    """Keys are compared with keys that were made long ago, some of them from keys."""
    assert address_key(address_key(text)) == address_key(text)
