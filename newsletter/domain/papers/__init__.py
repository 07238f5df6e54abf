"""Papers and what is said of them: announcements, summaries, notes; how announcements become one paper."""

from newsletter.domain.papers.announcements import Announcement, AnnounceType, Collected, Listing, ListingStatus, Notice
from newsletter.domain.papers.authors import read_author, split_authors
from newsletter.domain.papers.categories import bare_category, is_known, nearest
from newsletter.domain.papers.merging import merge
from newsletter.domain.papers.notes import WORDS, IssueNote, PaperNote
from newsletter.domain.papers.papers import Author, Paper, PaperId, arxiv_number, parse_arxiv_id, parse_paper_id
from newsletter.domain.papers.resources import RESOURCES, find_resources, resource_addresses
from newsletter.domain.papers.source_kinds import SourceKind, Timing, family_of, timing_of
from newsletter.domain.papers.spending import Spending
from newsletter.domain.papers.summaries import (
    FILE_ENGINE,
    RATINGS,
    Expense,
    FailureKind,
    Keyword,
    Provenance,
    Rating,
    Summary,
    SummaryKey,
)

__all__ = [
    "FILE_ENGINE",
    "RATINGS",
    "RESOURCES",
    "WORDS",
    "AnnounceType",
    "Announcement",
    "Author",
    "Collected",
    "Expense",
    "FailureKind",
    "IssueNote",
    "Keyword",
    "Listing",
    "ListingStatus",
    "Notice",
    "Paper",
    "PaperId",
    "PaperNote",
    "Provenance",
    "Rating",
    "SourceKind",
    "Spending",
    "Summary",
    "SummaryKey",
    "Timing",
    "arxiv_number",
    "bare_category",
    "family_of",
    "find_resources",
    "is_known",
    "merge",
    "nearest",
    "parse_arxiv_id",
    "parse_paper_id",
    "read_author",
    "resource_addresses",
    "split_authors",
    "timing_of",
]
