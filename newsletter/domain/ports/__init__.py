"""The interfaces that the services need. Each is declared here by its consumer and implemented in an outer layer.

What has one implementation in the domain itself (`matching.IssueSelector`, `papers.merge`) is no port: it is imported.
One Protocol stands elsewhere, because nobody outside its package knows of it: `render.labels.DatedIssue`, what an issue
and its view have in common where their date is written.
"""

from newsletter.domain.ports.collecting import HostGate, Source
from newsletter.domain.ports.enriching import Engine, PaidEngine
from newsletter.domain.ports.events import EventStore, NotificationReader, ReadReport, ReportBox, WebhookStore
from newsletter.domain.ports.importing import ArchiveReader, LineReader
from newsletter.domain.ports.issue_stores import ArchiveStore, IssueStore, NoteStore
from newsletter.domain.ports.joining import DecideRequests, JoiningStore, RequestCounts, Settled
from newsletter.domain.ports.ledger import DecideAudience, DeliveryStore, Store
from newsletter.domain.ports.letters import LetterFacts, LetterStore, LetterText, LetterWriter
from newsletter.domain.ports.outboxes import OutboxDesign, OutboxEntry, OutboxListing, OutboxMessage
from newsletter.domain.ports.paper_stores import (
    AcronymCount,
    AcronymStore,
    LearnedAcronym,
    ListingStore,
    PaperStore,
    SummaryStore,
)
from newsletter.domain.ports.personal import PersonalFiles, PersonalStore, Remains, RetentionStore
from newsletter.domain.ports.reading import DaySection, DayWriter, ReaderDay
from newsletter.domain.ports.rendering import (
    DesignedMail,
    FeedWriter,
    MailDesign,
    MailFactory,
    MailInLanguage,
    SelectorFactory,
    Signer,
    SiteFile,
    SiteRenderer,
)
from newsletter.domain.ports.running import Clock, Progress, Step
from newsletter.domain.ports.sending import MessageQueue
from newsletter.domain.ports.subscriber_stores import SubscriberStore, SuppressionStore

__all__ = [
    "AcronymCount",
    "AcronymStore",
    "ArchiveReader",
    "ArchiveStore",
    "Clock",
    "DaySection",
    "DayWriter",
    "DecideAudience",
    "DecideRequests",
    "DeliveryStore",
    "DesignedMail",
    "Engine",
    "EventStore",
    "FeedWriter",
    "HostGate",
    "IssueStore",
    "JoiningStore",
    "LearnedAcronym",
    "LetterFacts",
    "LetterStore",
    "LetterText",
    "LetterWriter",
    "LineReader",
    "ListingStore",
    "MailDesign",
    "MailFactory",
    "MailInLanguage",
    "MessageQueue",
    "NoteStore",
    "NotificationReader",
    "OutboxDesign",
    "OutboxEntry",
    "OutboxListing",
    "OutboxMessage",
    "PaidEngine",
    "PaperStore",
    "PersonalFiles",
    "PersonalStore",
    "Progress",
    "ReadReport",
    "ReaderDay",
    "Remains",
    "ReportBox",
    "RequestCounts",
    "RetentionStore",
    "SelectorFactory",
    "Settled",
    "Signer",
    "SiteFile",
    "SiteRenderer",
    "Source",
    "Step",
    "Store",
    "SubscriberStore",
    "SummaryStore",
    "SuppressionStore",
    "WebhookStore",
]
