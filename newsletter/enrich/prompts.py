"""Prompts: two templates, and a version that is their content.

The operator's own folder comes first, file by file. Whatever changes what a model is asked (a template, the schema, the
language) changes the version, and with it the key under which summaries are kept.

Papers go into the prompt as JSON, so that nothing in them can end the data and begin an instruction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import jinja2
from babel import Locale, UnknownLocaleError

from newsletter.domain.answers import answer_schema
from newsletter.domain.notation import is_english
from newsletter.domain.papers import Paper
from newsletter.errors import ConfigError, TemplateFault

__all__ = ["LONGEST_ABSTRACT", "Prompts", "language_name"]

LONGEST_ABSTRACT = 8_000
"""Characters of an abstract that a model is given; the longest of arXiv has under 4,000."""
_TEMPLATES = ("system.txt", "papers.txt")


def language_name(language: str) -> str:
    """The English name of a language (BCP 47): `Chinese (Simplified)`; the tag itself where nobody has named it."""
    try:
        return Locale.parse(language, sep="-").get_display_name("en") or language
    except (UnknownLocaleError, ValueError):
        return language


class Prompts:
    """The prompt templates of one installation."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """`folders` hold `system.txt` and `papers.txt`; the first that has a file wins."""
        self._folders = tuple(folders)
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([str(folder) for folder in self._folders]),
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # noqa: S701 - plain text for a model; papers enter as JSON
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["json"] = _as_json

    @lru_cache(maxsize=16)  # noqa: B019 - as `system`
    def version(self, language: str) -> str:
        """Twelve hex digits over all that the prompt is made of."""
        schema = json.dumps(answer_schema(language), sort_keys=True)
        return hashlib.sha256(f"{self._sources}\0{language}\0{schema}".encode()).hexdigest()[:12]

    def messages(self, papers: Sequence[Paper], language: str, *, complaint: str = "") -> list[dict[str, str]]:
        """The conversation that asks about these papers; `complaint` says what was wrong with the last answer.

        Raises:
            TemplateFault: a template is wrong.
        """
        request = {
            "language": language,
            "papers": [
                {"id": p.id, "title": p.title, "abstract": p.abstract[:LONGEST_ABSTRACT]}
                | ({"comment": p.comment[:500]} if p.comment else {})
                for p in papers
            ],
        }
        return [
            {"role": "system", "content": self.system(language)},
            {"role": "user", "content": self._render("papers.txt", request=request, complaint=complaint)},
        ]

    @lru_cache(maxsize=16)  # noqa: B019 - an installation has one of these, for as long as the program runs
    def system(self, language: str) -> str:
        """The instructions alone: what an answer must not echo."""
        fields = answer_schema(language)["properties"]["papers"]["items"]["properties"]
        return self._render(
            "system.txt",
            language_name=language_name(language),
            translated=not is_english(language),
            fields={name: field["description"] for name, field in fields.items()},
        )

    @cached_property
    def _sources(self) -> str:
        return "\0".join(self._source(name) for name in _TEMPLATES)

    def _source(self, name: str) -> str:
        for folder in self._folders:
            path = folder / name
            if path.is_file():
                return path.read_text(encoding="utf-8")
        msg = f"no prompt template {name} in {', '.join(map(str, self._folders)) or 'any folder'}"
        raise ConfigError(msg, key="enrich.engine")

    def _render(self, name: str, **values: object) -> str:
        try:
            return self._environment.get_template(name).render(**values)
        except jinja2.TemplateSyntaxError as error:
            raise TemplateFault(f"{name}: {error.message}", file=name, line=error.lineno) from error
        except jinja2.TemplateError as error:
            raise TemplateFault(f"{name}: {error}", file=name) from error


def _as_json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
