"""Signing up by programs: a JSON object in, one out; what is wrong as problem details (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import JSONResponse

from newsletter.domain.signup import FEED_ONLY, AddressFault
from newsletter.domain.subscribers import FIELDS, READS, TOPIC, Problem, ProblemKind

__all__ = ["JsonRefused", "fault_list", "form_of_json", "later", "problem", "taken"]

_TYPE = "application/problem+json"
_TEXTS = frozenset(FIELDS) - {"interests"} | {"email", "altcha"}
_LISTS = {"topics": TOPIC, "reads": READS}
_SWITCHES = ("first", "feed_only")
_MEMBERS = sorted({*_TEXTS, *_LISTS, *_SWITCHES, "interests"})
_ADDRESS_TEXTS = {
    AddressFault.MISSING: "an address is needed, unless feed_only is true",
    AddressFault.UNREADABLE: "this is no mail address",
    AddressFault.DOMAIN_REFUSED: "addresses of this domain are not taken here",
    AddressFault.FUNCTION: "this address belongs to a function, not to a reader",
    AddressFault.NO_MAIL: "this domain takes no mail",
}
_POINTERS = {"interests": "/interests"}


class JsonRefused(Exception):
    """A document that cannot be read: its faults, each with the place that it is about (JSON Pointer, RFC 6901)."""

    def __init__(self, *faults: tuple[str, str]) -> None:
        super().__init__("; ".join(f"{pointer}: {detail}" for pointer, detail in faults))
        self.faults = [{"detail": detail, "pointer": f"#{pointer}"} for pointer, detail in faults]


def form_of_json(body: bytes) -> dict[str, str]:
    """The fields that a form of the page would have for this document.

    Raises:
        JsonRefused: it is no JSON object, or has members that are unknown or of another type.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise JsonRefused(("", "expected a JSON object in UTF-8")) from None
    if not isinstance(document, dict):
        raise JsonRefused(("", "expected a JSON object"))
    faults = [(f"/{_escaped(name)}", detail) for name, value in document.items() if (detail := _wrong(name, value))]
    if faults:
        raise JsonRefused(*faults[:20])
    fields = {name: str(document[name]) for name in _TEXTS if document.get(name) is not None}
    for name, prefix in _LISTS.items():
        fields |= {f"{prefix}{one}": "on" for one in document.get(name) or ()}
    if document.get("interests"):
        fields["interests"] = "\n".join(document["interests"])
    if document.get("first"):
        fields["first"] = "on"
    if document.get("feed_only"):
        fields["way"] = FEED_ONLY
    return fields


def _wrong(name: str, value: Any) -> str | None:  # noqa: ANN401  # whatever JSON holds
    if name not in _MEMBERS:
        return f"there is no such member; expected {', '.join(_MEMBERS)}"
    if value is None:
        return None
    if name in _SWITCHES:
        return None if isinstance(value, bool) else "expected true or false"
    if name in _TEXTS:
        is_text = isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))
        return None if is_text else "expected a string or a whole number"
    texts = isinstance(value, list) and all(isinstance(one, str) and "\n" not in one for one in value)
    return None if texts else "expected a list of strings, each of one line"


def fault_list(address: AddressFault | None, problems: Sequence[Problem]) -> list[dict[str, str]]:
    """What is wrong with the values of a document, in English; `code` is the same in every version."""
    faults = []
    if address is not None:
        detail = _ADDRESS_TEXTS.get(address, "this address cannot be used")
        faults.append({"detail": detail, "pointer": "#/email", "code": address.value})
    for one in problems:
        detail = f"{one.text!r}: {one.reason}" if one.reason else _details(one)
        faults.append({"detail": detail, "pointer": f"#/{one.field}", "code": one.kind.value})
    return faults


def _details(one: Problem) -> str:
    match one.kind:
        case ProblemKind.NAME_TOO_LONG:
            return f"expected at most {one.limit} characters"
        case ProblemKind.TOO_MANY_INTERESTS:
            return f"expected at most {one.limit} interests"
        case ProblemKind.TOO_MANY_TERMS:
            return f"the interests ask for {one.text} terms; expected at most {one.limit}"
        case ProblemKind.NO_NUMBER:
            return f"expected a whole number up to {one.limit}, got {one.text!r}"
        case _:
            return f"there is no such choice: {one.text!r}"


def _escaped(name: str) -> str:
    return name[:80].replace("~", "~0").replace("/", "~1")


def taken(links: Mapping[str, object] | None = None) -> JSONResponse:
    """A request that was taken in; `links` are those of a feed that was made."""
    if links is not None:
        return JSONResponse({"status": "created", **links}, 201)
    detail = (
        "If all is well, a mail with a link is on its way to the address. Nothing else is sent until it is pressed."
    )
    return JSONResponse({"status": "look in the mailbox", "detail": detail}, 202)


def later(seconds: int) -> JSONResponse:
    """A network that has asked too often."""
    answer = problem(429, "Too many requests from this network", f"The next is taken in {seconds} seconds.")
    answer.headers["Retry-After"] = str(seconds)
    return answer


def problem(
    status: int, title: str, detail: str, errors: Sequence[Mapping[str, str]] = (), **members: object
) -> JSONResponse:
    """Problem details (RFC 9457): what is wrong, for a program and for whoever reads its log."""
    document: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
    if errors:
        document["errors"] = [dict(one) for one in errors]
    return JSONResponse(document, status, media_type=_TYPE)
