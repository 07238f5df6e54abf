"""Keywords of a paper without a model: noun phrases that papers use, and that people who label papers choose."""

from newsletter.enrich.keywords._weights import VERSION
from newsletter.enrich.keywords.choosing import Term, find_keywords, find_terms

__all__ = ["VERSION", "Term", "find_keywords", "find_terms"]
