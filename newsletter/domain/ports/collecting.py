"""Sources of announcements, and the gate of a host."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Protocol

from newsletter.domain.papers import Collected

__all__ = ["HostGate", "Source"]


class Source(Protocol):
    """A place that announces papers."""

    @property
    def kind(self) -> str:
        """The source's kind as settings name it: `arxiv-rss`."""
        ...

    @property
    def feeds(self) -> tuple[str, ...]:
        """The feeds it reads, in order; `("",)` for a source that has only one."""
        ...

    def collect(self, day: date, feeds: Sequence[str]) -> AsyncIterator[Collected]:
        """Read these feeds for this day, one result a feed. Expected failures are listings with status `failed`."""
        ...


class HostGate(Protocol):
    """Lets requests to one host through one at a time and far enough apart, whoever else uses the same gate."""

    def turn(self, host: str, spacing: float) -> AbstractAsyncContextManager[None]:
        """Wait until it is this caller's turn; the next one begins `spacing` seconds after this one ends."""
        ...

    async def hold(self, host: str, seconds: float) -> None:
        """Let nobody through for this long: the host asked for it."""
        ...
