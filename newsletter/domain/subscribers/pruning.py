"""Who may be removed because no roster names them any more, while some rows of the rosters cannot be read.

A row that cannot be read may be anybody's whose address (the part before the @) or name stands in it, word by word. A
row that names nobody at all may be everybody's. Whoever is taken for somebody else stays one day longer; whoever is
overlooked would get no mail because of a typing mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from newsletter.domain.subscribers.subscriptions import Subscriber

__all__ = ["may_be_unread"]

_WORD = re.compile(r"\w+")


def may_be_unread(unread: Sequence[str]) -> Callable[[Subscriber], bool]:
    """Says of a subscriber whether one of these rows may be theirs. Asking takes no longer for more rows."""
    rows: dict[str, set[int]] = {}
    for number, text in enumerate(unread):
        for word in _words(text):
            rows.setdefault(word, set()).add(number)
    if not all(map(_words, unread)):
        return lambda _: True

    def may_be(subscriber: Subscriber) -> bool:
        local = _words(subscriber.email.rpartition("@")[0])
        return any(
            words and set.intersection(*(rows.get(word, set()) for word in words))
            for words in (local, _words(subscriber.name))
        )

    return may_be


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold().replace("_", " ")))
