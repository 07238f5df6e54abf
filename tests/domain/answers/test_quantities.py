"""A number is the same number in every form, and one that the paper does not state is noticed."""

import pytest

from newsletter.domain.answers.quantities import quantities, stated_in, unsupported


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
