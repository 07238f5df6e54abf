"""The pieces of an interest, one after the other, as a person would mark them with a pencil."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.interests.lexemes import FIELDS, Lexemes, lexemes
from newsletter.errors import InterestError


def pieces(line: str) -> str:
    """Each piece by its kind, with its text where the kind does not say it; `end` is left out."""
    cut = lexemes(line, line)
    assert cut[-1] == ("end", "", len(line))
    return " | ".join(kind if kind == value else f"{kind} {value}" for kind, value, _ in cut[:-1])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ""),
        ("X", "word X"),
        ("maXimum", "word maXimum"),
        ("world models", "word world | word models"),
        ("a AND b OR NOT c", "word a | AND | word b | OR | NOT | word c"),
        ("a and b Or c", "word a | word and | word b | word Or | word c"),
        ("ANDROID FORD", "word ANDROID | word FORD"),
        ("(a ~ b)", "( | word a | ~ | word b | )"),
        ('x"a  b"y', "word x | quoted a b | word y"),
        ('""', "quoted "),
        ("-a !b −c", "- | word a | ! | word b | - − | word c"),
        ("a-b a!b gpt-4", "word a-b | word a!b | word gpt-4"),
        ("- a", "word - | word a"),  # a mark stands right before what it marks
        ("-", "word -"),
        ("--a", "word --a"),
        ("-!a -(a) -\"a\"", "- | ! | word a | - | ( | word a | ) | - | quoted a"),
        ("-)", "word - | )"),
        ("-~ -^", "word - | ~ | word -^"),
        ("!-a", "word !-a"),
        ("rag^2", "word rag | ^ 2"),
        ("rag^0.25 x", "word rag | ^ 0.25 | word x"),
        ("(rag)^10~x", "( | word rag | ) | ^ 10 | ~ | word x"),
        ("rag^2) rag^2(", "word rag | ^ 2 | ) | word rag | ^ 2 | ("),
        ("x^2", "word x^2"),  # a formula: one character has no weight
        ("quantum x^2", "word quantum | word x^2"),
        ("ab^2", "word ab | ^ 2"),
        ("ab^2b ab^ ab^-1 ab^2.", "word ab^2b | word ab^ | word ab^-1 | word ab^2."),
        ("^2", "^ 2"),
        ("ab^2, cd^3;e ab^2,5", "word ab | ^ 2 | , | word cd | ^ 3 | , ; | word e | word ab^2,5"),
        ("a, b;c , d", "word a | , | word b | , ; | word c | , | word d"),
        ("1,2a", "word 1,2a"),
        ("1,000 genomes", "word 1,000 | word genomes"),
        ("1, 000 1,a a,1", "word 1 | , | word 000 | word 1 | , | word a | word a | , | word 1"),
        ("1;000", "word 1 | , ; | word 000"),
        (",1 1,", ", | word 1 | word 1 | ,"),
        ("rag / llm", "word rag | , / | word llm"),
        ("TCP/IP", "word TCP/IP"),
        ("a + b && c | d || e", "word a | AND + | word b | AND && | word c | OR | | word d | OR || | word e"),
        ("C++ && R&D", "word C++ | AND && | word R&D"),
        ("+ a", "word + | word a"),  # at the beginning or the end a sign joins nothing
        ("a +", "word a | word +"),
        ("a + ", "word a | word +"),
        ("title:a", "field title | word a"),
        ("TI: a au:b all:d", "field title | word a | field author | word b | field all | word d"),
        ("title:(a)", "field title | ( | word a | )"),
        ("-title:a", "- | field title | word a"),
        ("http://a http:b", "word http://a | word http:b"),
        ("ratio 1:2", "word ratio | word 1:2"),
        ("cat :a", "word cat | word :a"),
    ],
)  # fmt: skip
def test_a_line_falls_into_its_pieces(line: str, expected: str) -> None:
    assert pieces(line) == expected


def test_every_piece_knows_where_it_begins() -> None:
    line = '  a AND -"b c"^2, title:d'
    assert [(lexeme.value, lexeme.at) for lexeme in lexemes(line, line)] == [
        ("a", 2), ("AND", 4), ("-", 8), ("b c", 9), ("2", 14), (",", 16), ("title", 18), ("d", 24), ("", 25),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("title", "title"), ("ti", "title"), ("abstract", "abstract"), ("abs", "abstract"), ("all", "all"),
        ("author", "author"), ("au", "author"), ("cat", "cat"), ("category", "cat"), ("org", "org"),
        ("organization", "org"), ("affiliation", "org"), ("topic", "topic"),
    ],
)  # fmt: skip
def test_a_field_has_the_names_that_the_guide_gives_it(name: str, field: str) -> None:
    """docs/interests.md; `ti`, `abs`, `au` and `all` are those of arXiv's own search."""
    assert pieces(f"{name}:x") == f"field {field} | word x"
    assert pieces(f"{name.upper()}: x") == f"field {field} | word x"


