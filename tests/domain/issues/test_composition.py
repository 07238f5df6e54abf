"""The editor's desk: which papers make an issue, in which order, with which summaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.issues.composition import arrange, candidates, choose_summaries, is_new_or_replaced, with_notes
from newsletter.domain.issues.issues import IssuePaper
from newsletter.domain.papers import (
    Announcement,
    AnnounceType,
    FailureKind,
    Notice,
    Paper,
    PaperId,
    PaperNote,
    Provenance,
    Rating,
    Summary,
)

DAY = date(2026, 6, 2)
BEFORE = DAY - timedelta(days=1)
NEW, CROSS, REPLACE = AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.REPLACE


def paper(number: int, **fields: object) -> Paper:
    return Paper(id=PaperId(f"arxiv:2606.{number:05}"), title=f"Paper {number}", **fields)  # type: ignore[arg-type]


def told(about: Paper, kind: AnnounceType = NEW, day: date = DAY, feed: str = "cs.CL") -> Announcement:
    return Announcement(source="arxiv-rss", feed=feed, day=day, kind=kind, paper=about)


def entry(
    number: int, *kinds: AnnounceType, upvotes: int | None = None, recommended: float | None = None
) -> IssuePaper:
    about = paper(number, upvotes=upvotes)
    rated = summary("en", paper_id=about.id, ratings={"recommendation": Rating(recommended)} if recommended else {})
    notices = tuple(Notice(DAY, "arxiv-rss", kind.value, kind) for kind in kinds or (NEW,))
    return IssuePaper(paper=about, notices=notices, summaries={"en": rated})


def summary(language: str, engine: str = "extractive", **fields: object) -> Summary:
    given = {"paper_id": PaperId("arxiv:2606.00001"), "version": 1, "tldr": f"{engine} says"} | fields
    return Summary(language=language, provenance=Provenance(engine), **given)  # type: ignore[arg-type]


def admits_new_and_cross(notice: Notice) -> bool:
    return notice.kind in {NEW, CROSS}


def admits_everything(_: Notice) -> bool:
    return True


def ids(entries: Sequence[IssuePaper]) -> list[int]:
    return [int(e.id[-5:]) for e in entries]


# --- rule 1: candidates -----------------------------------------------------------------------------------------------


def chosen(*announcements: Announcement, issued_days: frozenset[date] = frozenset()) -> list[IssuePaper]:
    told_of = [(announcements[0].paper, announcements)]
    return candidates(told_of, day=DAY, issued_days=issued_days, admits=admits_new_and_cross)


def test_a_paper_that_the_day_admits_is_a_candidate_with_every_notice_oldest_first() -> None:
    about = paper(1)
    [found] = chosen(told(about, NEW), told(about, REPLACE), told(about, CROSS, BEFORE))
    assert found.notices == (
        Notice(BEFORE, "arxiv-rss", "cs.CL", CROSS),
        Notice(DAY, "arxiv-rss", "cs.CL", NEW),
        Notice(DAY, "arxiv-rss", "cs.CL", REPLACE),
    )


def test_a_paper_that_was_only_replaced_is_none() -> None:
    assert chosen(told(paper(1), REPLACE)) == []


def test_an_earlier_day_counts_only_if_its_issue_was_out_already() -> None:
    late = told(paper(1), NEW, BEFORE)
    assert chosen(late) == []
    assert ids(chosen(late, issued_days=frozenset({BEFORE}))) == [1]
    assert chosen(told(paper(1), REPLACE, BEFORE), issued_days=frozenset({BEFORE})) == []


def test_a_paper_that_an_earlier_issue_left_out_did_not_come_late() -> None:
    """What the editor dropped yesterday, or what did not fit, must not stand in today's issue."""
    about = paper(1)
    out = frozenset({(BEFORE, about.id)})

    def found(*announcements: Announcement) -> list[IssuePaper]:
        days = frozenset({BEFORE})
        told_of = [(about, announcements)]
        return candidates(told_of, day=DAY, issued_days=days, left_out=out, admits=admits_new_and_cross)

    assert found(told(about, NEW, BEFORE)) == []
    assert ids(found(told(about, NEW, BEFORE), told(about, CROSS, DAY, feed="cs.AI"))) == [1]


# --- rule 2: one daily issue a paper ----------------------------------------------------------------------------------


