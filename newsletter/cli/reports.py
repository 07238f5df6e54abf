"""What each step of the day prints for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from newsletter.cli.output import err, out, table
from newsletter.domain.notation import counted

if TYPE_CHECKING:
    from newsletter.domain.bounces import TakenIn
    from newsletter.domain.delivery import DeliveryStatus
    from newsletter.domain.issues import Issue, IssueKey
    from newsletter.domain.papers import Listing
    from newsletter.services.collect import CollectReport
    from newsletter.services.dispatch import DispatchReport, DryRunReport
    from newsletter.services.enrich import EnrichReport
    from newsletter.services.gaps import GapReport
    from newsletter.services.publish import PublishReport
    from newsletter.services.reconcile import ReconcileReport
    from newsletter.services.subscribers import SyncReport

__all__ = [
    "dispatched_as_json",
    "show_collected",
    "show_dispatched",
    "show_dry_run",
    "show_enriched",
    "show_gaps",
    "show_issue",
    "show_published",
    "show_reasons",
    "show_reconciled",
    "show_roster",
    "show_taken_in",
    "taken_as_json",
    "told_count",
    "told_reason",
    "told_reasons",
]

_MOST_REASONS = 3
"""Of the reasons for one failure, as many are told."""


SHOWN = 40
"""Rows of a long table; the rest is counted."""

REMARKS = 20
"""Remarks on interests of rosters that are shown at once."""


def show_roster(report: SyncReport | None) -> None:
    """What taking in the rosters changed, and what is wrong in them."""
    if report is None:
        return
    for problem in report.problems:
        err.print(f"roster: {problem}", markup=False)
    done = (report.added, report.changed, report.removed, report.problems, report.unsure, report.suppressions)
    if not any(done) and not report.dry_run:
        return
    # what has not changed was said when it was taken in
    for remark in report.remarks[:REMARKS] if report.added or report.changed else ():
        out.print(f"Note: {remark}", markup=False, soft_wrap=True)
    problems = f", {counted(len(report.problems), 'problem')}" if report.problems else ""
    taken = f", {counted(report.suppressions, 'suppression')} taken in" if report.suppressions else ""
    would = "would be " if report.dry_run else ""
    out.print(
        f"Rosters: {report.files} read, {counted(report.added, 'subscriber')} {would}added, {report.changed} changed, "
        f"{report.removed} removed{taken}{problems}."
    )
    _name("Would be removed" if report.dry_run else "Removed", report.gone, report.removed)
    _name("Kept, for a row that cannot be read may be theirs", report.unsure)
    _name("Suppressed, so they get no mail (`newsletter suppressions remove ADDRESS` lifts that)", report.barred)
    if report.dry_run:
        out.print("Nothing was changed.")


def _name(what: str, addresses: Sequence[str], count: int = 0) -> None:
    """The first of these addresses, and how many more there are as far as that is known."""
    if addresses:
        more = f" and {count - len(addresses)} more" if count > len(addresses) else ""
        out.print(f"  {what}: {', '.join(addresses)}{more}", markup=False)


def show_collected(report: CollectReport) -> None:
    """How each feed ended."""
    rows = [(x.source, x.feed, x.status, told_count(x), x.rejected or "", x.note) for x in report.listings]
    columns = ("Source", "Feed", "Status", "Announced", "Unreadable", "Note")
    table(f"Collected for {report.day}", columns, rows, right=("Announced", "Unreadable"))
    out.print(f"{counted(report.new_papers, 'paper')} not seen before.")


def show_gaps(report: GapReport, day: date) -> None:
    """What was missing of the days before: what came late, and what is missing still."""
    for x in report.closed:
        name = " ".join(filter(None, (x.source, x.feed)))
        out.print(f"Late, of {x.day}: {counted(x.collected, 'paper')} of {name}.", markup=False, soft_wrap=True)
    if report.new_papers:
        out.print(f"{counted(report.new_papers, 'paper')} of earlier days not seen before.")
    for told in report.told(day):
        err.print(f"Missing: {told}", markup=False, soft_wrap=True)


def told_count(listing: Listing) -> int | str:
    """How many papers a feed announced for the day; nothing where what it holds is of another day."""
    from newsletter.domain.papers import ListingStatus

    return listing.collected if listing.status is ListingStatus.FRESH else ""


def show_reconciled(reports: Sequence[ReconcileReport]) -> None:
    """How complete each day was, and what was added."""
    for report in reports:
        rows = [(c.listing.feed, c.listing.status, c.announced, c.collected, c.listing.note) for c in report.feeds]
        columns = ("Feed", "Status", "Announced", "Collected", "Note")
        table(f"Reconciled {report.day}", columns, rows, right=("Announced", "Collected"))
        added = f"; added {len(report.late)}: {', '.join(report.late[:10])}" if report.late else ""
        more = " ..." if len(report.late) > 10 else ""
        out.print(
            f"{report.day}: announced {report.announced}, collected {report.collected}{added}{more}",
            markup=False,
            soft_wrap=True,
        )


def told_reasons(reasons: Mapping[str, int]) -> str:
    """` (connection refused (72), HTTP 500 (8))`, the commonest first; empty where nobody knows why."""
    known = [(reason, count) for reason, count in reasons.items() if reason]
    shown = [f"{reason} ({count})" for reason, count in sorted(known, key=lambda item: -item[1])[:_MOST_REASONS]]
    rest = sum(count for _, count in known) - sum(sorted((count for _, count in known), reverse=True)[:_MOST_REASONS])
    return f" ({', '.join([*shown, *([f'others ({rest})'] if rest else [])])})" if shown else ""


def show_enriched(report: EnrichReport) -> None:
    """How many summaries were written, why others were not, and what they cost."""
    failed = f", {report.failed} could not be used" if report.failed else ""
    out.print(f"Summaries: {report.written - report.failed} written, {report.cached} were there already{failed}.")
    for kind, count in sorted(report.failures.items()):
        why = told_reasons(report.reasons.get(kind, {}))
        out.print(f"  {kind}: {count}{why}; the digest shows the abstract and says so.", markup=False, soft_wrap=True)
    if told := report.spending.told:
        out.print(f"The papers have cost {told}.")
    for remark in report.spending.remarks:
        err.print(f"model: {remark}", markup=False)
    if report.stopped:
        err.print(f"The engine was given up: {report.stopped}", markup=False)
    if report.untranslated:
        out.print(
            f"No engine writes {', '.join(report.untranslated)}: those digests show English where nothing else came."
        )


def show_issue(issue: Issue) -> None:
    """What was frozen."""
    if issue.silence is not None:
        out.print(
            f"Issue [bold]{issue.key.slug}[/]: a notice that there are no papers (issue.on_empty), the next expected "
            f"on {issue.silence.next_day}."
        )
        return
    kinds = Counter(entry.announced_as.value for entry in issue.papers)
    parts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    out.print(f"Issue [bold]{issue.key.slug}[/]: {counted(len(issue.papers), 'paper')} ({parts}).")


def show_published(report: PublishReport) -> None:
    """Where the site is."""
    if not report.on_site:
        out.print("The site stays as it is: a notice is mail alone.")
        return
    if report.issues != 1 or report.removed:
        removed = f", {report.removed} removed" if report.removed else ""
        out.print(
            f"Made {report.site / 'index.html'} again from {counted(report.issues, 'issue')} "
            f"({counted(report.written, 'file')} written, {report.unchanged} unchanged{removed}).",
            soft_wrap=True,
        )
        return
    written = f"{counted(report.written, 'file')} written, {report.unchanged} unchanged"
    out.print(f"Published to {report.site / 'index.html'} ({written}).")


def show_dry_run(report: DryRunReport, key: IssueKey, *, sample: bool) -> None:
    """Who would get what, and where to look at it."""
    weekly = key.edition == "weekly"
    rows = [
        (
            e.email,
            e.status,
            len(e.papers) or "",
            f"{e.size / 1024:.0f} KB" if e.size else "",
            told_reason(e.reason, weekly=weekly) or _why(e.interests),
        )
        for e in report.first[:SHOWN]
    ]
    columns = ("Subscriber", "Status", "Papers", "Size", "Why")
    table("Who would get what", columns, rows, right=("Papers", "Size"))
    if report.recipients > SHOWN:
        out.print(f"... and {report.recipients - SHOWN} more; all are in {report.folder / 'manifest.json'}.")
    out.print(f"{_summed(report.totals)}. Look at [bold]{report.folder / 'index.html'}[/].")
    if sample:
        out.print("Nothing was sent: these subscribers and papers are invented.")
    else:
        out.print(f"Nothing was sent. To publish and send it: `newsletter send --date {key.day}`")


def show_dispatched(report: DispatchReport) -> None:
    """How the sending ended, and why what was not sent was not."""
    totals = {status.value: count for status, count in report.totals.items()}
    now = {status.value: count for status, count in report.now.items() if count}
    settled = {name: count for name, count in totals.items() if name != "skipped"}
    if now == settled:
        counts = _summed(totals)
    else:
        counts = f"{_summed(now) if now else 'nothing'} in this run; {_summed(totals)} in all"
    out.print(f"Issue {report.issue.slug}: {counts}.")
    show_reasons(report.reasons, report.issue)
    if report.stopped:
        err.print(report.stopped, markup=False)
    if report.next_due is not None:
        out.print(
            f"The next deferred one is due at {report.next_due:%Y-%m-%d %H:%M} UTC; then run "
            f"`newsletter dispatch {report.issue.options}`, or wait for it with --wait."
        )
    if report.next_hour is not None:
        verb = "waits" if report.waiting == 1 else "wait"
        out.print(
            f"{counted(report.waiting, 'delivery', 'deliveries')} {verb} for the hour that their readers chose, the "
            f"first until {report.next_hour:%Y-%m-%d %H:%M} UTC; `newsletter dispatch --due`, every hour, sends them."
        )


def show_taken_in(taken: TakenIn) -> None:
    """What followed from bounces and complaints; nothing where there is nothing to tell."""
    followed = (
        (taken.suppressed, "address is suppressed from now on", "addresses are suppressed from now on"),
        (taken.released, "address may be mailed again", "addresses may be mailed again"),
        (taken.unsubscribed, "subscription has ended by a complaint", "subscriptions have ended by complaints"),
        (taken.left, "reader unsubscribed by mail", "readers unsubscribed by mail"),
        (taken.returned, "delivery came back", "deliveries came back"),
    )
    for count, one, many in followed:
        if count:
            out.print(f"{counted(count, one, many)}.")
    for sentence in taken.paused:
        err.print(sentence, markup=False, soft_wrap=True)


def taken_as_json(taken: TakenIn, *, events: bool = True) -> dict[str, object]:
    """The same for programs."""
    stored = {"events": len(taken.kinds), "kinds": dict(Counter(taken.kinds)), "known": taken.known}
    return (stored | {"unproved": taken.unproved, "left": taken.left} if events else {}) | {
        "suppressed": taken.suppressed,
        "released": taken.released,
        "unsubscribed": taken.unsubscribed,
        "returned": taken.returned,
        "paused": list(taken.paused),
    }


def show_reasons(reasons: Mapping[tuple[DeliveryStatus, str], int], key: IssueKey) -> None:
    """Why deliveries are in the state they are in; nothing where all were sent."""
    weekly = key.edition == "weekly"
    rows = [(status.value, told_reason(reason, weekly=weekly), n) for (status, reason), n in reasons.items() if reason]
    if rows:
        table("Why", ("Status", "Reason", "Deliveries"), rows, right=("Deliveries",))


def told_reason(reason: str, *, weekly: bool) -> str:
    """A reason of the ledger as a person says it; JSON and the manifest keep the ledger's word."""
    edition = "daily" if weekly else "weekly"
    words = {
        "no match": "none of the papers meets their interests",
        "unconfirmed": "have not confirmed their subscription",
        "unsubscribed": "have unsubscribed",
        "suppressed": "are suppressed: they bounced, complained, or asked never to be mailed again",
        "other cadence": f"get the {edition} issue instead",
        "other day": "get none on this day of the week",
        "paused": "have paused their mail",
        "too few papers": "wait for more papers than meet their interests",
        "erased": "have had their data erased",
    }
    return words.get(reason, reason)


def dispatched_as_json(report: DispatchReport) -> dict[str, object]:
    """The report for programs."""
    return {
        "issue": report.issue.slug,
        "complete": report.is_complete,
        "now": {status.value: count for status, count in report.now.items()},
        "totals": {status.value: count for status, count in report.totals.items()},
        "reasons": [
            {"status": status.value, "reason": reason, "deliveries": count}
            for (status, reason), count in report.reasons.items()
        ],
        "seconds": round(report.seconds, 3),
        "stopped": report.stopped,
        "next_due": report.next_due.isoformat() if report.next_due else None,
        "awaiting_hour": report.waiting,
        "next_hour": report.next_hour.isoformat() if report.next_hour else None,
    }


def _summed(totals: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {status}" for status, count in totals.items() if count) or "nobody to send to"


def _why(interests: Mapping[str, int]) -> str:
    """The interests by which papers came, those that found most first."""
    names = sorted(filter(interests.__getitem__, interests), key=interests.__getitem__, reverse=True)
    return ", ".join(names[:4]) + (" ..." if len(names) > 4 else "")
