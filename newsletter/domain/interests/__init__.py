"""What a subscriber writes to say what they care about, and what it means."""

from newsletter.domain.interests.interests import (
    AllOf,
    AnyOf,
    AuthorName,
    Category,
    Expression,
    Interest,
    Near,
    Not,
    Organization,
    Prose,
    Scope,
    Term,
    Topic,
    Weighted,
    leaves,
)
from newsletter.domain.interests.meaning import describe
from newsletter.domain.interests.parser import one_line, parse, remarks
from newsletter.domain.interests.term_budget import MOST_TERMS, excess, left_out, terms_at_most, terms_in, too_many
from newsletter.domain.interests.topics import Catalogue, CatalogueTopic
from newsletter.domain.interests.wording import LineRemark, Remark, cause_of, remark

__all__ = [
    "MOST_TERMS",
    "AllOf",
    "AnyOf",
    "AuthorName",
    "Catalogue",
    "CatalogueTopic",
    "Category",
    "Expression",
    "Interest",
    "LineRemark",
    "Near",
    "Not",
    "Organization",
    "Prose",
    "Remark",
    "Scope",
    "Term",
    "Topic",
    "Weighted",
    "cause_of",
    "describe",
    "excess",
    "leaves",
    "left_out",
    "one_line",
    "parse",
    "remark",
    "remarks",
    "terms_at_most",
    "terms_in",
    "too_many",
]
