"""The bundled sample: one invented announcement day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

__all__ = ["DAY", "PAPERS"]

DAY = date(2026, 6, 15)
"""The day on which every paper of the sample is announced."""

PAPERS = Path(__file__).with_name("papers.jsonl")
"""The sample as a `files` source reads it."""
