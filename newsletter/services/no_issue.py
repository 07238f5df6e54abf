"""Why a day or a week has no issue, in words for the person who asked for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.domain.issues import Edition, IssueKey, unread
from newsletter.domain.notation import counted
from newsletter.domain.papers import Listing, ListingStatus
from newsletter.errors import IssueMissing, NothingToDo

__all__ = ["Withdrawal", "no_issue"]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What became of an issue that has no papers any more: whether there was a draft, and whether one is out."""

    had_draft: bool
    is_out: bool


def no_issue(
    key: IssueKey, listings: Sequence[Listing], withdrawal: Withdrawal, *, dropped: int = 0, is_past: bool = False
) -> NothingToDo | IssueMissing:
    """The error that says so: `IssueMissing` where a feed should have had papers and was not read.

    `dropped` counts the papers that the editor dropped; `is_past` tells that daily feeds show the day no longer.
    """
    reasons = [_why(key, listings, dropped, is_past=is_past)]
    if withdrawal.had_draft:
        reasons.append("Its draft was withdrawn.")
    if withdrawal.is_out:
        reasons.append("The issue that is out stays as it is.")
    return (IssueMissing if unread(listings) else NothingToDo)("\n".join(reasons))


def _why(key: IssueKey, listings: Sequence[Listing], dropped: int, *, is_past: bool) -> str:
    if key.edition is Edition.WEEKLY:
        return f"No issue {key.slug}: none of its seven days has an issue with papers."
    if not listings and not dropped:
        # daily feeds have moved on from a past day; over a span of days, sources are asked that can tell them
        options = f"--from {key.day} --to {key.day}" if is_past else f"--date {key.day}"
        return f"No paper for {key.slug}: nothing was collected for that day. Run `newsletter collect {options}`."
    papers = "the one paper" if dropped == 1 else counted(dropped, "paper")
    reasons = [f"  the editor dropped {papers}; `newsletter edit --date {key.day}` shows them"] if dropped else []
    reasons += [
        f"  {listing.source} {listing.feed}: {listing.status}{f' ({listing.note})' if listing.note else ''}".rstrip()
        for listing in listings
        if listing.status is not ListingStatus.FRESH or not listing.collected
    ]
    why = "\n".join(reasons) if reasons else "  every paper announced stands in another issue already"
    return f"No issue for {key.slug}: no paper to announce.\n{why}"
