"""Words for values, from the catalogue of one language. Plain text: templates escape them like any other text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from markupsafe import Markup

from newsletter.domain.interests import Remark
from newsletter.domain.issues import Silence
from newsletter.render.bidi import isolated, isolated_text
from newsletter.render.catalogues import Wording
from newsletter.render.issue_view import IssueView
from newsletter.render.mail_paper import MailPaper
from newsletter.render.names import Names
from newsletter.render.paper_links import LinkView
from newsletter.render.paper_view import PaperView
from newsletter.render.paper_words import RatingView

__all__ = ["Labels"]


class DatedIssue(Protocol):
    """What has a name by its day: an issue, or its line in the archive."""

    @property
    def day(self) -> date: ...
    @property
    def weekly(self) -> bool: ...


class Labels:
    """The global `label` of every template."""

    def __init__(self, words: Wording) -> None:
        self._words = words
        self._names = Names(words.gettext)

    def kind(self, paper: PaperView) -> str:
        """How it was announced: `new`, `cross-listed`."""
        return self._names.kinds[paper.announced_as]

    def link(self, link: LinkView) -> str:
        """What a link leads to: the editor's own label, or the name of its role."""
        return self._names.links.get(link.role) or link.label

    def rating(self, rating: RatingView) -> str:
        """The name of a rating."""
        return self._names.ratings.get(rating.name, rating.name)

    def score(self, rating: RatingView) -> str:
        """A rating as text: `3.5 of 5`."""
        return self._words.gettext("%(value)s of 5") % {"value": f"{rating.value:g}"}

    def authors(self, paper: PaperView) -> str:
        """The first few authors as plain text: `A, B, C and 12 more`."""
        return self.and_more(list(map(isolated_text, paper.authors_first)), paper.authors_more)

    def authors_html(self, paper: PaperView) -> Markup:
        """The same as HTML: each name runs its own way and turns no other."""
        names = [str(isolated(name)) for name in paper.authors_first]
        return Markup(self.and_more(names, paper.authors_more))  # noqa: S704 - names are escaped, the rest is ours

    def summariser(self, paper: PaperView) -> str:
        """Who wrote the summary: a model by its name, the abstract itself; empty where it came with the paper."""
        return paper.model or self._names.engines.get(paper.engine, "")

    def failure(self, paper: PaperView) -> str:
        """Why an abstract stands where a summary should."""
        return self._names.failures[paper.failure]

    def keywords(self, paper: PaperView) -> str:
        """The keywords in one line: `检索 (retrieval), …`."""
        return ", ".join(f"{one.text} ({one.english})" if one.english else one.text for one in paper.keywords)

    def papers(self, count: int) -> str:
        """`7 papers`."""
        return self._words.ngettext("%(num)s paper", "%(num)s papers", count) % {"num": self._words.number(count)}

    def first_authors(self, says: MailPaper) -> str:
        """The authors whom a mail names: `A, B +12`."""
        return ", ".join(map(isolated_text, says.names)) + (f" +{says.more}" if says.more else "")

    def first_authors_html(self, says: MailPaper) -> Markup:
        """The same as HTML."""
        return Markup(", ").join(map(isolated, says.names)) + (f" +{says.more}" if says.more else "")

    def and_more(self, names: Sequence[str], more: int) -> str:
        """Some names, and how many others there are: `A, B and 12 more`."""
        joined = ", ".join(names)
        if not more:
            return joined
        return self._words.gettext("%(names)s and %(count)d more") % {"names": joined, "count": more}

    def papers_and_more(self, names: Sequence[str], more: int) -> str:
        """Some papers by name, and how many others there are: `UNIBROWSE, DynEval and 17 more`."""
        joined = self._words.gettext(", ").join(names)
        if not more:
            return joined
        return self._words.gettext("%(papers)s and %(num)d more") % {"papers": joined, "num": more}

    def more(self, count: int, *, has_page: bool) -> str:
        """How many papers do not stand in a mail, and where they do."""
        if has_page:
            own = self._words.ngettext(
                "%(num)s more on your page of this day", "%(num)s more on your page of this day", count
            )
            return own % {"num": self._words.number(count)}
        left = self._words.ngettext("%(num)s more that found no room", "%(num)s more that found no room", count)
        return left % {"num": self._words.number(count)}

    def minutes(self, count: int) -> str:
        """How long something takes to read."""
        return self._words.ngettext("%(num)d minute", "%(num)d minutes", count) % {"num": count}

    def for_you(self, count: int, total: int) -> str:
        """How many of an issue's papers came for a reader: `57 of 1,259 papers for you`."""
        values = {"num": self._words.number(count), "total": self._words.number(total)}
        said = self._words.ngettext("%(num)s of %(total)s papers for you", "%(num)s of %(total)s papers for you", total)
        return said % values

    def other_interests(self, count: int) -> str:
        """`7 other interests`."""
        said = self._words.ngettext("%(num)d other interest", "%(num)d other interests", count)
        return said % {"num": count}

    def nothing(self, names: Sequence[str], others: int) -> str:
        """Which interests found nothing: `nothing for A, B and 7 others`."""
        joined = self._words.gettext(", ").join(names)
        if others:
            said = self._words.ngettext("%(names)s and %(num)d other", "%(names)s and %(num)d others", others)
            joined = said % {"names": joined, "num": others}
        return self._words.gettext("nothing for %(names)s") % {"names": joined}

    def section(self, found: int, here: int, *, is_cut: bool) -> str:
        """How many papers an interest found, and of one whose others are left to a page how many stand here."""
        num = self._words.number(found)
        if not is_cut:
            return num
        said = self._words.ngettext("%(num)s, the best one here", "%(num)s, the best %(here)d here", here)
        return said % {"num": num, "here": here}

    def upvotes(self, paper: PaperView) -> str:
        """`7 upvotes`."""
        count = paper.upvotes or 0
        return self._words.ngettext("%(num)d upvote", "%(num)d upvotes", count) % {"num": count}

    def status(self, status: str) -> str:
        """The state of a delivery: `queued`."""
        return self._names.statuses.get(status, status)

    def state(self, status: str, reason: str) -> str:
        """The same with its reason: `skipped (none of the papers fits)`. A relay's or a mistake's own words stay."""
        why = self._names.skips.get(reason, reason)
        return f"{self.status(status)} ({why})" if why else self.status(status)

    def size(self, octets: int) -> str:
        """`45 KB`."""
        return f"{-(-octets // 1024)} KB"

    def stars(self, paper: PaperView) -> str:
        """`7 stars` of a code repository."""
        count = paper.stars or 0
        return self._words.ngettext("%(num)d star", "%(num)d stars", count) % {"num": count}

    def issue(self, view: DatedIssue) -> str:
        """An issue's name: its day in words, or the week that ends with it."""
        day = self._words.day(view.day)
        if view.weekly:
            return self._words.gettext("Week to %(date)s") % {"date": day}
        return self._words.gettext("%(weekday)s, %(date)s") % {"weekday": self._words.weekday(view.day), "date": day}

    def remark(self, remark: Remark) -> str:
        """What is said about an interest, without a full stop; what the reader wrote is kept from turning the rest."""
        values = {name: isolated_text(value) if isinstance(value, str) else value for name, value in remark.values}
        sentence = self._words.gettext(remark.message) % values
        if not remark.position:
            return sentence
        return self._words.gettext("%(reason)s (at character %(position)s)") % {
            "reason": sentence,
            "position": remark.position,
        }

    def near_issue(self, view: DatedIssue) -> str:
        """An issue's name beside another's: without the year, its weekday abbreviated."""
        day = self._words.near_day(view.day, weekday=not view.weekly)
        return self._words.gettext("Week to %(date)s") % {"date": day} if view.weekly else day

    def silence(self, silence: Silence) -> str:
        """Why a day has no papers. A holiday of the operator's own calendar alone is named as it stands there."""
        if silence.holiday is None:
            return self._words.gettext("No papers today: it is the weekend.")
        if not silence.holiday:
            return self._words.gettext("No papers today: arXiv has a holiday.")
        name = self._names.holidays.get(silence.holiday, silence.holiday)
        return self._words.gettext("No papers today: arXiv has a holiday (%(holiday)s).") % {"holiday": name}

    def resumes(self, silence: Silence) -> str:
        """When there will be papers again."""
        return self._words.gettext("The next announcement is expected on %(weekday)s, %(date)s.") % {
            "weekday": self._words.weekday(silence.next_day),
            "date": self._words.day(silence.next_day),
        }

    def completeness(self, view: IssueView) -> str:
        """How complete the day was; empty where nothing is known about its listings."""
        day = view.completeness
        if day.missing:
            names = ", ".join(f"{one.source} {one.feed}".strip() for one in day.missing)
            said = self._words.gettext("The day may be incomplete. Not read: %(lists)s.") % {"lists": names}
        elif day.fresh:
            said = self._words.ngettext(
                "The day is complete: the one list we read was fresh.",
                "The day is complete: all %(num)d lists we read were fresh.",
                day.fresh,
            ) % {"num": day.fresh}
        else:
            return ""
        counts = {"announced": day.announced, "collected": day.collected}
        counted = self._words.gettext("Announced on these lists: %(announced)d; collected: %(collected)d.") % counts
        return f"{said} {counted}"

    def budget(self, view: IssueView) -> str:
        """That the budget for summaries ran out before the last paper; empty where it did not."""
        count = view.over_budget
        if not count:
            return ""
        return self._words.ngettext(
            "The budget for summaries was used up: %(num)d paper went without one.",
            "The budget for summaries was used up: %(num)d papers went without one.",
            count,
        ) % {"num": count}

    def missed(self, first: date, last: date) -> str:
        """What stands above the papers of a mail after a pause: of which days they are."""
        if first == last:
            return self._words.gettext("You paused your mail. This is the best of what you missed on %(date)s.") % {
                "date": self._words.day(first)
            }
        days = {"first": self._words.day(first), "last": self._words.day(last)}
        return (
            self._words.gettext("You paused your mail. This is the best of what you missed from %(first)s to %(last)s.")
            % days
        )