def test_a_paper_of_another_issue_is_out_unless_a_replacement_of_the_day_is_admitted() -> None:
    issued = frozenset({entry(1).id})
    replaced = IssuePaper(paper=paper(1), notices=(Notice(DAY, "arxiv-rss", "cs.CL", REPLACE),))
    replaced_before = IssuePaper(paper=paper(1), notices=(Notice(BEFORE, "arxiv-rss", "cs.CL", REPLACE),))
    assert is_new_or_replaced(entry(2), day=DAY, issued=issued, admits=admits_everything)
    assert not is_new_or_replaced(entry(1, NEW), day=DAY, issued=issued, admits=admits_everything)
    assert is_new_or_replaced(replaced, day=DAY, issued=issued, admits=admits_everything)
    assert not is_new_or_replaced(replaced, day=DAY, issued=issued, admits=admits_new_and_cross)
    assert not is_new_or_replaced(replaced_before, day=DAY, issued=issued, admits=admits_everything)
    announced_and_replaced = IssuePaper(paper=paper(1), notices=(*entry(1, NEW).notices, *replaced.notices))
    assert is_new_or_replaced(announced_and_replaced, day=DAY, issued=issued, admits=admits_everything)


# --- rules 3 to 5: order ----------------------------------------------------------------------------------------------


def arranged(
    entries: Sequence[IssuePaper], *notes: PaperNote, order: str = "announced", max_papers: int | None = None
) -> list[int]:
    by_id = {note.paper_id: note for note in notes}
    return ids(arrange(entries, order=order, notes=by_id, max_papers=max_papers))


def note(number: int, **fields: object) -> PaperNote:
    return PaperNote(paper_id=paper(number).id, **fields)  # type: ignore[arg-type]


def test_what_the_editor_dropped_is_out_before_papers_are_counted() -> None:
    assert arranged([entry(n) for n in (1, 2, 3)], note(3, drop=True), max_papers=2) == [2, 1]


def test_the_newest_id_comes_first_where_nothing_else_decides() -> None:
    for order in ("announced", "upvotes", "relevance"):
        assert arranged([entry(n) for n in (2, 3, 1)], order=order) == [3, 2, 1]


def test_by_upvotes_no_count_is_zero() -> None:
    entries = [entry(1, upvotes=3), entry(2), entry(3, upvotes=0), entry(4, upvotes=50)]
    assert arranged(entries, order="upvotes") == [4, 1, 3, 2]
    assert arranged([entry(1, upvotes=1), entry(2, upvotes=0), entry(3)], order="upvotes") == [1, 3, 2]


def test_by_relevance_new_stands_before_cross_then_recommendation_then_upvotes() -> None:
    entries = [
        entry(1, CROSS, recommended=5, upvotes=900),
        entry(2, NEW, recommended=2.5),
        entry(3, CROSS, NEW, recommended=4.5),
        entry(4, NEW, recommended=2.5, upvotes=7),
        entry(5, NEW),
    ]
    assert arranged(entries, order="relevance") == [3, 4, 2, 5, 1]
    assert arranged([entry(1, upvotes=1), entry(2, upvotes=0), entry(3)], order="relevance") == [1, 3, 2]


def test_by_relevance_the_best_that_anybody_recommended_counts_and_no_recommendation_is_the_least() -> None:
    praised = {"recommendation": Rating(4.5)}
    twice = replace(
        entry(1, recommended=1),
        summaries={**entry(1, recommended=1).summaries, "zh-Hans": summary("zh-Hans", ratings=praised)},
    )
    assert arranged([twice, entry(2, recommended=3)], order="relevance") == [1, 2]
    assert arranged([entry(1, recommended=0.5), entry(2)], order="relevance") == [1, 2]


def test_papers_go_exactly_to_the_places_that_the_editor_gave() -> None:
    """A paper that leaves a place in front of another moved one must not pull that one forward."""
    entries = [entry(n) for n in (4, 3, 2, 1)]
    assert arranged(entries, note(1, position=2), note(4, position=4)) == [3, 1, 2, 4]
    assert arranged(entries, note(1, position=1)) == [1, 4, 3, 2]
    assert arranged(entries, note(4, position=99)) == [3, 2, 1, 4]


def test_the_first_papers_are_the_issue_after_the_editor_has_moved_them() -> None:
    entries = [entry(n) for n in (1, 2, 3)]
    assert arranged(entries, note(1, position=1), max_papers=2) == [1, 3]


def test_a_note_about_a_paper_that_is_not_there_changes_nothing() -> None:
    assert arranged([entry(1), entry(2)], note(9, position=1), note(8, drop=True)) == [2, 1]


