"""The budget is never overshot."""

import pytest

from newsletter.enrich.budget import Budget, Prices, Usage, estimated_tokens


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("word", 1), ("words", 2), ("番茄", 2), ("番茄 tomatoes", 5)])
def test_tokens_are_estimated_by_script(text, tokens):
    assert estimated_tokens(text) == tokens


def test_what_was_spent_before_is_where_a_budget_begins():
    budget = Budget(most_tokens=100)
    budget.begin_at(90, 0.0)
    assert budget.reserve(5, 6) is None
    assert budget.reserve(5, 5) is not None


def test_questions_under_way_are_counted_at_what_they_may_cost():
    budget = Budget(most_tokens=100)
    first = budget.reserve(30, 30)
    assert budget.reserve(30, 30) is None
    budget.settle(first, [Usage(10, 10)])
    assert budget.reserve(30, 30) is not None


def test_money_is_counted_by_the_million():
    budget = Budget(most_money=0.001, prices=Prices(million_in=1.0, million_out=4.0))
    ticket = budget.reserve(200, 200)
    assert budget.settle(ticket, [Usage(100, 100)]) == pytest.approx(0.0005)
    assert budget.reserve(200, 200) is None
