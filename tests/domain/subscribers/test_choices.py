"""What a subscriber may choose is the same whichever way it comes in."""

from __future__ import annotations

import pytest

from newsletter.domain.subscribers.choices import MAX_PAPERS, choose_cadence, choose_language, choose_limit, choose_name

OFFERED = ("en", "zh-Hans", "pt-BR", "sr-Latn")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", ""),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh_sg", "zh-Hans"),
        ("ZH-hans-CN", "zh-Hans"),
        ("en-GB", "en"),
        ("pt", "pt-BR"),
        ("pt-br", "pt-BR"),
        ("sr-Latn-RS", "sr-Latn"),
    ],
)
def test_a_language_is_the_one_offered_that_its_reader_can_read(written: str, meant: str) -> None:
    assert choose_language(written, OFFERED) == meant


@pytest.mark.parametrize("written", ["zh-TW", "zh-Hant", "pt-PT", "sr", "fr", "english", "x", "中文", "e" * 5000])
def test_a_language_that_is_not_offered_is_refused_with_those_that_are(written: str) -> None:
    with pytest.raises(ValueError, match="expected one of en, zh-Hans, pt-BR, sr-Latn, got") as raised:
        choose_language(written, OFFERED)
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize("value", [0, -1, MAX_PAPERS + 1, True, 1.5, "many", "-3", "9" * 5000, "1.5", []])
def test_a_limit_is_a_whole_number_in_one_range(value: object) -> None:
    with pytest.raises(ValueError, match=f"expected a whole number from 1 to {MAX_PAPERS}"):
        choose_limit(value)


def test_nothing_is_no_limit() -> None:
    assert [choose_limit(value) for value in (None, "", " 30 ", 30)] == [None, None, 30, 30]


def test_other_rhythms_and_long_names_are_refused() -> None:
    with pytest.raises(ValueError, match="expected daily, weekdays or weekly"):
        choose_cadence("hourly")
    with pytest.raises(ValueError, match="at most 200 characters"):
        choose_name("A" * 201)
    assert choose_name(" Ada\nLovelace ") == "Ada Lovelace"
