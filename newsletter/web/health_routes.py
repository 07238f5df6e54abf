"""`/health`: whether the database can be read, for whoever watches over the server."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.responses import JSONResponse, Response

from newsletter.errors import StoreError

__all__ = ["HealthRoute"]

_HEADERS = {"Cache-Control": "no-store"}


class HealthRoute:
    """Answers for the health check."""

    def __init__(self, check: Callable[[], object]) -> None:
        """`check` reads something from the database; raises StoreError where that fails."""
        self._check = check

    def register(self, app: FastAPI) -> None:
        """Put the address on the application."""
        app.api_route("/health", methods=["GET", "HEAD"])(self.answer)

    def answer(self) -> Response:
        """One request."""
        try:
            self._check()
        except StoreError:
            # why it cannot be read is for the log of the command, not for whoever asks
            return JSONResponse({"status": "unavailable"}, 503, headers=_HEADERS)
        return JSONResponse({"status": "ok"}, headers=_HEADERS)
