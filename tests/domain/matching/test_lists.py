"""Lists of interests: what is broad, dead or unreadable, and that the lists of real people can be read."""

import json
from datetime import date

from newsletter.domain.interests import describe, parse
from newsletter.domain.issues import Issue, IssueKey, IssuePaper
from newsletter.domain.matching.lists import review
from newsletter.domain.matching.selector import IssueSelector
from newsletter.domain.papers import Paper, PaperId
from tests.support.shared import DATA, needs_shared


def selector() -> IssueSelector:
    papers = tuple(
        IssuePaper(paper=Paper(id=PaperId(f"sample:{n}"), title=f"A model, part {n}", abstract="We prune trees."))
        for n in range(40)
    )
    return IssueSelector(Issue(key=IssueKey(date(2026, 6, 2)), title="A day", languages=("en",), papers=papers))


def test_broad_dead_and_unreadable_interests_are_told_apart() -> None:
    found = review(selector(), ["model", "part 7", "unicorn", "(", "-trees"])
    assert [item.interest for item in found.broad] == ["model"]
    assert [item.interest for item in found.dead] == ["unicorn"]
    assert len(found.problems) == 1
    assert found.papers == 0  # the exclusion rules out every paper
    assert found.items[-1].excludes


def test_what_finds_nothing_is_told_why() -> None:
    advice = {
        item.interest: item.advice
        for item in review(selector(), ["modle part", "trees model", "model", "cat:cs.CL"]).items
    }
    assert "No paper of this day has “modle”" in advice["modle part"]
    assert "anywhere in a paper: trees AND model finds 40" in advice["trees model"]
    assert advice["model"] == ""
    assert advice["cat:cs.CL"] == "Try another --date."


def test_a_meaning_is_told_in_one_sentence() -> None:
    told = describe(parse('title:"world model" AND (cat:cs.* OR author:Knuth) -survey^2'))
    assert told == (
        "Finds papers with the phrase “world model” in the title and (a category that begins with cs. or an author "
        "“Knuth”) and no “survey”, counting 2 times."
    )
    assert describe(parse("-survey")) == "Leaves out every paper with “survey”."
    assert describe(parse("!cat:cs.RO")) == "Leaves out every paper without category cs.RO."


@needs_shared
def test_the_lists_of_real_people_can_all_be_read() -> None:
    lists = json.loads((DATA / "interests" / "keyword_lists.json").read_text(encoding="utf-8"))
    texts = {text for entry in lists for text in [*entry["keywords"], entry["interest_text"]] if text}
    assert len(lists) == 97
    for text in texts:
        interest = parse(text)
        assert parse(str(interest)) == interest
