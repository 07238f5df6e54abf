"""A mail factory over the shipped template set, as tests want it."""

from __future__ import annotations

from pathlib import Path

from newsletter.mail.assembly import MailAssembler
from newsletter.render.environment import Templates
from newsletter.render.mail import MailRenderer
from newsletter.render.publication import Publication
from newsletter.render.site import SitePages

TEMPLATES = Path(__file__).parents[2] / "templates"
SECRET = bytes(range(32))
BASE_URL = "https://news.example.org"


def make_templates(*overrides: Path) -> Templates:
    """The template set, with these folders before it."""
    return Templates([*overrides, TEMPLATES])


def make_renderer(base_url: str = BASE_URL, *overrides: Path) -> MailRenderer:
    """The mail's renderer."""
    return MailRenderer(
        make_templates(*overrides), title="The Daily Sample", base_url=base_url, postal_address="1 Example Street"
    )


def make_publication(title: str = "T", *, identity: str = "x", **names: object) -> Publication:
    """What a site is called."""
    return Publication.named(title, identity=identity, **names)  # type: ignore[arg-type]


def make_site(**options: object) -> SitePages:
    """The site's renderer; `title`, `description`, `base_url`, `identity` and `languages` are of its publication."""
    named = {name: options.pop(name) for name in Publication.__slots__ if name in options}
    return SitePages(make_templates(), make_publication(**named), **options)  # type: ignore[arg-type]


def make_assembler(base_url: str = BASE_URL, **changes: object) -> MailAssembler:
    """The mail factory."""
    options: dict[str, object] = {
        "design": make_renderer(base_url),
        "title": "The Daily Sample",
        "sender": "news@example.org",
        "base_url": base_url,
        "secret": SECRET,
    }
    return MailAssembler(**(options | changes))  # type: ignore[arg-type]
