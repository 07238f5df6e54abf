"""How to send."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from newsletter.domain.bounces import BounceRules
from newsletter.domain.delivery import Limit, RetrySchedule, UncertainPolicy
from newsletter.mail.smtp import PoolSettings

__all__ = ["SendSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSettings:
    """How to send.

    `limits` hold for everything, `per_domain` for each recipient domain. `lease` is how long a silent process is
    believed to be alive where nobody can look (another machine). An issue pauses when more than `share` of its last
    `window` messages were refused, or as many by policy as `bounces` say.
    """

    pool: PoolSettings = field(default_factory=PoolSettings)
    limits: tuple[Limit, ...] = ()
    per_domain: tuple[Limit, ...] = ()
    schedule: RetrySchedule = field(default_factory=RetrySchedule)
    uncertain: UncertainPolicy = UncertainPolicy.HOLD
    lease: timedelta = timedelta(seconds=60)
    window: int = 200
    share: float = 0.5
    bounces: BounceRules = field(default_factory=BounceRules)