def test_there_is_no_other_field() -> None:
    assert len(FIELDS) == 13


@pytest.mark.parametrize(
    ("line", "position", "says"),
    [
        ('a "b', 2, "this quotation mark is never closed; add one at the end of the phrase (at character 3)"),
        ('"', 0, "never closed"),
        ("x titel:a", 2, "there is no field “titel:”; did you mean “title:”? (at character 3)"),
        ("Autor:a", 0, "did you mean “author:”"),
        ("orga:a", 0, "did you mean “org:”"),
        ("topics:a", 0, "did you mean “topic:”"),
    ],
)
def test_what_is_misspelt_is_shown_where_it_stands(line: str, position: int, says: str) -> None:
    with pytest.raises(InterestError) as caught:
        lexemes(line, line)
    assert says in str(caught.value)
    assert (caught.value.position, caught.value.text) == (position, line)


@pytest.mark.parametrize("word", ["tier", "au2", "tau", "tis", "tittle-tattle", "origin", "task", "note", "cart"])
def test_a_word_with_a_colon_that_is_like_no_field_is_a_word(word: str) -> None:
    """`cart:` is like `cat:`; but who writes a name that short means it."""
    if word == "cart":
        with pytest.raises(InterestError, match="did you mean “cat:”"):
            lexemes("cart:x", "cart:x")
    else:
        assert pieces(f"{word}:x") == f"word {word}:x"


def test_an_error_is_shown_in_what_was_written_not_in_what_was_read() -> None:
    with pytest.raises(InterestError) as caught:
        lexemes("a “b", 'a "b')
    assert caught.value.text == "a “b"


def test_pieces_are_taken_in_order_and_the_end_again_and_again() -> None:
    cursor = Lexemes("a, b", "a, b")
    assert (cursor.kind, cursor.peek().value, cursor.peek(1).value, cursor.peek(2).value) == ("word", "a", ",", "b")
    assert [cursor.take().value for _ in range(3)] == ["a", ",", "b"]
    assert cursor.kind == "end"
    assert [cursor.take().kind for _ in range(3)] == ["end"] * 3
    assert cursor.peek().kind == "end"
    with pytest.raises(InterestError) as caught:
        cursor.fail("no", 3)
    assert (str(caught.value), caught.value.text) == ("no (at character 4)", "a, b")


@given(st.text("ab1 ,;()~^-!+/|&:\"'検 ", max_size=40))
def test_nothing_but_white_space_is_lost(line: str) -> None:
    """The pieces' texts stand in the line in this order."""
    try:
        cut = lexemes(line, line)
    except InterestError:
        return
    at = 0
    for lexeme in cut:
        assert not line[at : lexeme.at].strip(), (line, lexeme)
        if lexeme.kind == "quoted":
            at = line.index('"', lexeme.at + 1) + 1
        else:
            at = lexeme.at + len(lexeme.value) + (lexeme.kind == "^")
