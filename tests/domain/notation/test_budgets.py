"""A budget is read as an operator writes it, or refused with what to write."""

import pytest

from newsletter.domain.notation.budgets import parse_budget, parse_currency


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("", (None, None)),
        ("200000 tokens", (200_000, None)),
        ("200_000", (200_000, None)),
        ("200k", (200_000, None)),
        ("1.5M tokens", (1_500_000, None)),
        ("2.50 USD", (None, 2.5)),
        ("3 eur", (None, 3.0)),
        ("0", (0, None)),
        ("1,000,000 tokens", (1_000_000, None)),
        ("1 000 EUR", (None, 1000.0)),
        ("1_000.50 USD", (None, 1000.5)),
        ("0.125 USD", (None, 0.125)),
        ("1000 EUR", (None, 1000.0)),
        ("12.5 EUR", (None, 12.5)),
    ],
)
def test_a_budget_is_tokens_or_money(text, limits):
    assert parse_budget(text) == limits


@pytest.mark.parametrize(
    "text",
    ["lots", "-5", "5k USD", "1.2.3 USD", "$", "2 50 EUR", "10,00", "1,5k", "1,00,000 tokens", "2_50 USD", "1e3 USD"],
)
def test_what_is_no_budget_says_what_was_expected(text):
    with pytest.raises(ValueError, match=r"expected|two ways"):
        parse_budget(text)


@pytest.mark.parametrize(
    "text",
    [
        "2,50 EUR",
        "1.000,50 EUR",
        "1,000 USD",
        "1.000 EUR",
        "1,000.50 USD",
        "2,5 $",
        "1.500 tokens",
        "1.000 tokens",
        "2.5 tokens",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_with_what_to_write(text):
    with pytest.raises(ValueError, match=r"two ways; write `(?:2\.50|1500)"):
        parse_budget(text)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("2.50 USD", "USD"), ("3 eur", "eur"), ("5 $", "$"), ("200k", ""), ("9 tokens", ""), ("", "")],
)
def test_a_budget_in_money_names_its_currency(text, currency):
    assert parse_currency(text) == currency
