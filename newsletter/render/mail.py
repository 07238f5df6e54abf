"""The mail of an issue in one language: every template rendered once, in pieces with slots for what is personal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import css_inline
from markupsafe import Markup

from newsletter.domain.delivery import MailPart, Piece, Region, Slot
from newsletter.domain.issues import Issue
from newsletter.domain.ports import DesignedMail
from newsletter.domain.text import clean_line, safe_url
from newsletter.render.catalogues import wording
from newsletter.render.designed_mail import DesignedDigest, DesignedNotice
from newsletter.render.environment import Templates
from newsletter.render.issue_view import IssueView, view_issue
from newsletter.render.markdown_plain import markdown_plain
from newsletter.render.prose import markdown_html

__all__ = ["MailRenderer", "PersonalCard", "PersonalMail"]

# Noncharacters mark slots: `clean_line` removes them from every foreign text, so nothing else can look like one.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_MARK = re.compile(f"{_OPEN}([a-z-]+){_CLOSE}")
_EMPTY_REGION = f"{_OPEN}empty{_CLOSE}"

_CLASS = re.compile(r' class="([^"<>]*)"')
_SELECTOR = re.compile(r"\.([a-z][\w-]*)")


@dataclass(frozen=True, slots=True)
class PersonalCard:
    """One paper of a personal mail on the plain path: its place in the issue and the terms it matched."""

    index: int
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonalMail:
    """All that the plain path needs: the values of the slots, the papers shown, and how many stay on the web."""

    values: Mapping[Slot, str]
    cards: tuple[PersonalCard, ...]
    hidden: int


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
        view = view_issue(issue, language if language in issue.languages else issue.languages[0])
        slots = {slot.value: f"{_OPEN}{slot.value}{_CLOSE}" for slot in Slot}
        regions = {region.value: f"{_OPEN}in-{region.value}{_CLOSE}" for region in Region}
        design = DesignedDigest if view.silence is None else DesignedNotice
        return design(
            view=view,
            words=wording(view.language),
            html=self._part(view, "html", slots, regions),
            text=self._part(view, "txt", slots, regions),
        )

    def whole(self, issue: Issue, language: str, mail: PersonalMail) -> tuple[str, str]:
        """The plain path: one recipient's whole text and HTML, rendered in full. The slow reference for the pieces."""
        view = view_issue(issue, language if language in issue.languages else issue.languages[0])
        return self._whole(view, "txt", mail), self._inline(self._whole(view, "html", mail))

    def _part(self, view: IssueView, kind: str, slots: Mapping[str, str], regions: Mapping[str, str]) -> MailPart:
        def piece(name: str, **context: object) -> Piece:
            rendered = self._render(view, f"mail/{name}.{kind}", slot=slots, region=regions, **context)
            if kind == "html":
                inline = self._inline if name == "frame" else self._inline_fragment
                return _cut(inline(rendered))
            return _cut(rendered)

        return MailPart(
            frame=piece("frame"),
            greeting=piece("greeting"),
            interests=piece("interests"),
            rows=tuple(piece("row", paper=paper) for paper in view.papers),
            cards=tuple(piece("card", paper=paper) for paper in view.papers),
            more=piece("more"),
            why=piece("why"),
            term=piece("term"),
        )

    def _whole(self, view: IssueView, kind: str, mail: PersonalMail) -> str:
        mark: Callable[[str], str] = Markup if kind == "html" else str

        def render(name: str, values: Mapping[Slot, str], regions: Mapping[Region, str], **context: object) -> str:
            slot = {key.value: value for key, value in values.items()}
            region = {key.value: mark(text) for key, text in regions.items()}
            return self._render(view, f"mail/{name}.{kind}", slot=slot, region=region, **context)

        def optional(name: str, shown: bool) -> str:
            return render(name, mail.values, {}).removesuffix("\n") if shown else _EMPTY_REGION

        def why(terms: Sequence[str]) -> str:
            if not terms:
                return _EMPTY_REGION
            lines = [
                render("term", {Slot.TERM: term, Slot.COMMA: "," if at < len(terms) else ""}, {}).rstrip("\n")
                for at, term in enumerate(terms, 1)
            ]
            return render("why", {Slot.TERMS: ", ".join(terms)}, {Region.TERMS: "\n".join(lines)}).rstrip("\n")

        rows = [
            render("row", {}, {}, paper=view.papers[card.index]) for card in mail.cards[: DesignedDigest.summary_rows]
        ]
        cards = [
            render("card", {Slot.NUMBER: str(number)}, {Region.WHY: why(card.terms)}, paper=view.papers[card.index])
            for number, card in enumerate(mail.cards, 1)
        ]
        regions = {
            Region.GREETING: optional("greeting", bool(mail.values[Slot.NAME])),
            Region.INTERESTS: optional("interests", bool(mail.values[Slot.INTERESTS])),
            Region.ROWS: "".join(rows).removesuffix("\n"),
            Region.CARDS: "".join(cards).removesuffix("\n") or _EMPTY_REGION,
            Region.MORE: optional("more", mail.hidden > 0),
        }
        return _tidy(render("frame", mail.values, regions), html=kind == "html")

    def _render(self, view: IssueView, name: str, **context: object) -> str:
        # an issue without papers has no page
        page = f"{self._base_url}/issues/{view.slug}/" if self._base_url and view.silence is None else ""
        if page and view.language in (self._languages or view.languages)[1:]:
            page += f"{view.language}/"
        rendered = self._templates.render(
            name,
            view.language,
            view=view,
            newsletter=self._title,
            archive_url=f"{self._base_url}/" if self._base_url else "",
            issue_url=page,
            preferences=bool(self._base_url),
            postal_address=self._postal_address,
            preface=markdown_html(view.preface, "mail") if name.endswith(".html") else markdown_plain(view.preface),
            head_css=Markup(self._head_css),  # noqa: S704 - a file of the template set
            **context,
        )
        return _tidy(rendered, html=name.endswith(".html"))

    def _inline(self, html: str) -> str:
        return self._spare(self._document.inline(html)) + "\n"

    def _inline_fragment(self, html: str) -> str:
        return self._spare(self._fragment.inline_fragment(html, self._css))

    def _spare(self, html: str) -> str:
        """Without the classes that no media query needs, now that their rules are inlined."""
        return _CLASS.sub(lambda match: match[0] if self._kept.intersection(match[1].split()) else "", html)


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
