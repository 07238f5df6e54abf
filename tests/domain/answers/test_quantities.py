"""A number is the same number in every form, and one that the paper does not state is noticed."""

import pytest

from newsletter.domain.answers.quantities import Quantity, quantities, stated_in, unsupported


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        ("reaches 97.3% accuracy", "准确率达97.3 %"),
        ("reaches 97.3 percent", "reaches 97.3%"),
        ("an accuracy of 0.973", "97.3% accuracy"),
        ("97.3% accuracy", "an accuracy of 0.973"),
        (r"reaches $97.3\%$", "97.3%"),
        ("ninety-seven percent of rows", "97% of rows"),
        ("off by two percent", "误差为百分之二"),
        ("off by 2.5%", "误差为百分之二点五"),
        ("one third of users", "三分之一的用户"),
        ("a quarter of users", "25% of users"),
        ("half of them", "50% of them"),
        ("nine in ten, or 90%", "九成以上的用户"),
        ("1.2 million images", "120万张图像"),
        ("1.2M images", "1.2 million images"),
        ("3.5 billion tokens", "35亿个token"),
        ("12,000 hours", "1.2万小时"),
        ("12000 hours", "12k hours"),
        ("12 000 hours", "12,000 hours"),
        ("1,551,862 scans", "over 1.5 million scans"),
        ("1,024 tokens", "about 1,000 tokens"),
        ("twice as fast", "2x faster"),
        ("a twofold gain", "提升2倍"),
        ("1.5x faster", "1.5 times faster"),
        ("an order of magnitude", "10倍"),
        ("two orders of magnitude", "100x"),
        (r"an error of $10^{-3}$", "an error of 0.001"),
        ("an error of 1e-3", "误差为10^-3"),
        ("three hundred hospitals", "300 hospitals"),
        ("fifteen datasets", "十五个数据集"),
        ("thirty-five datasets", "35个数据集"),
        ("from 40.2 to 45.3", "a gain of 5.1 points"),
        ("costs only 5% of it", "a reduction of 95%"),
        ("400 English and 400 Chinese questions", "800 questions"),
        ("7B parameters", "70亿参数"),
        ("7 to 8 billion tokens, 7,000,000,000 at least", "70-80亿token"),
        ("ranging from 3 to 6 times", "3-6倍"),
        ("GPT-4o and ResNet50 with 2048 tokens", "ResNet-50 and GPT 4"),
        ("a Dice of .941", "0.941的Dice系数"),
        (r"0.990 mAP$_{.3}$", "0.990 mAP@0.3"),
        (r"the $(1+M)$ genetic algorithm", "the (1+M) genetic algorithm"),
        ("horizons of {10, 20, 50, 100, 200}", "{10,20,50,100,200}"),
        ("5.349% better", "over 5% better"),
    ],
)
def test_the_same_number_in_another_form_is_borne_out(paper, said):
    assert unsupported(said, stated_in(paper)) == ()


PAPER = "We count tomatoes on forty rows with 3 cameras; the error falls from 12.5% to 2.1% at 30 frames a second."


@pytest.mark.parametrize(
    "said",
    [
        "It reaches 97.3 % accuracy.",
        "It reaches 97.3% accuracy.",
        "达到97.3%的准确率。",
        "准确率达百分之六十八。",
        "It is tested in 512 greenhouses.",
        "在512个温室中测试。",
        "It is trained on 4.5 million images.",
        "使用了450万张图像。",
        "It is 18x faster.",
        "速度提升18倍。",
        "An F1 of 0.87 is reached.",
        "It saves sixty-seven percent of the work.",
        "It costs 1,250 euros.",
        "一百二十个温室参与了实验。",
    ],
)
def test_a_number_that_the_paper_does_not_state_is_noticed(said):
    assert unsupported(said, stated_in(PAPER))


@pytest.mark.parametrize(
    "said",
    [
        "It has three steps: 1) cameras, 2) carts, 3) counts.",
        "GPT-5 and ResNet-152 on H100 are not compared, nor is YOLOv11.",
        "Twelve rows are left, the 21st is not.",
        "这是一种两阶段方法，适用于三维场景。",
        "万一相机失灵，成千上万的番茄统一处理。",
        "A two-fold process with hundreds of fruit.",
    ],
)
def test_names_small_counts_and_sizes_are_no_claim(said):
    assert unsupported(said, stated_in(PAPER)) == ()


