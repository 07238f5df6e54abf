"""Language tags: which of them are English."""

import pytest

from newsletter.domain.notation import is_english


@pytest.mark.parametrize("tag", ["en", "en-GB", "EN-us", "en-Latn-AU"])
def test_english_and_its_regional_forms_are_english(tag: str) -> None:
    assert is_english(tag)


@pytest.mark.parametrize("tag", ["", "zh-Hans", "de", "enm", "ang", "eng", "de-en"])
def test_other_languages_are_not_even_if_they_begin_alike(tag: str) -> None:
    assert not is_english(tag)
