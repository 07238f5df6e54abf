"""CSL-JSON, the data of citation processors (Pandoc, Zotero, citeproc-js)."""

from __future__ import annotations

import json

from newsletter.domain.text import plain
from newsletter.render.citations.citation import Citation
from newsletter.render.citations.names import Name

__all__ = ["csl"]


def csl(citation: Citation) -> str:
    """One item as a line of JSON. Formulas are plain text. A preprint is an `article` (CSL 1.0.2, appendix III)."""
    held = citation.number
    item: dict[str, object] = {
        "id": citation.key,
        "type": "article" if held else "document",
        "title": plain(citation.title),
        "author": [_name(name) for name in citation.authors],
        "issued": {"date-parts": [list(citation.issued)]} if citation.issued else None,
        "publisher": "arXiv" if held else "",
        "number": f"arXiv:{held}" if held else "",
        "version": str(citation.version or ""),
        "DOI": citation.doi,
        "URL": citation.url,
        "note": citation.journal,
        "abstract": plain(citation.abstract),
    }
    return json.dumps({name: value for name, value in item.items() if value}, ensure_ascii=False)


def _name(name: Name) -> dict[str, str]:
    if name.is_whole:
        return {"literal": name.family}
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {part: text for part, text in parts.items() if text}
