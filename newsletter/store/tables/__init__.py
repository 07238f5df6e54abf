"""The tables. They stay inside `store`: everything else sees the domain's dataclasses.

Values that are only ever read back whole are kept as JSON text of their dataclass (`record`); what is searched, joined
or ordered by has a column of its own.

They are written as SQLModel classes, and used as SQLAlchemy Core tables (decision 0146).
"""

from newsletter.store.tables._metadata import metadata
from newsletter.store.tables.database import HostGateRow, MetaRow
from newsletter.store.tables.events import EventRow
from newsletter.store.tables.issues import ArchiveRow, IssuePaperRow, IssueRow, NoteRow
from newsletter.store.tables.joining import (
    OPEN_LETTERS,
    WAITING_REQUESTS,
    AttemptRow,
    ConsentRow,
    LetterRow,
    RequestRow,
)
from newsletter.store.tables.ledger import (
    FAILED_STATE,
    OPEN_STATES,
    DeliveryRow,
    DispatchRow,
    DispatchRunRow,
    DomainRestRow,
)
from newsletter.store.tables.papers import (
    AcronymRow,
    AnnouncementRow,
    ExpenseRow,
    ListingRow,
    PaperRow,
    SummaryClaimRow,
    SummaryRow,
)
from newsletter.store.tables.subscribers import SubscriberRow, SuppressionRow
from newsletter.store.tables.webhooks import WebhookRefusalRow, WebhookTicketRow

__all__ = [
    "FAILED_STATE",
    "OPEN_LETTERS",
    "OPEN_STATES",
    "WAITING_REQUESTS",
    "AcronymRow",
    "AnnouncementRow",
    "ArchiveRow",
    "AttemptRow",
    "ConsentRow",
    "DeliveryRow",
    "DispatchRow",
    "DispatchRunRow",
    "DomainRestRow",
    "EventRow",
    "ExpenseRow",
    "HostGateRow",
    "IssuePaperRow",
    "IssueRow",
    "LetterRow",
    "ListingRow",
    "MetaRow",
    "NoteRow",
    "PaperRow",
    "RequestRow",
    "SubscriberRow",
    "SummaryClaimRow",
    "SummaryRow",
    "SuppressionRow",
    "WebhookRefusalRow",
    "WebhookTicketRow",
    "metadata",
]
