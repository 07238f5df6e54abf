"""Web addresses in running text, as authors write them."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.text import addresses, without_tex_links


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("Code: https://github.com/a/b.", "https://github.com/a/b"),
        ("at https://github.com/a/b.The code runs", "https://github.com/a/b"),
        ("(see https://a.example/x_(y)).", "https://a.example/x_%28y%29"),
        ("in github.com/a/b, or", "https://github.com/a/b"),
        ("at umi-on-air.github.io.", "https://umi-on-air.github.io"),
        ("athttps://x.example/y", "https://x.example/y"),
        ("“https://a.example/b”", "https://a.example/b"),
        ("代码见https://github.com/a/b。", "https://github.com/a/b"),
        ("[here](https://a.example/b).", "https://a.example/b"),
    ],
)
def test_an_address_ends_before_what_belongs_to_the_sentence(text: str, url: str) -> None:
    (address,) = addresses(text)
    assert address.url == url
    assert unquote(url).endswith(text[address.start : address.end].removeprefix("https://"))


@pytest.mark.parametrize(
    "text", ["https://", "https://x", "a/b and c.io", "mail@github.com/x", "javascript:alert(1)//"]
)
def test_what_leads_nowhere_is_no_address(text: str) -> None:
    assert list(addresses(text)) == []


@pytest.mark.parametrize(
    ("tex", "url"),
    [
        (r"\url{https://a.example/x\_y}", "https://a.example/x_y"),
        (r"\href{https://a.example/b\#c}{here}", "https://a.example/b#c"),
        (r"\href{https://a.example/b}{\texttt{https://a.example/b}}.", "https://a.example/b"),
        (r"\href{GitHub}{https://github.com/a/b}", "https://github.com/a/b"),
        (r"\footnote{\url{https://a.example/b}}", "https://a.example/b"),
        (r"https://a.example/$\sim$ada/x and", "https://a.example/~ada/x"),
        (r"https://a.example/\textasciitilde{}ada", "https://a.example/~ada"),
        ("https://github.com/some-user/\n  long-name.", "https://github.com/some-user/long-name"),
        ("https: //github.com/a/b", "https://github.com/a/b"),
    ],
)
def test_tex_around_an_address_goes(tex: str, url: str) -> None:
    assert next(addresses(without_tex_links(tex))).url == url


@given(st.text(st.sampled_from("htps:/.w githubcom\\{}$_~()[].,\n\"'<>a1"), max_size=200))
def test_every_address_found_is_safe(text: str) -> None:
    for address in addresses(without_tex_links(text)):
        assert address.url.startswith(("https://", "http://"))
        assert not set(address.url) & set(" <>\"'`{}")


@pytest.mark.parametrize(
    "hostile", ["https://" * 20_000, "\\href{" * 20_000, "a.github.io/" * 10_000, "https:\n" * 20_000]
)
def test_a_long_hostile_text_ends(hostile: str) -> None:
    assert len(list(addresses(without_tex_links(hostile)))) <= len(hostile)
