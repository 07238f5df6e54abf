"""The topic catalogue: what it holds, and that the shipped one can be used."""

from datetime import date
from pathlib import Path

import pytest

from newsletter.domain.issues import Issue, IssueKey, IssuePaper, SelectionRequest
from newsletter.domain.matching import IssueSelector
from newsletter.domain.papers import Paper, PaperId
from newsletter.errors import ConfigError
from newsletter.formats.topics import parse_catalogue

SHIPPED = Path(__file__).parents[2] / "subscribers" / "topics.toml"
TOPIC = """[[topic]]
slug = "rag"
expression = "RAG"
names = {en = "Looking up"}
"""


def test_the_shipped_catalogue_is_readable_and_named_in_both_languages() -> None:
    catalogue = parse_catalogue(SHIPPED.read_text(encoding="utf-8"))
    assert len(catalogue.topics) >= 10
    assert all({"en", "zh-Hans"} <= set(topic.names) for topic in catalogue.topics)
    assert catalogue.synonyms["robot dog"] == ("quadruped robot",)


def test_an_interest_picks_a_topic_by_its_slug() -> None:
    papers = (IssuePaper(paper=Paper(id=PaperId("sample:1"), title="RAG for all")),)
    day = Issue(key=IssueKey(date(2026, 6, 2)), title="A day", languages=("en",), papers=papers)
    selector = IssueSelector(day, topics=parse_catalogue(TOPIC).expressions)
    (pick,) = selector.select(SelectionRequest(("topic:rag",))).picks
    assert pick.matches[0].found == "RAG"
    assert not selector.select(SelectionRequest(("topic:none",)))
    assert "there is no topic “none”" in selector.problems(["topic:none"])[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[topic", "not readable as TOML"),
        ("[topic]\n", "two brackets"),
        ("[[topic]]\nslug = 'A b'\n", "small letters"),
        ("[[topic]]\nslug = 'a'\n", "needs an expression"),
        ("[[topic]]\nslug = 'a'\nexpression = '('\n", "topic 'a'"),
        ("[[topic]]\nslug = 'a'\nexpression = 'topic:b'\n", "another topic"),
        ("[[topic]]\nslug = 'a'\nexpression = 'x'\n", "English name"),
        ("[[topic]]\nslug = 'a'\nexpresion = 'x'\n", "'expresion'"),
        (TOPIC + TOPIC, "stands twice"),
        ("[synonyms]\na = 'b'\n", "list of terms"),
        ("[words]\n", "'words'"),
    ],
)
def test_what_is_wrong_is_named(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says.replace("'", ".")):
        parse_catalogue(text)
