"""The public door: forms are judged by themselves, and what they ask for is handed on.

Nothing here looks at what is known of an address. The rules, in the order in which they are applied:

1. a form with its trap filled in is answered as if all were well, and forgotten;
2. what cannot be read is shown again, with what is wrong;
3. a form must be ours and a few seconds old; one from elsewhere, or sent too fast, is shown as a single button;
4. where a proof of work is asked for, it must be solved, by nobody else and once. Whose browser runs no script may wait
   instead, which a few may do an hour: else waiting would be the way of all programs;
5. a network that has asked often has to wait (`services.joining`), and only then is anything kept.

Programs that sign people up send no form of ours, so 1 and 3 do not hold for them; 4 and 5 do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from newsletter.domain.delivery import SigningSecrets
from newsletter.domain.interests import Remark
from newsletter.domain.ports import Clock, JoiningStore
from newsletter.domain.signup import (
    CHALLENGE_LIFE,
    FORM_LIFE,
    AddressFault,
    AddressPolicy,
    FormMoment,
    Ripeness,
    SignUp,
    SignUpFaults,
    is_trapped,
    new_challenge,
    read_address,
    read_sign_up,
    ripeness,
    sign_moment,
    solution_of,
)
from newsletter.domain.subscribers import Problem, Quota, Subscriber, domain_of
from newsletter.services.joining import Asker, Joining

__all__ = ["Answer", "Door", "DoorRules", "Fresh", "Outcome", "Why"]

PATIENCE = timedelta(seconds=30)
"""How long a form must have been open where no script could do its sum."""
_PATIENT = Quota(60, timedelta(hours=1))
"""How many such forms are taken, from everybody together."""


class Outcome(StrEnum):
    """What became of a form."""

    TAKEN = "taken"
    """Look in your mailbox."""
    FEED = "feed"
    """A private feed was made; `Answer.reader` has it."""
    REJECTED = "rejected"
    PRESS = "press"
    """One more click, for the reason in `Answer.why`."""
    LATER = "later"
    """Too many requests from this network; the next is taken in `Answer.wait` seconds."""


class Why(StrEnum):
    """What a form lacks that is shown as a single button."""

    MOMENT = "moment"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class DoorRules:
    """What the operator has set: which addresses are taken, and whether browsers have a sum to do."""

    addresses: AddressPolicy
    proof_of_work: bool = False


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a new page of a form carries: its signed moment, and the sum to do, as JSON; empty where none is asked for.

    `patience` is in how many seconds the form is taken without it.
    """

    moment: str
    challenge: str = ""
    patience: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a form; `fresh` is for the page that asks again."""

    outcome: Outcome
    fresh: Fresh
    address: AddressFault | None = None
    problems: tuple[Problem, ...] = ()
    why: Why = Why.MOMENT
    wait: int = 0
    reader: Subscriber | None = None


class Door:
    """The use cases."""

    def __init__(
        self,
        joining: Joining,
        store: JoiningStore,
        *,
        rules: DoorRules,
        secrets: Callable[[], SigningSecrets],
        clock: Clock,
        chance: Callable[[int], str],
        check_interest: Callable[[str], Remark | None],
        languages: Sequence[str],
        topics: Sequence[str] = (),
        takes_mail: Callable[[str], bool] | None = None,
    ) -> None:
        """`chance` gives that many octets in hex; `takes_mail` asks DNS of a domain, None where nobody is to ask.

        `languages` are those the newsletter is written in, `topics` the slugs that can be ticked.
        """
        self._joining = joining
        self._store = store
        self._rules = rules
        self._secrets = secrets
        self._clock = clock
        self._chance = chance
        self._check_interest = check_interest
        self._languages = tuple(languages)
        self._topics = tuple(topics)
        self._takes_mail = takes_mail

    def fresh(self, moment: FormMoment | None = None) -> Fresh:
        """What a page of a form carries; `moment` is that of the form that came before it, if it can still be used."""
        now, secret = self._clock(), self._secrets().present
        kept = moment or FormMoment(now, self._chance(8))
        text = sign_moment(secret, kept.given_at, kept.nonce)
        if not self._rules.proof_of_work:
            return Fresh(text)
        challenge = new_challenge(secret, now, nonce=self._chance(16), salt=self._chance(16))
        left = max(timedelta(0), PATIENCE - (now - kept.given_at))
        return Fresh(text, challenge.text, math.ceil(left.total_seconds()))

    def renewed(self, fields: Mapping[str, str]) -> Fresh:
        """What a page carries that shows a form again before it is sent: its age is kept."""
        return self.fresh(ripeness(self._secrets(), fields.get("moment", ""), self._clock())[1])

    def join(self, fields: Mapping[str, str], *, asker: Asker, program: bool = False) -> Answer:
        """Somebody wants the newsletter. `program` says that no form of ours was filled in."""
        if is_trapped(fields) and not program:
            return self._answer(Outcome.TAKEN)
        wanted = read_sign_up(
            fields,
            addresses=self._rules.addresses,
            language=asker.language,
            languages=self._languages,
            check_interest=self._check_interest,
            topics=self._topics,
            program=program,
        )
        if isinstance(wanted, SignUp) and self._goes_nowhere(wanted.email):
            wanted = SignUpFaults(AddressFault.NO_MAIL)
        if isinstance(wanted, SignUpFaults):
            return replace(self._answer(Outcome.REJECTED), address=wanted.address, problems=wanted.problems)
        if again := self._asks_again(fields, program=program):
            return again
        if wanted.email:
            ask = self._joining.ask_to_join
            return self._taken(ask(wanted.email, wanted.wishes, asker=asker, wants_first=wanted.wants_first))
        reader = self._joining.feed_only(wanted.wishes, asker=asker)
        if isinstance(reader, datetime):
            return self._taken(reader)
        return replace(self._answer(Outcome.FEED), reader=reader)

    def ask_for_link(self, fields: Mapping[str, str], *, asker: Asker) -> Answer:
        """Somebody has lost the link to their preferences."""
        if is_trapped(fields):
            return self._answer(Outcome.TAKEN)
        email, fault = read_address(fields.get("email", ""))  # whoever the door would take: they have come in already
        if fault is not None:
            return replace(self._answer(Outcome.REJECTED), address=fault)
        if again := self._asks_again(fields):
            return again
        return self._taken(self._joining.ask_for_link(email, asker=asker))

    def move(self, subscriber: Subscriber, fields: Mapping[str, str], *, asker: Asker) -> Answer:
        """A subscriber wants the newsletter at another address; they came by the link to their preferences."""
        email, fault = self._rules.addresses.check(fields.get("email", ""))
        if email and email == subscriber.email:
            fault = AddressFault.SAME
        if fault is None and self._goes_nowhere(email):
            fault = AddressFault.NO_MAIL
        if fault is not None:
            return replace(self._answer(Outcome.REJECTED), address=fault)
        return self._taken(self._joining.ask_to_move(subscriber, email, asker=asker))

    def _asks_again(self, fields: Mapping[str, str], *, program: bool = False) -> Answer | None:
        """One more click, where the form lacks what shows that a person has sent it; None where it does not."""
        now = self._clock()
        ripe, moment = ripeness(self._secrets(), fields.get("moment", ""), now)
        if not program and ripe is not Ripeness.RIPE:
            return self._answer(Outcome.PRESS, moment)
        if self._rules.proof_of_work and not self._has_worked(fields.get("altcha", ""), moment, now):
            # a wait that was long enough and did not count has been used up: the next one begins now
            waits = moment if moment is not None and now - moment.given_at < PATIENCE else None
            return replace(self._answer(Outcome.PRESS, waits), why=Why.WORK)
        return None

    def _has_worked(self, solution: str, moment: FormMoment | None, now: datetime) -> bool:
        """Whether the sum was done, or waited for; either counts once."""
        if solution:
            challenge = solution_of(self._secrets(), solution, now)
            return challenge is not None and self._store.take(challenge, at=now, quota=Quota(1, CHALLENGE_LIFE))
        if moment is None or now - moment.given_at < PATIENCE:
            return False
        once = self._store.take(moment.nonce, at=now, quota=Quota(1, FORM_LIFE))
        return once and self._store.take("patience", at=now, quota=_PATIENT)

    def _goes_nowhere(self, email: str) -> bool:
        return bool(email) and self._takes_mail is not None and not self._takes_mail(domain_of(email))

    def _taken(self, free_at: datetime | None) -> Answer:
        if free_at is None:
            return self._answer(Outcome.TAKEN)
        wait = math.ceil((free_at - self._clock()).total_seconds())
        return replace(self._answer(Outcome.LATER), wait=max(1, wait))

    def _answer(self, outcome: Outcome, moment: FormMoment | None = None) -> Answer:
        return Answer(outcome, self.fresh(moment))
