"""Tests of two samples: known values, and what they say where there is nothing and where there is something."""

from __future__ import annotations

import random

import pytest

from benchmarks.two_samples import holm, kolmogorov_smirnov, mann_whitney


def test_the_rank_sum_test_gives_the_value_of_the_literature() -> None:
    """Age at diagnosis of diabetes, of men and of women: U is 17, and the p-value 0.1113 with the correction."""
    assert mann_whitney([19, 22, 16, 29, 24], [20, 11, 17, 12]) == pytest.approx(0.11134688653314041)


def test_the_distance_test_gives_the_value_of_its_limit() -> None:
    """With a distance such that the scaled one is 1.3581 the limit is 0.05 (the 95th of a hundred)."""
    n = 20_000
    root = (n / 2) ** 0.5
    shift = round(1.3581 / (root + 0.12 + 0.11 / root) * n)
    assert kolmogorov_smirnov(range(n), range(shift, n + shift)) == pytest.approx(0.05, abs=0.001)


@pytest.mark.parametrize("test", [mann_whitney, kolmogorov_smirnov])
def test_equal_samples_differ_by_nothing(test: object) -> None:
    assert callable(test)
    assert test([1.0, 2.0, 2.0, 3.0], [1.0, 2.0, 2.0, 3.0]) == pytest.approx(1, abs=0.01)
    assert test([1.0] * 9, [1.0] * 9) == 1


@pytest.mark.parametrize("test", [mann_whitney, kolmogorov_smirnov])
def test_a_test_errs_as_often_as_it_says_and_sees_a_shift(test: object) -> None:
    assert callable(test)
    chance = random.Random(1)

    def sample(shift: float = 0) -> list[float]:
        return [chance.lognormvariate(0, 0.3) + shift for _ in range(200)]

    alarms = sum(test(sample(), sample()) < 0.05 for _ in range(300))
    assert 4 <= alarms <= 28
    assert test(sample(), sample(0.2)) < 0.001


def test_who_looks_often_asks_more_of_each_look() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
