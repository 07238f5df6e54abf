"""Reports that come back, from bytes to events: delivery reports, complaints, automatic answers, plain-text bounces."""

from newsletter.mail.reports.amazon_ses import events_of_notification
from newsletter.mail.reports.boxes import BoxMessage, UnreadableBox, messages_in, split_mbox
from newsletter.mail.reports.headers import addresses_in, message_id_in
from newsletter.mail.reports.limits import LARGEST_MAIL, LONGEST_MESSAGE, MOST_RECIPIENTS
from newsletter.mail.reports.notices import statement_of
from newsletter.mail.reports.reading import read_report
from newsletter.mail.reports.services import judged_event, service_event

__all__ = [
    "LARGEST_MAIL",
    "LONGEST_MESSAGE",
    "MOST_RECIPIENTS",
    "BoxMessage",
    "UnreadableBox",
    "addresses_in",
    "events_of_notification",
    "judged_event",
    "message_id_in",
    "messages_in",
    "read_report",
    "service_event",
    "split_mbox",
    "statement_of",
]
