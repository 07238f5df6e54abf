"""When a form was given out: a signed moment in a hidden field, so that no session is needed to know it.

Programs that fill in forms wherever they find them do so at once; a person takes seconds. The moment says nothing of
who got the form. It is no proof against somebody who writes a program for this one form: that is what limits are for.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from newsletter.domain.delivery import SigningSecrets, keyed_hash

__all__ = ["FORM_LIFE", "LEAST_TIME", "FormMoment", "Ripeness", "ripeness", "sign_moment"]

LEAST_TIME = timedelta(seconds=2)
"""Nobody reads a form, types an address and presses the button in less."""
FORM_LIFE = timedelta(hours=24)
"""How long a page may stay open and still be sent."""
_AHEAD = timedelta(minutes=5)
"""By how much the clocks of several machines may differ."""
_PURPOSE = "sign-up form"
_TEXT = re.compile(r"(?P<seconds>\d{1,11})\.(?P<nonce>[0-9a-f]{16})\.(?P<mac>[A-Za-z0-9_-]{22})", re.ASCII)


class Ripeness(StrEnum):
    """What the age of a form says."""

    NONE = "none"
    """It did not come from our page, or its moment was not signed by us."""
    OLD = "old"
    EARLY = "early"
    RIPE = "ripe"


@dataclass(frozen=True, slots=True)
class FormMoment:
    """When a form was given out; `nonce` is its own, 16 hexadecimal digits."""

    given_at: datetime
    nonce: str


def sign_moment(secret: bytes, now: datetime, nonce: str) -> str:
    """The text of the hidden field. `nonce` is 16 hexadecimal digits of chance."""
    seconds = str(int(now.timestamp()))
    mac = base64.urlsafe_b64encode(keyed_hash(secret, _PURPOSE, seconds, nonce)[:16]).decode().rstrip("=")
    return f"{seconds}.{nonce}.{mac}"


def ripeness(secrets: SigningSecrets, text: str, now: datetime) -> tuple[Ripeness, FormMoment | None]:
    """What a hidden field says of a form that comes back `now`, and its moment where it can still be used."""
    match = _TEXT.fullmatch(text)
    if match is None:
        return Ripeness.NONE, None
    moment = FormMoment(datetime.fromtimestamp(int(match["seconds"]), UTC), match["nonce"])
    if not secrets.signed(text, lambda secret: sign_moment(secret, moment.given_at, moment.nonce)):
        return Ripeness.NONE, None
    age = now - moment.given_at
    if age > FORM_LIFE or age < -_AHEAD:
        return Ripeness.OLD, None
    return (Ripeness.EARLY if age < LEAST_TIME else Ripeness.RIPE), moment
