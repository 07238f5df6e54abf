"""A model's answers: the form they must have, and whether they may be shown."""

from newsletter.domain.answers.budgets import parse_budget, parse_currency
from newsletter.domain.answers.judging import judge
from newsletter.domain.answers.model_talk import without_orders
from newsletter.domain.answers.resemblance import is_about
from newsletter.domain.answers.summary_schema import Reading, answer_schema, bounded, read_answer

__all__ = [
    "Reading",
    "answer_schema",
    "bounded",
    "is_about",
    "judge",
    "parse_budget",
    "parse_currency",
    "read_answer",
    "without_orders",
]
