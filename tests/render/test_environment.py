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


@pytest.mark.parametrize(
    "expression",
    [
        "paper.titel | dir",
        "paper.titel | markdown",
        "paper.titel | wrap(72)",
        "paper.titel | yaml",
        "paper.titel | tojson",
        "paper.titel | day",
        "paper.titel | round",
        "paper.titel | batch(2)",
        "paper['titel'] | md",
        "'text' | ellipsis(paper.titel)",
        "label.rating(paper.titel)",
        "_('%(title)s', title=paper.titel)",
        "[paper] | map(attribute='titel') | join",
    ],
)
def test_a_name_that_does_not_exist_is_named_wherever_it_is_handed_on(tmp_path: Path, expression: str) -> None:
    templates = Templates([folder(tmp_path, a__html=f"one\n{{{{ {expression} }}}}")])
    with pytest.raises(TemplateFault) as caught:
        templates.render("a.html", "en", paper={"title": "t"})
    assert str(caught.value) == f"{tmp_path / 'a.html'}:2: dict has no 'titel'; did you mean 'title'?"


def test_a_filter_says_the_name_of_a_variable_too(tmp_path: Path) -> None:
    with pytest.raises(TemplateFault, match=r"a\.html:1: 'titel' is not defined here$"):
        Templates([folder(tmp_path, a__html="{{ titel | dir }}")]).render("a.html", "en")


def test_what_is_made_for_undefined_values_still_gets_them(tmp_path: Path) -> None:
    text = """{% macro shown(value) %}{{ value if value is defined else 'none' }}{% endmacro -%}
        {{ paper.x | default('a') }} {{ paper.x | d('b') }} {{ shown(paper.x) }} {{ paper.x is undefined }}"""
    assert Templates([folder(tmp_path, a__txt=text)]).render("a.txt", "en", paper={}).strip() == "a b none True"


@pytest.mark.parametrize(
    ("text", "said"), [("{{ 'Monday' | day }}", r"a\.html:1: "), ("{% include 'a.html' %}", "recursion")]
)
def test_what_a_filter_asserts_and_what_includes_itself_are_mistakes_of_the_template(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(TemplateFault, match=said):
        Templates([folder(tmp_path, a__html=text)]).render("a.html", "en")


def test_a_missing_template_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(TemplateFault, match=str(tmp_path)):
        Templates([tmp_path]).render("none.html", "en")


def test_a_line_is_read_once_and_rendered_with_what_each_reader_has(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "subject.txt").write_text('{{ _("Archive") }}: {{ fixed }} {{ own }}', encoding="utf-8")
    templates = Templates([tmp_path])
    line = templates.line("mail/subject.txt", "en", fixed="a")
    (folder / "subject.txt").unlink()
    assert [line(own=own) for own in ("b", "c")] == ["Archive: a b", "Archive: a c"]


def test_a_mistake_in_a_line_is_told_of_with_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "subject.txt").write_text("\n{{ own }}", encoding="utf-8")
    line = Templates([tmp_path]).line("mail/subject.txt", "en")
    with pytest.raises(TemplateFault, match=r"subject\.txt:2: 'own'"):
        line()
