"""Which class reads which kind of source. Settings are handed in as plain values."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

from newsletter.domain.issues import AnnouncementCalendar
from newsletter.domain.papers import SourceKind
from newsletter.domain.ports import Clock, Source
from newsletter.errors import ConfigError
from newsletter.sources.arxiv_api import BASE_URL as ARXIV_API_URL
from newsletter.sources.arxiv_api import ArxivApi
from newsletter.sources.arxiv_oai import BASE_URL as ARXIV_OAI_URL
from newsletter.sources.arxiv_oai import ArxivOai
from newsletter.sources.arxiv_rss import BASE_URL as ARXIV_RSS_URL
from newsletter.sources.arxiv_rss import ArxivRss
from newsletter.sources.feed import AnyFeed
from newsletter.sources.files import Files
from newsletter.sources.hf_daily import BASE_URL as HF_URL
from newsletter.sources.hf_daily import HfDaily
from newsletter.sources.http import PoliteClient

__all__ = ["SourceOptions", "build", "load_calendar", "user_agent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """What a `[[sources]]` table says, as plain values; each kind takes what it needs and ignores the rest.

    An empty `base_url` means the real host.
    """

    categories: Sequence[str] = ()
    base_url: str = ""
    query: str = ""
    set: str = ""
    url: str = field(default="", repr=False)
    name: str = ""
    path: Path | None = None


def build(
    kind: str,
    options: SourceOptions,
    *,
    client: PoliteClient,
    calendar: AnnouncementCalendar,
    now: Clock = lambda: datetime.now(UTC),
) -> Source:
    """The source of this kind.

    Raises:
        ConfigError: there is no such kind, or it lacks what it needs.
    """
    o, categories = options, options.categories
    match kind:
        case SourceKind.ARXIV_RSS if categories:
            url = o.base_url or ARXIV_RSS_URL
            return ArxivRss(client, categories=categories, base_url=url, calendar=calendar, now=now)
        case SourceKind.ARXIV_API if o.query or categories:
            url = o.base_url or ARXIV_API_URL
            return ArxivApi(client, query=o.query, categories=categories, base_url=url, calendar=calendar, now=now)
        case SourceKind.ARXIV_OAI if o.set or categories:
            sets, url = (o.set,) if o.set else categories, o.base_url or ARXIV_OAI_URL
            return ArxivOai(client, sets=sets, base_url=url, calendar=calendar, now=now)
        case SourceKind.FEED if o.url:
            return AnyFeed(client, url=o.url, name=o.name, now=now)
        case SourceKind.HF_DAILY:
            return HfDaily(client, base_url=o.base_url or HF_URL, now=now)
        case SourceKind.FILES if o.path is not None:
            return Files(o.path, now=now)
        case _:
            msg = f"a source of kind {str(kind)!r} cannot be made of these settings (kinds: {', '.join(SourceKind)})"
            raise ConfigError(msg, key="sources.kind")


def load_calendar(path: Path | None = None) -> AnnouncementCalendar:
    """The announcement calendar with the holidays of this file; by default those that come with the program.

    Raises:
        ConfigError: the file cannot be read.
    """
    try:
        text = (path or files("newsletter.sources") / "holidays.toml").read_text("utf-8")
        document = tomllib.loads(text)
        holidays = {date.fromisoformat(day): str(name) for day, name in document.get("holidays", {}).items()}
        through = document.get("through")
    except (OSError, ValueError) as error:
        msg = f"the file of holidays cannot be read: {error}"
        raise ConfigError(msg, path=path) from error
    return AnnouncementCalendar(holidays, through if isinstance(through, int) else None)


def user_agent(version: str, contact: str) -> str:
    """What the program calls itself: its version and how to reach the operator, an address or a mailbox."""
    contact = " ".join(contact.encode("ascii", "ignore").decode().split())
    return f"newsletter/{version} ({contact})" if contact else f"newsletter/{version}"
