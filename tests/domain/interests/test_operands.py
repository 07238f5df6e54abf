"""What stands between operators: where a word ends, how long a term may be, which words are more than words."""

from __future__ import annotations

import pytest

from newsletter.domain.interests.interests import (
    AllOf,
    AnyOf,
    AuthorName,
    Category,
    Expression,
    Organization,
    Scope,
    Term,
    Topic,
)
from newsletter.domain.interests.lexemes import Lexemes
from newsletter.domain.interests.operands import Operands
from newsletter.domain.interests.wording import Remark
from newsletter.errors import InterestError


def read(line: str, *, near: bool = False) -> tuple[Expression, list[str], str]:
    """The first operand of a line, what is noted of it, and the kind of the piece behind it."""
    lexemes, notes = Lexemes(line, line), list[Remark]()
    operands = Operands(lexemes, notes)
    first = lexemes.take()
    if first.kind == "field":
        operand = operands.field(first)
    elif first.kind == "quoted":
        operand = operands.quoted(first)
    else:
        operand = operands.words(first, near=near)
    return operand, [*map(str, notes)], lexemes.kind


@pytest.mark.parametrize(
    ("line", "operand", "behind"),
    [
        ("world models", Term("world models"), "end"),
        ("world models AND x", Term("world models"), "AND"),
        ("world models, x", Term("world models"), ","),
        ('"world models" x', Term("world models", exact=True), "word"),
        ('"cs.CL"', Term("cs.CL", exact=True), "end"),
        ("title:world models x", Term("world models x", scope=Scope.TITLE), "end"),
        ('abs:"a b" c', Term("a b", exact=True, scope=Scope.ABSTRACT), "word"),
        ("all:a b", Term("a b"), "end"),
        ("title:cs.CL", Term("cs.CL", scope=Scope.TITLE), "end"),
        ("cs.CL", Category("cs.CL"), "end"),
        ("cs.CL cs.LG", AnyOf((Category("cs.CL"), Category("cs.LG"))), "end"),
        ("cat:cs.CL x", Category("cs.CL"), "word"),
        ('cat:" cs.CL "', Category("cs.CL"), "end"),
        ("topic:RAG x", Topic("rag"), "word"),
        ('topic:"deep-rl"', Topic("deep-rl"), "end"),
        ("author:Ada Lovelace", AuthorName("Ada Lovelace"), "end"),
        ('author:"Lovelace" x', AuthorName("Lovelace", exact=True), "word"),
        ("org:Some Lab", Organization("Some Lab"), "end"),
        ('org:"Lab"', Organization("Lab", exact=True), "end"),
    ],
)
def test_an_operand_goes_as_far_as_it_belongs_together(line: str, operand: Expression, behind: str) -> None:
    assert read(line)[0::2] == (operand, behind)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("author:Knuth, Donald", "Knuth, Donald"),
        ("author:Knuth, D.", "Knuth, D."),
        ("author:de la Cruz, Ana Maria", "de la Cruz, Ana Maria"),
        ("author:Knuth, donald", "Knuth"),  # the next of a list
        ("author:Knuth, LLM", "Knuth"),
        ("author:Knuth, AI", "Knuth"),
        ("author:Knuth, (x)", "Knuth"),
        ("author:Knuth; Donald", "Knuth"),
        ("author:Knuth,", "Knuth"),
        ("org:University of California, Berkeley", "University of California, Berkeley"),
    ],
)
def test_a_name_goes_on_behind_a_comma_where_a_capital_says_so(line: str, name: str) -> None:
    operand, _, _ = read(line)
    assert isinstance(operand, AuthorName | Organization)
    assert operand.name == name


def test_a_term_does_not_go_on_behind_a_comma() -> None:
    assert read("title:Knuth, Donald")[0::2] == (Term("Knuth", scope=Scope.TITLE), ",")
    assert read("Knuth, Donald")[0::2] == (Term("Knuth"), ",")


@pytest.mark.parametrize(
    ("line", "operand", "note"),
    [
        ("rag and llm", AllOf((Term("rag"), Term("llm"))), "read as rag AND llm; for the phrase, put it in quotation"),
        ("RAG & robots", AllOf((Term("RAG"), Term("robots"))), "read as RAG AND robots"),
        ("rag or llm or vlm", AnyOf((Term("rag"), Term("llm"), Term("vlm"))), "read as rag OR llm OR vlm"),
        (
            "rag and llm or vlm",
            Term("rag and llm or vlm"),
            "“and” is read as a word of the phrase; as an operator it is written AND",
        ),
        (
            "rag or llm and vlm",
            Term("rag or llm and vlm"),
            "“or” is read as a word of the phrase; as an operator it is written OR",
        ),
        ("rag not llm", Term("rag not llm"), "“not” is read as a word of the phrase; as an operator it is written NOT"),
        ("big rag and llm", Term("big rag and llm"), "“and” is read as a word"),
        ("rag and big llm", Term("rag and big llm"), "“and” is read as a word"),
        ("search and rescue", Term("search and rescue"), "“and” is read as a word"),
        ("LLM & *", Term("LLM & *"), "“&” is read as a word of the phrase; as an operator it is written AND"),
    ],
)
def test_a_small_and_joins_single_words_where_one_is_an_acronym(line: str, operand: Expression, note: str) -> None:
    read_as, notes, _ = read(line)
    assert read_as == operand
    assert notes[0].startswith(note)


