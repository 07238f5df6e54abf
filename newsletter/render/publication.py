"""The newsletter as its pages and feeds name it: what every document of the site has in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from newsletter.domain.text import clean_line, safe_url

__all__ = ["Publication"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What the newsletter is called and where it is published. Make one by `named`.

    `base_url` is the address of the site with `/` at its end, empty where it is only read from disk. `identity` makes
    the ids of feeds and entries: it must be the newsletter's own and never change. `languages` are the site's, its own
    first; without them a site has the languages of its issue.
    """

    title: str
    description: str
    base_url: str
    identity: str
    languages: tuple[str, ...]

    @classmethod
    def named(
        cls, title: str, *, description: str = "", base_url: str = "", identity: str, languages: Sequence[str] = ()
    ) -> Self:
        """With the names as an operator writes them, made fit for a line and an address."""
        return cls(
            title=clean_line(title, 200),
            description=clean_line(description, 1000),
            base_url=f"{safe_url(base_url).rstrip('/')}/" if base_url else "",
            identity=identity,
            languages=tuple(languages),
        )
