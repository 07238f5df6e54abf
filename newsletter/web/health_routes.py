"""`/health`: whether the database can be read, for whoever watches over the server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from newsletter.errors import StoreError
from newsletter.web.serving.admission import REASON
from newsletter.web.serving.lanes import Crowded, Flights, Lane

__all__ = ["HealthRoute"]

_SECONDS = 5.0
"""How long the database may take; whoever watches waits no longer."""
_HEADERS = {"Cache-Control": "no-store"}


class HealthRoute:
    """Answers for the health check. Who asks while it is being made shares it."""

    def __init__(self, check: Callable[[], object], lane: Lane) -> None:
        """`check` reads something from the database; raises StoreError where that fails."""
        self._check = check
        self._lane = lane
        self._flights = Flights()

    def register(self, app: FastAPI) -> None:
        """Put the address on the application."""
        app.api_route("/health", methods=["GET", "HEAD"])(self.answer)

    async def answer(self, request: Request) -> Response:
        """One request."""
        try:
            async with asyncio.timeout(_SECONDS):
                await self._flights.share("health", lambda: self._lane.run(self._check))
        except (StoreError, TimeoutError, Crowded) as error:
            # why it cannot be read is for the log of the command, not for whoever asks
            request.scope[REASON] = str(error) or "the database does not answer"
            return JSONResponse({"status": "unavailable"}, 503, headers=_HEADERS)
        return JSONResponse({"status": "ok"}, headers=_HEADERS)
