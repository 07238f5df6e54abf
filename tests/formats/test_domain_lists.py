"""Lists of mail domains, as operators write them and as others keep them."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.errors import ConfigError
from newsletter.formats.domain_lists import parse_domain_list

PATH = Path("blocked.txt")


def parse(text: str) -> frozenset[str]:
    return parse_domain_list(text, path=PATH, key="signup.disposable_domains")


def test_one_domain_a_line_in_the_form_in_which_domains_are_compared() -> None:
    lines = [
        "# ours",
        "Trash.Example",
        "",
        "@at.example  # by a person",
        "*.star.example",
        ".dot.example\r",
        "a_b.example",
    ]
    text = "\n".join([*lines, "xn--bcher-kva.example"])
    expected = {"trash.example", "at.example", "star.example", "dot.example", "a_b.example", "bücher.example"}
    assert parse(text) == expected


@pytest.mark.parametrize("line", ["two words", "a@b.example", "<b>", "x" * 2000, "under_score..example"])
def test_a_line_that_is_no_domain_is_named(line: str) -> None:
    with pytest.raises(ConfigError, match=r"blocked\.txt:2: ") as caught:
        parse(f"fine.example\n{line}\n")
    assert caught.value.key == "signup.disposable_domains"
