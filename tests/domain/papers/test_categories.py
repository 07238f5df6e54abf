"""The categories of arXiv's taxonomy (https://arxiv.org/category_taxonomy), and what somebody may have meant."""

from __future__ import annotations

from itertools import product
from string import ascii_uppercase

import pytest

from newsletter.domain.papers.categories import bare_category, is_known, nearest

WHOLE = "gr-qc hep-ex hep-lat hep-ph hep-th math-ph nucl-ex nucl-th quant-ph".split()
"""Archives without parts."""


@pytest.mark.parametrize(
    "category",
    [
        *"astro-ph.CO cond-mat.dis-nn cs.AI cs.CL cs.SC cs.SD cs.SY econ.EM eess.AS math.AC nlin.AO".split(),
        *"physics.acc-ph physics.flu-dyn physics.geo-ph q-bio.BM q-fin.CP stat.AP stat.ML".split(),
        *"astro-ph cond-mat cs econ eess math nlin physics q-bio q-fin stat".split(),
        *WHOLE,
    ],
)
def test_what_the_taxonomy_has_is_known_in_any_case(category: str) -> None:
    assert is_known(category)
    assert is_known(category.upper())


@pytest.mark.parametrize("archive", WHOLE)
def test_an_archive_without_parts_has_none(archive: str) -> None:
    assert not any(is_known(f"{archive}.{a}{b}") for a, b in product(ascii_uppercase, repeat=2))


@pytest.mark.parametrize(
    ("pattern", "known"),
    [
        ("cs.*", True),
        ("cs*", True),
        ("q-b*", True),
        ("hep-th.*", True),
        ("xy.*", False),
        ("czz*", False),
        ("cs.CLX*", False),
        ("cs.XX", False),
        ("", False),
    ],
)
def test_a_family_is_known_if_one_of_it_is(pattern: str, known: bool) -> None:
    assert is_known(pattern) is known


@pytest.mark.parametrize(
    ("text", "category"),
    [("cs.cl", "cs.CL"), ("HEP-TH", "hep-th"), ("Cond-Mat", "cond-mat"), ("math", ""), ("stat", ""), ("agents", "")],
)
def test_a_text_is_a_category_where_it_can_be_no_word(text: str, category: str) -> None:
    assert bare_category(text) == category


@pytest.mark.parametrize(
    ("pattern", "likest"),
    [
        ("cs.LGG", "cs.LG"),
        ("cs.cll", "cs.CL"),
        ("physics.optic", "physics.optics"),
        ("quantph", "quant-ph"),
        ("eess.IL.*", "eess.IV"),
    ],
)
def test_the_likest_comes_first(pattern: str, likest: str) -> None:
    assert nearest(pattern)[0] == likest


def test_three_are_offered_where_more_are_like_it_and_none_where_none_is() -> None:
    assert nearest("hep-tx") == ("hep-th", "hep-ex", "hep-lat")
    assert nearest("cond") == nearest("cond.*") == ("cond-mat", "econ")
    assert nearest("quantum") == ("quant-ph",)
    assert nearest("biology") == nearest("vision") == nearest("zzz") == ()