@pytest.mark.parametrize(
    ("said", "is_borne_out"),
    [
        ("96%", True),
        ("95.6%", True),
        ("95.7%", False),
        ("95.60%", False),
        ("95.55%", True),
        ("95.5%", True),
        ("95%", True),
        ("94%", False),
    ],
)
def test_a_number_may_be_rounded_or_cut_and_not_more(said, is_borne_out):
    assert (unsupported(said, stated_in("accuracy 95.55%")) == ()) == is_borne_out


@pytest.mark.parametrize(("said", "is_claim"), [("12 rows", False), ("13 rows", True), ("12%", True), ("12x", True)])
def test_a_count_is_small_up_to_twelve(said, is_claim):
    assert bool(unsupported(said, stated_in("nothing is stated"))) == is_claim


def test_a_text_of_numbers_alone_is_bounded():
    assert len(list(quantities("17 " * 50_000))) <= 300
    assert stated_in("17, 1.5, " * 50_000).values


def value(text):
    """The first number of a text."""
    return next(quantities(text)).value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5k", 5e3), ("5K", 5e3), ("5M", 5e6), ("5B", 5e9), ("5G", 5e9), ("5T", 5e12), ("5 hundred", 500),
        ("5 thousand", 5e3),
        ("5 million", 5e6), ("5 billion", 5e9), ("5 trillion", 5e12), ("5 mn", 5e6), ("5 bn", 5e9), ("5-million", 5e6),
        ("5 millions", 5e6), ("5百", 500), ("5千", 5e3), ("5万", 5e4), ("5十万", 5e5), ("5百万", 5e6), ("5千万", 5e7),
        ("5亿", 5e8),
        ("5十亿", 5e9), ("5百亿", 5e10), ("5千亿", 5e11), ("5万亿", 5e12),
        ("1,234,567", 1_234_567), ("1,234.5", 1234.5), ("1'234", 1234), ("1 234", 1234), ("12.5", 12.5),
        (".941", 0.941),
        ("1.5 × 10^3", 1500), ("2 x 10^-3", 0.002), ("2*10^2", 200), ("1e3", 1000), ("1e-3", 0.001), ("2^10", 1024),
        ("10²", 100),
        ("10⁻³", 0.001), ("5\u202f000", 5000), ("5{,}000", 5000), ("７７", 77), ("70-80亿", 70e8), ("3至5万", 3e4),
        ("−5", 5),
        ("2^0.5", 2**0.5), ("9^99", 9.0**40), ("5万分之一", 5),
    ],
)  # fmt: skip
def test_a_number_has_the_value_that_it_is_written_with(text, expected):
    assert value(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("97.3", 0.1), ("0.973", 0.001), ("1200", 100), ("1,000", 1000), ("12", 1), ("0", 1), ("1.20 million", 1e4),
        ("5k", 1e3),
        ("100", 100), ("ninety-seven point three", 0.1), ("three hundred", 100), ("thirty-five", 1),
    ],
)  # fmt: skip
def test_a_number_is_as_exact_as_its_last_digit(text, expected):
    assert next(quantities(text)).step == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "share", "factor", "loose"),
    [
        ("97%", True, False, False), ("97 ％", True, False, False), ("97 percent", True, False, False),
        ("97 per cent", True, False, False), ("5 percentage points", True, False, False), ("5 pp", True, False, False),
        ("5 points", True, False, False), ("5个百分点", True, False, False), ("5百分点", True, False, False),
        ("5x", False, True, False), ("5×", False, True, False), ("5-fold", False, True, False),
        ("5 times", False, True, False),
        ("5倍", False, True, False), ("12 rows", False, False, True), ("13 rows", False, False, False),
        ("12.5 rows", False, False, False), ("2^3 rows", False, False, False), ("5k rows", False, False, False),
        ("21st", False, False, True), ("42nd", False, False, True), ("53rd", False, False, True),
        ("64th", False, False, True),
        ("21世纪", False, False, True), ("GPT-40", False, False, True), ("v1.50", False, False, True),
        ("50Hz", False, False, True),
        ("50 Hz", False, False, False), ("arXiv:2604.20475", False, False, True), ("50年", False, False, False),
        ("ISO-26262-20", False, False, True),
        ("ninety percent", True, False, False), ("twenty-fold", False, True, False), ("three-fold", False, True, True),
        ("four-fold", False, True, False), ("three times", False, True, False), ("twelve rows", False, False, True),
        ("thirteen rows", False, False, False), ("million users", False, False, True),
        ("two million users", False, False, False),
        ("fifty users", False, False, False), ("two thirds", False, False, True),
        ("九成。", True, False, False), ("五倍", False, True, False), ("五个百分点", True, False, False),
        ("百分之五", True, False, False),
        ("十二行", False, False, True), ("十三行", False, False, False), ("一百行", False, False, False),
        ("百行", False, False, True),
        ("数十三行", False, False, True), ("第十三行", False, False, True), ("几十五", False, False, True),
        ("一倍", False, True, True),
    ],
)  # fmt: skip
def test_what_a_number_is_told_as_and_whether_it_is_a_claim(text, share, factor, loose):
    first = next(quantities(text))
    assert (first.is_share, first.is_factor, first.is_loose) == (share, factor, loose)


