"""A mail factory over the shipped template set, as tests want it."""

from __future__ import annotations

from pathlib import Path

from newsletter.mail.assembly import MailAssembler
from newsletter.render.environment import Templates
from newsletter.render.mail import MailRenderer

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
