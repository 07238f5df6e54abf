"""What common relays allow, under names that a setting can use.

Quotas change; these are what the providers' own pages said in 2026. An operator's own `smtp.rate` always wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.domain.delivery import Limit

__all__ = ["PRESETS", "Preset"]


@dataclass(frozen=True, slots=True)
class Preset:
    """A relay's limits. `connections` and `messages` (a connection) are 0 where the provider names no number."""

    limits: tuple[Limit, ...]
    connections: int = 0
    messages: int = 0
    source: str = ""


PRESETS: Mapping[str, Preset] = {
    # "Messages per day": 500 for trial and personal accounts, 2,000 for paid ones, over a rolling 24 hours
    "gmail": Preset(Limit.parse("500/day"), 2, 100, "https://support.google.com/a/answer/166852"),
    "google-workspace": Preset(Limit.parse("2000/day"), 5, 100, "https://support.google.com/a/answer/166852"),
    # 30 messages a minute, 10,000 recipients a day, three connections at once
    "microsoft-365": Preset(
        Limit.parse("30/min, 10000/day"),
        3,
        0,
        "https://learn.microsoft.com/en-us/exchange/troubleshoot/send-emails/smtp-submission-improvements",
    ),
    "ses-sandbox": Preset(
        Limit.parse("1/s, 200/day"), 1, 0, "https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html"
    ),
    # where production access begins; the account page shows your own numbers
    "ses": Preset(
        Limit.parse("14/s, 50000/day"), 10, 0, "https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html"
    ),
}
"""By the name that `smtp.preset` takes."""
