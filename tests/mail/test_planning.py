"""What stands in a mail, and in which order, decided before anything is joined."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from newsletter.domain.delivery import Form, Placed, SectionHeading, Slot, UntranslatedHeading
from newsletter.domain.issues import Issue, Match, Pick, Selection
from newsletter.domain.matching.sectioning import by_category, by_interest
from newsletter.domain.text import reading_words
from newsletter.mail.planning import PlannedBody, Planner
from tests.support.mails import BASE_URL, make_renderer
from tests.support.samples import make_issue

ENDLESS = 10**9
OCTETS = [dict.fromkeys(range(100), size) for size in (100, 200, 400, 800)]
"""What each form of each paper takes to be sent."""


def planner(issue: Issue, language: str = "en", *, cards: int = 8, words: int | None = None) -> Planner:
    return Planner(make_renderer(BASE_URL).design(issue, language), OCTETS, cards=cards, words=words)


def digest(found: Mapping[str, Sequence[int]], *without: str, limit: int | None = None) -> Selection:
    """A digest of interests, each of which found these papers; others found nothing."""
    places = sorted({place for own in found.values() for place in own})
    picks = tuple(
        Pick(at, f"sample:{at}", 1.0, tuple(Match(text, "title", text) for text, own in found.items() if at in own))
        for at in places[:limit]
    )
    named = {**dict.fromkeys(without, ()), **found}
    outline = by_interest(picks, {text: np.array(own, np.int64) for text, own in named.items()})
    return Selection(picks, len(places), outline)


def headings(plan: PlannedBody) -> list[str]:
    return [item.name for item in plan.body if isinstance(item, SectionHeading)]


def placed(plan: PlannedBody) -> list[Placed]:
    return [item for item in plan.body if isinstance(item, Placed)]


def reasons(plan: PlannedBody) -> list[tuple[str, ...]]:
    return [one.terms for one in placed(plan)]


def test_what_one_interest_found_does_not_say_so_at_every_paper() -> None:
    """It stands on top; a digest of few papers and one of many have no heading."""
    for size in (3, 20):
        plan = planner(make_issue(size)).body(digest({"retrieval": range(size)}, "lutes"), ENDLESS)
        assert headings(plan) == []
        assert reasons(plan) == [()] * size
        assert plan.outline == f"retrieval {size} · nothing for lutes"


def test_few_papers_of_several_interests_stand_without_headings_and_each_says_why_it_came() -> None:
    plan = planner(make_issue(5)).body(digest({"a": (0, 1, 2), "b": (2, 3, 4)}), ENDLESS)
    assert headings(plan) == []
    assert reasons(plan) == [("a",), ("a",), ("a", "b"), ("b",), ("b",)]
    assert not any(one.is_also for one in placed(plan))
    assert {one.form for one in placed(plan)} == {Form.CARD}


def test_under_a_heading_a_card_names_the_other_interests_alone() -> None:
    plan = planner(make_issue(8)).body(digest({"a": (0, 1, 2), "b": range(8)}), ENDLESS)
    assert headings(plan) == ["a", "b"], "the rarest first"
    assert [(one.place, one.terms, one.is_also) for one in placed(plan)] == [
        *((place, ("b",), True) for place in (0, 1, 2)),
        *((place, (), True) for place in (3, 4, 5, 6, 7)),
    ]


def test_a_row_says_nothing_of_what_its_heading_or_a_card_would() -> None:
    plan = planner(make_issue(40), cards=2).body(digest({"a": range(20), "b": range(40)}), ENDLESS)
    rows = [one for one in placed(plan) if one.form is Form.ROW]
    assert len(rows) == 38
    assert {one.terms for one in rows} == {()}


def test_with_more_than_twelve_sections_the_small_ones_stand_together_and_each_paper_names_its_interest() -> None:
    small = {f"rare {n}": (n,) for n in range(12)}
    twelve = planner(make_issue(40)).body(digest({**dict(list(small.items())[:11]), "broad": range(40)}), ENDLESS)
    assert headings(twelve) == [*(f"rare {n}" for n in range(11)), "broad"]
    thirteen = planner(make_issue(40)).body(digest({**small, "broad": range(40)}), ENDLESS)
    assert headings(thirteen) == ["Found once or twice", "broad"]
    first, *_ = (item for item in thirteen.body if isinstance(item, SectionHeading))
    assert first.count == "12"
    assert reasons(thirteen)[:12] == [(f"rare {n}",) for n in range(12)], "one interest each, cards and rows"
    assert not any(one.is_also for one in placed(thirteen)[:12])


def test_every_paper_has_a_number_in_the_order_in_which_it_is_read() -> None:
    plan = planner(make_issue(30), words=300).body(digest({"a": range(0, 30, 2), "b": range(30)}), ENDLESS)
    assert [one.number for one in placed(plan)] == [*range(1, len(plan.shown) + 1)]
    assert plan.shown == tuple(one.place for one in placed(plan))
    assert plan.hidden == 30 - len(plan.shown) > 0


def test_papers_that_a_limit_cut_are_hidden_too() -> None:
    plan = planner(make_issue(30)).body(digest({"a": range(30)}, limit=10), ENDLESS)
    assert (len(plan.shown), plan.hidden) == (10, 20)


def test_a_section_tells_that_it_is_cut_and_how_many_of_it_are_here() -> None:
    roomy, tight = (
        planner(make_issue(40), words=words).body(digest({"a": range(3), "b": range(40)}), ENDLESS)
        for words in (None, 300)
    )
    counts = [[(h.count, h.is_cut) for h in plan.body if isinstance(h, SectionHeading)] for plan in (roomy, tight)]
    here = len(tight.shown) - 3
    assert counts[0] == [("3", False), ("40", False)], "three of the forty stand under the other heading"
    assert counts[1] == [("3", False), (f"40, the best {here} here", True)]


def test_the_words_of_a_mail_are_about_what_it_may_have() -> None:
    for words in (300, 600, 1_200):
        plan = planner(make_issue(90), words=words).body(digest({"a": range(90)}), ENDLESS)
        assert 0.8 * words < plan.words <= 1.1 * words
    everything = planner(make_issue(90)).body(digest({"a": range(90)}), ENDLESS)
    assert everything.hidden == 0
    assert everything.words > 1_200


def test_papers_for_which_there_are_no_octets_are_smaller_or_left_out() -> None:
    def plan(octets: int) -> PlannedBody:
        return planner(make_issue(6)).body(digest({"a": range(6)}), octets)

    assert [one.form for one in placed(plan(6 * 800))] == [Form.CARD] * 6
    assert [one.form for one in placed(plan(6 * 800 - 1))] == [Form.CARD] * 5 + [Form.BRIEF]
    tight = plan(250)
    assert (len(tight.shown), tight.hidden, tight.octets) == (2, 4, 200)
    assert plan(0).body == ()


def test_what_nobody_translated_comes_last_by_section_under_a_heading_of_its_own() -> None:
    """Every sixth sample has no Chinese."""
    selection = digest({"a": range(8), "b": range(20)})
    plan = planner(make_issue(20), "zh-Hans").body(selection, ENDLESS)
    at = next(n for n, item in enumerate(plan.body) if isinstance(item, UntranslatedHeading))
    own, foreign = plan.body[:at], plan.body[at:]
    assert [item.place for item in foreign if isinstance(item, Placed)] == [5, 11, 17]
    assert [item.name for item in own if isinstance(item, SectionHeading)] == ["a", "b"]
    assert [(item.name, item.count) for item in foreign if isinstance(item, SectionHeading)] == [("a", "1"), ("b", "2")]
    english = planner(make_issue(20)).body(selection, ENDLESS)
    assert not any(isinstance(item, UntranslatedHeading) for item in english.body)


def test_who_named_no_interest_has_sections_by_category_and_no_reasons() -> None:
    picks = tuple(Pick(at, f"sample:{at}", 1.0, ()) for at in range(9))
    outline = by_category(picks, ["cs.CL"] * 6 + ["cs.CV"] * 3, range(9))
    plan = planner(make_issue(9)).body(Selection(picks, 9, outline), ENDLESS)
    assert headings(plan) == ["cs.CL", "cs.CV"]
    assert set(reasons(plan)) == {()}
    assert plan.outline == ""


@pytest.mark.parametrize("words", [None, 300])
def test_a_mail_says_of_itself_what_stands_in_it(words: int | None) -> None:
    issue, selection = make_issue(60), digest({"a": range(58, 60), "b": range(60)})
    plans = planner(issue, words=words)
    plan = plans.body(selection, ENDLESS)
    lines = plans.lines(selection, plan)
    assert lines[Slot.SUBJECT] == "Paper 59, Paper 60 and 58 more", "the papers that stand first"
    assert lines[Slot.OUTLINE] == plan.outline == "a 2 · b 60"
    assert lines[Slot.COUNTS].startswith("60 papers · ")
    assert lines[Slot.MORE] == (f"{plan.hidden} more on your page of this day" if words else "")


def test_small_sections_come_before_all_others() -> None:
    small = {f"rare {n}": (n,) for n in range(12)}
    plan = planner(make_issue(40)).body(digest({**small, "b": range(30), "c": range(40)}), ENDLESS)
    assert headings(plan) == ["Found once or twice", "b", "c"]


def test_a_short_card_names_the_other_interests_too() -> None:
    plan = planner(make_issue(40), words=300).body(digest({"a": range(9), "b": range(40)}), ENDLESS)
    cards = [one for one in placed(plan) if one.form is Form.BRIEF]
    assert cards
    assert {one.terms for one in cards if one.place < 9} == {("b",)}


def test_the_best_of_every_interest_and_all_of_a_rare_one_are_there_however_little_room_there_is() -> None:
    found = {f"broad {n}": range(n * 12, n * 12 + 12) for n in range(6)}
    plan = planner(make_issue(80), words=100).body(digest({**found, "rare": range(72, 80)}), ENDLESS)
    assert {n * 12 for n in range(6)} | {*range(72, 80)} <= {*plan.shown}
    assert plan.hidden > 50
    assert plan.shown[:8] == tuple(range(72, 80))


def test_a_category_is_nobodys_interest_and_nothing_of_it_must_be_there() -> None:
    picks = tuple(Pick(at, f"sample:{at}", 1.0, ()) for at in range(90))
    outline = by_category(picks, [f"c.{at // 3}" for at in range(90)], range(90))
    plan = planner(make_issue(90), words=100).body(Selection(picks, 90, outline), ENDLESS)
    assert len(plan.shown) < 30, "fewer than there are categories"


def test_what_is_translated_has_room_before_what_is_not() -> None:
    """Every sixth sample has no Chinese."""
    selection = digest({"a": range(60)})
    plan = planner(make_issue(60), "zh-Hans", words=300).body(selection, ENDLESS)
    assert 5 < len(plan.shown) < 50
    assert not {*range(5, 60, 6)} & {*plan.shown}


def test_headings_and_the_interests_of_a_mixed_section_take_words() -> None:
    found = {"a": range(4), "b c": range(4, 8)}
    mails = planner(make_issue(20))
    bare = mails.body(Selection((picks := digest(found).picks), len(picks)), ENDLESS)
    plan = mails.body(digest(found), ENDLESS)
    assert plan.words - bare.words == reading_words(plan.outline) + len("a".split()) + len("b c".split()) + 2 * 4
    small = {f"x{n}": (n,) for n in range(13)}
    bare = mails.body(Selection((picks := digest(small).picks), len(picks)), ENDLESS)
    mixed = mails.body(digest(small), ENDLESS)
    heading = len("Found once or twice".split()) + 4
    assert mixed.words - bare.words == reading_words(mixed.outline) + heading + 13 * 4


def test_to_who_reads_english_too_what_nobody_translated_is_a_paper_like_any_other() -> None:
    """It stands where it belongs, under no heading that excuses it."""
    issue = make_issue(20)
    chosen = digest({"a": range(10), "b": range(20)})
    own, both = (planner(issue, "zh-Hans").body(chosen, ENDLESS, reads_english=reads) for reads in (False, True))
    assert [type(item) for item in both.body].count(UntranslatedHeading) == 0
    assert [type(item) for item in own.body].count(UntranslatedHeading) == 1
    assert set(both.shown) == set(own.shown)
