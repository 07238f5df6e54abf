"""What a form at the public door asks for, read field by field with all that is wrong with it.

A form from elsewhere may hold an address and nothing else: what it leaves out is as in an untouched form of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from newsletter.domain.interests import Remark
from newsletter.domain.signup.addresses import AddressFault, AddressPolicy
from newsletter.domain.subscribers import (
    READS,
    TOPIC,
    Preferences,
    Problem,
    ProblemKind,
    Subscriber,
    boxes,
    fill_form,
    read_form,
)

__all__ = [
    "FEED_ONLY",
    "FORM_FIELDS",
    "TRAP",
    "SignUp",
    "SignUpFaults",
    "blank_form",
    "is_trapped",
    "read_sign_up",
    "typed_form",
]

TRAP = "homepage"
"""A field that no person sees. Programs that fill in whatever they find fill it in."""
FEED_ONLY = "feed"
"""What the field `way` says of who wants a private feed, and gives no address."""
FORM_FIELDS = frozenset({TRAP, "moment", "altcha"})
"""What belongs to a page of the form and not to who fills it in."""


@dataclass(frozen=True, slots=True)
class SignUp:
    """Somebody wants the newsletter. `email` is empty for who wants a feed alone.

    `wants_first` asks for the last issue as soon as the address is confirmed.
    """

    email: str
    wishes: Preferences
    wants_first: bool = False


@dataclass(frozen=True, slots=True)
class SignUpFaults:
    """Why a form cannot be used: what is wrong with its address, and with its other fields."""

    address: AddressFault | None = None
    problems: tuple[Problem, ...] = ()


def is_trapped(fields: Mapping[str, str]) -> bool:
    """Whether a program has filled in what no person sees."""
    return bool(fields.get(TRAP, "").strip())


def blank_form(language: str) -> dict[str, str]:
    """The fields of an untouched form, shown in this language."""
    return {**_empty(language), "first": "on"}


def typed_form(fields: Mapping[str, str], language: str) -> dict[str, str]:
    """The fields of a form that was sent, with those that it lacks; a box that is not ticked has none."""
    return {**_empty(language), **fields}


def read_sign_up(
    fields: Mapping[str, str],
    *,
    addresses: AddressPolicy,
    language: str,
    languages: Collection[str],
    check_interest: Callable[[str], Remark | None],
    topics: Collection[str],
    program: bool = False,
) -> SignUp | SignUpFaults:
    """What a form asks for, or what is wrong with it.

    Args:
        fields: as they came.
        addresses: which are taken.
        language: of the page, for who chose none.
        languages: the tags that may be chosen.
        check_interest: says what is wrong with an interest, None if it can be read.
        topics: the slugs that may be ticked, in the catalogue's order.
        program: no form was filled in. A box that is not there is a mistake then, told to who wrote the program; a
            reader can do nothing about one that a page elsewhere still has.
    """
    by_feed = fields.get("way") == FEED_ONLY
    email, fault = ("", None) if by_feed else addresses.check(fields.get("email", ""))
    wishes, problems = read_form(
        typed_form(fields, language), languages=languages, check_interest=check_interest, topics=topics
    )
    if program:
        problems += _unknown_boxes(fields, boxes(topics, languages))
    if wishes is None or problems or fault is not None:
        return SignUpFaults(fault, problems)
    return SignUp(email, wishes, wants_first="first" in fields)


def _unknown_boxes(fields: Mapping[str, str], offered: Collection[str]) -> tuple[Problem, ...]:
    kinds = {TOPIC: ("topics", ProblemKind.TOPIC_UNKNOWN), READS: ("reads", ProblemKind.LANGUAGE_UNKNOWN)}
    return tuple(
        Problem(field, kind, text=name.removeprefix(prefix)[:80])
        for prefix, (field, kind) in kinds.items()
        for name in fields
        if name.startswith(prefix) and name not in offered
    )[:20]


def _empty(language: str) -> dict[str, str]:
    return {"email": "", **fill_form(Subscriber(email="")), "language": language}
