"""RIS, which every reference manager reads: a tag and a value a line, lines ended by CRLF."""

from __future__ import annotations

from newsletter.domain.text import plain
from newsletter.render.citations.citation import Citation

__all__ = ["ris"]


def ris(citation: Citation) -> str:
    """One record, with its line's ends. Formulas are plain text."""
    issued = citation.issued
    held = citation.number
    lines = [
        ("TY", "UNPB" if held else "GEN"),
        ("ID", citation.key),
        ("TI", plain(citation.title)),
        *(("AU", name.inverted) for name in citation.authors),
        ("PY", str(issued[0]) if issued else ""),
        ("DA", "/".join([f"{part:02}" for part in issued] + [""] * (4 - len(issued))) if issued else ""),
        ("PB", "arXiv" if held else ""),
        ("AN", f"arXiv:{held}" if held else ""),
        ("ET", str(citation.version or "")),
        ("DO", citation.doi),
        ("UR", citation.url),
        ("N1", citation.journal),
        ("AB", plain(citation.abstract)),
    ]
    # a record ends with an empty value, whose line keeps its space
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value) + "ER  - \r\n"
