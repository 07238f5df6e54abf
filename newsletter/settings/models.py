"""What can be set: one frozen model a table of newsletter.toml, each value checked where it comes in."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from newsletter.domain.answers import parse_budget
from newsletter.domain.delivery import Limit
from newsletter.domain.notation import language_tag
from newsletter.domain.papers import SourceKind
from newsletter.domain.subscribers import check_address
from newsletter.errors import AddressInvalid

__all__ = [
    "CollectSettings",
    "DatabaseSettings",
    "DispatchSettings",
    "DkimSettings",
    "EnrichSettings",
    "IssueSettings",
    "NewsletterSettings",
    "PublishSettings",
    "Settings",
    "SmtpSettings",
    "SourceSettings",
    "WebSettings",
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


def _listed(value: object) -> object:
    """A list, or a text with commas between its parts: an environment variable has no other way to name several."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Url = Annotated[str, AfterValidator(_http_url)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Limits = Annotated[tuple[Limit, ...], BeforeValidator(_limits)]
Language = Annotated[str, AfterValidator(language_tag)]
Listed = BeforeValidator(_listed)


@dataclass(frozen=True, slots=True)
class Existing:
    """Marks a path that must be there when it is set: nobody would notice that a missing one is passed over."""

    kind: Literal["file", "folder"]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, populate_by_name=True)


class NewsletterSettings(_Section):
    """`[newsletter]`: what it is called, where it lives, who it is from.

    `earlier_secrets` are those that `secret` has replaced, one a line: links made with them go on working.
    """

    title: str = "Paper newsletter"
    description: str = "The day's research papers"
    base_url: BaseUrl = ""
    from_: Annotated[str, AfterValidator(_mailbox)] = Field(alias="from")
    language: Language = "en"
    timezone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    topics: Annotated[Path, Existing("file")] = Path("subscribers/topics.toml")
    roster: Path | None = None
    contact: str = ""
    postal_address: str = ""
    templates: Annotated[Path | None, Existing("folder")] = None
    secret: SecretStr | None = None
    secret_file: Path | None = None
    earlier_secrets: SecretStr | None = None
    earlier_secrets_file: Path | None = None

    @property
    def earlier(self) -> tuple[bytes, ...]:
        """The earlier secrets."""
        lines = self.earlier_secrets.get_secret_value().splitlines() if self.earlier_secrets else []
        return tuple(line.strip().encode() for line in lines if line.strip())


class DatabaseSettings(_Section):
    """`[database]`: SQLite or PostgreSQL, by URL. A password in the URL is masked wherever it is shown."""

    url: Annotated[str, AfterValidator(_database_url)] = Field(default="sqlite:///newsletter.db", repr=False)
    password: SecretStr | None = None
    password_file: Path | None = None


class SourceSettings(_Section):
    """One `[[sources]]` table."""

    kind: SourceKind
    categories: tuple[str, ...] = ()
    base_url: BaseUrl = ""
    announce: tuple[Literal["new", "cross", "replace", "replace-cross"], ...] = ("new", "cross")
    query: str = ""
    set: str = ""
    url: Url = Field(default="", repr=False)
    name: Annotated[str, AfterValidator(_name)] = ""
    path: Path | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        for name in self.kind.needs:
            if not getattr(self, name):
                msg = f'a source of kind "{self.kind}" needs "{name}"'
                raise ValueError(msg)
        return self


class CollectSettings(_Section):
    """`[collect]`: how long a run waits for feeds that still show an earlier day, and whose holidays are known.

    `inner_hosts` are hosts of the operator's own network that sources may be read from.
    """

    wait: Duration = timedelta(0)
    every: Annotated[Duration, Field(ge=timedelta(seconds=1))] = timedelta(minutes=15)
    holidays: Annotated[Path | None, Existing("file")] = None
    inner_hosts: Annotated[tuple[str, ...], Listed] = ()


