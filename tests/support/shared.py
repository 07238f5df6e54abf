"""The recorded real data beside the checkout. A user's clone has none: tests that read it are skipped and say so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("NEWSLETTER_SHARED", ROOT.parent / "shared"))
DATA = SHARED / "data"
REFERENCE = SHARED / "reference"

needs_shared = pytest.mark.skipif(
    not DATA.is_dir(), reason="needs the recorded data (a folder `shared` beside the checkout, or NEWSLETTER_SHARED)"
)
