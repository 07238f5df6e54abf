"""Joining: what somebody asks for with an address, and what they confirm by the link that is mailed to it."""

from newsletter.services.joining.joining import Asker, Joining, Link

__all__ = ["Asker", "Joining", "Link"]
