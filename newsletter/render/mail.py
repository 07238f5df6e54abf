"""The mail of an issue in one language: every template rendered once, in pieces with slots for what is personal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import overload

import css_inline
from markupsafe import Markup

from newsletter.domain.delivery import (
    Form,
    MailPart,
    MailPlan,
    Piece,
    Placed,
    Region,
    SectionHeading,
    Slot,
    UntranslatedHeading,
)
from newsletter.domain.issues import Issue
from newsletter.domain.ports import DesignedMail
from newsletter.domain.text import clean_line, safe_url
from newsletter.render.catalogues import wording
from newsletter.render.designed_mail import DesignedDigest
from newsletter.render.environment import Templates
from newsletter.render.issue_view import IssueView, view_issue
from newsletter.render.mail_paper import MailPaper, mail_paper
from newsletter.render.markdown_plain import markdown_plain
from newsletter.render.prose import markdown_html

__all__ = ["MailRenderer"]

_Said = Mapping[Form, Sequence[MailPaper]]
_TEMPLATE = {Form.TITLE: "row", Form.ROW: "row", Form.BRIEF: "card", Form.CARD: "card"}
"""The template of each form; what it says is what they differ in."""

# Noncharacters mark slots: `clean_line` removes them from every foreign text, so nothing else can look like one.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_MARK = re.compile(f"{_OPEN}([a-z-]+){_CLOSE}")
_EMPTY_REGION = f"{_OPEN}empty{_CLOSE}"

_CLASS = re.compile(r' class="([^"<>]*)"')
_SELECTOR = re.compile(r"\.([a-z][\w-]*)")


class MailRenderer:
    """Renders mails: the `MailDesign` of this product's template set.

    `base_url` is the address of the published site, empty where there is none: then no address of ours is shown.
    `languages` are those of its pages, its own first.
    """

    def __init__(
        self,
        templates: Templates,
        *,
        title: str,
        base_url: str = "",
        postal_address: str = "",
        languages: Sequence[str] = (),
    ) -> None:
        self._languages = tuple(languages)
        self._templates = templates
        self._title = clean_line(title, 200)
        self._base_url = safe_url(base_url).rstrip("/")
        self._postal_address = clean_line(postal_address, 500)
        self._css = templates.source("mail/inline.css")
        self._head_css = templates.source("mail/head.css")
        self._document = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True, extra_css=self._css)
        self._fragment = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)
        self._kept = frozenset(_SELECTOR.findall(self._head_css))

    def design(self, issue: Issue, language: str) -> DesignedMail:
        """The issue's mail in pieces; in the newsletter's own language where the issue does not have that one."""
        view = self._view(issue, language)
        says = _said(view)
        slots = {slot.value: f"{_OPEN}{slot.value}{_CLOSE}" for slot in Slot}
        regions = {region.value: f"{_OPEN}in-{region.value}{_CLOSE}" for region in Region}
        return DesignedDigest(
            view=view,
            wording=wording(view.language),
            html=self._part(view, "html", says, slots, regions),
            text=self._part(view, "txt", says, slots, regions),
            words={form: [one.words for one in papers] for form, papers in says.items()},
            subject=self._line(view, "mail/subject.txt"),
            preheader=self._line(view, "mail/preheader.txt"),
            issue_url=self._page_of(view),
            has_pages=bool(self._base_url),
        )

    def whole(self, issue: Issue, language: str, mail: MailPlan) -> tuple[str, str]:
        """The plain path: one recipient's whole text and HTML, rendered in full. The slow reference for the pieces."""
        view = self._view(issue, language)
        says = _said(view)
        return self._whole(view, "txt", says, mail), self._inline(self._whole(view, "html", says, mail))

    def _view(self, issue: Issue, language: str) -> IssueView:
        return view_issue(issue, language if language in issue.languages else issue.languages[0])

    def _part(
        self, view: IssueView, kind: str, says: _Said, slots: Mapping[str, str], regions: Mapping[str, str]
    ) -> MailPart:
        def piece(name: str, **context: object) -> Piece:
            rendered = self._render(view, f"mail/{name}.{kind}", slot=slots, region=regions, **context)
            if kind == "html":
                inline = self._inline if name == "frame" else self._inline_fragment
                return _cut(inline(rendered))
            return _cut(rendered)

        def paper_piece(name: str, said: Sequence[MailPaper], index: int) -> Piece:
            return piece(name, paper=view.papers[index], says=said[index])

        return MailPart(
            frame=piece("frame"),
            greeting=piece("greeting"),
            outline=piece("outline"),
            interests=piece("interests"),
            section=piece("section", cut=False),
            cut_section=piece("section", cut=True),
            untranslated=piece("untranslated"),
            papers={
                form: Rendered(len(said), partial(paper_piece, _TEMPLATE[form], said)) for form, said in says.items()
            },
            more=piece("more"),
            why=piece("why"),
            also=piece("also"),
            term=piece("term"),
        )

    def _whole(self, view: IssueView, kind: str, says: _Said, mail: MailPlan) -> str:
        mark: Callable[[str], str] = Markup if kind == "html" else str

        def render(name: str, values: Mapping[Slot, str], regions: Mapping[Region, str], **context: object) -> str:
            slot = {key.value: value for key, value in values.items()}
            region = {key.value: mark(text) for key, text in regions.items()}
            return self._render(view, f"mail/{name}.{kind}", slot=slot, region=region, **context)

        def optional(name: str, shown: bool) -> str:
            return render(name, mail.values, {}).removesuffix("\n") if shown else _EMPTY_REGION

        def why(placed: Placed) -> str:
            if not placed.terms:
                return _EMPTY_REGION
            lines = [
                render("term", {Slot.TERM: term, Slot.COMMA: "," if at < len(placed.terms) else ""}, {}).rstrip("\n")
                for at, term in enumerate(placed.terms, 1)
            ]
            name = "also" if placed.is_also else "why"
            return render(name, {Slot.TERMS: ", ".join(placed.terms)}, {Region.TERMS: "\n".join(lines)}).rstrip("\n")

        def item(item: SectionHeading | UntranslatedHeading | Placed) -> str:
            if isinstance(item, UntranslatedHeading):
                return render("untranslated", {}, {})
            if isinstance(item, SectionHeading):
                values = {**mail.values, Slot.SECTION: item.name, Slot.COUNT: item.count}
                return render("section", values, {}, cut=item.is_cut)
            number, paper = {Slot.NUMBER: str(item.number)}, view.papers[item.place]
            context = {"paper": paper, "says": says[item.form][item.place]}
            return render(_TEMPLATE[item.form], number, {Region.WHY: why(item)}, **context)

        regions = {
            Region.GREETING: optional("greeting", bool(mail.values[Slot.NAME])),
            Region.OUTLINE: optional("outline", bool(mail.values[Slot.OUTLINE])),
            Region.INTERESTS: optional("interests", bool(mail.values[Slot.INTERESTS])),
            Region.PAPERS: "".join(map(item, mail.body)).removesuffix("\n") or _EMPTY_REGION,
            Region.MORE: optional("more", mail.hidden > 0),
        }
        return _tidy(render("frame", mail.values, regions), html=kind == "html")

    def _render(self, view: IssueView, name: str, **context: object) -> str:
        rendered = self._templates.render(
            name,
            view.language,
            view=view,
            newsletter=self._title,
            archive_url=f"{self._base_url}/" if self._base_url else "",
            issue_url=self._page_of(view),
            preferences=bool(self._base_url),
            postal_address=self._postal_address,
            preface=markdown_html(view.preface, "mail") if name.endswith(".html") else markdown_plain(view.preface),
            head_css=Markup(self._head_css),  # noqa: S704 - a file of the template set
            **context,
        )
        return _tidy(rendered, html=name.endswith(".html"))

    def _line(self, view: IssueView, name: str) -> Callable[..., str]:
        """A line of plain values: asked for once a digest, so no more is looked up for it than it may use."""
        return self._templates.line(name, view.language, view=view, newsletter=self._title)

    def _page_of(self, view: IssueView) -> str:
        """The address of the issue's page, which one without papers does not have."""
        page = f"{self._base_url}/issues/{view.slug}/" if self._base_url and view.silence is None else ""
        is_other = view.language in (self._languages or view.languages)[1:]
        return f"{page}{view.language}/" if page and is_other else page

    def _inline(self, html: str) -> str:
        return self._spare(self._document.inline(html)) + "\n"

    def _inline_fragment(self, html: str) -> str:
        return self._spare(self._fragment.inline_fragment(html, self._css))

    def _spare(self, html: str) -> str:
        """Without the classes that no media query needs, now that their rules are inlined."""
        return _CLASS.sub(lambda match: match[0] if self._kept.intersection(match[1].split()) else "", html)


