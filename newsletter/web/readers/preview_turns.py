"""What interests would have found, looked up for readers in fair turns beside their feeds and pages.

The rules, in the order in which they are applied:

1. what was looked up for the same reader and the same list is kept (`web.own_documents`);
2. a reader has one look-up at a time, and all readers together a few that wait: whoever asks for more is `Busy`. Who
   asks for what is being looked up for them waits for that. Strangers, who have not signed up yet, have fewer of these
   places, and one a network;
3. a page that shows what is stored waits for nobody: it comes without where others are being served, or where it takes
   longer than a moment. What was begun is finished, for who asks again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from functools import partial

from newsletter.services.held_issues import asks_for_much
from newsletter.services.interest_previews import InterestPreviews, PreviewWish
from newsletter.services.preferences_forms import PreferencesForm
from newsletter.web.readers.own_documents import OwnDocument, OwnDocuments
from newsletter.web.readers.preferences_pages import PreferencesPages
from newsletter.web.serving.lanes import Flights, Lane

__all__ = ["Busy", "PreviewTurns"]

_WAITING = 8
"""Look-ups at once, of all readers,"""
_STRANGERS = 3
"""and of these at most so many of strangers."""
_MOMENT = 1.0
"""Seconds that a page waits for its own."""


class Busy(Exception):
    """A look-up is under way for this reader, or too many for others."""


class PreviewTurns:
    """Gives the part of a page that shows what its interests would have found."""

    def __init__(
        self, previews: InterestPreviews, pages: PreferencesPages, documents: OwnDocuments, reads: Lane
    ) -> None:
        """`reads` is where the newest issues are looked for."""
        self._previews = previews
        self._pages = pages
        self._documents = documents
        self._reads = reads
        # these are touched from the event loop alone
        self._readers: dict[int | str, object] = {}
        self._flights = Flights()

    async def now(self, form: PreferencesForm) -> str:
        """The part, if it can be had in a moment; empty otherwise."""
        if not self._documents.is_idle:
            return ""
        try:
            async with asyncio.timeout(_MOMENT):
                return await self.asked(form)
        except (Busy, TimeoutError):
            return ""

    async def asked(self, form: PreferencesForm, *, stranger: str | None = None) -> str:
        """The part, when its turn has come; for the subscriber of the form, or for the network of a stranger.

        Raises:
            Busy: others are being served; later.
        """
        reader = form.subscriber.id if stranger is None else stranger
        wanted = form.interests, form.max_papers, form.subscriber.language
        if self._readers.get(reader, wanted) != wanted or len(self._readers) >= _WAITING:
            raise Busy
        strangers = [one for one in self._readers if isinstance(one, str) and one != reader]
        if stranger is not None and len(strangers) >= _STRANGERS:
            raise Busy
        self._readers[reader] = wanted
        return await self._flights.share((reader, wanted), partial(self._look_up, form, reader))

    async def _look_up(self, form: PreferencesForm, reader: int | str) -> str:
        try:
            wish = await self._reads.run(self._previews.look, form.interests, max_papers=form.max_papers)
            return (await self._documents.content(self._document(form, wish))).decode()
        finally:
            self._readers.pop(reader, None)

    async def papers_a_day(self) -> int:
        """How many papers the last issues had on average; 0 before the first."""
        issues = (await self._reads.run(self._previews.look, ())).issues
        return round(sum(one.papers for one in issues) / len(issues)) if issues else 0

    def _document(self, form: PreferencesForm, wish: PreviewWish) -> OwnDocument:
        depends = [wish.tag, wish.without_room, form.interests, form.subscriber.language]
        return OwnDocument(
            tag=hashlib.sha256(json.dumps(depends).encode()).hexdigest()[:32],
            name="preview.html",
            media_type="text/html; charset=utf-8",
            prepare=partial(self._previews.prepare, wish),
            write=lambda: self._pages.part(form, self._previews.result(wish)).encode(),
            is_long=partial(asks_for_much, wish.interests),
        )
