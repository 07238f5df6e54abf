"""The dated edition: which papers it holds and when, why a day is silent, and what a digest selects of it."""

from newsletter.domain.issues.admission import Admits, Wanted, admitting
from newsletter.domain.issues.archives import (
    ARCHIVE_SOURCE,
    BackIssue,
    is_from,
    joint_note,
    published_text,
)
from newsletter.domain.issues.calendar import AnnouncementCalendar, announcement_day, eastern_day
from newsletter.domain.issues.composition import arrange, candidates, choose_summaries, is_new_or_replaced, with_notes
from newsletter.domain.issues.gaps import Gap, find_gaps, unsettled
from newsletter.domain.issues.issues import Edition, Issue, IssueKey, IssuePaper, IssueState, IssueStatus
from newsletter.domain.issues.listings import (
    HISTORY,
    PAPERS,
    Feed,
    Usual,
    as_repeated,
    as_short,
    damaged,
    repeated_day,
    settle_empty,
    unread,
    usual,
)
from newsletter.domain.issues.orders import PaperOrder, precedence
from newsletter.domain.issues.paper_pages import page_owner, page_precedence
from newsletter.domain.issues.picks import Match, Pick
from newsletter.domain.issues.sections import NO_OUTLINE, RARE, Outline, Section
from newsletter.domain.issues.selection import Explained, Selection, SelectionRequest
from newsletter.domain.issues.silence import Silence, explain_silence
from newsletter.domain.issues.weeks import same_series, series_of

__all__ = [
    "ARCHIVE_SOURCE",
    "HISTORY",
    "NO_OUTLINE",
    "PAPERS",
    "RARE",
    "Admits",
    "AnnouncementCalendar",
    "BackIssue",
    "Edition",
    "Explained",
    "Feed",
    "Gap",
    "Issue",
    "IssueKey",
    "IssuePaper",
    "IssueState",
    "IssueStatus",
    "Match",
    "Outline",
    "PaperOrder",
    "Pick",
    "Section",
    "Selection",
    "SelectionRequest",
    "Silence",
    "Usual",
    "Wanted",
    "admitting",
    "announcement_day",
    "arrange",
    "as_repeated",
    "as_short",
    "candidates",
    "choose_summaries",
    "damaged",
    "eastern_day",
    "explain_silence",
    "find_gaps",
    "is_from",
    "is_new_or_replaced",
    "joint_note",
    "page_owner",
    "page_precedence",
    "precedence",
    "published_text",
    "repeated_day",
    "same_series",
    "series_of",
    "settle_empty",
    "unread",
    "unsettled",
    "usual",
    "with_notes",
]
