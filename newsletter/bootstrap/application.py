"""A newsletter: the one root, from which each part of the program is reached."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from newsletter.bootstrap.shared import Shared
from newsletter.services.progress import SilentProgress

if TYPE_CHECKING:
    from newsletter.bootstrap.collecting import Collecting
    from newsletter.bootstrap.composing import Composing
    from newsletter.bootstrap.joining import JoiningParts
    from newsletter.bootstrap.keeping import Keeping
    from newsletter.bootstrap.publishing import Publishing
    from newsletter.bootstrap.reading import Reading
    from newsletter.bootstrap.returning import Returning
    from newsletter.bootstrap.sending import Sending
    from newsletter.bootstrap.subscribing import Subscribing
    from newsletter.services.records import Records

__all__ = ["Application"]


class Application(Shared):
    """A newsletter. Each factory is imported when it is first asked for: a command pays for its own alone."""

    def beside(self) -> Application:
        """Another one of the same settings, with a database connection of its own, for work of another thread."""
        return Application(self.settings, progress=SilentProgress(), clock=self.clock)

    @cached_property
    def collecting(self) -> Collecting:
        """Sources, and the services that collect."""
        from newsletter.bootstrap.collecting import Collecting

        return Collecting(self)

    @cached_property
    def composing(self) -> Composing:
        """Engines, the editor, archives, and the services up to a frozen issue."""
        from newsletter.bootstrap.composing import Composing

        return Composing(self, self.collecting)

    @cached_property
    def publishing(self) -> Publishing:
        """The site, documents, previews, and the mail of an issue."""
        from newsletter.bootstrap.publishing import Publishing

        return Publishing(self)

    @cached_property
    def reading(self) -> Reading:
        """Private feeds and readers' own pages."""
        from newsletter.bootstrap.reading import Reading

        return Reading(self, self.publishing)

    @cached_property
    def sending(self) -> Sending:
        """Planning and sending, and what accounts for it."""
        from newsletter.bootstrap.sending import Sending

        return Sending(self, self.publishing)

    @cached_property
    def returning(self) -> Returning:
        """What comes back after an issue was sent."""
        from newsletter.bootstrap.returning import Returning

        return Returning(self)

    @cached_property
    def subscribing(self) -> Subscribing:
        """Rosters, and what subscribers do themselves."""
        from newsletter.bootstrap.subscribing import Subscribing

        return Subscribing(self)

    @cached_property
    def joining(self) -> JoiningParts:
        """What readers ask for with an address, and the letters that answer it."""
        from newsletter.bootstrap.joining import JoiningParts

        return JoiningParts(self, self.sending, self.publishing)

    @cached_property
    def keeping(self) -> Keeping:
        """What is kept of people, and for how long."""
        from newsletter.bootstrap.keeping import Keeping

        return Keeping(self)

    @cached_property
    def records(self) -> Records:
        """What is in the store, looked up."""
        from newsletter.services.records import Records

        return Records(self.store, today=lambda: self.today, clock=self.clock)
