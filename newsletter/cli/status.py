"""`status`: what came, what went out, and what is wrong, for a person who asks why there is no mail."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.common import Config, Json, open_application
from newsletter.cli.output import err, out, print_json, table
from newsletter.cli.reports import told_count, told_reasons
from newsletter.domain.bounces import EventKind, ProviderRate
from newsletter.domain.delivery import DeliveryStatus
from newsletter.domain.notation import counted

if TYPE_CHECKING:
    from newsletter.bootstrap import Application

__all__ = ["register"]

_PROVIDERS = 20
"""Of so many providers, those that get most mail, rates are shown."""
_WAITING = (DeliveryStatus.QUEUED, DeliveryStatus.DEFERRED, DeliveryStatus.SENDING)
_ANSWERED_WITHIN = timedelta(minutes=10)
"""A server that has noted nothing for so long does not answer requests: it would every minute."""
_SHOWN_KINDS = (EventKind.HARD, EventKind.SOFT, EventKind.POLICY, EventKind.COMPLAINT)


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(status)


def status(
    context: typer.Context,
    config: Config = None,
    days: Annotated[int, typer.Option(min=1, max=36_500, help="How many days back.")] = 7,
    json: Json = False,
) -> None:
    """Show the last days: what each feed gave, which issues went out, to how many.

    Example: `newsletter status --days 14`
    """
    application = open_application(context, config, quiet=json, sample=True)
    shown = _Shown(application, days)
    if json:
        print_json(shown.document())
    else:
        shown.print()


class _Shown:
    """The last days, asked for once."""

    def __init__(self, application: Application, days: int) -> None:
        self._application = application
        self._listings, self._issues = application.records.recent(days)
        self._dropped = application.records.dropped(days)
        self._failed = application.records.without_summary(days)
        self._waiting = application.records.waiting(days)
        self._gaps = application.collecting.open_gaps()
        self._rates = application.records.returned(days)
        self._refused = application.records.refused(days)
        self._since = application.clock() - timedelta(days=1)
        self._asked = application.store.joining.counts(self._since)
        self._letters = application.store.letters.counts()

    def document(self) -> dict[str, object]:
        """For programs."""
        return {
            "subscribers": self._application.store.subscribers.count(),
            "listings": [asdict(x) for x in self._listings],
            "issues": [
                {"issue": i.key.slug, "state": i.state, "papers": i.papers, "deliveries": totals}
                for i, totals in self._issues
            ],
            "waiting": [
                {
                    "issue": one.issue.slug,
                    "deliveries": one.count,
                    "until": one.until.isoformat() if one.until else None,
                    "late": one.is_late,
                }
                for one in self._waiting
            ],
            "gaps": [asdict(gap) for gap in self._gaps],
            "providers": [
                {
                    "provider": rate.provider,
                    "sent": rate.sent,
                    "events": dict(rate.counts),
                    "complaint_rate": round(rate.rate(EventKind.COMPLAINT), 6),
                    "warning": rate.warning,
                }
                for rate in self._rates
            ],
            "joining": {
                "waiting": self._asked.waiting,
                "requests": dict(self._asked.by_state),
                "letters": dict(self._letters),
                "alarm": self._asked.alarm,
                "answered": self._asked.answered,
            },
            "webhooks": [
                {"service": service, "refused": reason, "requests": count}
                for (service, reason), count in self._refused.items()
            ],
            "dropped": [{"day": day.isoformat(), "papers": count} for day, count in self._dropped.items()],
            "failed_summaries": [{"day": day.isoformat(), "failures": kinds} for day, kinds in self._failed.items()],
        }

    def print(self) -> None:
        """For a person: what came, what went out, what is wrong."""
        columns = ("Day", "Source", "Feed", "Status", "Papers", "Note")
        rows = [(x.day, x.source, x.feed, x.status, told_count(x), x.note) for x in self._listings]
        table("Listings", columns, rows)
        for gap in self._gaps:
            err.print(f"Missing: {gap.told(self._application.today)}", markup=False, soft_wrap=True)
        out.print()
        self._print_issues()
        self._print_waiting()
        for day, count in self._dropped.items():
            out.print(f"{day} has no issue: the editor dropped its {counted(count, 'paper')}.")
        for day, kinds in self._failed.items():
            why = ", ".join(f"{kind}: {sum(whys.values())}{told_reasons(whys)}" for kind, whys in sorted(kinds.items()))
            out.print(f"{day}: summaries that could not be used: {why}.", markup=False, soft_wrap=True)
        self._print_rates()
        self._print_joining()
        if warning := self._application.collecting.calendar_warning():
            err.print(warning, soft_wrap=True)
        store = self._application.store
        out.print(f"\n{counted(store.subscribers.count(), 'subscriber')} in {store.database.label}", markup=False)

    def _print_waiting(self) -> None:
        """What waits for its reader's hour, and what waits in vain."""
        for one in self._waiting:
            slug = one.issue.slug
            if one.until is not None:
                many = counted(one.count, "delivery waits", "deliveries wait")
                out.print(f"{slug}: {many} for the hour of their reader, first until {one.until:%Y-%m-%d %H:%M} UTC.")
            if one.is_late:
                err.print(
                    f"{slug}: some mail should have gone by now. `newsletter dispatch --due` sends it; let it run "
                    "every hour.",
                    soft_wrap=True,
                )

    def _print_rates(self) -> None:
        """What came back, by provider: those to whom most is sent, and all of whom there is something to say."""
        if any(rate.counts for rate in self._rates):
            shown = [rate for rate in self._rates[:_PROVIDERS] if rate.counts]
            rows = [(rate.provider, rate.sent, *(_share(rate, kind) for kind in _SHOWN_KINDS)) for rate in shown]
            columns = ("Provider", "Sent", *(kind.capitalize() for kind in _SHOWN_KINDS))
            out.print()
            table("What came back", columns, rows, right=columns[1:])
        for rate in self._rates:
            if rate.warning:
                err.print(rate.warning, markup=False, soft_wrap=True)
        for (service, reason), count in self._refused.items():
            out.print(f"Webhook of {service}: {counted(count, 'request')} refused: {reason}.", markup=False)

    def _print_joining(self) -> None:
        """Who has asked for something at the door, what waits, and whether there were too many."""
        asked = sum(self._asked.by_state.values())
        waiting = {status: count for status, count in self._letters.items() if status in _WAITING}
        if asked or waiting:
            states = ", ".join(f"{count} {state}" for state, count in self._asked.by_state.items())
            out.print(f"{counted(asked, 'request')} of readers in 24 hours{f' ({states})' if states else ''}.")
        for status, count in waiting.items():
            out.print(f"{counted(count, 'letter')} {status}: `newsletter letters list` shows them.")
        if self._asked.waiting and (why := self._application.joining.can_send()):
            err.print(f"{counted(self._asked.waiting, 'request')} wait for a letter: {why}.", soft_wrap=True)
        self._print_unanswered()
        if self._asked.alarm is not None and self._asked.alarm >= self._since:
            err.print(
                f"More readers asked than signup.budget allows letters for in an hour, last at "
                f"{self._asked.alarm:%Y-%m-%d %H:%M} UTC: an attack, or success.",
                soft_wrap=True,
            )

    def _print_unanswered(self) -> None:
        """That nobody answers requests any more, or ever has where one waits."""
        answered = self._asked.answered
        if self._application.joining.can_send() or (answered is None and not self._asked.waiting):
            return
        if answered is None or self._application.clock() - answered > _ANSWERED_WITHIN:
            since = f"since {answered:%Y-%m-%d %H:%M} UTC" if answered else "yet"
            err.print(
                f"No server has answered requests of readers {since}: is `newsletter serve` running? What keeps it "
                "stands in its log.",
                soft_wrap=True,
            )

    def _print_issues(self) -> None:
        rows = [
            (
                i.key.slug,
                i.revision,
                i.state,
                "none: a notice" if i.is_silent else i.papers,
                ", ".join(f"{n} {name}" for name, n in totals.items()) or "none yet",
            )
            for i, totals in self._issues
        ]
        table("Issues", ("Issue", "Revision", "State", "Papers", "Deliveries"), rows, right=("Revision", "Papers"))


def _share(rate: ProviderRate, kind: EventKind) -> str:
    count = rate.counts.get(kind, 0)
    return f"{count} ({100 * rate.rate(kind):.2f} %)" if count else ""