ENTRIES = st.lists(
    st.builds(
        entry,
        st.integers(1, 30),
        st.sampled_from(AnnounceType),
        upvotes=st.sampled_from([None, 0, 3]),
        recommended=st.sampled_from([None, 2.5, 4.0]),
    ),
    unique_by=lambda e: e.id,
    max_size=12,
)
NOTES = st.lists(
    st.builds(note, st.integers(1, 30), position=st.none() | st.integers(1, 6), drop=st.booleans()),
    unique_by=lambda n: n.paper_id,
    max_size=4,
)


@given(
    ENTRIES.flatmap(lambda es: st.tuples(st.just(es), st.permutations(es))),
    NOTES.flatmap(lambda ns: st.tuples(st.just(ns), st.permutations(ns))),
    st.sampled_from(["relevance", "upvotes", "announced"]),
    st.none() | st.integers(1, 8),
)
def test_the_order_depends_on_what_the_papers_are_and_not_on_how_they_came(
    entries: tuple[list[IssuePaper], list[IssuePaper]],
    notes: tuple[list[PaperNote], list[PaperNote]],
    order: str,
    limit: int | None,
) -> None:
    first = arranged(entries[0], *notes[0], order=order, max_papers=limit)
    assert first == arranged(entries[1], *notes[1], order=order, max_papers=limit)
    dropped = {int(n.paper_id[-5:]) for n in notes[0] if n.drop}
    whole = arranged(entries[0], *notes[0], order=order)
    assert sorted(whole) == sorted(set(ids(entries[0])) - dropped)
    assert first == whole[:limit]


@given(ENTRIES, st.lists(st.integers(1, 30), unique=True, max_size=4))
def test_every_paper_with_a_place_of_its_own_stands_there(entries: list[IssuePaper], places: list[int]) -> None:
    notes = [PaperNote(paper_id=e.id, position=place) for e, place in zip(entries, places, strict=False)]
    order = arranged(entries, *notes)
    # a place behind the last paper is the end: it is exact only as long as there are papers to stand before it
    for rank, n in enumerate(sorted(notes, key=lambda n: n.position or 0)):
        if n.position and n.position <= len(entries) - (len(notes) - rank - 1):
            assert order[n.position - 1] == int(n.paper_id[-5:])


def test_an_editors_note_goes_to_the_first_of_a_paper_that_a_digest_has_twice_and_the_others_keep_their_own() -> None:
    own, editors = note(1, highlight=True), note(1, affiliation="MIT")
    entries = [replace(entry(1), note=own), replace(entry(1), note=own), entry(2)]
    assert [e.note for e in with_notes(entries, {editors.paper_id: editors})] == [editors, own, None]


# --- summaries --------------------------------------------------------------------------------------------------------


def shown(
    *summaries: Summary, version: int | None = 1, engines: Sequence[str] = ("file", "llm", "extractive")
) -> dict[str, Summary]:
    return choose_summaries(summaries, version=version, languages=("zh-Hans",), engines=engines)


def test_the_first_engine_that_has_a_usable_summary_is_shown() -> None:
    llm, extractive = summary("en", "llm"), summary("en", "extractive")
    failed = summary("en", "llm", failure=FailureKind.REFUSED, tldr="")
    assert shown(extractive, llm) == {"en": llm}
    assert shown(extractive, failed) == {"en": extractive}
    assert shown(failed) == {"en": failed}


def test_english_is_kept_to_fall_back_to_and_other_languages_are_not() -> None:
    chinese, german, english = summary("zh-Hans"), summary("de"), summary("en")
    assert shown(german, english, chinese) == {"zh-Hans": chinese, "en": english}


def test_a_summary_of_another_version_or_of_an_engine_that_is_off_is_not_shown() -> None:
    assert shown(summary("en", version=2)) == {}
    assert shown(summary("en", "llm"), engines=("extractive",)) == {}


def test_a_summary_without_a_version_counts_for_every_version_after_those_that_name_it() -> None:
    unversioned, exact = summary("en", "file", version=None), summary("en", "file")
    assert shown(unversioned, version=7) == {"en": unversioned}
    assert shown(exact, unversioned) == {"en": exact}


def test_of_two_summaries_by_one_engine_the_newest_is_shown() -> None:
    """A new prompt or model writes a new summary beside the old one."""
    old, new = summary("en", "llm", tldr="old"), summary("en", "llm", tldr="new")
    assert shown(old, new) == {"en": new}
