"""A reader's own page of a day: its frame rendered for each reader, its papers once for all of one language.

Rendering a paper takes a millisecond and joining one a microsecond, so a page is joined, as mails are. In what was
rendered once, a mark stands where each reader's own reason goes.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from markupsafe import escape

from newsletter.domain.interests import CatalogueTopic
from newsletter.domain.issues import Edition, Issue, IssueKey, PaperOrder, Pick
from newsletter.domain.ports import DaySection, ReaderDay
from newsletter.domain.text import clean_line, slug
from newsletter.render.citations import CITATION_FORMS, Citation, citations
from newsletter.render.environment import Templates
from newsletter.render.issue_view import view_issue
from newsletter.render.paper_view import view_paper
from newsletter.render.publication import Publication
from newsletter.render.reasons import shown_terms

__all__ = ["DayPages"]

# Noncharacters mark places: `clean_line` removes them from every foreign text, so nothing else can look like one.
_MARK = "\ufdd0{}\ufdd1"
_MARKS = re.compile("\ufdd0(\\d*)\ufdd1")
_STEP = 100
"""Papers that are rendered in one step: about a tenth of a second."""
_KEPT_BYTES = 32 * 1024 * 1024
"""Of rendered papers, some 4 KB each."""
_KEPT_CITATIONS = 4_000
"""Papers whose citations are kept, 1 KB each beside the issues' own texts."""

Halves = tuple[bytes, bytes]
"""What stands before a reader's own words, and what after them."""


@dataclass(frozen=True, slots=True)
class _DayLink:
    """A neighbouring issue: what `label.issue` names it by, and where its page is."""

    day: date
    weekly: bool
    href: str


