"""The language of interests: what each expression means, where an error is, and that printing is reading's inverse."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.interests.interests import (
    AllOf,
    AnyOf,
    AuthorName,
    Category,
    Expression,
    Interest,
    Near,
    Not,
    Organization,
    Prose,
    Scope,
    Term,
    Topic,
    Weighted,
)
from newsletter.domain.interests.parser import one_line, parse, remarks
from newsletter.errors import InterestError

A, B, C = Term("a1"), Term("b1"), Term("c1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("diffusion models", Interest(Term("diffusion models"))),
        ("  diffusion\tmodels ", Interest(Term("diffusion models"))),
        ("“world models”", Interest(Term("world models", exact=True))),
        ("「检索 增强」", Interest(Term("检索 增强", exact=True))),
        ("a1 AND b1", Interest(AllOf((A, B)))),
        ("a1 OR b1 AND c1", Interest(AnyOf((A, AllOf((B, C)))))),
        ("(a1 OR b1) AND c1", Interest(AllOf((AnyOf((A, B)), C)))),
        ("a1 and b1 or c1", Interest(Term("a1 and b1 or c1"))),
        ("a1 -b1", Interest(AllOf((A, Not(B))))),
        ("a1 NOT b1", Interest(AllOf((A, Not(B))))),
        ("-a1 b2", Interest(Term("a1 b2"), excludes=True)),
        ("-a1 -b1", Interest(AnyOf((A, B)), excludes=True)),
        ("!cat:cs.RO", Interest(Category("cs.RO"), must=True)),
        ("a1 !b1", Interest(AllOf((A, B)))),
        ("title:world models", Interest(Term("world models", scope=Scope.TITLE))),
        ("abs:world", Interest(Term("world", scope=Scope.ABSTRACT))),
        ("title:(a1 OR abs:b1)", Interest(AnyOf((Term("a1", scope=Scope.TITLE), Term("b1", scope=Scope.ABSTRACT))))),
        ("author:Donald Knuth", Interest(AuthorName("Donald Knuth"))),
        ('author:"Knuth" a1', Interest(AllOf((AuthorName("Knuth", exact=True), A)))),
        ("org:Example Lab", Interest(Organization("Example Lab"))),
        ("cat:cs.*", Interest(Category("cs.*"))),
        ("cat:cs.CL a1", Interest(AllOf((Category("cs.CL"), A)))),
        ("cs.CV", Interest(Category("cs.CV"))),
        ("topic:RAG", Interest(Topic("rag"))),
        ("a1 ~ b1", Interest(Near((A, B)))),
        ('"x y" ~ b1 ~ c1', Interest(Near((Term("x y", exact=True), B, C)))),
        ("world models^2", Interest(Weighted(Term("world models"), 2.0))),
        ("(a1 OR b1)^0.5", Interest(Weighted(AnyOf((A, B)), 0.5))),
        ("transform*", Interest(Term("transform*"))),
        ("x^2", Interest(Term("x^2"))),
        ("(x)^2", Interest(Weighted(Term("x"), 2.0))),
        ("(quantum x)^2", Interest(Weighted(Term("quantum x"), 2.0))),
        ("state-of-the-art", Interest(Term("state-of-the-art"))),
        ("C++", Interest(Term("C++"))),
        ("AND:latent image generation", Interest(Term("latent image generation"))),
        ('"(abs:a1 AND (b1 OR c1))"', Interest(AllOf((Term("a1", scope=Scope.ABSTRACT), AnyOf((B, C)))))),
    ],
)
def test_what_an_expression_means(text: str, expected: Interest) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("", 0, "at least one word"),
        ("a1 AND", 3, "on its right"),
        ("OR a1", 0, "on its left"),
        ("a1 OR OR b1", 3, "on its right"),
        ("(a1 OR b1", 0, "never closed"),
        ("a1)", 2, "no opening bracket"),
        ("()", 1, "nothing stands between"),
        ('a1 "b1', 3, "quotation mark is never closed"),
        ("titel:x", 0, "did you mean “title:”"),
        ("cat:123", 4, "cs.CL"),
        ("topic:_", 6, "letters, digits and hyphens"),
        ("title:", 0, "needs a word"),
        ("a1 ~", 3, "on its right"),
        ("a1^99 b1", 2, "at most 10"),
        ("^2", 0, "follows a word"),
        ("!a1 OR b1", 0, "alternatives"),
        ("-!a1", 0, "contradict"),
        ("a\x00b", 1, "control character"),
        ("***", 0, "no letter or digit"),
    ],
)
def test_an_error_says_what_is_wrong_and_where(text: str, position: int, says: str) -> None:
    with pytest.raises(InterestError, match=r".") as caught:
        parse(text)
    assert says in str(caught.value)
    assert caught.value.position == position
    assert f"at character {position + 1}" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("rag, llm", "rag OR llm"),
        ("rag,llm;", "rag OR llm"),
        ("rag; llm", "rag OR llm"),
        ("rag、llm，vlm；mllm", "rag OR llm OR vlm OR mllm"),
        ("rag / llm", "rag OR llm"),
        ("rag\nllm\n", "rag OR llm"),
        ("- rag\n- world models", "rag OR world models"),
        ("1. rag\r\n2. llm", "rag OR llm"),
        ("rag and llm", "rag AND llm"),
        ("RAG or robots", "RAG OR robots"),
        ("rag + llm", "rag AND llm"),
        ("rag && llm", "rag AND llm"),
        ("rag | llm", "rag OR llm"),
        ("cs.CL, stat.ml", "cat:cs.CL OR cat:stat.ML"),
        ("CS.CL cs.LG", "cat:cs.CL OR cat:cs.LG"),
        ("rag, llm, -title:survey", "(rag OR llm) AND -title:survey"),
        ("-survey, -review", "-(survey OR review)"),
        ("!cat:cs.CL, rag", "rag AND cat:cs.CL"),
        ("(rag, llm) AND cat:cs.CL", "(rag OR llm) AND cat:cs.CL"),
        ('"a, b", c', '"a, b" OR c'),
        ("author:Knuth, Donald", "author:Knuth, Donald"),
        ("author:Knuth, D.; rag", "author:Knuth, D. OR rag"),
        ("author:knuth, rag", "author:knuth OR rag"),
        ("org:University of California, Berkeley", "org:University of California, Berkeley"),
        ("hep-th", "cat:hep-th"),
        ("CS.CL", "cat:cs.CL"),
    ],
)
def test_people_write_lists_and_operators_in_many_ways(text: str, means: str) -> None:
    assert str(parse(text)) == means


@pytest.mark.parametrize(
    "text",
    [
        "question and answer", "search and rescue", "near and far", "true or false", "Natural Language and Brain",
        "Vision-and-Language Navigation", "Q & A", "R&D", "TCP/IP", "CI/CD", "1,000 genomes", "2,3-butanediol", "C++",
        "A* search", "tr*", "to be or not to be", "math", "large language models and RAG", "+ rag",
    ],
)  # fmt: skip
def test_what_is_a_phrase_stays_one(text: str) -> None:
    assert parse(text).expression == Term(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rag, llm", "a list: read as rag OR llm"),
        ("rag and llm", "read as rag AND llm; for the phrase, put it in quotation marks"),
        ("search and rescue", "“and” is read as a word of the phrase; as an operator it is written AND"),
        ("graphs not trees", "as an operator it is written NOT"),
        ("rag/llm", "for one or the other write rag OR llm"),
        ("tr*", "the * of “tr*” is an ordinary sign"),
        ("transform* diffus*", "the * of “diffus*” is an ordinary sign"),
        ("CS.CL", "read as cat:cs.CL"),
        ("cat:cs.CLL", "arXiv has no category “cs.CLL”; did you mean one of cs.CL"),
        ("cat:foo", "arXiv has no category “foo”"),
    ],
)
def test_what_may_be_meant_otherwise_is_said(text: str, says: str) -> None:
    assert says in "; ".join(map(str, parse(text).notes))


@pytest.mark.parametrize(
    "text", ["language models", "cat:cs.*", "cat:math", "*bench", "transform*", '"a and b"', "a AND b"]
)
def test_what_is_plain_is_not_commented_on(text: str) -> None:
    assert parse(text).notes == ()


def test_an_interest_of_several_lines_is_stored_in_one() -> None:
    assert one_line(" rag \r\n world\tmodels\n") == "rag; world models"
    wrapped = "I care about robots that learn\nfrom what people show them in the house"
    assert one_line("graph\n  neural") == one_line("graph\n neural") == "graph neural"
    assert one_line("\n  rag\n  llm\n") == "rag; llm"
    assert one_line(wrapped) == wrapped.replace("\n", " ")


def test_free_text_is_read_as_phrases_and_says_so() -> None:
    interest = parse(
        "1. New work on robot learning and sim-to-real transfer.\n2. Diffusion policies.\n"
        "- Not relevant: speech recognition"
    )
    assert isinstance(interest.expression, Prose)
    assert interest.expression.phrases == ("robot learning", "sim-to-real transfer", "Diffusion policies")
    assert "free text" in str(interest.notes[0])


def test_a_long_sentence_is_free_text_too() -> None:
    text = "I would like to read about anything that has to do with protein folding or with molecular dynamics, please"
    assert isinstance(parse(text).expression, Prose)


@pytest.mark.parametrize(
    "text",
    [
        " OR ".join(f"term{n}" for n in range(10_000)),
        "(" * 10_000,
        "(" * 2_000 + "a1" + ")" * 2_000,
        "NOT " * 900 + "a1",
        "-" * 4_000,
        '"' * 4_001,
        "a" * 100_000,
        "*" * 4_000,
        "a^" * 2_000,
        "~ " * 2_000,
        "title:" * 600,
        "(a* OR " * 500,
        "\x07" * 4_000,
        "\u202e" * 4_000,
        "e\u0301" * 2_000,
        "检" * 4_000,
        " ".join(["word"] * 700),
    ],
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
def test_a_hostile_interest_costs_little_and_is_refused_clearly(text: str) -> None:
    start = time.process_time()
    with pytest.raises(InterestError, match=r"at character \d+"):
        parse(text)
    assert time.process_time() - start < 0.5


@given(st.text(max_size=200))
def test_no_text_makes_reading_fail_otherwise(text: str) -> None:
    try:
        interest = parse(text)
    except InterestError as error:
        position = error.position
    else:
        position = 0
        assert str(interest)
    assert 0 <= position <= len(text)


words = st.sampled_from(
    ["alpha", "model", "text-to-image", "GPT-4", "C++", "transform*", "检索", "naïve", "x", "and", "R&D"]
)
runs = st.lists(words, min_size=1, max_size=3).map(" ".join)
terms = st.builds(Term, runs, st.booleans(), st.sampled_from(list(Scope)))
expressions: st.SearchStrategy[Expression] = st.recursive(
    st.one_of(
        terms,
        st.lists(terms, min_size=2, max_size=3).map(lambda parts: Near(tuple(parts))),
        st.sampled_from([Category("cs.CL"), Category("astro-ph*"), Topic("rag")]),
        st.builds(AuthorName, st.sampled_from(["Knuth", "Ada Lovelace", "Y. LeCun"]), st.booleans()),
        st.builds(Organization, st.sampled_from(["Example", "Some Lab"]), st.booleans()),
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
        st.builds(Weighted, inner, st.sampled_from([0.5, 2.0, 3.25])),
    ),
    max_leaves=8,
)


def is_read_as(expression: Expression) -> Interest:
    """The interest as reading makes it: what only rules out is an exclusion."""
    if isinstance(expression, Not):
        return Interest(expression.part, excludes=True)
    if isinstance(expression, AllOf) and all(isinstance(part, Not) for part in expression.parts):
        return Interest(AnyOf(tuple(part.part for part in expression.parts if isinstance(part, Not))), excludes=True)
    return Interest(expression)


@settings(max_examples=300, deadline=None)
@given(expressions)
def test_printing_and_reading_is_the_identity(expression: Expression) -> None:
    interest = is_read_as(expression)
    assert parse(str(interest)) == interest


@given(expressions)
def test_a_must_have_is_printed_and_read_too(expression: Expression) -> None:
    interest = Interest(expression, must=True)
    if not isinstance(expression, Not):
        assert parse(str(interest)) == interest


def refused(text: str) -> str:
    with pytest.raises(InterestError) as caught:
        parse(text)
    return str(caught.value)


def test_an_expression_has_four_thousand_characters_at_most() -> None:
    """Most of them white space here, which binds two words together."""
    assert parse("alpha" + " " * 3_991 + "beta") == Interest(Term("alpha beta"))
    message = "longer than 4,000 characters; write several shorter interests (at character 4001)"
    assert refused("alpha" + " " * 3_992 + "beta") == message


def test_several_lines_are_a_list_up_to_as_many_characters() -> None:
    assert str(parse("alpha\n" + " " * 3_990 + "beta")) == "alpha OR beta"
    assert isinstance(parse("alpha one\n" + " " * 3_990 + "beta gamma").expression, Prose)


FREE = (
    "We look for robot arms that learn from what people show them in the house, and for the ways in which they move. "
)


def test_free_text_has_twenty_thousand_characters_at_most() -> None:
    text = (FREE * 200)[:20_000]
    assert isinstance(parse(text).expression, Prose)
    assert isinstance(parse(FREE * 40).expression, Prose), "more than an expression may have"
    message = "longer than 20,000 characters; write several shorter interests (at character 20001)"
    assert refused((FREE * 200)[:20_001]) == message


@pytest.mark.parametrize(("words", "is_list"), [(8, True), (9, False)])
def test_lines_of_eight_words_are_a_list_and_of_nine_are_free_text(words: int, is_list: bool) -> None:
    line = " ".join(f"word{number}" for number in range(words))
    assert isinstance(parse(f"{line}\nrobot arms").expression, AnyOf) == is_list


@pytest.mark.parametrize(
    ("common", "others", "is_prose"),
    [
        ("the of", 11, True),  # two of thirteen are more than a seventh …
        ("the of", 12, False),  # … and two of fourteen are not
        ("the of in", 12, True),
        ("the of in", 9, False),  # twelve words are no sentence
        ("the of in", 10, True),
        ("The Of In", 12, False),  # nor are titles
    ],
)
def test_sentences_have_many_words_and_enough_of_them_are_small(common: str, others: int, is_prose: bool) -> None:
    words = [*common.split(), *(f"Word{number}" for number in range(others))]
    # in an order that leaves pairs to pick
    text = " ".join([*words[-2:], *words[:-2]])
    if is_prose:
        assert isinstance(parse(text).expression, Prose)
    else:
        try:
            assert not isinstance(parse(text).expression, Prose)
        except InterestError as error:
            assert "more than 12 words belong together" in str(error)  # noqa: PT017


def test_a_sentence_with_commas_is_free_text_but_not_one_with_signs_of_the_language() -> None:
    assert isinstance(
        parse("robot arms that learn, and the way in which they move, but not all of them").expression, Prose
    )
    marked = 'robot arms that learn, and the way in which they "move", but not all of them'
    assert isinstance(parse(marked).expression, AnyOf)
    joined = "the model of the world AND the robot in the house of the people"
    assert isinstance(parse(joined).expression, AllOf)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("1. robot learning\n2. the sim transfer of\n3. legged walking is what I read of all day and night",
         "read as free text; looks for at least 2 of its 3 phrases"),
        ("I would like to hear of all that there is to say about protein folding if you can",
         "read as free text; looks for at least 1 of its 1 phrases"),
    ],
)  # fmt: skip
def test_free_text_says_how_many_of_its_phrases_are_enough(text: str, note: str) -> None:
    assert [*map(str, parse(text).notes)] == [note]


def test_free_text_without_a_phrase_is_refused() -> None:
    text = "I would like to read about it as it is and as it was and as it will be for all of us"
    assert refused(text) == (
        "no phrase to look for was found in this text; write words, or one interest a line (at character 1)"
    )


def test_a_control_character_is_shown_where_it_stands() -> None:
    assert refused("a\x00b") == "a control character stands here; remove it (at character 2)"
    assert refused("a\r\nb\x07") == "a control character stands here; remove it (at character 5)"
    assert str(parse("alpha\r\nbeta")) == "alpha OR beta"


def test_nothing_is_no_interest() -> None:
    assert refused(" \n ") == "an interest needs at least one word (at character 1)"


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ('"ti:alpha"', "title:alpha"),  # arXiv's own syntax, quoted as a whole
        ('"alpha OR beta"', "alpha OR beta"),
        ('"(alpha)"', '"(alpha)"'),
        ('"alpha"', '"alpha"'),
        ('"alpha and beta"', '"alpha and beta"'),
        ('"alpha AND beta" "gamma"', '"alpha AND beta" AND "gamma"'),
        ("AND: alpha OR beta", "alpha OR beta"),
        ("OR:alpha", "alpha"),
    ],
)
def test_what_surrounds_an_expression_is_left_out(text: str, means: str) -> None:
    assert str(parse(text)) == means


def test_what_was_left_out_is_said() -> None:
    assert [*map(str, parse('"alpha OR beta"').notes)] == [
        "the quotation marks around the whole expression were left out"
    ]
    assert [*map(str, parse("OR: alpha").notes)] == ["“OR:” at the beginning was left out"]
    assert parse('"alpha"').notes == ()


@pytest.mark.parametrize(
    "text", ['alpha AND beta"', '"alpha AND beta', '""alpha AND beta"', '"alpha AND "', '"alpha OR beta""']
)
def test_a_quotation_mark_that_surrounds_nothing_is_not_left_out(text: str) -> None:
    assert "(at character" in refused(text)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("• alpha\n• beta", "alpha OR beta"),
        ("* alpha\n· beta", "alpha OR beta"),
        ("1) alpha\n12、 beta\n123. gamma", "alpha OR beta OR gamma"),
        ("1、检索\n2、生成", "检索 OR 生成"),
        ("1,000 genomes\n2, 3 rows", "1,000 genomes OR 2 OR 3 rows"),
        ("（alpha）｜ beta", "alpha OR beta"),
        ("title：alpha", "title:alpha"),
        ("！alpha", "!alpha"),
        ("alpha～beta", "alpha ~ beta"),
        ("alpha＾2", "alpha^2"),
        ("alpha　beta", "alpha beta"),
        ("„alpha beta‟", '"alpha beta"'),
        ("«alpha beta»", '"alpha beta"'),
        ("『alpha beta』", '"alpha beta"'),
        ("＂alpha beta＂", '"alpha beta"'),
        ("alpha ＋ beta", "alpha AND beta"),
        ("alpha ｜ beta", "alpha OR beta"),
        ("transform＊ nets", "transform* nets"),
    ],
)
def test_signs_of_other_keyboards_are_read_as_what_they_look_like(text: str, means: str) -> None:
    assert str(parse(text)) == means


def test_a_list_is_commented_on_line_by_line() -> None:
    """What is plain or cannot be read is passed over, not the end."""
    lines = ["diffusion models", "(broken", "alpha AND beta", "rag and llm", "cat:cs.CLL", "and rag"]
    assert [*map(str, remarks(lines))] == [
        "“rag and llm”: read as rag AND llm; for the phrase, put it in quotation marks.",
        "“cat:cs.CLL”: arXiv has no category “cs.CLL”; did you mean one of cs.CL, cs.PL, cs.GL?",
        "“and rag”: “and” is read as a word of the phrase; as an operator it is written AND.",
    ]
    assert [*map(str, remarks(["search and rescue"]))] == [
        "“search and rescue”: “and” is read as a word of the phrase; as an operator it is written AND."
    ]


def test_lines_that_are_no_list_are_free_text_where_there_is_a_phrase_in_them() -> None:
    assert isinstance(parse("(robot arms\nlegs").expression, Prose)
    assert refused("(alpha\nbeta") == "this bracket is never closed (at character 1)"


def test_twelve_words_with_a_comma_are_a_list_and_small_letters_alone_are_no_sentence() -> None:
    twelve = "robot arms that learn, and the way in which they move about"
    assert isinstance(parse(twelve).expression, AnyOf)
    assert isinstance(parse(f"{twelve} them").expression, Prose)
    assert "more than 12 words belong together" in refused(" ".join(["the", *(f"word{n}" for n in range(12))]))
