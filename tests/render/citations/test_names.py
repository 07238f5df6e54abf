"""Names come apart where bibliographies part them, and nothing of them is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.render.citations.names import Name, read_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada Lovelace", Name("Lovelace", "Ada")),
        ("Donald E. Knuth", Name("Knuth", "Donald E.")),
        ("Fons van der Sommen", Name("Sommen", "Fons", "van der")),
        ("Mihaela Van der Schaar", Name("Schaar", "Mihaela", "Van der")),
        ("Bruno Castro da Silva", Name("Silva", "Bruno Castro", "da")),
        ("Nguyen Van An", Name("An", "Nguyen Van")),
        ("danah boyd", Name("boyd", "danah")),
        ("Santiago Ramón y Cajal", Name("Ramón y Cajal", "Santiago")),
        ("Martin Luther King, Jr.", Name("King", "Martin Luther", "", "Jr.")),
        ("Oscar Peterson III", Name("Peterson", "Oscar", "", "III")),
        ("Łukasz Øster-Ñandú", Name("Øster-Ñandú", "Łukasz")),
        ("李飞飞", Name("李飞飞")),
        ("山田 太郎", Name("山田 太郎")),
        ("Banyi", Name("Banyi")),
        ("DeepSeek-AI Team", Name("DeepSeek-AI Team")),
        ("Systems and Robotics Group", Name("Systems and Robotics Group")),
        ("ATLAS Collaboration", Name("ATLAS Collaboration")),
        ("Foo, Bar and Co", Name("Foo, Bar and Co")),
        ("Jr.", Name("Jr.")),
    ],
)
def test_a_name_in_its_parts(text: str, name: Name) -> None:
    assert read_name(text) == name


@given(
    st.lists(st.sampled_from(["van", "Van", "y", "de", "Jr.", "Ada", "李", "O'Brien", "x", "Group", ","]), max_size=6)
)
def test_no_word_is_lost(words: list[str]) -> None:
    name = read_name(" ".join(words))
    kept = f"{name.given} {name.particle} {name.family} {name.suffix}".split()
    assert sorted(kept) == sorted(words) or sorted(kept) == sorted(word for word in words if word != ",")
