"""Letters in words: the mails to one person that belong to no issue, in every language that the newsletter has.

The words of a kind stand in one file, `letters/<kind>.txt`: its first line is the subject, paragraphs follow, and one
in square brackets is the link. `letters/frame.html` and `frame.txt` lay them out. Nothing of a form comes into a
letter: who fills one in could write to anybody through it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import css_inline
from markupsafe import Markup

from newsletter.domain.ports import LetterFacts, LetterText
from newsletter.domain.text import clean_line, safe_url
from newsletter.render.catalogues import Wording, wording
from newsletter.render.environment import Templates

__all__ = ["LetterRenderer"]

_PARAGRAPHS = re.compile(r"\n\s*\n")
_SUBJECTS = 2
"""More languages are not told of in a subject."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A paragraph, or what the link is called."""

    text: str
    is_link: bool


@dataclass(frozen=True, slots=True)
class _Block:
    """A letter in one language."""

    language: str
    direction: str
    title: str
    parts: Sequence[_Part]
    copied: str

    @property
    def subject(self) -> str:
        """The same words."""
        return self.title


class LetterRenderer:
    """Implements `domain.ports.LetterWriter`.

    `base_url` is the address of the site, `contact` whom a reader can write to; moments are told in `zone`.
    """

    def __init__(
        self,
        templates: Templates,
        *,
        title: str,
        base_url: str,
        contact: str,
        postal_address: str,
        zone: tzinfo,
    ) -> None:
        self._templates = templates
        self._title = clean_line(title, 200)
        self._base_url = safe_url(base_url).rstrip("/")
        self._contact = clean_line(contact, 300)
        self._postal_address = clean_line(postal_address, 500)
        self._zone = zone
        styles = [templates.source(name) for name in ("mail/inline.css", "letters/inline.css")]
        self._head_css = Markup(templates.source("mail/head.css"))  # noqa: S704 - a file of the template set
        self._inliner = css_inline.CSSInliner(
            load_remote_stylesheets=False, minify_css=True, extra_css="\n".join(styles)
        )

    def write(self, facts: LetterFacts) -> LetterText:
        """A letter in all its languages.

        Raises:
            TemplateFault: a template is missing or wrong.
        """
        blocks = [self._block(facts, wording(language)) for language in facts.languages]
        context = {
            "blocks": blocks,
            "link": facts.link,
            "newsletter": self._title,
            "home_url": f"{self._base_url}/" if self._base_url else "",
            "contact": self._contact,
            "postal_address": self._postal_address,
        }
        first = facts.languages[0]
        html = self._templates.render("letters/frame.html", first, head_css=self._head_css, **context)
        return LetterText(
            subject=" / ".join(dict.fromkeys(block.subject for block in blocks[:_SUBJECTS])),
            html=self._inliner.inline(html),
            text=self._templates.render("letters/frame.txt", first, **context),
        )

    def _block(self, facts: LetterFacts, words: Wording) -> _Block:
        said = self._templates.render(
            f"letters/{facts.kind}.txt",
            words.language,
            newsletter=self._title,
            moment=self._moment(facts.asked_at, words),
            until=self._moment(facts.until, words) if facts.until else "",
            contact=self._contact,
        )
        title, *parts = (" ".join(part.split()) for part in _PARAGRAPHS.split(said.strip()))
        return _Block(
            language=words.language,
            direction=words.direction,
            title=title,
            parts=[_Part(part.strip("[]"), is_link=part.startswith("[")) for part in parts],
            copied=words.gettext("Or copy this address:"),
        )

    def _moment(self, moment: datetime, words: Wording) -> str:
        return words.moment(moment.astimezone(self._zone))
