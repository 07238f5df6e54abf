"""`subscribers`: the commands about readers, their rosters and their data."""

from newsletter.cli.subscribers.commands import app

__all__ = ["app"]
