"""The template set: Jinja2 made strict, escaped by file type, worded by catalogue, overridable file by file."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import jinja2
from markupsafe import Markup

from newsletter.domain.text import clause, ellipsis, plain, slug
from newsletter.errors import TemplateFault
from newsletter.render.bidi import direction_attribute
from newsletter.render.catalogues import Wording, wording
from newsletter.render.labels import Labels
from newsletter.render.markdown_plain import markdown_plain
from newsletter.render.markdown_text import (
    markdown_cell,
    markdown_field,
    markdown_label,
    markdown_line,
    markdown_text,
    markdown_url,
)
from newsletter.render.prose import linked, markdown_html, math
from newsletter.render.text import wrap
from newsletter.render.undefined import CheckedContext, Missing, checked_filters

__all__ = ["Templates"]


def yaml_string(text: str) -> str:
    """A double-quoted YAML scalar: JSON's strings are YAML's (YAML 1.2 §1.3)."""
    return json.dumps(text, ensure_ascii=False)


_MARKUP = ("html", "xml", "xsl", "svg")

_MISTAKES = (
    *(jinja2.TemplateError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError),
    *(AssertionError, RecursionError),
)
"""What a wrong template can raise: Babel asserts what it is given, and a template may include itself."""

Filter = Callable[..., Any]
Result = TypeVar("Result")


class Templates:
    """Renders templates by name.

    `folders` are looked through in order, so that a file in the operator's own folder takes the place of the shipped
    one of the same name. `filters` are added to every environment. `thumbnails` shows the pictures that Hugging Face
    has of papers, which every reader's program then fetches from there. `signup` leads from every page of the site to
    the one where anybody can subscribe.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        filters: Mapping[str, Filter] | None = None,
        *,
        thumbnails: bool = False,
        signup: bool = False,
    ) -> None:
        self._folders = tuple(folders)
        self._filters = dict(filters or {})
        self._thumbnails = thumbnails
        self._signup = signup
        self._loader = jinja2.FileSystemLoader([str(folder) for folder in self._folders])
        self._environments: dict[str, jinja2.Environment] = {}

    def render(self, name: str, language: str, /, **context: object) -> str:
        """Render one template in one language.

        Raises:
            TemplateFault: the template is missing or wrong; the message names file, line and variable.
        """
        return self._guarded(name, lambda: self._environment(language).get_template(name).render(context))

    def _template(self, name: str, language: str) -> jinja2.Template:
        return self._guarded(name, lambda: self._environment(language).get_template(name))

    def line(self, name: str, language: str, /, **fixed: object) -> Callable[..., str]:
        """One template, read once, with these values; what it gives renders it with others beside them.

        For what is rendered for every reader: looking for the file and joining all names costs more than a line.

        Raises:
            TemplateFault: as `render`, now or when it is called.
        """
        template = self._template(name, language)
        shared = {**template.globals, **fixed}

        def rendered(**values: object) -> str:
            try:
                return "".join(template.root_render_func(template.new_context(shared | values, shared=True)))
            except _MISTAKES:
                # the slow way names the line
                return self.render(name, language, **fixed, **values)

        return rendered

    def source(self, name: str) -> str:
        """A file of the template set as it is (style sheets, scripts, icons)."""
        return self._guarded(name, lambda: self._loader.get_source(self._environment("en"), name)[0])

    def trusted(self, name: str) -> Markup:
        """A style sheet or script of the set, to be placed in a page as it is."""
        return Markup(self.source(name))  # noqa: S704 - a file of the template set, not foreign text

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the files lie, the operator's own folder first."""
        return self._folders

    def forget(self) -> None:
        """Read every file again when it is asked for next: one may have been put before another of the same name."""
        self._environments.clear()

    def names(self, folder: str) -> tuple[str, ...]:
        """The files of one folder of the set, overridden ones once."""
        return tuple(name for name in self._loader.list_templates() if name.startswith(f"{folder}/"))

    def path(self, name: str) -> Path | None:
        """Where a template's file lies: the first folder that has it."""
        return next((folder / name for folder in self._folders if (folder / name).is_file()), None)

    def _environment(self, language: str) -> jinja2.Environment:
        environment = self._environments.get(language)
        if environment is None:
            environment = self._environments[language] = self._build(wording(language))
        return environment

    def _build(self, words: Wording) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=self._loader,
            undefined=Missing,
            autoescape=jinja2.select_autoescape(_MARKUP, disabled_extensions=(), default=False),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        )
        environment.context_class = CheckedContext
        environment.install_gettext_callables(  # type: ignore[attr-defined]
            words.gettext, words.ngettext, newstyle=True
        )
        environment.filters.update(
            dir=partial(direction_attribute, around=words.direction),
            linked=linked,
            math=math,
            plain=plain,
            markdown=markdown_html,
            mdplain=markdown_plain,
            wrap=wrap,
            ellipsis=ellipsis,
            clause=clause,
            slug=slug,
            md=markdown_line,
            mdtext=markdown_text,
            mdfield=markdown_field,
            mdlabel=markdown_label,
            mdcell=markdown_cell,
            mdurl=markdown_url,
            yaml=yaml_string,
            **self._filters,
        )
        environment.filters.update(shortday=words.shortday, day=words.day, weekday=words.weekday, month=words.month)
        environment.filters = checked_filters(environment.filters)
        environment.globals.update(
            thumbnails=self._thumbnails,
            signup=self._signup,
            language=words.language,
            direction=words.direction,
            label=Labels(words),
        )
        return environment

    def _guarded(self, name: str, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except jinja2.TemplateSyntaxError as error:
            raise self._fault(error.name or name, error.lineno, error.message or "cannot be read") from error
        except jinja2.TemplateNotFound as error:
            looked = ", ".join(str(folder) for folder in self._folders)
            msg = f"template {error.name or name} does not exist (looked in {looked})"
            raise TemplateFault(msg, file=str(error.name or name)) from error
        except _MISTAKES as error:
            file, line = self._place(error)
            if not file:
                raise
            raise self._fault(file, line, str(error)) from error

    def _fault(self, name: str, line: int, what: str) -> TemplateFault:
        path = self.path(name) or name
        return TemplateFault(f"{path}:{line}: {what}", file=str(path), line=line)

    def _place(self, error: BaseException) -> tuple[str, int]:
        """The innermost template line of a traceback (Jinja2 rewrites the frames of templates to their source)."""
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            for folder in self._folders:
                if Path(frame.filename).is_relative_to(folder):
                    return Path(frame.filename).relative_to(folder).as_posix(), frame.lineno or 0
        return "", 0
