"""What comes back after an issue was sent: taken in, judged again, and told in order of time."""

from newsletter.services.bounces.intake import Intake
from newsletter.services.bounces.judging import Reclassified, Reclassify
from newsletter.services.bounces.leaving import LeaveByMail
from newsletter.services.bounces.polling import Poll, Polled
from newsletter.services.bounces.receiving import Receive
from newsletter.services.bounces.story import AddressStory, Story, told_event
from newsletter.services.bounces.webhooks import Webhooks

__all__ = [
    "AddressStory",
    "Intake",
    "LeaveByMail",
    "Poll",
    "Polled",
    "Receive",
    "Reclassified",
    "Reclassify",
    "Story",
    "Webhooks",
    "told_event",
]
