"""The lines of a mail that are worded anew for every reader."""

import pytest

from newsletter.domain.issues import Issue, Match, Outline, Pick, Section
from newsletter.domain.ports import DesignedMail
from tests.support.mails import BASE_URL, make_renderer
from tests.support.samples import make_issue, make_notice, make_paper

LONG = "UnusuallyLongNameOfASystemInAWord"


def design(issue: Issue | None = None, language: str = "en", base_url: str = BASE_URL) -> DesignedMail:
    return make_renderer(base_url).design(issue or make_issue(20), language)


def named(*titles: str) -> Issue:
    return make_issue([make_paper(number, title=title) for number, title in enumerate(titles, 1)])


def outline(*found: int, barren: tuple[str, ...] = ()) -> Outline:
    """Sections of interests that are called by letters."""
    pick = Pick(0, "sample:1", 1.0, ())
    return Outline(tuple(Section(chr(97 + n), size, (pick,), (chr(97 + n),)) for n, size in enumerate(found)), barren)


def test_a_subject_names_two_papers_where_both_fit_and_counts_the_others() -> None:
    short = design(named("Alpha: A", "Beta: B", "Gamma: C"))
    assert short.subject((0, 1, 2), 9) == "Alpha, Beta and 7 more"
    assert short.subject((2,), 1) == "Gamma"
    long = design(named(LONG, f"Another{LONG}", "C: c"))
    assert long.subject((0, 1, 2), 9) == f"{LONG} and 8 more"
    assert long.subject((2, 0), 2) == f"C, {LONG}"


def test_a_preheader_goes_on_where_the_subject_ends_and_says_nothing_of_it_again() -> None:
    mail = design(named(*(f"{name}: x" for name in ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta"))))
    line = mail.preheader(range(7), 7, outline(1, 2))
    assert line == "a 1 · b 2 · Gamma · Delta · Epsilon · Zeta · The Daily Sample"
    assert "Alpha" in mail.subject(range(7), 7)
    assert mail.preheader(range(7), 7, Outline()).startswith("Gamma · Delta · Epsilon · Zeta")


@pytest.mark.parametrize("sections", [0, 1, 16, 40])
def test_a_preheader_fills_its_place_and_no_more(sections: int) -> None:
    for mail in (design(named("A: a")), design(named(*[f"{LONG}: x"] * 9))):
        line = mail.preheader((0,), 1, outline(*range(1, sections + 1)))
        assert 40 <= len(line) <= 130


def test_the_top_counts_six_interests_and_names_three_that_found_nothing() -> None:
    mail = design()
    assert mail.outline(outline(1, 2, 3, 4, 5, 6)) == "a 1 · b 2 · c 3 · d 4 · e 5 · f 6"
    assert mail.outline(outline(1, 2, 3, 4, 5, 6, 7, 8)).endswith("f 6 · 2 other interests")
    assert mail.outline(outline(1, barren=("x", "y", "z"))) == "a 1 · nothing for x, y, z"
    assert mail.outline(outline(1, barren=("x", "y", "z", "p", "q"))).endswith("nothing for x, y, z and 2 others")
    assert mail.outline(Outline()) == ""
    categories = Outline((Section("cs.CL", 9, ()),))
    assert mail.outline(categories) == "", "nobody asked for a category"


def test_counts_say_how_many_of_the_day_s_papers_came_and_how_long_they_take() -> None:
    assert design().counts(5, 10) == "5 of 20 papers for you · 1 minute"
    assert design().counts(20, 10) == "20 papers · 1 minute"
    assert design(language="zh-Hans").counts(5, 10) == "20 篇论文中有 5 篇适合您 · 阅读约 1 分钟"
    assert design(make_notice()).counts(0, 0) == "No papers today: it is the weekend."


def test_reasons_are_three_at_most_each_once_on_one_line() -> None:
    matches = [Match(name, "title", name) for name in ("a", "b\nc", "a", "x" * 200, "d", "e")]
    assert design().terms(matches) == ("a", "b c", "x" * 80)


def test_a_long_interest_and_a_long_list_of_them_are_cut() -> None:
    mail = design()
    assert mail.interests(["x" * 99]) == "x" * 39 + "…"
    assert mail.interests(["x" * 30, "y" * 30, "z" * 30, "a", "b"]) == f"{'x' * 30}, {'y' * 30}, {'z' * 30}, a, b"
    assert mail.interests(["x" * 30, "y" * 30, "z" * 30, "a", "b", "c"]).endswith("z, a…")
    assert mail.interests([str(n % 10) for n in range(22)]) == ", ".join([*"0123456789"] * 2)
    assert mail.section("x" * 99, 7, 7, is_cut=False) == ("x" * 39 + "…", "7")
    assert mail.section("x" * 40, 7, 5, is_cut=True) == ("x" * 40, "7, the best 5 here")
    assert mail.mixed == "Found once or twice"


def test_what_has_no_room_is_on_the_reader_s_page_only_where_there_are_pages() -> None:
    assert design().more(3) == "3 more on your page of this day"
    assert design(base_url="").more(3) == "3 more that found no room"


def test_the_words_around_are_those_that_every_mail_has() -> None:
    assert 20 < design().frame_words < 80
    assert design(make_notice()).frame_words == 0, "nobody reads a notice for minutes"


def test_untranslated_is_what_says_nothing_in_the_readers_language() -> None:
    """Every sixth sample has no Chinese."""
    assert design(language="zh-Hans").untranslated == {5, 11, 17}
    assert design().untranslated == frozenset()
