"""Handing messages to the relay: sessions (RFC 5321), several at once."""

from newsletter.mail.smtp.limits import PRESETS, Preset
from newsletter.mail.smtp.pool import Pool, PoolSettings
from newsletter.mail.smtp.session import Timeouts
from newsletter.mail.smtp.transport import Connector, Relay, Security

__all__ = [
    "PRESETS",
    "Connector",
    "Pool",
    "PoolSettings",
    "Preset",
    "Relay",
    "Security",
    "Timeouts",
]
