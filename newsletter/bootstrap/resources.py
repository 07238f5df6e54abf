"""What comes with the program, and the settings of the bundled sample."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from newsletter import sample
from newsletter.settings import Settings, make_settings

__all__ = ["STATE", "sample_settings", "shipped", "utc_now"]

STATE = Path(".newsletter")
"""Beside newsletter.toml: what can be deleted at any time (the HTTP cache, the gates of hosts)."""


def utc_now() -> datetime:
    """The clock of the whole program."""
    return datetime.now(UTC)


def shipped(name: str) -> Path:
    """A folder that comes with the program (`templates`, `subscribers`): in the wheel, or in the checkout."""
    package = Path(__file__).parents[1]
    inside = package / "_shipped" / name
    return inside if inside.is_dir() else package.parent / name


def sample_settings(folder: Path) -> Settings:
    """The settings of the bundled sample, which writes into `folder`.

    It has its own database, so that no invented subscriber can ever stand among real ones, and no relay.
    """
    values = {
        "newsletter": {
            "title": "Paper newsletter (sample)",
            "description": "An invented day of papers, to show what a digest looks like",
            "base_url": "https://newsletter.example.org",
            "from": "Paper newsletter <newsletter@example.org>",
            "topics": shipped("subscribers") / "topics.toml",
        },
        "database": {"url": "sqlite:///sample.db"},
        "sources": [{"kind": "files", "path": sample.PAPERS}],
        "enrich": {"languages": ["en", "zh-Hans"]},
    }
    return make_settings(values).model_copy(update={"sample": True, "folder": folder})