def test_beside_a_tilde_a_small_and_is_a_word() -> None:
    assert read("rag and llm ~ x")[:2] == (Term("rag and llm"), [])
    assert read("rag and llm", near=True)[:2] == (Term("rag and llm"), [])
    assert read("title:rag and llm")[:2] == (Term("rag and llm", scope=Scope.TITLE), [])


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("cs.CL", "read as cat:cs.CL"),
        ("cs.CL stat.ml", "read as cat:cs.CL OR cat:stat.ML"),
        ("cat:cs.CLL", "arXiv has no category “cs.CLL”; did you mean one of cs.CL"),
        ("cat:foo", "arXiv has no category “foo”; they are listed at arxiv.org/category_taxonomy"),
        ("A* search", "the * of “A*” is an ordinary sign"),
    ],
)
def test_what_is_not_taken_as_it_stands_is_noted(line: str, note: str) -> None:
    notes = read(line)[1]
    assert len(notes) == 1
    assert notes[0].startswith(note)


def test_a_category_that_is_none_is_told_with_those_that_are_like_it() -> None:
    (note,) = read("cat:cs.CLL")[1]
    assert note == "arXiv has no category “cs.CLL”; did you mean one of cs.CL, cs.PL, cs.GL?"


@pytest.mark.parametrize("line", ["world models", "cat:cs.CL", "cat:cs.*", "author:Ada", "topic:rag", '"rag and llm"'])
def test_what_is_plain_is_not(line: str) -> None:
    assert read(line)[1] == []


@pytest.mark.parametrize(
    "pattern", ["cs.CL", "cs.*", "cs.C*", "cs*", "math", "astro-ph.GA", "cond-mat.mes-hall", "CS.cl"]
)
def test_a_category_is_written_as_arxiv_does(pattern: str) -> None:
    assert read(f"cat:{pattern}")[0] == Category(pattern)


@pytest.mark.parametrize(
    ("line", "position", "says"),
    [
        ("cat:123", 4, "a category looks like cs.CL or cs.*"),
        ("cat:cs.CL.x", 4, "a category looks like cs.CL or cs.*"),
        ("cat:cs.**", 4, "a category looks like cs.CL or cs.*"),
        ("cat:*", 4, "a category looks like cs.CL or cs.*"),
        ("topic:a_b", 6, "a topic's name has letters, digits and hyphens only"),
        ("topic:a--b", 6, "a topic's name has letters, digits and hyphens only"),
        ("title: AND x", 0, "“title:” needs a word or a quoted phrase after it"),
        ("cat:(cs.CL)", 0, "“cat:” needs a word or a quoted phrase after it"),
        ("author:...", 7, "no letter or digit to look for"),
        ('org:"..."', 4, "no letter or digit to look for"),
        ("***", 0, "no letter or digit to look for"),
    ],
)
def test_what_cannot_be_looked_for_is_refused_where_it_stands(line: str, position: int, says: str) -> None:
    with pytest.raises(InterestError, match=r".") as caught:
        read(line)
    assert str(caught.value) == f"{says} (at character {position + 1})"
    assert caught.value.position == position


def refused(line: str) -> str:
    with pytest.raises(InterestError) as caught:
        read(line)
    return str(caught.value)


def test_a_word_has_a_hundred_characters_at_most() -> None:
    assert read("a" * 100)[0] == Term("a" * 100)
    assert "a word of more than 100 characters" in refused("a" * 101)
    assert "a word of more than 100 characters" in refused("b " + "a" * 101)


def test_twelve_words_may_belong_together() -> None:
    assert read(" ".join(["word"] * 12))[0] == Term(" ".join(["word"] * 12))
    assert "more than 12 words belong together here" in refused(" ".join(["word"] * 13))


def test_in_a_script_without_spaces_four_characters_are_a_word() -> None:
    assert read("检" * 48)[0] == Term("检" * 48)
    assert "more than 12 words belong together here" in refused("检" * 49)


@pytest.mark.parametrize("name", ["word", "author:A", "org:A", "cat:cs.CL", "topic:a", '"a"'])
def test_an_expression_has_a_hundred_and_twenty_eight_terms_at_most(name: str) -> None:
    """Whatever each of them is."""
    line = " OR ".join([name] * 129)
    lexemes = Lexemes(line, line)
    operands = Operands(lexemes, [])

    def take() -> None:
        first = lexemes.take()
        if first.kind == "field":
            operands.field(first)
        elif first.kind == "quoted":
            operands.quoted(first)
        else:
            operands.words(first, near=True)
        lexemes.take()

    for _ in range(128):
        take()
    with pytest.raises(InterestError, match="more than 128 terms; write several interests"):
        take()
