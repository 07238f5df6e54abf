"""The options that `subscribers add` and `subscribers edit` share."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["Cadence", "Hour", "Interests", "Language", "Limit", "MoreThan", "Name", "Order", "Reads", "WeeklyOn"]

Interests = Annotated[list[str] | None, typer.Option("--interest", "-i", help="May be given several times.")]
Name = Annotated[str | None, typer.Option("--name", help="How the digest greets them.")]
Language = Annotated[str | None, typer.Option("--language", help="en, zh-Hans, …; the newsletter's by default.")]
Limit = Annotated[
    str | None, typer.Option("--max-papers", metavar="NUMBER", help="At most so many papers in one digest.")
]
WeeklyOn = Annotated[
    str | None, typer.Option("--weekly-on", metavar="DAY", help="The day that closes the week of a weekly digest.")
]
MoreThan = Annotated[
    str | None, typer.Option("--more-than", metavar="NUMBER", help="A digest only when more papers than so many fit.")
]
Hour = Annotated[
    str | None, typer.Option("--hour", metavar="HOUR", help="No digest before this hour, where the newsletter is.")
]
Order = Annotated[
    str | None,
    typer.Option("--order", metavar="best|newest|upvotes", help="What stands first."),
]
Cadence = Annotated[str | None, typer.Option("--cadence", metavar="daily|weekdays|weekly", help="How often.")]
Reads = Annotated[list[str] | None, typer.Option("--reads", help="A further language they read; several times.")]
