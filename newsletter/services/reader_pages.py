"""A reader's own page of a day: everything of an issue that fits their interests, whatever their mails have room for.

As with private feeds, what is asked for often costs least:

1. `look` reads which issue it is and which stand beside it, and no paper. Its `tag` changes when anything changes that
   the page is a function of, so a browser that has this tag already needs nothing else;
2. `prepare` reads, selects and renders, a step at a time, so that whoever gets much lets others in between;
3. `write` joins. A paper is rendered once for all readers of a language.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from newsletter.domain.issues import (
    Issue,
    IssueKey,
    IssueStatus,
    PaperOrder,
    Pick,
    Section,
    Selection,
    SelectionRequest,
    precedence,
    same_series,
    series_of,
)
from newsletter.domain.notation import Weekday
from newsletter.domain.ports import (
    DaySection,
    DayWriter,
    IssueStore,
    ReaderDay,
)
from newsletter.domain.subscribers import Subscriber
from newsletter.services.held_issues import HeldIssues, step_terms

__all__ = ["DayWish", "ReaderPage", "ReaderPages"]

_KEPT_SELECTIONS = 32
"""Pages that are being made."""
_LOOK_BACK = 30
"""Issues among which the next one with papers is found: there may be one for every day without."""


@dataclass(frozen=True, slots=True)
class DayWish:
    """What a reader wants of the page: in which order, of which interest (its key), and as what.

    Without an order it is the reader's own. An interest that the page does not have means all of them. `form` is one of
    the writer's citation formats, empty for the page itself.
    """

    order: PaperOrder | None = None
    interest: str = ""
    form: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], forms: Sequence[str]) -> DayWish:
        """What the query of an address asks for; whatever it cannot ask for counts as not asked."""
        order, interest, form = (query.get(name, "") for name in ("order", "interest", "format"))
        return cls(
            PaperOrder(order) if order in frozenset(PaperOrder) else None,
            interest if len(interest) == _KEY_LENGTH and interest.isalnum() and interest.isascii() else "",
            form if form in forms else "",
        )


@dataclass(frozen=True, slots=True)
class ReaderPage:
    """What one page is made of at this moment. `tag` stands for all of it: 32 hex digits.

    `issue` is None where nothing is published yet. `folder` is the way from the page to the pages of days.
    """

    subscriber: Subscriber
    issue: IssueStatus | None
    before: IssueKey | None
    after: IssueKey | None
    wish: DayWish
    folder: str
    tag: str


class ReaderPages:
    """The use case. Safe to use from threads; pages are written one at a time."""

    def __init__(
        self,
        issues: IssueStore,
        held: HeldIssues,
        writer: DayWriter,
        *,
        variant: str,
        weekly_on: Weekday = Weekday.FRIDAY,
    ) -> None:
        """`variant` stands for everything that pages depend on beside reader and issue: version, templates, titles."""
        self._issues = issues
        self._held = held
        self._writer = writer
        self._variant = variant
        self._weekly_on = weekly_on
        self._selections: OrderedDict[str, Selection] = OrderedDict()

    def look(self, subscriber: Subscriber, day: str, wish: DayWish, *, folder: str) -> ReaderPage | None:
        """What the page is made of; None where there is no such issue. Cheap: no paper is read.

        Args:
            subscriber: whose page it is.
            day: the issue's slug or its date; empty for the latest of the reader's rhythm that has papers.
            wish: what to show of it.
            folder: the way from the page to the pages of days: empty, or a folder's name with a slash.
        """
        issue, before, after = self._find(subscriber, day)
        if issue is None and day:
            return None
        depends = [
            self._variant,
            "day",
            subscriber.id,
            subscriber.language,
            subscriber.interests,
            subscriber.max_papers,
            [subscriber.rhythm.order, subscriber.rhythm.reads],
            [wish.order, wish.interest, wish.form, folder],
            [issue.key.slug, issue.hash, issue.frozen_at.isoformat()] if issue else [],
            [key.slug if key else "" for key in (before, after)],
        ]
        tag = hashlib.sha256(json.dumps(depends).encode()).hexdigest()[:32]
        return ReaderPage(subscriber, issue, before, after, wish, folder, tag)

    def prepare(self, page: ReaderPage) -> bool:
        """Do one step of what is to be done before the page can be written; False where nothing is left."""
        if page.issue is None:
            return False
        with self._held.lock:
            if not self._held.has_index(page.issue):
                self._held.selector(page.issue)
                return True
            if page.tag not in self._selections:
                selector = self._held.selector(page.issue)
                selector.look_up_some(page.subscriber.interests, step_terms(page.subscriber.interests))
                if not selector.has_looked_up(page.subscriber.interests):
                    self._held.make_room()
                    return True
            selection = self._selection(page)
            if page.wish.form:
                return False
            places = selection.places
            issue = self._held.issue(page.issue)
            return self._writer.prepare(issue, page.subscriber.language_of(issue.languages), places)

    def write(self, page: ReaderPage) -> bytes:
        """The page, or the file of citations of all that it shows."""
        with self._held.lock:
            if page.issue is None:
                return self._writer.nothing(page.subscriber.language)
            issue = self._held.issue(page.issue)
            selection = self._selection(page)
            day = self._day(page, issue, selection)
            self._selections.pop(page.tag, None)
            if page.wish.form:
                places = [pick.index for section in day.shown for pick in section.picks]
                return self._writer.citations(issue, places, page.wish.form)
            return self._writer.write(issue, day)

    def _find(self, subscriber: Subscriber, day: str) -> tuple[IssueStatus | None, IssueKey | None, IssueKey | None]:
        """The issue of a day, and the nearest with papers before and after it."""
        cadence = subscriber.cadence
        if not day:
            published = self._issues.published(cadence, limit=_LOOK_BACK)
            series = series_of(published, subscriber.rhythm.weekly_on or self._weekly_on)
            latest = [one for one in series if not one.is_silent]
            return latest[0] if latest else None, latest[1].key if len(latest) > 1 else None, None
        try:
            key = IssueKey.parse(day)
        except ValueError:
            return None, None, None
        # a bare date means the issue of the reader's own rhythm where there is one
        for edition in dict.fromkeys((cadence, key.edition) if day == key.day.isoformat() else (key.edition,)):
            found = self._issues.published(edition, until=key.day, limit=_LOOK_BACK)
            if found and found[0].key.day == key.day:
                own = found[0].key
                before = next((o.key for o in found[1:] if not o.is_silent and same_series(o.key, own)), None)
                return found[0], before, self._after(own)
        return None, None, None

    def _after(self, key: IssueKey) -> IssueKey | None:
        since = key.day + timedelta(days=1)
        later = self._issues.published(key.edition, since=since, limit=_LOOK_BACK, forward=True)
        return next((one.key for one in later if not one.is_silent and same_series(one.key, key)), None)

    def _selection(self, page: ReaderPage) -> Selection:
        """What a page shows, selected once for all of its steps."""
        assert page.issue is not None  # noqa: S101  # asked by callers
        selection = self._selections.get(page.tag)
        if selection is None:
            selection = self._selections[page.tag] = self._select(page.issue, page.subscriber.interests)
            if len(self._selections) > _KEPT_SELECTIONS:
                self._selections.popitem(last=False)
        return selection

    def _select(self, status: IssueStatus, interests: tuple[str, ...]) -> Selection:
        return self._held.select(status, SelectionRequest(interests))

    def _day(self, page: ReaderPage, issue: Issue, selection: Selection) -> ReaderDay:
        assert page.issue is not None  # noqa: S101  # asked by its only caller
        outline = selection.outline
        keys = {section_key(section.name): section for section in outline.sections}
        chosen = keys.get(page.wish.interest)
        shown = outline.sections if chosen is None else (self._whole(page.issue, chosen, selection),)
        limit = page.subscriber.max_papers
        order = page.wish.order or page.subscriber.rhythm.order
        return ReaderDay(
            sections=tuple(DaySection(key, section.name, section.found, ()) for key, section in keys.items()),
            shown=tuple(
                DaySection(section_key(one.name), one.name, one.found, arrange(one.picks, issue, order))
                for one in shown
                if one.picks
            ),
            barren=outline.barren,
            found=selection.found,
            mailed=limit if limit is not None and limit < selection.found else None,
            by_interest=any(section.interests for section in outline.sections) or bool(outline.barren),
            order=order,
            usual_order=page.subscriber.rhythm.order,
            interest=page.wish.interest if chosen is not None else "",
            before=page.before,
            after=page.after,
            language=page.subscriber.language_of(issue.languages),
            folder=page.folder,
        )

    def _whole(self, status: IssueStatus, section: Section, selection: Selection) -> Section:
        """A section with all papers that its interest found, those too that stand under another one."""
        if not section.interests:
            return section
        own = frozenset(self._select(status, section.interests).places)
        picks = tuple(pick for pick in selection.picks if pick.index in own)
        return Section(section.name, len(picks), picks, section.interests)


_KEY_LENGTH = 10


def section_key(name: str) -> str:
    """What addresses call a section. Not its name: addresses are kept in histories and logs, interests are private."""
    return hashlib.blake2b(name.encode(), digest_size=_KEY_LENGTH // 2).hexdigest()


def arrange(picks: Sequence[Pick], issue: Issue, order: PaperOrder) -> tuple[Pick, ...]:
    """Papers in another order than best first; of equals the better first."""
    comes_first = precedence(order, issue)
    return tuple(sorted(picks, key=lambda pick: comes_first(issue.papers[pick.index]), reverse=True))
