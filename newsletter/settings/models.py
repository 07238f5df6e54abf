"""What can be set: one frozen model a table of newsletter.toml."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from newsletter.domain.papers import SourceKind
from newsletter.settings.values import (
    BaseUrl,
    BounceMailbox,
    BudgetText,
    DatabaseUrl,
    Domain,
    Duration,
    Existing,
    Language,
    Limits,
    Listed,
    Listen,
    Mailbox,
    Name,
    Network,
    P256Key,
    TimeZone,
    Topic,
    Url,
)

__all__ = [
    "BouncesSettings",
    "CollectSettings",
    "DatabaseSettings",
    "DispatchSettings",
    "DkimSettings",
    "EnrichSettings",
    "IssueSettings",
    "NewsletterSettings",
    "PublishSettings",
    "RetentionSettings",
    "Settings",
    "SignupSettings",
    "SmtpSettings",
    "SourceSettings",
    "WebSettings",
    "WebhooksSettings",
]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, populate_by_name=True)


class NewsletterSettings(_Section):
    """`[newsletter]`: what it is called, where it lives, who it is from.

    `earlier_secrets` are those that `secret` has replaced, one a line: links made with them go on working.
    """

    title: str = "Paper newsletter"
    description: str = "The day's research papers"
    base_url: BaseUrl = ""
    from_: Mailbox = Field(alias="from")
    language: Language = "en"
    timezone: TimeZone = "UTC"
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

    url: DatabaseUrl = Field(default="sqlite:///newsletter.db", repr=False)
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
    name: Name = ""
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
    daily_budget: BudgetText = ""
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
    outbox_pages: int = Field(default=1000, ge=0)
    markdown: Annotated[tuple[Literal["arxiv-daily", "hf-daily", "paper-express"], ...], Listed] = ("arxiv-daily",)
    front_matter: Literal["", "jekyll", "hugo"] = ""
    feed_entries: int = Field(default=100, ge=1, le=2000)
    thumbnails: bool = False


class MailSettings(_Section):
    """`[mail]`: how much of a digest stands in the mail itself; the rest is on the reader's own page.

    `words` counts everything that is read, cards and rows and what stands around them.
    """

    cards: int = Field(default=8, ge=1, le=100)
    words: int = Field(default=430, ge=100, le=100_000)


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


class BouncesSettings(_Section):
    """`[bounces]`: where mail that could not be delivered comes back to, and what follows from it.

    The address is `mailbox` at `domain`; where neither is set, it is the sender's own. A `mailbox` may have 34 octets,
    because with `verp` the token of the delivery stands behind it. What comes to it and is no report lies in `others`.
    With `unsubscribes` each mail names an address there that unsubscribes its reader.
    """

    verp: bool = True
    unsubscribes: bool = False
    mailbox: BounceMailbox = ""
    domain: Domain = ""
    soft_limit: int = Field(default=7, ge=1, le=1000)
    soft_span: Duration = timedelta(days=14)
    soft_half_life: Duration = timedelta(days=60)
    policy_share: float = Field(default=0.05, gt=0, le=1)
    policy_least: int = Field(default=20, ge=1)
    complaint_wait: Duration = timedelta(days=365)
    others: Path = Path("bounces-other")
    listen: Listen = "lmtp:127.0.0.1:2424"
    imap_host: str = ""
    imap_port: int = Field(default=0, ge=0, le=65535)
    imap_security: Literal["tls", "starttls", "none"] = "tls"
    imap_username: str = ""
    imap_password: SecretStr | None = None
    imap_password_file: Path | None = None
    imap_folder: str = Field(default="INBOX", min_length=1)
    imap_read: str = Field(default="bounces-read", min_length=1)
    imap_other: str = Field(default="bounces-other", min_length=1)
    imap_authorities: Annotated[Path | None, Existing("file")] = None
    imap_timeout: Duration = timedelta(minutes=1)


class WebhooksSettings(_Section):
    """`[webhooks]`: sending services that may tell `newsletter serve` what became of mail; those that are set.

    `ses_topics` are SNS topics (ARN), `sendgrid_public_key` the verification key as SendGrid shows it.
    """

    ses_topics: Annotated[tuple[Topic, ...], Listed] = ()
    sendgrid_public_key: P256Key = ""
    mailgun_signing_key: SecretStr | None = None
    mailgun_signing_key_file: Path | None = None
    postmark_username: str = "newsletter"
    postmark_password: SecretStr | None = None
    postmark_password_file: Path | None = None


class RetentionSettings(_Section):
    """`[retention]`: how long is kept what tells of people; suppressions and consent outlive it.

    Of `deliveries` the numbers stay. `unconfirmed` are those who never confirmed, `feeds` those who read by feed alone
    and have not for so long.
    """

    events: Duration = timedelta(days=400)
    evidence: Duration = timedelta(days=30)
    deliveries: Duration = timedelta(days=400)
    requests: Annotated[Duration, Field(ge=timedelta(days=8))] = timedelta(days=30)
    unconfirmed: Duration = timedelta(days=30)
    feeds: Duration = timedelta(days=400)


class DkimSettings(_Section):
    """`[dkim]`: off unless a domain is set. `key_file` is RSA; an Ed25519 key may sign beside it."""

    domain: str = ""
    selector: str = ""
    key_file: Path | None = None
    ed25519_selector: str = ""
    ed25519_key_file: Path | None = None
    body: Literal["relaxed", "simple"] = "relaxed"


class WebSettings(_Section):
    """`[web]`: where `newsletter serve` listens, whom it believes, and how much it takes on at once.

    `trusted_proxies` are addresses and networks whose word counts for who asks, as `forwarded_by` has it.
    `connections_per_client` are those of one IPv4 address or IPv6 /64; proxies that are trusted have no such limit.
    `grace` is how long answers that are being given may take once the server is told to end. `signup` opens the page
    where anybody can join.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    trusted_proxies: Annotated[tuple[Network, ...], Listed] = ()
    forwarded_by: Literal["x-forwarded-for", "forwarded"] = "x-forwarded-for"
    connections: int = Field(default=4000, ge=10, le=100_000)
    connections_per_client: int = Field(default=200, ge=1, le=100_000)
    grace: Duration = timedelta(seconds=10)
    signup: bool = False


