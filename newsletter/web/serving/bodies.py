"""Request bodies: that end, and what routes ask of them.

A route declares what it takes as a parameter, `fields: Form` for instance; the body is read before its work begins, so
that nobody who sends slowly holds a worker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends
from starlette.requests import ClientDisconnect, Request

__all__ = ["BODY_SECONDS", "FORM_BYTES", "BodyRefused", "Click", "Form", "parse_form", "read_body"]

BODY_SECONDS = 15.0
"""How long a client may take to send a request's body."""
_CLICK_BYTES = 64 * 1024
FORM_BYTES = 512 * 1024
"""A thousand interests; the longest real list takes 8 KB."""
_FORM_FIELDS = 1000
"""One a topic of the catalogue, and a few more."""


class BodyRefused(Exception):
    """A request body that is too large (413), too slow (408) or was cut off (400)."""

    def __init__(self, status: int) -> None:
        super().__init__(f"request body refused with {status}")
        self.status = status


async def read_body(request: Request, *, limit: int) -> bytes:
    """The body of a request.

    Raises:
        BodyRefused: it is longer than `limit` bytes, takes longer than `BODY_SECONDS`, or its sender went away.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > 12 or int(announced) > limit):
        raise BodyRefused(413)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > limit:
                    raise BodyRefused(413)
    except TimeoutError:
        raise BodyRefused(408) from None
    except ClientDisconnect:
        raise BodyRefused(400) from None
    return bytes(body)


async def _click_body(request: Request) -> None:
    """Mail services send a form or multipart (RFC 8058 §3.2); that it came is enough, so it is read and dropped."""
    await read_body(request, limit=_CLICK_BYTES)


async def _form_body(request: Request) -> Mapping[str, str]:
    return parse_form(await read_body(request, limit=FORM_BYTES))


def parse_form(body: bytes) -> Mapping[str, str]:
    """The fields of a form as browsers send it (`application/x-www-form-urlencoded`, UTF-8).

    Raises:
        BodyRefused: there are too many.
    """
    try:
        fields = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=_FORM_FIELDS
        )
    except ValueError:
        raise BodyRefused(400) from None
    return dict(fields)


Click = Annotated[None, Depends(_click_body)]
Form = Annotated[Mapping[str, str], Depends(_form_body)]
