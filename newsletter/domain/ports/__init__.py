"""The interfaces that the services need. Each is declared here by its consumer and implemented in an outer layer."""

from newsletter.domain.ports.collecting import HostGate, Source
from newsletter.domain.ports.enriching import Engine, PaidEngine, Spending
from newsletter.domain.ports.ledger import DecideAudience, DeliveryStore, Store
from newsletter.domain.ports.rendering import (
    MailFactory,
    MailInLanguage,
    SelectorFactory,
    Signer,
    SiteFile,
    SiteRenderer,
)
from newsletter.domain.ports.running import Clock, Progress, Step
from newsletter.domain.ports.storing import (
    AcronymCount,
    AcronymStore,
    ArchiveStore,
    IssueStore,
    LearnedAcronym,
    ListingStore,
    NoteStore,
    PaperStore,
    SubscriberStore,
    SummaryStore,
    SuppressionStore,
)

__all__ = [
    "AcronymCount",
    "AcronymStore",
    "ArchiveStore",
    "Clock",
    "DecideAudience",
    "DeliveryStore",
    "Engine",
    "HostGate",
    "IssueStore",
    "LearnedAcronym",
    "ListingStore",
    "MailFactory",
    "MailInLanguage",
    "NoteStore",
    "PaidEngine",
    "PaperStore",
    "Progress",
    "SelectorFactory",
    "Signer",
    "SiteFile",
    "SiteRenderer",
    "Source",
    "Spending",
    "Step",
    "Store",
    "SubscriberStore",
    "SummaryStore",
    "SuppressionStore",
]
