"""A model's answers: the form they must have, and whether they may be shown."""

from newsletter.domain.answers.judging import failure_of
from newsletter.domain.answers.mending import mended
from newsletter.domain.answers.model_talk import without_orders
from newsletter.domain.answers.resemblance import is_about
from newsletter.domain.answers.summary_schema import AnswerReading, answer_schema, bounded, read_answer

__all__ = [
    "AnswerReading",
    "answer_schema",
    "bounded",
    "failure_of",
    "is_about",
    "mended",
    "read_answer",
    "without_orders",
]