def test_a_list_that_looks_like_one_number_is_both():
    (first,) = quantities("100,200")
    assert (first.value, first.pieces) == (100_200, (100.0, 200.0))
    assert next(quantities("1.2 million")).bare == pytest.approx(1.2)
    assert next(quantities("100")).pieces == ()


def test_fractions_and_orders_of_magnitude_prove_others_and_need_not_be_proven():
    assert Quantity(0.75, 0.001, is_loose=True) in [*quantities("3/4 of them")]
    assert Quantity(100.0, 1.0, is_loose=True) in [*quantities("2 orders of magnitude")]
    assert Quantity(10.0, 1.0, is_loose=True) in [*quantities("an order of magnitude")]
    assert Quantity(1_000.0, 1.0, is_loose=True) in [*quantities("three orders of magnitude")]
    assert Quantity(1e30, 1.0, is_loose=True) in [*quantities("ninety orders of magnitude")]
    assert Quantity(2 / 3, 0.001, is_loose=True) in [*quantities("two thirds")]
    assert not [q for q in quantities("5/0") if q.value not in {0.0, 5.0}]
    assert Quantity(90.0, 10.0, is_share=True) in [*quantities("九成。")]
    assert Quantity(97.3, 0.1, is_share=True) in [
        Quantity(round(q.value, 6), round(q.step, 6), q.is_share) for q in quantities("百分之九十七点三")
    ]
    assert Quantity(5.0, 1.0, is_share=True) in [*quantities("百分之五")]