class SignupSettings(_Section):
    """`[signup]`: how readers join by themselves, where `web.signup` lets them.

    `per_address_day` and `per_address_week` are letters to one mailbox, `per_client` requests of one IPv4 address or
    IPv6 /64 within an hour, `budget` letters to everybody within an hour. `allowed_domains` are the only ones whose
    addresses are taken, where any is named; `blocked_domains` are refused, and those in the file `disposable_domains`.
    """

    first_digest: bool = True
    record_ip: bool = False
    suppressed_may_confirm: bool = False
    lifetime: Annotated[Duration, Field(ge=timedelta(minutes=5))] = timedelta(hours=48)
    per_address_day: int = Field(default=1, ge=1, le=100)
    per_address_week: int = Field(default=3, ge=1, le=1000)
    per_client: int = Field(default=10, ge=1, le=100_000)
    budget: int = Field(default=200, ge=1, le=1_000_000)
    proof_of_work: bool = False
    allowed_domains: Annotated[tuple[Domain, ...], Listed] = ()
    blocked_domains: Annotated[tuple[Domain, ...], Listed] = ()
    disposable_domains: Annotated[Path | None, Existing("file")] = None
    check_mx: bool = False


class Settings(_Section):
    """Everything that can be set. `folder` is what paths are relative to; `sample` is set for the bundled sample."""

    newsletter: NewsletterSettings
    database: DatabaseSettings = DatabaseSettings()
    sources: tuple[SourceSettings, ...] = ()
    collect: CollectSettings = CollectSettings()
    enrich: EnrichSettings = EnrichSettings()
    issue: IssueSettings = IssueSettings()
    publish: PublishSettings = PublishSettings()
    mail: MailSettings = MailSettings()
    smtp: SmtpSettings = SmtpSettings()
    dispatch: DispatchSettings = DispatchSettings()
    bounces: BouncesSettings = BouncesSettings()
    webhooks: WebhooksSettings = WebhooksSettings()
    retention: RetentionSettings = RetentionSettings()
    dkim: DkimSettings = DkimSettings()
    web: WebSettings = WebSettings()
    signup: SignupSettings = SignupSettings()
    folder: Path = Path()
    sample: bool = False

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages an issue is rendered in: the newsletter's own first, then those it is enriched in."""
        return tuple(dict.fromkeys((self.newsletter.language, *self.enrich.languages)))

    @property
    def bounce_address(self) -> str:
        """Where mail that could not be delivered comes back to: the sender's own address where nothing else is set."""
        local, _, domain = parseaddr(self.newsletter.from_)[1].rpartition("@")
        if self.bounces.mailbox or self.bounces.domain:
            local = self.bounces.mailbox or "bounces"
        return f"{local}@{self.bounces.domain or domain}"

    def path(self, path: Path) -> Path:
        """A path of newsletter.toml as a path of this process."""
        return path if path.is_absolute() else self.folder / path
