"""The message of a letter: worded when it goes, so that its link is one that works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from newsletter.domain.delivery import Letter, OutgoingMessage, SigningSecrets, request_token, subscriber_token
from newsletter.domain.notation import nearest_language
from newsletter.domain.ports import (
    Clock,
    JoiningStore,
    LetterFacts,
    LetterText,
    LetterWriter,
    Signer,
    SubscriberStore,
    SuppressionStore,
)
from newsletter.domain.subscribers import JoiningRules, LetterKind, LinkState, Request, address_key, link_state
from newsletter.services.catch_up import CatchUpMail

__all__ = ["AssembleLetter", "LetterMaker", "NotWanted"]

_ASKS = {LetterKind.CONFIRM, LetterKind.MOVE}


class AssembleLetter(Protocol):
    """Makes a message of a letter's words."""

    def message(self, letter: Letter, words: LetterText) -> OutgoingMessage:
        """The same bytes at every attempt.

        Raises:
            AddressInvalid: nothing can be mailed to its address.
        """
        ...

    def envelope_sender(self, letter: Letter) -> str:
        """The address that what comes back of a letter goes to."""
        ...


class NotWanted(Exception):  # named after what it says
    """A letter that is not to go any more; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    address: str = ""
    asked_at: datetime
    until: datetime | None = None


class LetterMaker:
    """Makes the messages of letters that have words of their own."""

    def __init__(
        self,
        *,
        joining: JoiningStore,
        subscribers: SubscriberStore,
        suppressions: SuppressionStore,
        rules: JoiningRules,
        writer: LetterWriter,
        mail: AssembleLetter,
        secrets: Callable[[], SigningSecrets],
        clock: Clock,
        base_url: str,
        languages: Sequence[str],
        catch_ups: CatchUpMail,
        today: Callable[[], date],
        signer: Signer | None = None,
    ) -> None:
        """`base_url` is where the pages are served; `languages` are the newsletter's, its own first.

        `today` is the day where the newsletter is at home.
        """
        self._joining = joining
        self._subscribers = subscribers
        self._suppressions = suppressions
        self._rules = rules
        self._writer = writer
        self._mail = mail
        self._secrets = secrets
        self._clock = clock
        self._base_url = base_url
        self._languages = tuple(languages)
        self._signer = signer
        self._catch_ups = catch_ups
        self._today = today

    def make(self, letter: Letter) -> OutgoingMessage:
        """The message of a letter.

        Raises:
            NotWanted: it is not to go any more.
            AddressInvalid: nothing can be mailed to its address.
            TemplateFault: a template is missing or wrong.
        """
        if letter.kind is LetterKind.CATCH_UP:
            return self._signed(self._catch_up(letter))
        suppression = self._suppressions.found([letter.email]).get(letter.email)
        if not self._rules.let_ask(suppression, self._clock()):
            raise NotWanted("suppressed")
        link = self._link(letter)
        facts = LetterFacts(
            kind=letter.kind,
            languages=self._in_order(letter.language),
            link=link.address,
            asked_at=link.asked_at,
            until=link.until,
        )
        return self._signed(self._mail.message(letter, self._writer.write(facts)))

    def _signed(self, message: OutgoingMessage) -> OutgoingMessage:
        return message if self._signer is None else self._signer.sign(message)

    def _catch_up(self, letter: Letter) -> OutgoingMessage:
        """The best of what somebody missed: a digest, so it goes to nobody who gets none (any more)."""
        reader = self._subscribers.by_id(letter.subscriber_id)
        if reader is None or address_key(reader.email) != address_key(letter.email):
            raise NotWanted("nobody has this address any more")
        barred = self._subscribers.barred([reader.email], day=self._today())
        if reader.email in barred:
            raise NotWanted(barred[reader.email].value)
        message = self._catch_ups.message(letter, reader)
        if message is None:
            raise NotWanted("nothing that was missed is there any more")
        # what comes back is the letter's
        return replace(message, sender=self._mail.envelope_sender(letter))

    def _link(self, letter: Letter) -> _Link:
        """What the letter is about."""
        request = self._joining.find(letter.request_id) if letter.request_id else None
        if letter.kind in _ASKS:
            return self._to_confirm(request)
        asked_at = letter.created_at if request is None else request.asked_at
        if letter.kind is LetterKind.MOVED:
            return _Link(asked_at=letter.created_at)
        subscriber = self._subscribers.by_id(letter.subscriber_id)
        if subscriber is None or address_key(subscriber.email) != address_key(letter.email):
            raise NotWanted("nobody has this address any more")
        token = subscriber_token(self._secrets().present, "preferences", subscriber.id, subscriber.email)
        return _Link(address=f"{self._base_url}/preferences/{token}", asked_at=asked_at)

    def _to_confirm(self, request: Request | None) -> _Link:
        if request is None or link_state(request, self._clock(), self._rules.lifetime) is not LinkState.OPEN:
            raise NotWanted("its link has ended")
        token = request_token(self._secrets().present, request.kind, request.id, request.email, request.asked_at)
        begun = request.settled_at or request.asked_at
        return _Link(
            address=f"{self._base_url}/confirm/{token}", asked_at=request.asked_at, until=begun + self._rules.lifetime
        )

    def _in_order(self, wanted: str) -> tuple[str, ...]:
        """The newsletter's languages, the wanted one first."""
        first = nearest_language(wanted, self._languages) if wanted else None
        return tuple(dict.fromkeys((first or self._languages[0], *self._languages)))
