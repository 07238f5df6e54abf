"""What every part of the program shares: settings, clock, store, catalogue, templates, an issue's selector."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from newsletter import sample
from newsletter.bootstrap.resources import shipped, utc_now
from newsletter.domain.bounces import BounceRules
from newsletter.domain.interests import Catalogue, Remark, cause_of, parse
from newsletter.domain.issues import Issue
from newsletter.domain.ports import Progress
from newsletter.errors import ConfigError, InterestError
from newsletter.formats import parse_catalogue
from newsletter.settings import Settings
from newsletter.store import Database, SqlStore

if TYPE_CHECKING:
    from newsletter.domain.matching import IssueSelector
    from newsletter.render.environment import Templates

__all__ = ["Shared"]


class Shared:
    """What is made once, and used by every part that is built."""

    def __init__(self, settings: Settings, *, progress: Progress, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self.progress = progress
        self.clock = clock
        self._selector: tuple[str, IssueSelector] | None = None

    @cached_property
    def store(self) -> SqlStore:
        """The store, opened and checked.

        Raises:
            StoreError: it cannot be opened, or is of another version.
        """
        store = self._unopened_store()
        store.database.open()
        store.settle()
        return store

    def close(self) -> None:
        """Give the database's connections back."""
        if "store" in self.__dict__:
            self.store.database.close()

    def _unopened_store(self) -> SqlStore:
        s = self.settings
        database = Database(
            s.database.url,
            folder=s.folder,
            password=s.database.password.get_secret_value() if s.database.password else None,
        )
        secret = None if s.newsletter.secret is None else s.newsletter.secret.get_secret_value().encode()
        return SqlStore(database, clock=self.clock, secret=secret, earlier=s.newsletter.earlier)

    def upgrade_database(self) -> tuple[str | None, str | None]:
        """Bring the database up to this version; returns its revision before and after."""
        store = self._unopened_store()
        before = store.database.revision()
        store.database.upgrade()
        store.settle()
        return before, store.database.revision()

    def private_files(self) -> Mapping[str, Path]:
        """The files that nobody else should read, by the setting that names each; those that are there."""
        s = self.settings
        named = {
            f"{section}.{name}": value
            for section in type(s).model_fields
            if isinstance(table := getattr(s, section), BaseModel)
            for name, value in table
            if name.endswith("_file") and isinstance(value, Path)
        }
        if self.store.database.path:
            named["database.url"] = self.store.database.path
        return {key: path for key, value in named.items() if (path := s.path(value)).exists()}

    @property
    def bounce_rules(self) -> BounceRules:
        """What follows from what comes back, by the settings."""
        s = self.settings.bounces
        return BounceRules(
            soft_limit=s.soft_limit,
            soft_span=s.soft_span,
            soft_half_life=s.soft_half_life,
            policy_share=s.policy_share,
            policy_least=s.policy_least,
            believes_fields=not s.verp,
        )

    @property
    def today(self) -> date:
        """Today where the newsletter is at home; the sample has a day of its own."""
        zone = ZoneInfo(self.settings.newsletter.timezone)
        return sample.DAY if self.settings.sample else self.clock().astimezone(zone).date()

    def check_interest(self, text: str) -> Remark | None:
        """What is wrong with an interest; None if it can be read."""
        try:
            parse(text)
        except InterestError as error:
            return cause_of(error)
        return None

    @cached_property
    def catalogue(self) -> Catalogue:
        """The topic catalogue; an empty one where there is no file.

        Raises:
            ConfigError: it cannot be read.
        """
        path = self.settings.path(self.settings.newsletter.topics)
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Catalogue()
        except (OSError, UnicodeDecodeError) as error:
            msg = f"{path}: the topic catalogue cannot be read ({error}); correct it, or newsletter.topics"
            raise ConfigError(msg, key="newsletter.topics", path=path) from error
        return parse_catalogue(text, path=path)

    def selector(self, issue: Issue) -> IssueSelector:
        """The selector of an issue. The last one is kept: planning and sending ask for the same."""
        from newsletter.domain.matching import IssueSelector

        if self._selector is None or self._selector[0] != issue.hash:
            self._selector = issue.hash, IssueSelector(issue, topics=self.catalogue.expressions)
        return self._selector[1]

    @cached_property
    def templates(self) -> Templates:
        """The template set, the operator's own files first."""
        from newsletter.render.environment import Templates

        own = self.settings.newsletter.templates
        folders = [*([self.settings.path(own)] if own else []), shipped("templates")]
        return Templates(folders, thumbnails=self.settings.publish.thumbnails, signup=self.settings.web.signup)
