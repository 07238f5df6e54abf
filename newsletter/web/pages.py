"""The pages that the application itself renders, from `templates/web/`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError
from starlette.responses import HTMLResponse

from newsletter.domain.interests import CatalogueTopic
from newsletter.domain.subscribers import FEWER_PAPERS
from newsletter.render.environment import Templates
from newsletter.render.site_parts import LanguageLink
from newsletter.services.leaving import LeavingForm

__all__ = ["Pages", "language_name"]


@dataclass(frozen=True, slots=True)
class Pages:
    """Renders pages in the reader's language.

    `languages` are those of the newsletter, its own first. `contact` is the operator's address, shown where only a
    person can help; empty where there is none. `topics` can be ticked.
    """

    templates: Templates
    title: str
    description: str
    languages: tuple[str, ...]
    contact: str = ""
    topics: tuple[CatalogueTopic, ...] = ()

    def leaving(self, form: LeavingForm, *, href: str, depth: int) -> HTMLResponse:
        """Asks for the one click, or says what came of it; `href` is the way to the address of the click."""
        language = form.subscriber.language
        return self.render("web/unsubscribe.html", 200, language, depth=depth, form=form, href=href, fewer=FEWER_PAPERS)

    def notice(self, kind: str, status: int, *, depth: int = 0, language: str = "", href: str = "") -> HTMLResponse:
        """Says why there is no page.

        `kind` is `unknown-link`, `not-found`, `refused`, `unavailable`, `too-often`, `feed-ended`, `page-ended`, or
        `no-issue`, which leads to `href`.
        """
        return self.render("web/notice.html", status, language, depth=depth, kind=kind, href=href)

    def shown(self, language: str) -> str:
        """The language of a page for who reads this one; empty means the newsletter's own."""
        return language if language in self.languages else self.languages[0]

    def place(self, language: str) -> str:
        """The folder of the site's pages in one of its languages."""
        return "" if language == self.languages[0] else f"{language}/"

    def render(
        self,
        name: str,
        status: int,
        language: str,
        *,
        depth: int,
        others: Sequence[LanguageLink] = (),
        **context: object,
    ) -> HTMLResponse:
        """A page of the template `name`, `depth` folders below the site's; `others` lead to it in other languages."""
        chosen = self.shown(language)
        page = self.templates.render(
            name,
            chosen,
            site={"title": self.title, "description": self.description},
            root="../" * depth,
            place=self.place(chosen),
            # a page with a token has no address that others should know
            base_url="",
            path="",
            topics=self.topics,
            others=others,
            contact=self.contact,
            **context,
        )
        return HTMLResponse(page, status)


@cache
def language_name(tag: str) -> str:
    """A language's name in itself; the tag where it has none."""
    try:
        locale = Locale.parse(tag.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return tag
    return locale.get_display_name(locale) or tag
