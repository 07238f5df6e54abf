"""docs/settings.md: every setting, what it may be, its default, its variable and what it means, out of the models.

`python -m newsletter.settings.reference` prints it; `make reference` writes it.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from newsletter.domain.delivery import Limit
from newsletter.settings.meanings import MEANINGS
from newsletter.settings.models import Settings, SourceSettings
from newsletter.settings.values import Existing

__all__ = ["keys", "reference"]

_HEAD = """# Settings

Written from the models by `make reference`; change the meanings in `newsletter/settings/meanings.py`.

Every setting stands in newsletter.toml or in an environment variable, which wins over the file. Only `newsletter.from`
must be set. Paths are relative to newsletter.toml. A variable that holds a list has commas between its parts; an empty
one takes back what the file sets. Secrets never stand in newsletter.toml: they come from their variable, or from a file
that the setting with `_file` behind its name names. `[[sources]]` are tables and have no variables.
"""
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_KINDS: dict[object, str] = {bool: "`true` or `false`", Path: "a path", SecretStr: "a secret", str: "text"}


def keys() -> Iterator[tuple[str, FieldInfo]]:
    """Every setting by its key (`smtp.port`; `sources.kind` for each of the sources), section by section."""
    for section, model in _sections():
        for name, field in model.model_fields.items():
            yield f"{section}.{field.alias or name}", field


def reference() -> str:
    """The whole page."""
    lines = [_HEAD]
    for section, model in _sections():
        heading = "[[sources]]" if model is SourceSettings else f"[{section}]"
        lines += [f"## `{heading}`\n", "| setting | may be | default | means |", "| --- | --- | --- | --- |"]
        for name, field in model.model_fields.items():
            key = f"{section}.{field.alias or name}"
            variable = f"<br>`NEWSLETTER_{section}__{field.alias or name}`".upper().replace("<BR>", "<br>")
            shown = f"`{field.alias or name}`{'' if model is SourceSettings else variable}"
            lines.append(f"| {shown} | {_kind(field)} | {_default(field)} | {MEANINGS[key]} |")
        lines.append("")
    return "\n".join(lines)


def _sections() -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in Settings.model_fields.items():
        kind = SourceSettings if name == "sources" else field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield name, kind


def _kind(field: FieldInfo) -> str:
    """What it may be, in words."""
    kind = _bare(field.annotation)
    if kind in {int, float}:
        low = next((mark.ge for mark in field.metadata if hasattr(mark, "ge")), None)
        high = next((mark.le for mark in field.metadata if hasattr(mark, "le")), None)
        ends = f" from {low}" if low is not None else ""
        return f"a number{ends}{f' to {high}' if high is not None else ''}"
    if kind is timedelta:
        return "a time: `90s`, `30m`, `12h`, `3d`, `1w`"
    if get_origin(kind) is Literal:
        return _choices(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _choices(kind)
    if get_origin(kind) is tuple:
        inner = _bare(get_args(kind)[0])
        if inner is Limit:
            return "limits: `10`, `14/s, 50000/day`"
        return f"a list of {_choices(get_args(inner))}" if get_origin(inner) is Literal else "a list"
    marks = [mark.kind for mark in field.metadata if isinstance(mark, Existing)]
    return f"a {marks[0]} that exists" if marks else _KINDS[kind]


def _bare(annotation: Any) -> Any:  # noqa: ANN401  # a type as typing writes it
    """The type itself, without what it may lack and how it is checked."""
    if get_origin(annotation) in {Union, types.UnionType}:
        annotation = next(kind for kind in get_args(annotation) if kind is not types.NoneType)
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _choices(choices: Iterable[str]) -> str:
    return ", ".join(f"`{choice}`" if choice else "nothing" for choice in choices)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be set"
    value = field.default
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
        return f"`{seconds // size}{unit}`" if seconds else "`0s`"
    if value is None or value in {"", ()}:
        return "–"
    return ", ".join(f"`{part}`" for part in value) if isinstance(value, tuple) else f"`{value}`"


if __name__ == "__main__":
    print(reference(), end="")
