"""What an engine spent, as a person reads it."""

import pytest

from newsletter.domain.papers.spending import Spending


@pytest.mark.parametrize(
    ("spending", "told"),
    [
        (Spending(), ""),
        (Spending(12_340), "12,340 tokens"),
        (Spending(12_340, 0.0151, currency="USD"), "12,340 tokens, $0.02"),
        (Spending(12_340, 0.0004, currency="usd"), "12,340 tokens, $0.0004"),
        (Spending(3, 1234.5, currency="¥"), "3 tokens, ¥1,234.50"),
        (Spending(2, 3.0, currency="chf"), "2 tokens, 3.00 CHF"),
        (Spending(2, 3.0), "2 tokens, 3.00 in money"),
        (Spending(2, 3.0, currency="eur"), "2 tokens, €3.00"),
        (Spending(2, 3.0, currency="GBP"), "2 tokens, £3.00"),
        (Spending(2, 0.01, currency="$"), "2 tokens, $0.01"),  # a cent is told as one, and less than one finer
        (Spending(2, 0.0099, currency="$"), "2 tokens, $0.0099"),
        (Spending(2, 0.012, currency="$"), "2 tokens, $0.01"),
        (Spending(1_500, estimated=1_200), "1,500 tokens (1,200 of them estimated)"),
    ],
)
def test_tokens_and_money_are_told_in_the_currency_of_the_budget(spending, told):
    assert spending.told == told
