"""Documents of single readers (their feed, their pages): made one at a time, in fair turns, and kept within bounds.

The rules, in the order in which they are applied:

1. a copy that is still good is a 304, for which no paper is read: the tag stands for all that a document is made from;
2. documents are made one at a time, so that however many are asked for at once, the other pages are answered; one that
   takes long is made in steps, between which others have their turn, in the order in which they asked;
3. one that is long by what its reader asks for, or is not ready after `_SHORT_STEPS`, waits until every such one before
   it is: so a step of one of them at most stands between two short ones, and what they hold in memory is one's alone;
4. who asks for what is being made waits for that.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from newsletter.domain.ports import Clock
from newsletter.web.published import Document, make_document
from newsletter.web.serving.lanes import Lane
from newsletter.web.site_routes import accepts_gzip, answer_document, is_current

__all__ = ["OwnDocument", "OwnDocuments"]

_CACHE = "private, max-age=300"
_KEPT_TAGS = 50_000
"""About 10 MB."""
_LEVEL, _QUICK_LEVEL = 6, 1
_SHORT_STEPS = 32
_LARGE = 256 * 1024
"""Bytes from which on gzip is quick, so that others wait less: a quarter of the time for a fifth more bytes."""


@dataclass(frozen=True, slots=True)
class OwnDocument:
    """A document that can be made.

    `tag` stands for everything its bytes depend on. `prepare` does a step of the work and says whether there is more to
    do before `write` makes the bytes; both run in worker threads, one at a time, as does `is_long`, which
    says whether that will take long. `headers` are added to the answer.
    """

    tag: str
    name: str
    media_type: str
    prepare: Callable[[], bool]
    write: Callable[[], bytes]
    headers: Mapping[str, str] = field(default_factory=dict)
    is_long: Callable[[], bool] = lambda: False


class OwnDocuments:
    """Makes, keeps and answers with documents. One for the whole application: turns are fair among all that is made."""

    def __init__(self, lane: Lane, *, clock: Clock, memory: int = 16 * 1024 * 1024) -> None:
        """Work is done in `lane`; `memory` is how many bytes of documents are kept."""
        self._lane = lane
        self._clock = clock
        self._memory = memory
        # these are touched from the event loop alone
        self._first_seen: OrderedDict[str, float] = OrderedDict()
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._held = 0
        self._one_at_a_time = asyncio.Lock()
        self._long = asyncio.Lock()

    @property
    def held(self) -> int:
        """Bytes of documents that are kept."""
        return self._held

    async def answer(self, wanted: OwnDocument, request: Request) -> Response:
        """One request."""
        modified = self._seen(wanted.tag)
        zipped = accepts_gzip(request.headers.get("accept-encoding", ""))
        tag = f'"{wanted.tag}{"-gzip" if zipped else ""}"'
        if is_current(request, tag, modified, self._clock()):
            return Response(status_code=304, headers={"ETag": tag, "Cache-Control": _CACHE, "Vary": "Accept-Encoding"})
        document = await self._document(wanted, modified)
        answer = answer_document(document, request, cache=_CACHE, now=self._clock())
        answer.headers.update(wanted.headers)
        return answer

    async def content(self, wanted: OwnDocument) -> bytes:
        """The bytes alone, for a page that they are part of."""
        document = await self._document(wanted, self._seen(wanted.tag))
        return document.content or b""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being made at this moment."""
        return not self._one_at_a_time.locked()

    def _seen(self, tag: str) -> float:
        """When this tag was first asked for: the document is no younger, so it serves as its Last-Modified."""
        moment = self._first_seen.setdefault(tag, self._clock().timestamp())
        self._first_seen.move_to_end(tag)
        if len(self._first_seen) > _KEPT_TAGS:
            self._first_seen.popitem(last=False)
        return moment

    async def _document(self, wanted: OwnDocument, modified: float) -> Document:
        if (document := self._kept(wanted.tag)) is not None:
            return document
        for _ in range(0 if await self._lane.run(wanted.is_long) else _SHORT_STEPS):
            if (document := await self._step(wanted, modified)) is not None:
                return document
        async with self._long:
            while (document := await self._step(wanted, modified)) is None:
                pass
            return document

    async def _step(self, wanted: OwnDocument, modified: float) -> Document | None:
        """A step of making a document; the document once it is there."""
        # an asyncio lock is fair: who waits has it before who lets it go can have it again
        async with self._one_at_a_time:
            if (document := self._kept(wanted.tag)) is not None:
                return document
            if await self._lane.run(wanted.prepare):
                return None
            return await self._make_and_keep(wanted, modified)

    async def _make_and_keep(self, wanted: OwnDocument, modified: float) -> Document:
        document = await self._lane.run(_make, wanted, modified)
        self._documents[wanted.tag] = document
        self._held += document.size
        while self._held > self._memory and len(self._documents) > 1:
            self._held -= self._documents.popitem(last=False)[1].size
        return document

    def _kept(self, tag: str) -> Document | None:
        document = self._documents.get(tag)
        if document is not None:
            self._documents.move_to_end(tag)
        return document


def _make(wanted: OwnDocument, modified: float) -> Document:
    content = wanted.write()
    level = _LEVEL if len(content) < _LARGE else _QUICK_LEVEL
    return make_document(wanted.name, content, kind=wanted.media_type, tag=wanted.tag, modified=modified, level=level)