class DayPages:
    """Renders readers' own pages: the `DayWriter` of this product's template set. Nothing in them names the reader.

    `topics` name the sections of interests that are topics of the catalogue.
    """

    def __init__(
        self, templates: Templates, publication: Publication, *, topics: Sequence[CatalogueTopic] = ()
    ) -> None:
        self._templates = templates
        self._publication = publication
        self._topics = {f"topic:{topic.slug}": topic for topic in topics}
        self._whys: dict[str, Halves] = {}
        self._rows: OrderedDict[tuple[str, str], dict[int, Halves]] = OrderedDict()
        self._held = 0
        self._citations: OrderedDict[str, tuple[Citation, ...]] = OrderedDict()

    @property
    def held(self) -> int:
        """Bytes of rendered papers that are kept."""
        return self._held

    def prepare(self, issue: Issue, language: str, places: Sequence[int]) -> bool:
        """Render some of these papers, of those that are not rendered yet; False where none is left."""
        rows = self._of(issue, self._shown(language))
        missing = [place for place in places if place not in rows]
        self._render(issue, self._shown(language), missing[:_STEP])
        return len(missing) > _STEP

    def write(self, issue: Issue, day: ReaderDay) -> bytes:
        """The page."""
        language = self._shown(day.language)
        numbers = {id(section): number for number, section in enumerate(day.shown)}
        frame = self._frame(
            language,
            "../" * (1 if day.folder else 2),
            view=view_issue(replace(issue, papers=()), language),
            day={
                "found": day.found,
                "total": len(issue.papers),
                "mailed": day.mailed,
                "by_interest": day.by_interest,
                "interest": day.interest,
                "everything": _query(day, interest=""),
                "before": _link(day, day.before),
                "after": _link(day, day.after),
                "barren": [self._name(text, language) for text in day.barren],
                "orders": [
                    {"name": order.value, "href": _query(day, order=order), "chosen": order is day.order}
                    for order in PaperOrder
                ],
                "sections": [
                    {
                        "key": section.key,
                        "name": self._name(section.name, language),
                        "count": section.found,
                        "href": _query(day, interest=section.key),
                    }
                    for section in day.sections
                ],
                "shown": [
                    {
                        "key": section.key,
                        "name": self._name(section.name, language),
                        "count": len(section.picks),
                        "rows": _MARK.format(numbers[id(section)]),
                    }
                    for section in day.shown
                ],
                "forms": [{"name": form.name, "href": _query(day, form=key)} for key, form in CITATION_FORMS.items()],
            },
        )
        parts = _MARKS.split(frame)
        page = [parts[0].encode()]
        for number, after in zip(parts[1::2], parts[2::2], strict=True):
            page += self._joined(issue, language, day.shown[int(number)])
            page.append(after.encode())
        return b"".join(page)

    def nothing(self, language: str) -> bytes:
        """The page where no issue is published yet."""
        return self._frame(self._shown(language), "../", view=None, day=None).encode()

    def citations(self, issue: Issue, places: Sequence[int], form: str) -> bytes:
        """These papers, each once, as a reference manager reads them; `form` is a key of `CITATION_FORMS`."""
        known = self._citations.get(issue.hash)
        if known is None:
            known = self._citations[issue.hash] = citations(issue)
            while len(self._citations) > 1 and sum(map(len, self._citations.values())) > _KEPT_CITATIONS:
                self._citations.popitem(last=False)
        self._citations.move_to_end(issue.hash)
        chosen = CITATION_FORMS[form]
        once = {known[place].paper_id: known[place] for place in places}
        return chosen.join(map(chosen.write, once.values()))

    # --- papers -----------------------------------------------------------------------------------------------------

    def _joined(self, issue: Issue, language: str, section: DaySection) -> Iterator[bytes]:
        rows = self._of(issue, language)
        self._render(issue, language, [pick.index for pick in section.picks if pick.index not in rows])
        for pick in section.picks:
            before, after = rows[pick.index]
            yield before
            yield self._why(pick, language)
            yield after

    def _why(self, pick: Pick, language: str) -> bytes:
        if not pick.matches:
            return b""
        if language not in self._whys:
            self._whys[language] = _halves(self._templates.render("web/day_why.html", language, terms=_MARK.format("")))
        before, after = self._whys[language]
        return before + str(escape(", ".join(shown_terms(pick.matches)))).encode() + after

    def _of(self, issue: Issue, language: str) -> dict[int, Halves]:
        """The papers of an issue that are rendered, by place; those of the issue asked for longest ago make room."""
        rows = self._rows.setdefault((issue.hash, language), {})
        self._rows.move_to_end((issue.hash, language))
        while len(self._rows) > 1 and self._held > _KEPT_BYTES:
            self._held -= sum(map(_size, self._rows.popitem(last=False)[1].values()))
        return rows

    def _render(self, issue: Issue, language: str, places: Sequence[int]) -> None:
        if not places:
            return
        rows, anchors = self._of(issue, language), _anchors(issue)
        base = self._publication.base_url
        folder = "" if language == self._publication.languages[0] else f"{language}/"
        for place in places:
            entry = issue.papers[place]
            paper = view_paper(entry, language)
            row = rows[place] = _halves(
                self._templates.render(
                    "web/day_paper.html",
                    language,
                    paper=paper,
                    id=anchors[place],
                    page=f"{base}{folder}papers/{paper.slug}/" if base else "",
                    why=_MARK.format(""),
                )
            )
            self._held += _size(row)

    # --- the frame --------------------------------------------------------------------------------------------------

    def _frame(self, language: str, root: str, **context: object) -> str:
        return self._templates.render(
            "web/day.html",
            language,
            site={"title": self._publication.title, "description": self._publication.description},
            root=root,
            place="" if language == self._publication.languages[0] else f"{language}/",
            # a page with a token has no address that others should know
            base_url="",
            path="",
            topics=tuple(self._topics.values()),
            others=(),
            **context,
        )

    def _shown(self, language: str) -> str:
        languages = self._publication.languages
        return language if language in languages else languages[0]

    def _name(self, interest: str, language: str) -> str:
        """An interest as its reader wrote it; a topic by its name."""
        topic = self._topics.get(interest)
        return clean_line(topic.name(language) if topic else interest, 100)


def _halves(rendered: str) -> Halves:
    """Rendered text at its mark, without the blank that templates leave."""
    tidy = "\n".join(line for line in map(str.strip, rendered.split("\n")) if line)
    before, _, after = tidy.partition(_MARK.format(""))
    return before.encode(), f"{after}\n".encode()


def _size(row: Halves) -> int:
    return len(row[0]) + len(row[1])


def _anchors(issue: Issue) -> list[str]:
    """The papers' names on the page, by place: an issue that was imported may have one twice."""
    seen: Counter[str] = Counter()
    anchors = []
    for entry in issue.papers:
        seen[entry.id] += 1
        anchors.append(slug(entry.id) if seen[entry.id] == 1 else f"{slug(entry.id)}-{seen[entry.id]}")
    return anchors


def _link(day: ReaderDay, key: IssueKey | None) -> _DayLink | None:
    return _DayLink(key.day, key.edition is Edition.WEEKLY, f"{day.folder}{key.slug}") if key else None


def _query(day: ReaderDay, *, interest: str | None = None, order: PaperOrder | None = None, form: str = "") -> str:
    """The same page, with one thing about it changed."""
    order = day.order if order is None else order
    asked = {
        "interest": day.interest if interest is None else interest,
        "order": "" if order is day.usual_order else order.value,
        "format": form,
    }
    return "?" + urlencode({name: value for name, value in asked.items() if value})
