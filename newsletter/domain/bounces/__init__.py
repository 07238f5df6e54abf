"""What comes back after a mail was sent: what a report says, and what it means for the address."""

from newsletter.domain.bounces.classification import Finding, classify
from newsletter.domain.bounces.codes import answer_in, codes_in, most_telling
from newsletter.domain.bounces.events import Action, Event, EventKind, KnownBy, Report
from newsletter.domain.bounces.statements import SHOWN, Statement

__all__ = [
    "SHOWN",
    "Action",
    "Event",
    "EventKind",
    "Finding",
    "KnownBy",
    "Report",
    "Statement",
    "answer_in",
    "classify",
    "codes_in",
    "most_telling",
]