class Rendered(Sequence[Piece]):
    """The pieces of papers, each rendered when it is first asked for: hardly any paper stands in every form."""

    def __init__(self, size: int, render: Callable[[int], Piece]) -> None:
        self._size = size
        self._render = render
        self._known: dict[int, Piece] = {}

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> Piece: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Piece]: ...
    def __getitem__(self, index: int | slice) -> Piece | Sequence[Piece]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(self._size))]
        if not -self._size <= index < self._size:
            raise IndexError(index)
        known = self._known.get(index)
        if known is None:
            known = self._known[index] = self._render(index)
        return known


def _said(view: IssueView) -> _Said:
    """What each form says of each paper."""
    return {form: [mail_paper(paper, form, view.language) for paper in view.papers] for form in Form}


def _tidy(text: str, *, html: bool) -> str:
    """Lines without white space around them (HTML) or after them (text), and without the marks of empty regions."""
    if html:
        lines: Iterable[str] = (line.strip() for line in text.split("\n"))
        return "".join(f"{line}\n" for line in lines if line and line != _EMPTY_REGION)
    return "\n".join(line.rstrip() for line in text.split("\n") if line != _EMPTY_REGION)


def _cut(rendered: str) -> Piece:
    """Split a rendered template at its marks; the line of a region belongs to the region."""
    pieces: list[str | Slot | Region] = []
    rest = rendered if rendered.endswith("\n") else f"{rendered}\n"
    while match := _MARK.search(rest):
        name = match[1]
        if match.start():
            pieces.append(rest[: match.start()])
        rest = rest[match.end() :]
        if name.startswith("in-"):
            pieces.append(Region(name.removeprefix("in-")))
            rest = rest.removeprefix("\n")
        else:
            pieces.append(Slot(name))
    if rest:
        pieces.append(rest)
    return tuple(pieces)
