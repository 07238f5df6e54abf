"""The template set: an operator's file takes the place of one of the same name, and mistakes name their place."""

from pathlib import Path

import pytest

from newsletter.errors import TemplateFault
from newsletter.render.environment import Templates


def folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        file = path / name.replace("__", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return path


def test_the_operators_file_wins_and_the_others_stay(tmp_path: Path) -> None:
    shipped = folder(tmp_path / "shipped", a__txt="shipped a", b__txt="shipped b")
    own = folder(tmp_path / "own", a__txt="own a")
    templates = Templates([own, shipped])
    assert templates.render("a.txt", "en") == "own a"
    assert templates.render("b.txt", "en") == "shipped b"


def test_markup_is_escaped_by_the_kind_of_file(tmp_path: Path) -> None:
    templates = Templates([folder(tmp_path, a__html="{{ x }}", a__txt="{{ x }}", a__xml="{{ x }}", a__md="{{ x }}")])
    shown = {name: templates.render(name, "en", x="<&") for name in ("a.html", "a.xml", "a.txt", "a.md")}
    assert shown == {"a.html": "&lt;&amp;", "a.xml": "&lt;&amp;", "a.txt": "<&", "a.md": "<&"}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("one\n{{ missing }}\n", 2, "missing"),
        ("one\ntwo\n{{ paper.nothing }}", 3, "nothing"),
        ("{% if x %}\nno end", 2, "if"),
        ("\n{{ x | unknown }}", 2, "unknown"),
        ("{{ x / 0 }}", 1, "zero"),
        ("{% include 'absent.html' %}", 0, "absent.html"),
    ],
)
def test_a_mistake_names_file_line_and_variable(tmp_path: Path, text: str, line: int, words: str) -> None:
    templates = Templates([folder(tmp_path, a__html=text)])
    with pytest.raises(TemplateFault) as caught:
        templates.render("a.html", "en", x=1, paper={"title": "t"})
    assert words in str(caught.value)
    assert caught.value.line == line
    if line:
        assert f"{tmp_path / 'a.html'}:{line}: " in str(caught.value)


def test_a_missing_template_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(TemplateFault, match=str(tmp_path)):
        Templates([tmp_path]).render("none.html", "en")
