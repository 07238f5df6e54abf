"""What is kept of one person: given to them, and erased.

Erasing takes address, name and interests out of the database, of the outboxes of dry runs and of mails that were kept
for a person. What an issue's numbers are counted from stays and tells of nobody, and so does the keyed hash of a
suppression. It cannot be taken back, and nothing of the old subscription works for a new one of the same address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsletter.domain.ports import Clock, PersonalFiles, PersonalStore, Remains, SubscriberStore, SuppressionStore
from newsletter.domain.subscribers import Cause, Mentions, Origin, Person, Suppression

__all__ = ["Erased", "PersonalData"]

_FORMAT = "newsletter-personal-data/1"
_OF_FILES = {Origin.ROSTER, Origin.IMPORT}


@dataclass(frozen=True, slots=True)
class Erased:
    """What erasing somebody came to.

    Attributes:
        rows: from how many rows they were taken, by what these are.
        files: how many files are gone or were written anew.
        is_kept_out: whether a hash is kept, because a roster or an import that named them may do so again.
    """

    rows: Mapping[str, int]
    files: int
    is_kept_out: bool

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was kept of them."""
        return not self.files and not any(self.rows.values())


class PersonalData:
    """The use cases."""

    def __init__(
        self,
        store: PersonalStore,
        subscribers: SubscriberStore,
        suppressions: SuppressionStore,
        remains: Remains,
        *,
        files: Sequence[PersonalFiles],
        title: str,
        clock: Clock,
    ) -> None:
        """`files` are those of the newsletter that name people; `title` is its name."""
        self._store = store
        self._subscribers = subscribers
        self._suppressions = suppressions
        self._remains = remains
        self._files = files
        self._title = title
        self._clock = clock

    def export(self, *, email: str = "", subscriber_id: int = 0) -> Mapping[str, object] | None:
        """All that is kept of somebody, as JSON has it; None where that is nothing."""
        person = self._store.person(email=email, subscriber_id=subscriber_id)
        records = self._store.records(person)
        if not any(records.values()):
            return None
        return {
            "format": _FORMAT,
            "newsletter": self._title,
            "exported_at": self._clock().isoformat(timespec="seconds"),
            "addresses": list(person.emails),
            **records,
        }

    def counts(self, *, subscriber_id: int) -> Mapping[str, int]:
        """How many records of each kind are kept of somebody."""
        records = self._store.records(self._store.person(subscriber_id=subscriber_id))
        return {name: len(several) for name, several in records.items()}

    def erase(self, *, email: str = "", subscriber_id: int = 0) -> Erased:
        """Erase somebody; safe to repeat, and to be repeated where it was cut short.

        Whoever came by a file of the operator's, which may name them again, is never mailed because of it: a hash of
        their address is kept, which they lift themselves by joining again.

        Raises:
            OSError: a file cannot be read or written; the database is done all the same.
            StoreError: the database could not be written.
        """
        person = self._store.person(email=email, subscriber_id=subscriber_id)
        keeps_out = self._keep_out(person)
        self._remains.suspect()
        mentions = Mentions(person.emails)
        try:  # first, for the database knows by which addresses they are found
            files = sum(held.forget(person, mentions) for held in self._files)
        finally:
            rows = self._store.erase(person)
            self._remains.cut_log()
        return Erased(rows, files, keeps_out)

    def clear_remains(self) -> None:
        """Have the database's files hold nothing any more of what was erased, as far as the database can do that.

        Who does not call it leaves that to the next round of retention.

        Raises:
            StoreError: there is no room on the disk to write the file anew; it is tried again in the next round.
        """
        self._remains.clear()

    def _keep_out(self, person: Person) -> bool:
        """Keep the hashes of those addresses that a file may name again; whether there were any."""
        known = [self._subscribers.get(email) for email in person.emails]
        named = [subscriber.email for subscriber in known if subscriber and subscriber.origin in _OF_FILES]
        why = "their data was erased"
        self._suppressions.take_in(Suppression(email=email, reason=why, cause=Cause.ERASED) for email in named)
        return bool(named)
