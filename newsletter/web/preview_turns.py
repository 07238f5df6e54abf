"""What interests would have found, looked up for readers in fair turns beside their feeds and pages.

The rules, in the order in which they are applied:

1. what was looked up for the same reader and the same list is kept (`web.own_documents`);
2. a reader has one look-up at a time, and all readers together a few that wait: whoever asks for more is `Busy`. Who
   asks for what is being looked up for them waits for that;
3. a page that shows what is stored waits for nobody: it comes without where others are being served, or where it takes
   longer than a moment. What was begun is finished, for who asks again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from functools import partial

from newsletter.services.interest_previews import InterestPreviews, PreviewWish
from newsletter.services.preferences_forms import PreferencesForm
from newsletter.web.lanes import Flights, Lane
from newsletter.web.own_documents import OwnDocument, OwnDocuments
from newsletter.web.preferences_pages import PreferencesPages

__all__ = ["Busy", "PreviewTurns"]

_WAITING = 8
"""Look-ups at once, of all readers."""
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
        self._readers: dict[int, object] = {}
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

    async def asked(self, form: PreferencesForm) -> str:
        """The part, when its turn has come.

        Raises:
            Busy: others are being served; later.
        """
        reader, wanted = form.subscriber.id, (form.interests, form.max_papers, form.subscriber.language)
        if self._readers.get(reader, wanted) != wanted or len(self._readers) >= _WAITING:
            raise Busy
        self._readers[reader] = wanted
        return await self._flights.share((reader, wanted), partial(self._look_up, form))

    async def _look_up(self, form: PreferencesForm) -> str:
        try:
            wish = await self._reads.run(self._previews.look, form.interests, max_papers=form.max_papers)
            return (await self._documents.content(self._document(form, wish))).decode()
        finally:
            self._readers.pop(form.subscriber.id, None)

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
        )
