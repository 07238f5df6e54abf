"""What is said about interests: in English here, and with every sentence in every catalogue."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from newsletter.domain.interests.parser import parse
from newsletter.domain.interests.wording import LineRemark, Remark, cause_of, remark
from newsletter.errors import InterestError
from newsletter.render.catalogues import wording
from newsletter.render.labels import Labels
from tests.render.messages import ROOT, SAYING

SPEAKING = [
    *sorted((ROOT / "newsletter/domain/interests").glob("*.py")),
    *sorted((ROOT / "newsletter/domain/matching").glob("*.py")),
]


def cause(text: str) -> Remark:
    with pytest.raises(InterestError) as caught:
        parse(text)
    assert str(cause_of(caught.value)) == str(caught.value)
    return cause_of(caught.value)


def test_a_remark_prints_its_english_sentence_with_what_differs_and_where() -> None:
    assert str(remark("as it stands")) == "as it stands"
    assert str(remark("more than %(most)s %(what)s", most=3, what="50% more")) == "more than 3 50% more"
    assert str(Remark("wrong", position=4)) == "wrong (at character 4)"


def test_a_line_and_its_remark_make_a_sentence() -> None:
    assert str(LineRemark("a, b", remark("a list"))) == "“a, b”: a list."
    assert str(LineRemark("cs.Cl", remark("did you mean it?"))) == "“cs.Cl”: did you mean it?"


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("(rag", "这个括号没有闭合（第 1 个字符）"),
        ("rag AND", "AND 的右边缺少内容（第 5 个字符）"),
        ("titel:rag", "没有“titel:”这个字段；您是指“title:”吗？（第 1 个字符）"),
        ("rag^11", "权重必须大于 0，且不超过 10（第 4 个字符）"),
        ("x" * 4_001, "超过 4,000 个字符；请拆成几行较短的内容（第 4001 个字符）"),
    ],
)
def test_why_a_line_cannot_be_read_is_said_in_the_readers_language(text: str, chinese: str) -> None:
    assert Labels(wording("zh-Hans")).remark(cause(text)) == chinese
    assert Labels(wording("en")).remark(cause(text)) == str(cause(text))


def test_what_a_reader_wrote_does_not_turn_the_sentence_around() -> None:
    said = Labels(wording("en")).remark(remark("read as %(shown)s", shown="שלום"))
    assert said == "read as \u2068שלום\u2069"


def calls(path: Path) -> list[ast.Call]:
    """Where something is said about an interest."""
    nodes = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    return [
        node
        for node in nodes
        if (isinstance(node.func, ast.Name) and node.func.id in SAYING)
        or (isinstance(node.func, ast.Attribute) and node.func.attr in SAYING)
    ]


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: path.stem)
def test_every_sentence_is_written_out_where_it_is_said_and_stands_in_every_catalogue(path: Path) -> None:
    """A sentence put together from parts could stand in no catalogue."""
    handed_on = {"fail(message, self._text, at, **values)"}
    for call in calls(path):
        if ast.unparse(call) in handed_on:
            continue
        message = call.args[0]
        assert isinstance(message, ast.Constant), ast.unparse(call)
        assert isinstance(message.value, str)
        given = {keyword.arg: "" for keyword in call.keywords}
        assert message.value % given is not None  # every place has its value
        assert wording("zh-Hans").gettext(message.value) != message.value


def test_nothing_else_in_the_language_raises_its_errors() -> None:
    raised = [path.name for path in SPEAKING if "raise InterestError" in path.read_text(encoding="utf-8")]
    assert raised == ["lexemes.py"]
