"""A formula is read once, for pages and for lines of text."""

import json
import lzma
import re

import pytest

from newsletter.domain.text import formula_at, inside, plain, read_formula, readable, segments
from newsletter.domain.text._formula_line import formula_text
from tests.support.shared import DATA, needs_shared

ABSTRACTS = DATA / "abstracts" / "2025-07_2026-02.jsonl.xz"


@pytest.mark.parametrize(
    ("tex", "line"),
    [
        (r"\frac{a+b}{c} + \frac12", "(a + b)/c + 1/2"),
        (r"\tilde{O}(\sqrt{T})", "Õ(√T)"),
        (r"\widetilde{\mathcal O}(n^{1/2})", "Õ(n^(1/2))"),
        (r"x \in \mathbb{R}^{d\times d}", "x ∈ ℝ^(d×d)"),
        (r"a_{i,j}^{(k)}", "a_(i,j)^(k)"),
        (r"\|A\|_F^2", "‖A‖_F²"),
        (r"\sum_{i=1}^n x_i", "∑ᵢ₌₁ⁿ xᵢ"),
        (r"\max_{x\in X} f(x)", "max_(x∈X) f(x)"),
        (r"\mathop{\arg\min}_w L", "arg min_w L"),
        (r"\binom{n}{k}", "(n choose k)"),
        (r"\sqrt[3]{x}", "∛x"),
        (r"P(x\mid y)", "P(x | y)"),
        (r"\not\in", "∉"),
        (r"a=-b", "a = −b"),
        (r"4-7\%", "4-7%"),
        (r"p-value < 0.03", "p-value < 0.03"),
        (r"\rm{MSE} = 0.3", "MSE = 0.3"),
        (r"\text{Top-}k", "Top-k"),
        (r"\texttt{foo\_bar}", "foo_bar"),
        (r"\cO(n) \ll \method", "cO(n) ≪ method"),
        (r"\eps \in \R", "ε ∈ ℝ"),
        (r"O(n log n)", "O(n log n)"),
        (r"90^\circ", "90°"),
        (r"x^*, f'", "x*, f′"),
        (r"\{100,250\}", "{100, 250}"),
        (r"1,250{,}000", "1,250,000"),
        (r"\ell_2", "ℓ₂"),
        (r"\mathbb{E}[\mathbf{X}]", "E[X]"),
        (r"3.5\!\times\!10^{-4}", "3.5×10⁻⁴"),
        (r"5\,\mu\text{m}", "5 μm"),
        (r"\unicode{x2013}", "–"),
        (r"\textbf{6.2", "6.2"),
    ],
)
def test_a_formula_is_said_in_a_line(tex: str, line: str) -> None:
    assert formula_text(tex) == line


@pytest.mark.parametrize("tex", ["{" * 13 + "}" * 13, "x" * 3_000, "a}b{", "^" * 900])
def test_what_is_too_deep_too_long_or_broken_is_no_tree(tex: str) -> None:
    assert read_formula(tex) is None


def test_a_word_in_one_typeface_is_one_element() -> None:
    root = read_formula(r"\mathtt{QMKL} \subset \mathbb R")
    assert root is not None
    assert [(one.tag, one.text) for one in root.iter() if one.text] == [("mi", "QMKL"), ("mo", "⊂"), ("mi", "ℝ")]


def test_a_formula_is_found_where_it_begins() -> None:
    assert formula_at(r"a $\sim$3", 2) == r"$\sim$"
    assert formula_at("for $5 and $6", 4) == ""
    assert [inside(part) for is_math, part in segments(r"$a$ \(b\) \[c\] $$d$$") if is_math] == list("abcd")


@needs_shared
def test_recorded_abstracts_keep_no_dollar_but_money_and_no_command() -> None:
    """Every fourth of 41,355 recorded papers: what is left of TeX is an author's own mistake."""
    papers = texts = commands = dollars = 0
    with lzma.open(ABSTRACTS, "rt") as lines:
        for at, line in enumerate(lines):
            if at % 4:
                continue
            papers += 1
            record = json.loads(line)
            for text in (record["title"], record["abstract"]):
                shown = plain(text)
                texts += readable(text) != shown
                commands += re.search(r"\\[A-Za-z]{3}", shown) is not None
                dollars += len(re.findall(r"\$(?![\d.])|(?<=[a-z%])\$", shown))
    assert papers > 10_000
    assert texts > 900
    assert commands <= papers / 2_000
    assert dollars <= papers / 500
