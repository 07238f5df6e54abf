"""The preferences page, and the part of it that shows what interests would have found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup
from starlette.responses import HTMLResponse

from newsletter.domain.interests import MOST_TERMS, terms_in, too_many
from newsletter.domain.notation import Weekday
from newsletter.domain.subscribers import CATCH_UP
from newsletter.services.interest_previews import PreviewedList
from newsletter.services.preferences_forms import PreferencesForm, PreferencesOutcome
from newsletter.web.guard import SCRIPTED_POLICY
from newsletter.web.pages import Pages, language_name

__all__ = ["PreferencesPages"]

_MONDAY = date(2024, 1, 1)
_WEEK = tuple((name, _MONDAY + timedelta(days=place)) for place, name in enumerate(Weekday))
"""The days of the week, each with some date that it names."""


@dataclass(frozen=True, slots=True)
class PreferencesPages:
    """Renders them.

    `base_url` is where readers reach the application, empty where that is not known; `timezone` is the newsletter's.
    """

    pages: Pages
    base_url: str
    timezone: str

    def page(self, form: PreferencesForm, *, preview: str = "", everything: int = 0) -> HTMLResponse:
        """The form, with what came of the last act.

        `preview` is what `part` gave; `everything` is how many papers a day who wants everything gets, where that is
        asked about; 0 where nobody knows.
        """
        own = f"{self.base_url.rstrip('/')}/feed/{form.feed}" if self.base_url and form.feed else ""
        page = self.pages.render(
            "web/preferences.html",
            422 if form.outcome is PreferencesOutcome.REJECTED else 200,
            form.subscriber.language,
            depth=1,
            form=form,
            languages=[(tag, language_name(tag)) for tag in form.languages],
            own_tag=self.pages.languages[0],
            own_language=language_name(self.pages.languages[0]),
            weekdays=_WEEK,
            timezone=self.timezone,
            catch_up=CATCH_UP,
            feed_url=own,
            preview=Markup(preview),  # noqa: S704 - rendered by `part`
            everything=everything,
        )
        page.headers["Content-Security-Policy"] = SCRIPTED_POLICY
        return page

    def part(self, form: PreferencesForm, found: PreviewedList) -> str:
        """What the interests of a form would have found."""
        language = self.pages.shown(form.subscriber.language)
        return self.pages.templates.render(
            "web/interest_preview.html",
            language,
            root="../" if form.preferences else "",  # a stranger's form has no token, and stands at the top
            place=self.pages.place(language),
            form=form,
            found=found,
            names={topic.slug: topic.name(language) for topic in self.pages.topics},
            terms=too_many(form.interests) or sum(map(terms_in, form.interests)),
            most_terms=MOST_TERMS,
        )
