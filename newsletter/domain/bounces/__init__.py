"""What comes back after a mail was sent: what a report says, whose it is, and what follows for the address."""

from newsletter.domain.bounces.classification import STILL_TRIED, Finding, classify, refusal
from newsletter.domain.bounces.codes import answer_in, codes_in, most_telling
from newsletter.domain.bounces.deciding import COUNTING, RETURNED, BounceRules, Happened, Sentence, pauses, sentence
from newsletter.domain.bounces.events import Action, Event, EventKind, KnownBy, Report
from newsletter.domain.bounces.notifications import Notification, Notified, Refusal, Ticket
from newsletter.domain.bounces.rates import ProviderRate, provider_rates
from newsletter.domain.bounces.statements import SHOWN, Statement
from newsletter.domain.bounces.stored import Arrival, Claim, Proof, StoredEvent, TakenIn, claims
from newsletter.domain.bounces.topics import endpoint_of

__all__ = [
    "COUNTING",
    "RETURNED",
    "SHOWN",
    "STILL_TRIED",
    "Action",
    "Arrival",
    "BounceRules",
    "Claim",
    "Event",
    "EventKind",
    "Finding",
    "Happened",
    "KnownBy",
    "Notification",
    "Notified",
    "Proof",
    "ProviderRate",
    "Refusal",
    "Report",
    "Sentence",
    "Statement",
    "StoredEvent",
    "TakenIn",
    "Ticket",
    "answer_in",
    "claims",
    "classify",
    "codes_in",
    "endpoint_of",
    "most_telling",
    "pauses",
    "provider_rates",
    "refusal",
    "sentence",
]
