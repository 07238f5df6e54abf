"""Foreign text is made readable once: TeX, line feeds, control characters."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.domain.text.dollars import segments
from newsletter.domain.text.texts import clean, plain, readable

TEX = st.text(st.sampled_from("\\{}$^_`'\"~-% \nabcéuvH[]()0123<>\x00\ue000\ue001\ud800"), max_size=200)
ANY = st.one_of(st.text(max_size=300), TEX, st.characters(codec=None).map(lambda c: c * 3))


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"Andr\'e, Erd\H{o}s, \v{S}koda, {\'e}t\'{e}, na\"{\i}ve", "André, Erdős, Škoda, été, naïve"),
        (r"Stra\ss e, \AA ngstr\"om, \O rsted, Pawe\l", "Straße, Ångström, Ørsted, Paweł"),
        ("``FlatVPR,'' a `native-level' test", "“FlatVPR,” a ‘native-level’ test"),
        ("models --- and 84--89\\% of it -- more", "models — and 84–89% of it – more"),
        (r"R\&D at \$5 \#1 x\_y \{z\}", "R&D at $5 #1 x_y {z}"),
        (r"\textbf{A \emph{nested} one} with \texttt{code}", "A nested one with code"),
        (r"see \href{https://x.example/a}{the page} and \cite{foo2020}.", "see the page and ."),
        (r"{\em Escherichia} and {\bf bold}", "Escherichia and bold"),
        (r"\textsc{PFDS} beats \method by 3\,dB", "PFDS beats method by 3 dB"),
        ("Snapdragon~8, but ~7\\% and /~user", "Snapdragon 8, but ~7% and /~user"),
        ("one line\n  and another\r\n of state-of-\nthe-art", "one line and another of state-of-the-art"),
        ("pre-\nand post-training", "pre- and post-training"),
        ("explora-\ntion of retrieval-\n augmented", "exploration of retrieval-augmented"),
        (r"\textsuperscript{13}C", "¹³C"),
        (r"an \textbf{i}dentifiable na{\"i}ve one", "an identifiable naïve one"),
    ],
)
def test_tex_outside_mathematics_becomes_unicode(tex: str, text: str) -> None:
    assert readable(tex) == text


@pytest.mark.parametrize(
    "kept",
    [
        "the $\\alpha$-divergence of $x_{1}$ -- ".strip(" -"),
        r"\(O(n \log n)\) and \[E = mc^2\]",
        "$$\\sum_i x_i$$",
        "<think> is a token, so is <|im_start|>, and a < b > c",
        "C:\\n is a path",
        "a --flag and <!-- a comment -->",
        "prices of $5 and $10",
    ],
)
def test_mathematics_markup_and_code_stay_as_they_are(kept: str) -> None:
    assert readable(kept) == kept


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        ("$k$-means in $O(n^2)$", "k-means in O(n²)"),
        (r"$\alpha$-divergence, $\leq 3$", "α-divergence, ≤3"),
        (r"H$_2$O at $10^{-3}$ and $90^\circ$", "H₂O at 10⁻³ and 90°"),
        (r"$\mathcal{L}_{\text{total}} = \frac{a}{b}$", "L_total = a/b"),
        (r"\textbf{$\sqrt{s_{NN}}=200$ GeV}", "√(s_NN) = 200 GeV"),
        (r"\(\hat{x} \in \mathbb{R}^d\)", "x̂ ∈ ℝ^d"),
        (r"a map $f\colon X\to\mathbb{R}$ in $O(n\log n)$", "a map f: X → ℝ in O(n log n)"),
        (r"over $\mathbb R$ and $\mathbb R^2$", "over ℝ and ℝ²"),
        (r"$\sim$174,000 at 55.0$\pm$2.9%", "~174,000 at 55.0±2.9%"),
        ("a $∼$174,000 that was stored as Unicode", "a ∼174,000 that was stored as Unicode"),
        (r"the language $\mathtt{QMKL}$", "the language QMKL"),
        (r"Valid $\ne$ Necessary", "Valid ≠ Necessary"),
        (r"scores $55.0 \pm 2.9\%$, that is $55.0 ± 2.9%$", "scores 55.0 ± 2.9%, that is 55.0 ± 2.9%"),
        (r"\(3\times 3\) patches of $10,000$ in $ O(T) $", "3×3 patches of 10,000 in O(T)"),
        ("no mathematics", "no mathematics"),
    ],
)
def test_plain_says_a_formula_in_one_line_of_unicode(tex: str, text: str) -> None:
    assert plain(tex) == text


def test_what_xml_and_postgresql_refuse_is_dropped() -> None:
    assert clean("a\x00b\x1bc\ud800d\ufffee\u202ef\u200bg\n") == "abcdefg\n"
    assert clean("e\u0301") == "é"


def test_joiners_that_scripts_need_stay() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"


@given(ANY)
@example("\\" * 50 + "{" * 50 + "$")
def test_no_text_makes_any_function_raise(text: str) -> None:
    for function in (clean, readable, plain):
        out = function(text)
        assert "\x00" not in out
        out.encode()
        assert unicodedata.is_normalized("NFC", clean(text))
        assert "\n" not in readable(text)


@given(ANY)
def test_segments_joined_are_the_text(text: str) -> None:
    parts = list(segments(text))
    assert "".join(part for _, part in parts) == text
    assert all(part for _, part in parts)


@given(st.text(st.characters(categories=["L", "Nd"], codec="utf-8"), max_size=80))
def test_ordinary_words_are_not_touched(text: str) -> None:
    assert readable(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "money",
    [
        "from $50,000 to $500",
        "$100 and $200",
        "ranging $0.01-$3.59",
        "for $14,000 from GPT-4.1 (a model) at ($5)",
        "less than $$$400",
        "$18/hour versus $60/hour",
    ],
)
def test_money_is_no_mathematics(money: str) -> None:
    assert plain(money) == money


def test_a_dollar_that_lost_its_partner_turns_no_prose_into_mathematics() -> None:
    text = r"costs US$0.50 per audit. For high-flow traffic ($>$5 vehicles) we need $n \log n$ steps"
    assert plain(text) == "costs US$0.50 per audit. For high-flow traffic (>5 vehicles) we need n log n steps"


@pytest.mark.parametrize(
    "hostile",
    [
        "$" + r"\frac{" * 10_000,
        "$" + r"\frac{" * 60 + "x" + "}{y}" * 60 + "$",
        "$" + r"\sqrt" * 190 + "$",
        "$" + "^" * 900 + "$",
        "$" + "_{" * 300 + "}" * 300 + "$",
        "$}{$ and $\\left($ and $\\begin{a}$",
        "$a$" * 5_000,
        "$" * 20_000,
        r"\(" * 5_000 + r"\[" * 5_000,
    ],
)
def test_hostile_tex_becomes_some_text(hostile: str) -> None:
    assert len(plain(hostile)) <= len(hostile)
