"""Papers as reference managers read them: BibTeX, RIS and CSL-JSON. Pure: a function of the paper alone."""

from newsletter.render.citations.citation import Citation, citations
from newsletter.render.citations.forms import CITATION_FORMS, CitationForm

__all__ = ["CITATION_FORMS", "Citation", "CitationForm", "citations"]
