"""The progress that shows nothing: for programs that read JSON, and for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from newsletter.domain.ports import Step

__all__ = ["SilentProgress"]


class SilentProgress:
    """Implements `domain.ports.Progress`."""

    @contextmanager
    def task(self, label: str, total: int | None = None) -> Iterator[Step]:  # noqa: ARG002
        """A piece of work that nobody watches."""
        yield _nothing


def _nothing(steps: int, note: str = "") -> None:
    """A step that nobody is told of."""
