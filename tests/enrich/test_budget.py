"""The budget is never overshot, and read as an operator writes it."""

import pytest

from newsletter.enrich.budget import Budget, Prices, parse_budget, parse_currency
from newsletter.errors import ConfigError


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
    ],
)
def test_a_budget_is_tokens_or_money(text, limits):
    assert parse_budget(text) == limits


@pytest.mark.parametrize("text", ["lots", "-5", "5k USD", "1.2.3 USD", "$"])
def test_what_is_no_budget_says_what_was_expected(text):
    with pytest.raises(ConfigError, match=r"enrich\.daily_budget"):
        parse_budget(text)


def test_questions_under_way_are_counted_at_what_they_may_cost():
    budget = Budget(most_tokens=100)
    first = budget.reserve(30, 30)
    assert budget.reserve(30, 30) is None
    budget.settle(first, 10, 10)
    assert budget.reserve(30, 30) is not None


def test_money_is_counted_by_the_million():
    budget = Budget(most_money=0.001, prices=Prices(million_in=1.0, million_out=4.0))
    ticket = budget.reserve(200, 200)
    assert budget.settle(ticket, 100, 100) == pytest.approx(0.0005)
    assert budget.reserve(200, 200) is None


@pytest.mark.parametrize(
    ("text", "currency"),
    [("2.50 USD", "USD"), ("3 eur", "eur"), ("5 $", "$"), ("200k", ""), ("9 tokens", ""), ("", "")],
)
def test_a_budget_in_money_names_its_currency(text, currency):
    assert parse_currency(text) == currency
