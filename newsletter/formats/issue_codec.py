"""The structured issue as JSON, both ways, with its content hash and its JSON Schema.

The dataclasses of `domain.issues.issues` are the schema and pydantic reads, checks and writes them. The document
differs from them in two places, so that it reads well to other programs: the issue's key stands at the top (`date`,
`edition`), and a paper's own fields stand beside its `announcements`, `summaries` and `note`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from newsletter.domain.issues import Issue

__all__ = ["decode_issue", "encode_issue", "freeze_issue", "issue_document", "issue_hash", "issue_schema"]

_ADAPTER: TypeAdapter[Issue] = TypeAdapter(Issue)
_OUTSIDE_HASH = ("hash", "revision", "frozen_at")
_BESIDE_PAPER = {"notices": "announcements", "summaries": "summaries", "note": "note"}


def issue_document(issue: Issue) -> dict[str, Any]:
    """The issue as plain JSON values. Fields that hold their default are left out."""
    content: dict[str, Any] = _ADAPTER.dump_python(issue, mode="json", exclude_defaults=True)
    for listing in content.get("listings", ()):
        listing.pop("fetched_at", None)
    papers = [
        entry["paper"] | {shown: entry[name] for name, shown in _BESIDE_PAPER.items() if name in entry}
        for entry in content.pop("papers")
    ]
    key = content.pop("key")
    return {"date": key["day"], "edition": key.get("edition", "daily"), **content, "papers": papers}


def issue_hash(issue: Issue) -> str:
    """SHA-256 (hex) over the canonical JSON of the issue's content: sorted keys, no spaces, UTF-8."""
    document = issue_document(issue)
    for name in _OUTSIDE_HASH:
        document.pop(name, None)
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def freeze_issue(issue: Issue, *, at: datetime, revision: int = 1) -> Issue:
    """The issue with its hash, the moment (UTC) it was frozen and its revision."""
    return replace(issue, hash=issue_hash(issue), frozen_at=at, revision=revision)


def encode_issue(issue: Issue, *, indent: int | None = None) -> bytes:
    """The issue as UTF-8 JSON."""
    return json.dumps(issue_document(issue), ensure_ascii=False, indent=indent).encode()


def decode_issue(data: bytes | str) -> Issue:
    """Read an issue written by `encode_issue`.

    Raises:
        ValueError: the text is no JSON, or not a structured issue (pydantic says where).
    """
    document: dict[str, Any] = json.loads(data)
    document["key"] = {"day": document.pop("date", None), "edition": document.pop("edition", "daily")}
    document["papers"] = [
        {name: paper.pop(shown) for name, shown in _BESIDE_PAPER.items() if shown in paper} | {"paper": paper}
        for paper in document.get("papers", ())
    ]
    return _ADAPTER.validate_python(document, strict=False)


def issue_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the structured issue: what every template gets, so anybody can write another."""
    schema = _ADAPTER.json_schema(mode="validation")
    parts: dict[str, Any] = schema.pop("$defs")
    key, entry, paper = parts.pop("IssueKey"), parts.pop("IssuePaper"), parts["Paper"]
    for name, shown in _BESIDE_PAPER.items():
        paper["properties"][shown] = entry["properties"][name]
    properties = schema.pop("properties")
    properties.pop("key")
    properties["papers"] = properties["papers"] | {"items": {"$ref": "#/$defs/Paper"}}
    parts["Listing"]["properties"].pop("fetched_at", None)
    _forget_docstrings(parts)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Issue",
        "description": "One dated edition: its papers in order, and all that is needed to show them. "
        "A field that is left out has its default.",
        "type": "object",
        "required": ["date", "edition", *(name for name in schema["required"] if name != "key")],
        "properties": {"date": key["properties"]["day"], "edition": key["properties"]["edition"], **properties},
        "$defs": parts,
    }


def _forget_docstrings(parts: dict[str, Any]) -> None:
    """Dataclasses without a docstring of their own get their signature as one; it describes nothing."""
    for name, part in parts.items():
        if part.get("description", "").startswith(f"{name}("):
            del part["description"]
