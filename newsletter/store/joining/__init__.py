"""Requests with an address, the letters that answer them, and what limits count."""

from newsletter.store.joining.requests import SqlJoiningStore

__all__ = ["SqlJoiningStore"]
