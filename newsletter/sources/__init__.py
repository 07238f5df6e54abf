"""Sources: one module a source, a pure parser of its wire format and a thin fetcher over the one polite client."""

from newsletter.sources.gate import FileGate
from newsletter.sources.http import Limits, PoliteClient, Retry
from newsletter.sources.registry import SourceOptions, build, load_calendar, user_agent

__all__ = ["FileGate", "Limits", "PoliteClient", "Retry", "SourceOptions", "build", "load_calendar", "user_agent"]
