"""The formats in which citations are handed out, and how a file of them is made of one text a paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from newsletter.render.citations.bibtex import bibtex
from newsletter.render.citations.citation import Citation
from newsletter.render.citations.csl import csl
from newsletter.render.citations.ris import ris

__all__ = ["CITATION_FORMS", "CitationForm"]


@dataclass(frozen=True, slots=True)
class CitationForm:
    """One format: what people call it, its media type, what its files end in, how one paper is written."""

    name: str
    media_type: str
    suffix: str
    write: Callable[[Citation], str]
    before: str = ""
    between: str = ""
    after: str = ""

    def join(self, written: Iterable[str]) -> bytes:
        """A file of papers that were written one by one."""
        return f"{self.before}{self.between.join(written)}{self.after}".encode()


CITATION_FORMS: Mapping[str, CitationForm] = {
    "bibtex": CitationForm("BibTeX", "application/x-bibtex; charset=utf-8", "bib", bibtex, between="\n\n", after="\n"),
    "ris": CitationForm("RIS", "application/x-research-info-systems; charset=utf-8", "ris", ris),
    "csl-json": CitationForm(
        *("CSL-JSON", "application/vnd.citationstyles.csl+json", "json", csl),
        before="[\n",
        between=",\n",
        after="\n]\n",
    ),
}
"""By the name that addresses use."""
