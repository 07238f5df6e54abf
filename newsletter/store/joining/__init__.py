"""Requests with an address, the letters that answer them, and what limits count."""

from newsletter.store.joining.forgetting import (
    consents_of,
    erase_consents,
    erase_letters,
    erase_requests,
    letters_of,
    requests_of,
)
from newsletter.store.joining.letters import SqlLetterStore
from newsletter.store.joining.requests import SqlJoiningStore

__all__ = [
    "SqlJoiningStore",
    "SqlLetterStore",
    "consents_of",
    "erase_consents",
    "erase_letters",
    "erase_requests",
    "letters_of",
    "requests_of",
]
