"""The language of a page for somebody who is not known."""

from __future__ import annotations

import pytest

from newsletter.web.languages import page_language

OFFERED = ("en", "zh-Hans", "de")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        ("fr-FR,fr;q=0.9,de;q=0.3,zh;q=0.7", "zh-Hans"),
        ("de;q=0, zh ; q = 0.1", "zh-Hans"),
        ("fr", "en"),
        ("*", "en"),
        ("zh-TW", "en"),
        ("zh;q=2,de", "de"),
        (",;q=,=;x-" * 1000, "en"),
        ("é\x00", "en"),
    ],
)
def test_a_page_is_in_the_language_that_the_browser_likes_best(accepted: str, language: str) -> None:
    assert page_language("", accepted, OFFERED) == language


@pytest.mark.parametrize(
    ("asked", "language"), [("zh-Hans", "zh-Hans"), ("zh", "zh-Hans"), ("tlh", "de"), ("<b>", "de"), ("", "de")]
)
def test_what_the_address_asks_for_wins_where_it_is_offered(asked: str, language: str) -> None:
    assert page_language(asked, "de", OFFERED) == language
