"""`bounces`: the commands about what comes back."""

from newsletter.cli.bounces.commands import app

__all__ = ["app"]
