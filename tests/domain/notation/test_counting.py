"""Counts as a person says them."""

from newsletter.domain.notation.counting import counted


def test_one_is_singular_and_everything_else_is_plural() -> None:
    assert [counted(n, "paper") for n in (0, 1, 2, 12_000)] == ["0 papers", "1 paper", "2 papers", "12,000 papers"]
    assert [counted(n, "delivery", "deliveries") for n in (1, 3)] == ["1 delivery", "3 deliveries"]