@pytest.mark.parametrize(
    ("paper", "said", "is_borne_out"),
    [
        # a change in per cent, worked out of two numbers of one kind: 40 to 50 is 25 % more, 50 to 40 is 20 % less
        ("from 40 to 50 rows", "25% more", True),
        ("from 40 to 50 rows", "20% less", True),
        ("from 40 to 50 rows", "80% of it", True),
        ("from 40 to 50 rows", "23% more", False),
        ("from 40 to 50 rows", "26% more", False),
        ("from 40 to 50 rows", "81% of it", False),
        ("from 0.40 to 0.50", "10 points", True),
        ("from 0.40 to 0.50", "11 points", False),
        ("40% and 50 rows", "25% more", False),  # not of one kind
        ("40 rows and 12.5 metres", "31% of it", False),
        # sums, differences, doubles, ratios
        ("40 and 50 rows", "90 rows", True),
        ("40 and 50 rows", "92 rows", False),
        ("60 and 45 rows", "15 rows", True),
        ("17 rows each", "34 rows", True),
        ("20 rows and 50 rows", "2.5x", True),
        ("20 rows and 50 rows", "2.6x", False),
        # the rest to a hundred
        ("95.5% of rows", "4.5% of rows", True),
        ("95.5% of rows", "4.3% of rows", False),
        ("an error of 30%", "70%", True),
        # a reduction by a factor
        ("4x smaller", "25% of it", True),
        ("4x smaller", "75% less", True),
        ("a factor of 4 smaller", "75% less", True),
        ("4 rows", "75% less", False),
        ("97.3% of rows", "0.973 of rows", True),
        ("97.3% of rows", "0.974 of rows", False),
        ("0.973 of rows", "97.3% of rows", True),
        ("0.973 of rows", "97.4% of rows", False),
        ("9.136 samples", "9,136 samples", True),
        ("9.136 samples", "9,137 samples", False),
        ("1.2 million rows", "1.2 rows", True),
        ("50% more", "1.5x", False),
        ("1,551,862 scans", "1.6 million scans", True),
        ("1,551,862 scans", "1.7 million scans", False),
        ("1,040 scans", "1,000 scans", True),  # cut: up to a tenth more, where the noughts may be digits
        ("1,090 scans", "1,000 scans", True),
        ("1,110 scans", "1,000 scans", False),
        ("960 scans", "1,000 scans", True),  # rounded: up to a twentieth less
        ("940 scans", "1,000 scans", False),
        ("{100, 200} rows", "100,200 rows", True),
        ("100 rows", "100,300 rows", False),
        ("double the rows", "2x", True),
        ("all rows", "100%", True),
        ("no rows", "0%", True),
        (r"$\\approx 97$ rows", "97 rows", True),
    ],
)  # fmt: skip
def test_what_an_honest_writer_works_out_is_borne_out_and_what_is_near_it_is_not(paper, said, is_borne_out):
    assert (unsupported(said, stated_in(paper)) == ()) == is_borne_out


@pytest.mark.parametrize(("between", "is_borne_out"), [(2, True), (3, False)])
def test_two_numbers_are_taken_together_up_to_three_places_apart(between, is_borne_out):
    """Farther apart nobody sets them against each other, and every number could be worked out."""
    others = "".join(f" and {7 ** (n + 4)} rows" for n in range(between))
    stated = stated_in(f"41 rows{others} and 1013 rows")
    assert (unsupported("1054 rows", stated) == ()) == is_borne_out


def test_a_small_count_is_not_worked_with():
    """Of `2 rows and 60 rows` nobody makes 58; a half of something they do."""
    assert unsupported("58 rows", stated_in("2 rows and 60 rows"))
    assert not unsupported("57 rows", stated_in("3 rows and 60 rows"))


def test_of_a_very_long_text_the_beginning_is_read():
    assert value(" " * 19_998 + "17") == 17
    assert value(" " * 19_999 + "17") == 1
    assert [*quantities(" " * 20_000 + "17")] == []


def test_three_hundred_numbers_of_a_kind_are_read():
    assert len([*quantities("17; " * 299)]) == 299
    assert len([*quantities("17; " * 400)]) == 300


def worked_out(text):
    """What a text states: its values, and the shares, factors and counts that can be worked out of them."""
    stated = stated_in(text)
    every = (stated.values, stated.shares, stated.factors, stated.counts)
    return [[round(number, 6) for number in numbers] for numbers in every]


