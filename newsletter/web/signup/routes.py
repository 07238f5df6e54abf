"""The public door: `/subscribe`, `/confirm/<token>`, and for readers `/preferences` and another address.

GET shows, POST does. What comes by POST to `/subscribe` is a form, of this page or of another site, or a JSON object.
Whoever gives an address gets one and the same answer, whatever is known of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from newsletter.domain.signup import blank_form, typed_form
from newsletter.domain.subscribers import TOPIC, LinkState, Subscriber, typed_interests
from newsletter.services.joining import Asker, Joining, Link
from newsletter.services.links import Links, Purpose
from newsletter.services.preferences_forms import PreferencesForm
from newsletter.services.signing_up import Answer, Door, Outcome
from newsletter.web.languages import LANGUAGE, page_language
from newsletter.web.pages import Pages
from newsletter.web.readers.preview_turns import Busy, PreviewTurns
from newsletter.web.serving.bodies import FORM_BYTES, Click, Form, parse_form, read_body
from newsletter.web.serving.clients import Proxies, client_of
from newsletter.web.serving.lanes import Lanes
from newsletter.web.signup.pages import Mine, SignUpPages
from newsletter.web.signup.programs import JsonRefused, fault_list, form_of_json, later, problem, taken

__all__ = ["PublicDoor", "SignUpRoutes"]

_READ = ["GET", "HEAD"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicDoor:
    """What answers those who are not known, and what the operator has set about them.

    `is_open` lets anybody subscribe; `sends_first` says whether who has just come can get the last issue; `lifetime`
    is for how long the link of a letter works.
    """

    door: Door
    joining: Joining
    links: Links
    is_open: bool = False
    sends_first: bool = True
    lifetime: timedelta = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class _Posted:
    """What came: the fields of a form, or of a JSON document; or why that could not be read."""

    fields: Mapping[str, str]
    is_json: bool = False
    refused: JsonRefused | None = None


async def _posted(request: Request) -> _Posted:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await read_body(request, limit=FORM_BYTES)
    if kind != "application/json":
        return _Posted(parse_form(body))
    try:
        return _Posted(form_of_json(body), is_json=True)
    except JsonRefused as error:
        return _Posted({}, is_json=True, refused=error)


Posted = Annotated[_Posted, Depends(_posted)]


class SignUpRoutes:
    """Answers for who comes from outside, and for who has lost their link or their mailbox."""

    def __init__(
        self,
        public: PublicDoor,
        pages: Pages,
        previews: PreviewTurns,
        lanes: Lanes,
        *,
        proxies: Proxies,
        base_url: str,
    ) -> None:
        """`proxies` are believed about who asks; `base_url` is where readers reach this server."""
        self._previews = previews
        self._lanes = lanes
        self._proxies = proxies
        self._public = public
        self._door = public.door
        self._joining = public.joining
        self._offered = pages.languages
        self._base_url = base_url.rstrip("/")
        self._topics = tuple(topic.slug for topic in pages.topics)
        self._common = pages
        self._pages = SignUpPages(
            pages,
            base_url=base_url,
            signup=public.is_open,
            sends_first=public.sends_first,
            lifetime=public.lifetime,
        )
        # the proof of consent says which form was filled in: a changed text has another name
        self._form = f"page {hashlib.sha256(pages.templates.source('web/subscribe.html').encode()).hexdigest()[:12]}"

    def register(self, app: FastAPI) -> None:
        """Put the addresses on the application."""
        if self._public.is_open:
            app.api_route("/subscribe", methods=_READ)(self.show)
            app.post("/subscribe")(self.subscribe)
            app.post("/subscribe/preview")(self.preview)
            app.api_route("/subscribe/challenge", methods=_READ)(self.challenge)
            app.api_route("/signup", methods=_READ)(self.elsewhere)
        app.api_route("/confirm/{token}", methods=_READ)(self.ask_confirm)
        app.post("/confirm/{token}")(self.confirm)
        app.api_route("/preferences", methods=_READ)(self.show_link)
        app.post("/preferences")(self._lanes.public.runs(self.ask_for_link))
        app.api_route("/preferences/{token}/address", methods=_READ)(self.show_address)
        app.post("/preferences/{token}/address")(self.move)

    # --- subscribing ------------------------------------------------------------------------------------------------

    def show(self, request: Request) -> Response:
        """The form; `?topic=rag` ticks a box of it."""
        language = self._language(request)
        ticked = {f"{TOPIC}{slug}": "on" for slug in request.query_params.getlist("topic") if slug in self._topics}
        return self._pages.subscribe(self._filled({**blank_form(language), **ticked}, language), self._door.fresh())

    async def subscribe(self, request: Request, posted: Posted) -> Response:
        """The form or the document, sent; or what a form would find, for whose browser runs no script."""
        if posted.is_json or posted.fields.get("action") != "preview":
            return await self._lanes.public.run(self._subscribe, request, posted)
        form = self._filled(posted.fields, self._language(request))
        try:
            part = await self._previews.asked(form, stranger=self._network(request))
        except Busy:
            part = ""
        fresh = self._door.renewed(posted.fields)
        return await self._lanes.reads.run(self._pages.subscribe, form, fresh, preview=part)

    async def preview(self, request: Request, fields: Form) -> Response:
        """What the interests that are typed find, as a part of the page."""
        form = self._filled(fields, self._language(request))
        try:
            return HTMLResponse(await self._previews.asked(form, stranger=self._network(request)))
        except Busy:
            return Response(status_code=429, headers={"Retry-After": "3"})

    def _filled(self, fields: Mapping[str, str], language: str, answer: Answer | None = None) -> PreferencesForm:
        """A form of somebody who is not known."""
        typed = typed_form(fields, language)
        return PreferencesForm(
            Subscriber(email="", language=language),
            typed,
            self._offered,
            interests=typed_interests(typed, self._topics),
            problems=answer.problems if answer else (),
        )

    def _subscribe(self, request: Request, posted: _Posted) -> Response:
        asker = self._asker(request, "json" if posted.is_json else self._form)
        if posted.is_json:
            return self._subscribe_program(posted, asker)
        answer = self._door.join(posted.fields, asker=asker)
        match answer.outcome:
            case Outcome.REJECTED:
                form = self._filled(posted.fields, asker.language, answer)
                return self._pages.subscribe(form, answer.fresh, answer.address)
            case Outcome.PRESS:
                return self._pages.press(posted.fields, answer, asker.language, asked="join")
            case Outcome.FEED if answer.reader is not None:
                return self._pages.welcome(self._mine(answer.reader), asker.language, depth=0)
            case _:
                return self._taken(answer, asker, "join")

    def challenge(self) -> Response:
        """The sum that a program has to do, where one is asked for."""
        text = self._door.fresh().challenge
        if not text:
            return problem(404, "No proof of work is asked for", "Sign up without the member altcha.")
        return JSONResponse(json.loads(text), headers={"Cache-Control": "no-store"})

    @staticmethod
    def elsewhere() -> Response:
        """An address that people guess."""
        return RedirectResponse("subscribe", 308)

    def _subscribe_program(self, posted: _Posted, asker: Asker) -> Response:
        if posted.refused is not None:
            return problem(400, "The document cannot be read", str(posted.refused), posted.refused.faults)
        answer = self._door.join(posted.fields, asker=asker, program=True)
        match answer.outcome:
            case Outcome.REJECTED:
                faults = fault_list(answer.address, answer.problems)
                return problem(422, "The document cannot be used", "; ".join(one["detail"] for one in faults), faults)
            case Outcome.PRESS:
                challenge = json.loads(answer.fresh.challenge)
                detail = "Solve the challenge (ALTCHA, version 2) and send the same again with the member altcha."
                return problem(403, "A proof of work is needed", detail, challenge=challenge)
            case Outcome.LATER:
                return later(answer.wait)
            case Outcome.FEED if answer.reader is not None:
                return taken(self._addresses(self._mine(answer.reader)))
            case _:
                return taken()

    def _addresses(self, mine: Mine) -> dict[str, object]:
        feed = f"{self._base_url}/feed/{mine.feed}"
        feeds = {form: f"{feed}.{form}" for form in ("atom", "rss", "json")}
        return {"feeds": feeds, "preferences": f"{self._base_url}/preferences/{mine.preferences}"}

    # --- confirming -------------------------------------------------------------------------------------------------

    def ask_confirm(self, token: str, request: Request) -> Response:
        """The button."""
        link = self._joining.find(token)
        return self._unknown(request) if link is None else self._pages.confirm(link, self._language(request, link))

    def confirm(self, token: str, request: Request, _body: Click) -> Response:
        """The button, pressed."""
        link = self._joining.confirm(token, asker=self._asker(request, ""))
        if link is None:
            return self._unknown(request)
        language = self._language(request, link)
        if link.state is not LinkState.DONE or link.subscriber is None:
            return self._pages.confirm(link, language)
        first = link.request.wants_first and self._public.sends_first
        return self._pages.welcome(self._mine(link.subscriber), language, depth=1, link=link, first=first)

    # --- for readers ------------------------------------------------------------------------------------------------

    def show_link(self, request: Request) -> Response:
        """The form of who has lost the link to their preferences."""
        return self._pages.link({"email": ""}, self._door.fresh(), self._language(request))

    def ask_for_link(self, request: Request, fields: Form) -> Response:
        """That form, sent."""
        asker = self._asker(request, "")
        answer = self._door.ask_for_link(fields, asker=asker)
        match answer.outcome:
            case Outcome.REJECTED:
                return self._pages.link({"email": "", **fields}, answer.fresh, asker.language, answer.address)
            case Outcome.PRESS:
                return self._pages.press(fields, answer, asker.language, asked="link")
            case _:
                return self._taken(answer, asker, "link")

    def show_address(self, token: str, request: Request) -> Response:
        """The form of who wants the newsletter at another address."""
        subscriber = self._reader(token)
        return self._unknown(request) if subscriber is None else self._pages.address(subscriber, token, "", None)

    def move(self, token: str, request: Request, fields: Form) -> Response:
        """That form, sent."""
        subscriber = self._reader(token)
        if subscriber is None:
            return self._unknown(request)
        asker = self._asker(request, "", subscriber.language)
        answer = self._door.move(subscriber, fields, asker=asker)
        if answer.outcome is Outcome.REJECTED:
            return self._pages.address(subscriber, token, fields.get("email", ""), answer.address)
        return self._taken(answer, asker, "move", depth=2)

    # --- what all of them need --------------------------------------------------------------------------------------

    def _taken(self, answer: Answer, asker: Asker, asked: str, *, depth: int = 0) -> Response:
        if answer.outcome is not Outcome.LATER:
            return self._pages.mailbox(asked, asker.language, depth=depth)
        page = self._common.notice("too-often", 429, depth=depth, language=asker.language)
        page.headers["Retry-After"] = str(answer.wait)
        return page

    def _reader(self, token: str) -> Subscriber | None:
        """Whose preferences these are, if they have an address to change."""
        subscriber = self._public.links.find(Purpose.PREFERENCES, token)
        return subscriber if subscriber is not None and subscriber.email else None

    def _mine(self, subscriber: Subscriber) -> Mine:
        token = self._public.links.token
        return Mine(subscriber, token(Purpose.PREFERENCES, subscriber), token(Purpose.FEED, subscriber))

    def _network(self, request: Request) -> str:
        return client_of(request.scope, self._proxies).network

    def _asker(self, request: Request, form: str, language: str = "") -> Asker:
        client = client_of(request.scope, self._proxies)
        return Asker(
            address=str(client.address or ""),
            network=client.network,
            language=language or self._language(request),
            form=form,
        )

    def _language(self, request: Request, link: Link | None = None) -> str:
        asked = request.query_params.get(LANGUAGE, "") or (link.request.language if link else "")
        return page_language(asked, request.headers.get("accept-language", ""), self._offered)

    def _unknown(self, request: Request) -> Response:
        depth = request.url.path.count("/") - 1
        return self._common.notice("unknown-link", 404, depth=depth, language=self._language(request))
