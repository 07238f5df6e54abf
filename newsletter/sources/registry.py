"""Which class reads which kind of source, and what it needs. Settings are handed in as plain values."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

from newsletter.domain.issues import AnnouncementCalendar
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

__all__ = ["KINDS", "build", "load_calendar", "user_agent"]

KINDS = ("arxiv-rss", "arxiv-api", "arxiv-oai", "hf-daily", "feed", "files")
"""The kinds of sources that settings may name."""


def build(
    kind: str,
    *,
    client: PoliteClient,
    calendar: AnnouncementCalendar,
    categories: Sequence[str] = (),
    base_url: str = "",
    query: str = "",
    set: str = "",  # noqa: A002 - the name of the setting
    url: str = "",
    name: str = "",
    path: Path | None = None,
    now: Clock = lambda: datetime.now(UTC),
) -> Source:
    """The source of this kind. What its kind does not need is ignored; an empty `base_url` means the real host.

    Raises:
        ConfigError: there is no such kind, or it lacks what it needs.
    """
    match kind:
        case "arxiv-rss" if categories:
            return ArxivRss(
                client, categories=categories, base_url=base_url or ARXIV_RSS_URL, calendar=calendar, now=now
            )
        case "arxiv-api" if query or categories:
            return ArxivApi(
                client,
                query=query,
                categories=categories,
                base_url=base_url or ARXIV_API_URL,
                calendar=calendar,
                now=now,
            )
        case "arxiv-oai" if set or categories:
            sets = (set,) if set else categories
            return ArxivOai(client, sets=sets, base_url=base_url or ARXIV_OAI_URL, calendar=calendar, now=now)
        case "feed" if url:
            return AnyFeed(client, url=url, name=name, now=now)
        case "hf-daily":
            return HfDaily(client, base_url=base_url or HF_URL, now=now)
        case "files" if path is not None:
            return Files(path, now=now)
        case _:
            msg = f"a source of kind {kind!r} cannot be made of these settings (kinds: {', '.join(KINDS)})"
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
