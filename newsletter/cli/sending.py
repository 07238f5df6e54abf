"""`audit` and `doctor`: what became of an issue, and whether mail could go out at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from newsletter.cli.common import Config, Day, Json, Unnamed, Weekly, chosen_issue, open_application
from newsletter.cli.output import out, print_json, table
from newsletter.cli.reports import show_reasons
from newsletter.cli.suppressions import as_json
from newsletter.domain.notation import counted
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from newsletter.bootstrap import Application
    from newsletter.domain.issues import IssueKey
    from newsletter.services.audit import AuditReport

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command()(audit)
    app.command()(doctor)


def audit(
    context: typer.Context,
    unnamed: Unnamed = None,
    config: Config = None,
    date: Day = None,
    weekly: Weekly = False,
    email: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Did this address get it, and why (not)? And its story.")
    ] = None,
    resend: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Send an uncertain delivery again; `all` for all of them.")
    ] = None,
    as_sent: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Take an uncertain delivery as sent; `all` for all of them.")
    ] = None,
    json: Json = False,
) -> None:
    """Account for everybody of an issue's audience; exit status 1 while somebody is not settled.

    With an address: what was sent to it, what came back, and whether it is mailed any more, in order of time.

    Examples: `newsletter audit --date 2026-06-02`, `newsletter audit --date 2026-06-02 --email ada@example.org`,
    `newsletter audit --email ada@example.org`
    """
    application = open_application(context, config, quiet=json)
    key = chosen_issue(application, date, unnamed, weekly=weekly)
    settled = _settle(application, key, resend, as_sent)
    if not json:
        for status, count in settled.items():
            verb = "is" if count == 1 else "are"
            out.print(f"{counted(count, 'uncertain delivery', 'uncertain deliveries')} {verb} {status} now.")
    if email:
        named = bool(date or unnamed or weekly)
        document = _story(application, key if named else None, email, json=json)
        if json:
            print_json(document | _decided(settled))
        return
    report = application.sending.audit().run(key)
    if json:
        print_json(
            {
                "issue": key.slug,
                "audience": report.audience,
                "totals": {status.value: count for status, count in report.totals.items()},
                "complete": not (report.unsettled or report.faults),
                "faults": list(report.faults),
                **_decided(settled),
            }
        )
    else:
        _show_account(key, report)
    if report.faults or (report.unsettled and not settled):
        raise typer.Exit(1)


def _story(application: Application, key: IssueKey | None, email: str, *, json: bool) -> dict[str, object]:
    """Whether an address got an issue, where one is named, and all that happened to it."""
    story = application.returning.story().tell(email)
    answer = application.sending.audit().explain(key, email).answer if key else story.standing
    if not json:
        out.print(answer, markup=False, soft_wrap=True)
        for moment in story.moments:
            out.print(f"{moment.at:%Y-%m-%d %H:%M}  {moment.text}", markup=False, soft_wrap=True)
        if key:
            out.print(story.standing, markup=False, soft_wrap=True)
    suppression = None if story.suppression is None else as_json(story.suppression)
    moments = [{"at": m.at.isoformat(), "what": m.what, "text": m.text} for m in story.moments]
    return {"email": email, "answer": answer, "suppression": suppression, "story": moments}


def _show_account(key: IssueKey, report: AuditReport) -> None:
    """What became of everybody, and what does not add up."""
    out.print(f"Issue {key.slug}: {report.equation}", markup=False)
    show_reasons(report.reasons, key)
    if report.dispatch.paused:
        out.print(f"Paused: {report.dispatch.paused}", markup=False, soft_wrap=True)
    for fault in report.faults:
        out.print(f"Does not add up: {fault}", markup=False, soft_wrap=True)
    if report.unsettled:
        out.print(f"Not settled yet: {report.unsettled}.")
    elif not report.faults:
        out.print("Everybody is accounted for.")


def _settle(application: Application, key: IssueKey, resend: str | None, as_sent: str | None) -> dict[str, int]:
    """Decide about uncertain deliveries as the options say; how many became what."""
    from datetime import UTC, datetime

    from newsletter.domain.delivery import DeliveryStatus

    settled = {}
    for who, status in ((resend, DeliveryStatus.QUEUED), (as_sent, DeliveryStatus.SENT)):
        if who:
            only = "" if who == "all" else who
            settled[status.value] = application.sending.audit().settle_uncertain(
                key, status, email=only, at=datetime.now(UTC)
            )
    return settled


def _decided(settled: dict[str, int]) -> dict[str, object]:
    return {"settled": settled} if settled else {}


def doctor(
    context: typer.Context,
    config: Config = None,
    dkim: Annotated[bool, typer.Option("--dkim", help="Create missing DKIM keys and show their DNS records.")] = False,
    json: Json = False,
) -> None:
    """Check what can be checked from here: the database, the relay, its TLS and login, DKIM. Nothing is sent.

    Examples: `newsletter doctor`, `newsletter doctor --dkim`
    """
    application = open_application(context, config, quiet=json)
    if dkim:
        keys = _made_keys(application)
        if json:
            print_json(keys._asdict())
        else:
            _show_keys(keys)
        return
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("database", lambda: application.store.database.label),
        ("relay", lambda: asyncio.run(_try_relay(application))),
        ("dkim", lambda: _try_dkim(application)),
        ("links", lambda: _try_links(application)),
        ("secrets", lambda: _try_secrets(application)),
    )
    rows = []
    for name, check in checks:
        try:
            rows.append((name, "ok", check()))
        except NewsletterError as error:
            rows.append((name, "wrong", str(error)))
    well = all(result == "ok" for _, result, _ in rows)
    if json:
        checked = [{"check": name, "result": result, "what": what} for name, result, what in rows]
        print_json({"well": well, "checks": checked})
    else:
        table("Doctor", ("Check", "Result", "What"), rows)
        out.print("Not to be seen from here: SPF, DMARC and reverse DNS of your relay (see docs/dkim.md).")
    if not well:
        raise typer.Exit(1)


async def _try_relay(application: Application) -> str:
    from newsletter.mail.smtp import Connector

    relay = application.sending.check_relay()
    session = await Connector(relay).open()
    pipelining = "with" if session.pipelining else "without"
    await session.quit()
    login = f", logged in as {relay.username}" if relay.username else ""
    return f"{relay.label} answers, security {relay.security}{login}, {pipelining} pipelining"


def _try_dkim(application: Application) -> str:
    keys = application.sending.dkim_keys()
    if not keys:
        return "not set: leave it so only if your relay signs"
    domain, sender = _domains(application)
    if sender != domain and not sender.endswith(f".{domain}"):
        msg = f"dkim.domain is {domain} but mail comes from {sender}: DMARC wants them aligned"
        raise NewsletterError(msg)
    return ", ".join(f"{key.algorithm} by {key.selector}._domainkey.{domain}" for key in keys)


class _Domains(NamedTuple):
    """The domain that signs, the sender's where none is set, and the sender's; in ASCII, as DNS knows them."""

    signing: str
    sender: str


def _domains(application: Application) -> _Domains:
    from newsletter.domain.subscribers import ascii_domain

    sender = ascii_domain(parseaddr(application.settings.newsletter.from_)[1].rpartition("@")[2])
    return _Domains(ascii_domain(application.settings.dkim.domain or sender), sender)


def _try_links(application: Application) -> str:
    base = application.settings.newsletter.base_url
    if not base.startswith("https://"):
        msg = "newsletter.base_url is not an https address: mail has no one-click unsubscribe without one"
        raise NewsletterError(msg)
    return base


def _try_secrets(application: Application) -> str:
    from newsletter.private import is_open_to_others

    files = application.private_files()
    wrong = [f"{path} ({key})" for key, path in files.items() if is_open_to_others(path)]
    if wrong:
        msg = f"others on this machine can read {', '.join(wrong)}: `chmod 600` takes that away"
        raise NewsletterError(msg)
    return f"nobody else can read {', '.join(str(path) for path in files.values()) or 'anything'}"


class _Keys(NamedTuple):
    """Keys that were created, settings to add before they are used, and the DNS records of those that are."""

    created: list[str]
    settings: list[str]
    records: list[str]


def _made_keys(application: Application) -> _Keys:
    """Create the keys that the settings name, or the first one where they name none."""
    from newsletter.mail.dkim import create_key

    s = application.settings.dkim
    domain = _domains(application).signing
    created: list[str] = []
    if not s.key_file:
        path = application.settings.path(Path("dkim.pem"))
        selector = s.selector or "newsletter"
        if not path.exists():
            create_key(path, selector)
            created.append(str(path))
        lines = ["[dkim]", f'domain = "{domain}"', f'selector = "{selector}"', 'key_file = "dkim.pem"']
        return _Keys(created, lines, [])
    if not (path := application.settings.path(s.key_file)).exists():
        create_key(path, s.selector, kind="rsa")
        created.append(str(path))
    if s.ed25519_key_file and not (path := application.settings.path(s.ed25519_key_file)).exists():
        create_key(path, s.ed25519_selector, kind="ed25519")
        created.append(str(path))
    return _Keys(created, [], [key.zone_line(domain) for key in application.sending.dkim_keys()])


def _show_keys(keys: _Keys) -> None:
    for path in keys.created:
        out.print(f"Created {path}. Keep it private, and a copy of it safe.", markup=False)
    if keys.settings:
        out.print("\n".join(("Add to newsletter.toml:\n", *keys.settings)), markup=False)
        out.print("\nThen run `newsletter doctor --dkim` again for the DNS record.", markup=False)
    else:
        out.print("Put this into the zone of your domain:\n")
    for record in keys.records:
        out.print(record, markup=False, soft_wrap=True)
