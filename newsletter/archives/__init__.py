"""Readers of published digests in foreign formats: how an existing publication moves over."""

from __future__ import annotations

from collections.abc import Mapping

from newsletter.archives.arxiv_daily import read_arxiv_daily
from newsletter.archives.hf_daily import read_hf_daily
from newsletter.archives.json_lines import json_lines_reader
from newsletter.archives.paper_express import read_paper_express
from newsletter.domain.ports import ArchiveReader

__all__ = ["READERS", "json_lines_reader"]

READERS: Mapping[str, ArchiveReader] = {
    "arxiv-daily": read_arxiv_daily,
    "hf-daily": read_hf_daily,
    "paper-express": read_paper_express,
}
"""The reader of each Markdown profile, by its name."""