class EnrichSettings(_Section):
    """`[enrich]`: who writes the summaries, in which languages, for how much.

    `daily_budget` is `200000 tokens` or `2.50 USD`; the prices, for a million tokens, are in the same currency.
    `timeout` is for a whole answer. `prompts` is a folder whose files replace the shipped ones.
    """

    engine: Literal["extractive", "llm"] = "extractive"
    languages: Annotated[tuple[Language, ...], Listed] = ("en",)
    model: str = ""
    base_url: BaseUrl = ""
    api_key: SecretStr | None = None
    api_key_file: Path | None = None
    daily_budget: Annotated[str, AfterValidator(_budget)] = ""
    price_in: float = Field(default=0, ge=0)
    price_out: float = Field(default=0, ge=0)
    concurrency: int = Field(default=8, ge=1, le=256)
    papers_per_request: int = Field(default=1, ge=1, le=20)
    timeout: Duration = timedelta(minutes=5)
    prompts: Annotated[Path | None, Existing("folder")] = None
    scope: Literal["shown", "all"] = "all"


class IssueSettings(_Section):
    """`[issue]`: what enters an issue and in which order. `desk` is the folder of the editor's files.

    `on_empty` says what happens on a day without announcement: nothing, or a mail that says so to daily subscribers.
    """

    max_papers: int | None = Field(default=None, ge=1)
    order: Literal["relevance", "upvotes", "announced"] = "relevance"
    on_empty: Literal["nothing", "notice"] = "nothing"
    approval: bool = False
    desk: Path = Path("desk")
    weekly_on: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "friday"


class PublishSettings(_Section):
    """`[publish]`: where the site goes and what it holds."""

    site: Path = Path("site")
    outbox: Path = Path("outbox")
    markdown: Annotated[tuple[Literal["arxiv-daily", "hf-daily", "paper-express"], ...], Listed] = ("arxiv-daily",)
    front_matter: Literal["", "jekyll", "hugo"] = ""
    feed_entries: int = Field(default=100, ge=1, le=2000)


class SmtpSettings(_Section):
    """`[smtp]`: the relay. `rate` and `per_domain` are messages a second, or limits as `14/s, 50000/day`.

    `messages` a connection is 0 for no limit; `preset` stands for a provider's own limits where these are not set.
    """

    host: str = ""
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: SecretStr | None = None
    password_file: Path | None = None
    connections: int = Field(default=4, ge=1, le=200)
    rate: Limits = ()
    per_domain: Limits = ()
    messages: int = Field(default=0, ge=0)
    preset: Literal["", "gmail", "google-workspace", "microsoft-365", "ses", "ses-sandbox"] = ""
    authorities: Annotated[Path | None, Existing("file")] = None
    plaintext_login: bool = False
    timeout: Duration = timedelta(minutes=10)


class DispatchSettings(_Section):
    """`[dispatch]`: what happens to deliveries that nobody can be sure of, and to issues that are late."""

    uncertain: Literal["hold", "resend"] = "hold"
    late_after: Duration = timedelta(days=3)
    processes: int = Field(default=1, ge=1, le=64)


class DkimSettings(_Section):
    """`[dkim]`: off unless a domain is set. `key_file` is RSA; an Ed25519 key may sign beside it."""

    domain: str = ""
    selector: str = ""
    key_file: Path | None = None
    ed25519_selector: str = ""
    ed25519_key_file: Path | None = None
    body: Literal["relaxed", "simple"] = "relaxed"


class WebSettings(_Section):
    """`[web]`: where `newsletter serve` listens."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)


class Settings(_Section):
    """Everything that can be set. `folder` is what paths are relative to; `sample` is set for the bundled sample."""

    newsletter: NewsletterSettings
    database: DatabaseSettings = DatabaseSettings()
    sources: tuple[SourceSettings, ...] = ()
    collect: CollectSettings = CollectSettings()
    enrich: EnrichSettings = EnrichSettings()
    issue: IssueSettings = IssueSettings()
    publish: PublishSettings = PublishSettings()
    smtp: SmtpSettings = SmtpSettings()
    dispatch: DispatchSettings = DispatchSettings()
    dkim: DkimSettings = DkimSettings()
    web: WebSettings = WebSettings()
    folder: Path = Path()
    sample: bool = False

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages an issue is rendered in: the newsletter's own first, then those it is enriched in."""
        return tuple(dict.fromkeys((self.newsletter.language, *self.enrich.languages)))

    def path(self, path: Path) -> Path:
        """A path of newsletter.toml as a path of this process."""
        return path if path.is_absolute() else self.folder / path
