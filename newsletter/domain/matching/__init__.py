"""Which papers of an issue fit which interests, in which order, and why."""

from newsletter.domain.matching.acronyms import AcronymBook, Definition, definitions
from newsletter.domain.matching.evaluation import Evaluator
from newsletter.domain.matching.lists import Review, review
from newsletter.domain.matching.previewing import LinePreview, ListPreview, Place, TopicOverlap, overlaps, preview
from newsletter.domain.matching.readings import Finding, InterestReading, read_line
from newsletter.domain.matching.scanning import Pattern, scan
from newsletter.domain.matching.selector import IssueSelector
from newsletter.domain.matching.term_lookup import NEAR_SLACK, NEAR_SLACK_REVERSED
from newsletter.domain.matching.term_patterns import alternatives, near_groups

__all__ = [
    "NEAR_SLACK",
    "NEAR_SLACK_REVERSED",
    "AcronymBook",
    "Definition",
    "Evaluator",
    "Finding",
    "InterestReading",
    "IssueSelector",
    "LinePreview",
    "ListPreview",
    "Pattern",
    "Place",
    "Review",
    "TopicOverlap",
    "alternatives",
    "definitions",
    "near_groups",
    "overlaps",
    "preview",
    "read_line",
    "review",
    "scan",
]
