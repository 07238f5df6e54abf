"""Numbers in words have the value that a dictionary gives them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.answers._numerals import ALONE, ENGLISH, HAN, PARTS, chinese, english, fraction_of, is_vague

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def test_every_english_word_up_to_ninety_nine_has_its_value() -> None:
    assert [english(word) for word in ONES] == [*range(20)]
    assert [english(word) for word in TENS] == [*range(20, 100, 10)]
    assert english("ninety-nine") == 99


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("dozen", 12), ("two dozen", 24), ("decade", 10), ("three decades", 30), ("hundred", 100),
        ("century", 100), ("two centuries", 200), ("thousand", 1_000), ("two millennia", 2_000),
        ("million", 1_000_000), ("billion", 1_000_000_000), ("two trillion", 2e12),
        ("three hundred", 300), ("three hundred and five", 305), ("One Hundred Twenty-Three", 123),
        ("two thousand five hundred", 2_500), ("two hundred thousand", 200_000),
        ("one million two hundred thousand thirty", 1_200_030), ("", 0),
    ],
)  # fmt: skip
def test_english_words_multiply_and_add_as_they_are_spoken(words: str, value: float) -> None:
    assert english(words) == value


@pytest.mark.parametrize(
    ("after", "value"), [("three", 97.3), ("zero five", 97.05), ("one two three four", 97.1234), (None, 97.0)]
)
def test_english_digits_stand_behind_the_point(after: str | None, value: float) -> None:
    assert english("ninety-seven", after) == pytest.approx(value)


@pytest.mark.parametrize(
    ("names", "value"),
    [
        ("half halves", 2), ("third", 3), ("quarter fourth", 4), ("fifth", 5), ("sixth", 6), ("seventh", 7),
        ("eighth", 8), ("ninth", 9), ("tenth", 10), ("hundredth", 100),
    ],
)  # fmt: skip
def test_the_names_of_parts_divide(names: str, value: float) -> None:
    for name in names.split():
        assert PARTS[name] == value
        assert ALONE[name] == pytest.approx(1 / value)


@pytest.mark.parametrize(
    ("names", "value"),
    [
        ("halve halved halving", 0.5), ("double doubled doubles doubling twice twofold", 2),
        ("triple tripled triples tripling threefold", 3), ("quadruple quadrupled", 4), ("tenfold", 10),
        ("dozens", 12), ("hundreds", 100), ("thousands", 1_000), ("millions", 1e6), ("billions", 1e9),
        ("trillions", 1e12), ("perfect perfectly fully all every entire complete completely", 1),
        ("none no without", 0),
    ],
)  # fmt: skip
def test_some_words_say_a_value_by_themselves(names: str, value: float) -> None:
    for name in names.split():
        assert ALONE[name] == value
    assert len(ALONE) == 12 + 34


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("ninety-seven point three percent", {"words": "ninety-seven", "after": " three", "share": "percent"}),
        ("two per cent", {"words": "two", "share": "per cent"}),
        ("ten percentage points", {"words": "ten", "share": "percent"}),
        ("three hundred and five rows", {"words": "three hundred and five"}),
        ("trillion rows", {"words": "trillion"}),
        ("two trillion rows", {"words": "two trillion"}),
        ("twenty zero", {"words": "twenty zero"}),
        ("one half", {"words": "one", "part": "half"}),
        ("three hundredths", {"words": "three", "part": "hundredth"}),
        ("one point zero trillion", {"words": "one", "after": " zero trillion"}),
        ("two thirds of them", {"words": "two", "part": "third"}),
        ("a tenfold and a three-fold gain", {"words": "three", "factor": "fold"}),
        ("four times faster", {"words": "four", "factor": "times"}),
        ("two orders of magnitude", {"words": "two", "orders": "orders of magnitude"}),
        ("one order-of-magnitude", {"words": "one", "orders": "order-of-magnitude"}),
        ("one " * 10, {"words": " ".join(["one"] * 9)}),
        ("five point one two three four five", {"words": "five", "after": " one two three four"}),
    ],
)  # fmt: skip
def test_a_number_is_read_with_what_it_counts(text: str, groups: dict[str, str]) -> None:
    match = ENGLISH.search(text)
    assert match is not None
    assert {name: value for name, value in match.groupdict().items() if value} == groups


@pytest.mark.parametrize("text", ["someone", "3 hundred", "1.5-million", "bitten", "weighty"])
def test_a_word_within_another_or_behind_digits_is_no_number_of_its_own(text: str) -> None:
    assert ENGLISH.search(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0), ("〇", 0), ("一", 1), ("二", 2), ("两", 2), ("三", 3), ("四", 4), ("五", 5),
        ("六", 6), ("七", 7), ("八", 8), ("九", 9), ("十", 10), ("百", 100), ("千", 1_000), ("万", 10_000),
        ("亿", 100_000_000), ("十五", 15), ("三十", 30), ("三十五", 35), ("一百零五", 105),
        ("三百二十一", 321), ("两千零二十六", 2_026),
        ("三十五万", 350_000), ("一亿二千万", 120_000_000), ("十万", 100_000),
        ("百万", 1_000_000), ("二万亿", 2e12), ("二万三千亿", 2.3e12), ("三万五", 30_005),
        ("二〇二六", 2026), ("一二三", 123),
    ],
)  # fmt: skip
def test_chinese_characters_multiply_and_add_as_they_are_read(text: str, value: float) -> None:
    assert chinese(text) == value


@pytest.mark.parametrize("text", ["万一", "亿万", "一一", "四五", "七八", "八八八"])
def test_characters_that_make_no_number_have_no_value(text: str) -> None:
    """`万一` is "in case", `一一` "one by one", `四五个` "four or five"."""
    assert chinese(text) is None


def test_chinese_digits_stand_behind_the_point() -> None:
    assert chinese("九十七", "三") == pytest.approx(97.3)
    assert chinese("九十七", "零五") == pytest.approx(97.05)
    assert chinese("三", None) == 3


@given(st.integers(1, 9), st.integers(0, 9), st.integers(1, 9))
def test_hundreds_tens_and_ones_are_read_for_every_number(hundreds: int, tens: int, ones: int) -> None:
    digits = "零一二三四五六七八九"
    middle = f"{digits[tens]}十" if tens else "零"
    expected = 100 * hundreds + 10 * tens + ones
    assert chinese(f"{digits[hundreds]}百{middle}{digits[ones]}") == expected
    words = f"{ONES[hundreds]} hundred {TENS[tens - 2] if tens > 1 else ''} {ONES[ones + 10 * (tens == 1)]}"
    assert english(words) == expected


@pytest.mark.parametrize(
    ("below", "whole", "after", "value"),
    [
        ("百", "九十七", "三", 0.973),
        ("百", "百", None, 1.0),
        ("千", "五", None, 0.005),
        ("万", "一", "五", 0.00015),
        ("三", "一", None, 1 / 3),
        ("三", "二十", None, 2 / 3),  # of a small part the numerator is one character
        ("四", "三", "五", 3 / 4),
        ("十", "七", None, 0.7),
        ("九十九", "十二", None, 10 / 99),
        ("九十九", "三", "五", 3 / 99),
    ],
)
def test_a_fraction_names_its_denominator_first(below: str, whole: str, after: str | None, value: float) -> None:
    assert fraction_of(below, whole, after) == pytest.approx(value)


@pytest.mark.parametrize(("below", "whole"), [("零", "一"), ("一一", "一"), ("百", "一一")])
def test_a_fraction_of_nothing_is_none(below: str, whole: str) -> None:
    assert fraction_of(below, whole, None) is None


@pytest.mark.parametrize(
    ("text", "vague"), [("百", True), ("千万", True), ("三百", False), ("三", False), ("百二", False)]
)
def test_a_size_alone_is_vague(text: str, vague: bool) -> None:
    assert is_vague(text) == vague


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("准确率为百分之九十七点三。", {"below": "百", "whole": "九十七", "after": "三"}),
        ("三分之一的用户", {"below": "三", "whole": "一"}),
        ("一亿二千万个", {"whole": "一亿二千万"}),
        ("提升五个百分点", {"whole": "五", "share": "个百分点"}),
        ("提升五百分点", {"whole": "五百"}),
        ("快两倍", {"whole": "两", "factor": "倍"}),
        ("九成以上", {"whole": "九", "tenths": "成"}),
        ("九成的用户", {"whole": "九", "tenths": "成"}),
        ("约九成", {"whole": "九", "tenths": "成"}),
        ("一成为主流", {"whole": "一"}),  # 成为: to become
        ("三点一四一五九二六五", {"whole": "三", "after": "一四一五九二六五"}),
    ],
)
def test_a_chinese_number_is_read_with_what_it_counts(text: str, groups: dict[str, str]) -> None:
    match = HAN.search(text)
    assert match is not None
    assert {name: value for name, value in match.groupdict().items() if value} == groups


def test_a_base_of_numbers_is_no_number() -> None:
    assert HAN.search("X轴") is None
    assert HAN.search("二进制编码") is None
    assert HAN.search("十六进制") is not None, "only the last character is bound to it"


def test_runs_are_bounded() -> None:
    match = HAN.search("三" * 40)
    assert match is not None
    assert len(match["whole"]) == 16
    match = HAN.search("百" * 9 + "分之一")
    assert match is not None
    assert match["below"] is None
