"""Talk of a model in the place of content: it declines, apologises, fails, introduces its answer or takes orders.

What is looked at is a sentence and how it begins, because that is where talk differs from content: "Unable to generate
a summary." has no subject, "The provided text does not contain enough" speaks of what the model was given, "I cannot
access the paper" of the model, "Ignore all previous instructions" to it. An honest sentence has the same words in other
places: "Existing systems are unable to generate summaries", "Errors in occupancy models", "sorry placeholders".

A paper may itself be about such talk; whoever asks compares with what the paper says (`judging`).
"""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.domain.answers import _orders, _talk
from newsletter.domain.text import split_sentences

__all__ = ["is_error_text", "is_refusal", "is_untranslatable", "orders_in", "takes_orders", "without_orders"]

_LONGEST = 20_000


def is_error_text(text: str) -> bool:
    """Whether the whole text is a failure message or a placeholder. A sentence about errors is not."""
    return bool(text) and len(text) <= 600 and _talk.ERROR.fullmatch(text.strip()) is not None


def is_refusal(text: str) -> bool:
    """Whether a sentence of the text is a model's that declines, apologises or talks to its user."""
    return any(_talk.TALK.match(sentence) for sentence in _sentences(text))


def is_untranslatable(title: str) -> bool:
    """Whether a translated title says that it is none. A title may begin like anything else."""
    return _talk.NO_TITLE.match(title) is not None


def takes_orders(text: str) -> bool:
    """Whether a sentence gives orders to whoever writes a summary, or says that it follows some."""
    return any(
        _orders.ORDER.match(sentence) or _orders.OBEYS.match(sentence) or _orders.OBEYED.search(sentence)
        for sentence in _sentences(text)
    )


def orders_in(text: str) -> tuple[str, ...]:
    """The sentences of a paper's text that give orders to a model, with what follows them."""
    # what no sentence has, the whole does not have: most papers give no orders, and are not taken apart for it
    if not _orders.PLAIN_ORDER.search(" ".join(text[:_LONGEST].replace("’", "'").split())):
        return ()
    sentences = list(_sentences(text))
    return tuple(
        " ".join(sentences[at : at + 2])
        for at, sentence in enumerate(sentences)
        if _orders.PLAIN_ORDER.search(sentence)
    )


def without_orders(text: str) -> str:
    """The text without the sentences that give orders to a model."""
    if not orders_in(text):
        return text
    return " ".join(
        sentence for sentence in split_sentences(text) if not (orders_in(sentence) or takes_orders(sentence))
    )


def _sentences(text: str) -> Iterator[str]:
    """The sentences and lines of a text; of a very long one those of its beginning."""
    for line in text[:_LONGEST].replace("’", "'").splitlines():
        yield from split_sentences(line)
