"""How the values of settings are written, checked where they come in: addresses, times, limits, lists, paths."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from ipaddress import ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from newsletter.domain.bounces import endpoint_of
from newsletter.domain.delivery import MAX_BOUNCE_LOCAL, Limit
from newsletter.domain.notation import language_tag, parse_budget, parse_endpoint
from newsletter.domain.subscribers import check_address, domain_of
from newsletter.errors import AddressInvalid

__all__ = [
    "BaseUrl",
    "BounceMailbox",
    "BudgetText",
    "DatabaseUrl",
    "Domain",
    "Duration",
    "Existing",
    "Language",
    "Limits",
    "Listed",
    "Listen",
    "Mailbox",
    "Name",
    "Network",
    "P256Key",
    "TimeZone",
    "Topic",
    "Url",
]


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if value and not (
        parts.scheme in {"https", "http"} and parts.hostname and value.isprintable() and " " not in value
    ):
        msg = "expected an address that begins with https:// (or http://)"
        raise ValueError(msg)
    return value


def _base_url(value: str) -> str:
    return _http_url(value).rstrip("/")


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        msg = "expected a time zone of the tz database, for example Europe/Berlin or UTC"
        raise ValueError(msg) from None
    return value


def _mailbox(value: str) -> str:
    _, address = parseaddr(value)
    try:
        # all of the text must have been read: of `a@x.org, b@x.org` parseaddr returns the first
        if not value.isprintable() or not (value.strip() == address or value.rstrip().endswith(f"<{address}>")):
            raise AddressInvalid
        check_address(address)
    except AddressInvalid:
        msg = 'expected an address, for example "Paper digest <digest@example.org>"'
        raise ValueError(msg) from None
    return value


def _bounce_mailbox(value: str) -> str:
    if value and (not re.fullmatch(r"[A-Za-z0-9!#$%&'*/=?^_`{|}~.-]+", value) or len(value) > MAX_BOUNCE_LOCAL):
        msg = f'expected what stands before the @, for example "bounces", of at most {MAX_BOUNCE_LOCAL} characters'
        raise ValueError(msg)
    return value


def _domain(value: str) -> str:
    try:
        return domain_of(check_address(f"a@{value}")) if value else value
    except AddressInvalid:
        msg = 'expected a domain, for example "example.org"'
        raise ValueError(msg) from None


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _duration(value: object) -> object:
    if isinstance(value, str) and value[-1:] in _UNITS and value[:-1].replace(".", "", 1).isdigit():
        with suppress(ValueError, OverflowError):
            return timedelta(seconds=float(value[:-1]) * _UNITS[value[-1]])
    if isinstance(value, timedelta):
        return value
    msg = 'expected a time such as "90s", "30m", "12h", "3d" or "1w"'
    raise ValueError(msg)


def _database_url(value: str) -> str:
    try:
        backend = make_url(value).get_backend_name()
    except (ArgumentError, ValueError):
        backend = ""
    if backend not in {"sqlite", "postgresql"}:
        msg = "expected sqlite:///newsletter.db or postgresql://user@host/database"
        raise ValueError(msg)
    return value


def _name(value: str) -> str:
    if not value.isprintable() or len(value) > 100 or value != value.strip():
        msg = "expected a name of at most 100 characters in one line"
        raise ValueError(msg)
    return value


def _limits(value: object) -> object:
    """`10`, `"14/s, 50000/day"`, or nothing."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, str | int | float):
        return Limit.parse(str(value))
    msg = 'expected a limit such as 10 (a second) or "14/s, 2000/day"'
    raise ValueError(msg)


def _budget(value: str) -> str:
    parse_budget(value)
    return value


def _listen(value: str) -> str:
    return str(parse_endpoint(value))


def _listed(value: object) -> object:
    """A list, or a text with commas between its parts: an environment variable has no other way to name several."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _network(value: str) -> str:
    try:
        return str(ip_network(value)) if "/" in value else str(ip_network(value).network_address)
    except ValueError:
        msg = 'expected an address or a network, for example "127.0.0.1" or "10.0.0.0/8"'
        raise ValueError(msg) from None


def _topic(value: str) -> str:
    if endpoint_of(value) is None:
        msg = 'expected an SNS topic, for example "arn:aws:sns:eu-central-1:123456789012:bounces"'
        raise ValueError(msg)
    return value


# a key of the curve P-256 (RFC 5480) begins so whatever it is; its 64 octets follow
_P256 = re.compile(r"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9+/]{86}==")


def _p256_key(value: str) -> str:
    if value and not _P256.fullmatch(value):
        msg = "expected the verification key as SendGrid shows it, one line of 124 characters that begins with MFkw"
        raise ValueError(msg)
    return value


Url = Annotated[str, AfterValidator(_http_url)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Limits = Annotated[tuple[Limit, ...], BeforeValidator(_limits)]
Language = Annotated[str, AfterValidator(language_tag)]
Listen = Annotated[str, AfterValidator(_listen)]
Listed = BeforeValidator(_listed)
Network = Annotated[str, AfterValidator(_network)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
BounceMailbox = Annotated[str, AfterValidator(_bounce_mailbox)]
Domain = Annotated[str, AfterValidator(_domain)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
Topic = Annotated[str, AfterValidator(_topic)]
P256Key = Annotated[str, AfterValidator(_p256_key)]
Name = Annotated[str, AfterValidator(_name)]
BudgetText = Annotated[str, AfterValidator(_budget)]


@dataclass(frozen=True, slots=True)
class Existing:
    """Marks a path that must be there when it is set: nobody would notice that a missing one is passed over."""

    kind: Literal["file", "folder"]
