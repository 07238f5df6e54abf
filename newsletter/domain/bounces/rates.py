"""How much of the mail to each provider comes back, and when complaints endanger what is sent to everybody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from newsletter.domain.bounces.events import EventKind

__all__ = ["ProviderRate", "provider_rates"]

ASKED, REFUSED = 0.001, 0.003
"""Gmail's and Yahoo's limits for bulk senders: stay below one complaint in a thousand, never reach three."""
_NEAR = 0.8
"""A limit is near from this share of it on."""


@dataclass(frozen=True, slots=True)
class ProviderRate:
    """What became of the mail to one provider. `counts` has deliveries by kind of event, `sent` those accepted."""

    provider: str
    sent: int
    counts: Mapping[EventKind, int]

    def rate(self, kind: EventKind) -> float:
        """Which share of the mail that was accepted came to this."""
        return self.counts.get(kind, 0) / self.sent if self.sent else 0.0

    @property
    def warning(self) -> str:
        """What an operator has to know about complaints; empty where nothing."""
        complaints, rate = self.counts.get(EventKind.COMPLAINT, 0), self.rate(EventKind.COMPLAINT)
        where = f"{self.provider}: {complaints} of {self.sent:,} complained ({100 * rate:.2f} %)"
        if not complaints or rate < _NEAR * ASKED:
            return ""
        if rate >= REFUSED:
            return f"{where}. From 0.3 % on, Gmail and others refuse mail or put it with spam."
        if rate >= _NEAR * REFUSED:
            return f"{where}. That is close to 0.3 %, from where on Gmail and others refuse mail or put it with spam."
        if rate >= ASKED:
            return f"{where}. Gmail and others ask to stay below 0.1 %, and refuse mail from 0.3 % on."
        return f"{where}. That is close to 0.1 %, which Gmail and others ask to stay below."


def provider_rates(
    counts: Mapping[str, Mapping[str, int]], provider_of: Callable[[str], str] = str
) -> tuple[ProviderRate, ...]:
    """Rates by provider, the largest first, out of what became of the mail to each domain (`sent`, and kinds).

    `provider_of` says who receives for a domain; without it each domain receives for itself.
    """
    sent: Counter[str] = Counter()
    kinds: dict[str, Counter[EventKind]] = {}
    for domain, several in counts.items():
        provider = provider_of(domain)
        if not provider:
            continue
        sent[provider] += several.get("sent", 0)
        kinds.setdefault(provider, Counter()).update({kind: several[kind] for kind in EventKind if kind in several})
    rates = [ProviderRate(provider, sent[provider], known) for provider, known in kinds.items()]
    return tuple(sorted(rates, key=lambda one: (-one.sent, one.provider)))
