"""The pages of the public door, for people who are not known, or just became so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import HTMLResponse

from newsletter.domain.signup import FORM_FIELDS, AddressFault
from newsletter.domain.subscribers import LinkState, RequestKind, Subscriber
from newsletter.render.site_parts import LanguageLink
from newsletter.services.joining import Link
from newsletter.services.preferences_forms import PreferencesForm
from newsletter.services.signing_up import Answer, Fresh
from newsletter.web.languages import LANGUAGE
from newsletter.web.pages import Pages, language_name

__all__ = ["Mine", "SignUpPages"]

_STATUS = {
    LinkState.EXPIRED: 410,
    LinkState.SUPERSEDED: 410,
    LinkState.TAKEN: 409,
    LinkState.BARRED: 403,
}


@dataclass(frozen=True, slots=True)
class Mine:
    """What a new reader is shown of their own: the tokens of their preferences and of their feed."""

    subscriber: Subscriber
    preferences: str
    feed: str


class SignUpPages:
    """Renders them.

    `base_url` is where readers reach this server, `signup` whether anybody can subscribe, `sends_first` whether
    who has just come can get the last issue, `lifetime` for how long the link of a letter works.
    """

    def __init__(self, pages: Pages, *, base_url: str, signup: bool, sends_first: bool, lifetime: timedelta) -> None:
        self._pages = pages
        self._address = f"{base_url.rstrip('/')}/" if base_url else "/"
        self._signup = signup
        self._sends_first = sends_first
        self._hours = f"{lifetime / timedelta(hours=1):.3g}"

    def subscribe(
        self, form: PreferencesForm, fresh: Fresh, fault: AddressFault | None = None, *, preview: str = ""
    ) -> HTMLResponse:
        """The form; with what is wrong, where it was sent, or what its interests find (`PreferencesPages.part`)."""
        return self._form(
            "web/subscribe.html",
            form.fields,
            form.subscriber.language,
            fresh=fresh,
            fault=fault,
            status=422 if fault or form.problems else 200,
            path="subscribe",
            form=form,
            sends_first=self._sends_first,
            preview=Markup(preview),  # noqa: S704 - rendered by the template set
            languages=[(tag, language_name(tag)) for tag in form.languages],
        )

    def link(
        self, fields: Mapping[str, str], fresh: Fresh, language: str, fault: AddressFault | None = None
    ) -> HTMLResponse:
        """The form of who has lost their link."""
        status = 422 if fault else 200
        return self._form(
            "web/link.html", fields, language, fresh=fresh, fault=fault, status=status, path="preferences"
        )

    def address(self, subscriber: Subscriber, token: str, typed: str, fault: AddressFault | None) -> HTMLResponse:
        """The form of who wants the newsletter at another address."""
        return self._pages.render(
            "web/address.html",
            422 if fault else 200,
            subscriber.language,
            depth=2,
            subscriber=subscriber,
            fields={"email": typed},
            address_fault=fault,
            back=f"../../preferences/{token}",
        )

    def press(self, fields: Mapping[str, str], answer: Answer, language: str, *, asked: str) -> HTMLResponse:
        """One button, with all that was typed behind it."""
        kept = {name: text for name, text in fields.items() if name not in FORM_FIELDS}
        return self._pages.render(
            "web/press.html",
            200,
            language,
            depth=0,
            asked=asked,
            why=answer.why,
            fields=kept,
            door=answer.fresh,
            action=self._action("subscribe" if asked == "join" else "preferences", language),
        )

    def mailbox(self, asked: str, language: str, *, depth: int = 0) -> HTMLResponse:
        """The one answer to whoever gave an address; `asked` is `join`, `link` or `move`."""
        return self._pages.render("web/mailbox.html", 200, language, depth=depth, asked=asked, hours=self._hours)

    def confirm(self, link: Link, language: str) -> HTMLResponse:
        """The button of a confirmation, or why there is none."""
        return self._pages.render(
            "web/confirm.html",
            _STATUS.get(link.state, 200),
            language,
            depth=1,
            state=link.state,
            request=link.request,
            hours=self._hours,
            signup=self._signup,
        )

    def welcome(
        self, mine: Mine, language: str, *, depth: int, link: Link | None = None, first: bool = False
    ) -> HTMLResponse:
        """What comes next, for who has just confirmed, moved, or taken a feed."""
        return self._pages.render(
            "web/welcome.html",
            200,
            language,
            depth=depth,
            subscriber=mine.subscriber,
            token=mine.preferences,
            feed=mine.feed,
            address=self._address,
            moved=link is not None and link.request.kind is RequestKind.MOVE,
            first=first,
        )

    def _form(
        self,
        template: str,
        fields: Mapping[str, str],
        language: str,
        *,
        fresh: Fresh,
        fault: AddressFault | None,
        status: int,
        path: str,
        **context: object,
    ) -> HTMLResponse:
        return self._pages.render(
            template,
            status,
            language,
            depth=0,
            others=[
                LanguageLink(tag, language_name(tag), self._action(path, tag))
                for tag in self._pages.languages
                if tag != language
            ],
            fields=fields,
            door=fresh,
            action=self._action(path, language),
            address_fault=fault,
            signup=self._signup,
            **context,
        )

    @staticmethod
    def _action(path: str, language: str) -> str:
        return f"{path}?{urlencode({LANGUAGE: language})}"
