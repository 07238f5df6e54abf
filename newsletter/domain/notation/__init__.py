"""How dates, counts, budgets, web addresses and languages are written, whoever writes them."""

from newsletter.domain.notation.budgets import parse_budget, parse_currency
from newsletter.domain.notation.counting import counted
from newsletter.domain.notation.endpoints import Endpoint, parse_endpoint
from newsletter.domain.notation.language_tags import ENGLISH, is_english, language_tag, nearest_language
from newsletter.domain.notation.moments import iso_day, iso_moment, mail_moment, retry_after, within_reason
from newsletter.domain.notation.web_addresses import Secrets, feed_name, site_of
from newsletter.domain.notation.weekdays import Weekday

__all__ = [
    "ENGLISH",
    "Endpoint",
    "Secrets",
    "Weekday",
    "counted",
    "feed_name",
    "is_english",
    "iso_day",
    "iso_moment",
    "language_tag",
    "mail_moment",
    "nearest_language",
    "parse_budget",
    "parse_currency",
    "parse_endpoint",
    "retry_after",
    "site_of",
    "within_reason",
]