@pytest.mark.parametrize(
    ("text", "values", "shares", "factors", "counts"),
    [
        # 60, 50 and 99 are the rests to a hundred; 10 the difference, 25 and 20 the changes, 80 the share in per cent
        ("40 and 50 rows", [1, 40, 50], [1, 10, 20, 25, 40, 50, 60, 80, 99, 1000], [1.25], [10, 80, 90, 100]),
        ("50 and 40 rows", [1, 40, 50], [1, 10, 20, 25, 40, 50, 60, 80, 99, 1000], [1.25], [10, 80, 90, 100]),
        ("4x", [1, 4], [1, 4, 25, 75, 96, 99], [], [8]),
        ("1x", [1], [1, 99], [], [2]),
        ("0.5x", [0.5, 1], [0.5, 1, 99, 99.5], [], [1]),
        ("1.5x", [1, 1.5], [1, 1.5, 33.333333, 66.666667, 98.5, 99], [], [3]),
        ("20%", [0.2, 1, 20], [0.2, 1, 20, 80, 99, 99.8], [], [40]),
        ("100 rows", [1, 100], [1, 99], [], [200]),
        ("99.5 rows", [1, 99.5], [0.5, 1, 99, 99.5], [], [199]),
        ("0.0 and 40 rows", [0, 1, 40], [0, 1, 40, 60, 99, 100], [], [80]),
        ("9.136 rows", [1, 9.136, 9136], [1, 9.136, 90.864, 99], [], [18.272]),
        ("fifty rows", [1, 50], [1, 50, 99], [], [100]),
        ("13 rows and 40 rows", [1, 13, 40], None, [3.076923], [26, 27, 53, 80]),
    ],
)  # fmt: skip
def test_what_can_be_worked_out_is_worked_out_on_paper(text, values, shares, factors, counts):
    result = worked_out(text)
    assert result[0] == values
    if shares is not None:
        assert result[1] == shares
    assert result[2:] == [factors, counts]


@pytest.mark.parametrize("text", ["13 rows and 40 rows", "40 rows and 13 rows"])
def test_whole_numbers_are_of_one_kind_whatever_they_end_with(text):
    """27 of 13 are 207.69 per cent more."""
    assert 207.692308 in worked_out(text)[1]


@pytest.mark.parametrize(
    ("paper", "said", "is_borne_out"),
    [
        # rounded to the last digit or cut after it, and no further
        ("96.5 rows", "97 rows", True), ("96.4 rows", "97 rows", False), ("98 rows", "97 rows", True),
        ("98.1 rows", "97 rows", False),
        ("1150 rows", "1200 rows", True), ("1149 rows", "1200 rows", False), ("1300 rows", "1200 rows", True),
        ("1301 rows", "1200 rows", False), ("6.55%", "7%", True), ("6.45%", "7%", False),
        ("0.852 rows", "0.9 rows", True),
        ("0.974 rows", "97.3%", True), ("0.974008 rows", "97.3%", False),
        ("0.9725 rows", "97.3%", True),
        ("0.972492 rows", "97.3%", False),
        ("a score of 97.3", "a score of 0.973", True), ("a score of 97.25", "a score of 0.973", True),
        ("a score of 97.2", "a score of 0.973", False), ("a score of 97.42", "a score of 0.973", False),
        ("a score of 97.4005", "a score of 0.973", False), ("6.55x", "7x", True), ("6.45x", "7x", False),
        ("150 rows", "1.5 rows", False), ("40 and 50 rows", "0.8x", True), ("40 and 50 rows", "0.81x", False),
        ("fifty rows", "1.25 rows", False), ("fifty rows", "0.75 rows", False), ("fifty rows", "1.0 rows", True),
    ],
)  # fmt: skip
def test_a_claim_may_be_rounded_in_every_form_and_no_further(paper, said, is_borne_out):
    assert (unsupported(said, stated_in(paper)) == ()) == is_borne_out


@pytest.mark.parametrize(
    ("text", "expected"),
    [("50 m", 50), ("2×10^−3", 0.002), ("2 × 10^–3", 0.002), ("70–80亿", 70e8), ("2000000^2", 1e12), ("3^2", 9)],
)
def test_signs_that_look_alike_are_read_alike(text, expected):
    assert value(text) == pytest.approx(expected)


def test_a_wide_comma_parts_two_numbers():
    assert [q.value for q in quantities("100，200")] == [100, 200]


@pytest.mark.parametrize(
    ("text", "loose"),
    [("50m/s", True), ("在第十三行", True), ("hundred users", True), ("两倍", False), ("X十三行", False)],
)
def test_what_stands_beside_a_number_says_whether_it_is_a_claim(text, loose):
    assert next(quantities(text)).is_loose == loose


def test_a_power_is_exact_and_a_chinese_decimal_as_exact_as_it_is_said():
    assert next(quantities("2^10")).step == 0
    assert next(quantities("三十五点五行")).step == pytest.approx(0.1)
    assert next(quantities(r"97.3\% of rows")).is_share
