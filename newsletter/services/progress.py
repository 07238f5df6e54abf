"""The progress that shows nothing: for programs that read JSON, and for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Silent"]


class Silent:
    """Implements `domain.ports.Progress`."""

    @contextmanager
    def task(self, label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:  # noqa: ARG002
        """A piece of work that nobody watches."""
        yield lambda _steps: None
