"""Where sending services tell what became of mail: `POST /webhooks/<service>`.

A service that is not set up is not there. The answer is a status and nothing else: services look at
no more, and whoever forges learns no more.
"""

from __future__ import annotations

import asyncio

from fastapi import FastAPI, Request
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsletter.domain.bounces import Refusal
from newsletter.errors import StoreError
from newsletter.services.bounces import Webhooks
from newsletter.web.serving.admission import REASON
from newsletter.web.serving.bodies import BodyRefused, read_body
from newsletter.web.serving.lanes import Crowded, Lane

__all__ = ["WEBHOOKS", "WebhookRoute"]

WEBHOOKS = "/webhooks/"
_BYTES = 1024 * 1024
"""SNS sends 256 KB at most, and as text within text; SendGrid batches of some hundred events, of about 500 octets."""
_COUNT_SECONDS = 1.0
"""What is refused is counted in the database at most so often."""
_STATUS = {
    Refusal.CREDENTIALS: 401,
    Refusal.MUTILATED: 400,
    Refusal.CUT_OFF: 400,
    Refusal.TOO_LARGE: 413,
    Refusal.UNVERIFIABLE: 503,
}
_OF_BODY = {413: Refusal.TOO_LARGE}


class WebhookRoute:
    """The address of each service that is set up."""

    def __init__(self, webhooks: Webhooks, lane: Lane) -> None:
        self._webhooks = webhooks
        self._lane = lane
        self._counting = False

    def register(self, app: FastAPI) -> None:
        """Put it into the application."""
        app.post(WEBHOOKS + "{service}")(self._answer)

    async def _answer(self, service: str, request: Request) -> Response:
        if not self._webhooks.knows(service):
            raise HTTPException(404)
        try:
            body = await read_body(request, limit=_BYTES)
        except BodyRefused as error:
            cut = self._webhooks.refuse(service, _OF_BODY.get(error.status, Refusal.CUT_OFF))
            return self._refused(cut, closes=True)
        try:
            refusal = await self._lane.run(self._webhooks.receive, service, dict(request.headers), body)
        except (StoreError, Crowded) as error:
            request.scope[REASON] = str(error)
            return Response(status_code=503, headers={"Retry-After": "120"})
        return Response(status_code=200) if refusal is None else self._refused(refusal)

    def _refused(self, refusal: Refusal, *, closes: bool = False) -> Response:
        headers = {"Connection": "close"} if closes else {}
        if refusal is Refusal.CREDENTIALS:
            headers["WWW-Authenticate"] = 'Basic realm="webhooks"'
        counts = None if self._counting else BackgroundTask(self._keep_counts)
        self._counting = True
        return Response(status_code=_STATUS.get(refusal, 403), headers=headers, background=counts)

    async def _keep_counts(self) -> None:
        try:
            await asyncio.sleep(_COUNT_SECONDS)
        finally:
            self._counting = False
            await self._lane.run(self._webhooks.keep_counts)
