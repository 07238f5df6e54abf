"""The command line: parse, call a service, print."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line; what the installed `newsletter` command calls."""
    from newsletter.cli.app import run

    run()
