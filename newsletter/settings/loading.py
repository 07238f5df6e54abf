"""Reading newsletter.toml and the environment, and saying what is wrong with them.

Where a value comes from, the first that has it wins: an environment variable (`NEWSLETTER_SMTP__HOST` for `smtp.host`),
newsletter.toml, the default. Secrets never stand in the file: they come from the environment or from a file named by
a `*_file` key. Every path in newsletter.toml is relative to the folder that holds it.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from newsletter.errors import ConfigError
from newsletter.settings.models import Settings, SourceSettings

__all__ = ["environment", "load_settings", "make_settings"]

PREFIX = "NEWSLETTER_"
_SECRET_KEYS = {"password", "api_key", "secret", "token"}


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read newsletter.toml and the environment.

    Raises:
        ConfigError: the file is missing, is no TOML, or holds a wrong key or value; every problem is named at once.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        msg = f"{path} does not exist. `newsletter init` writes one to start from."
        raise ConfigError(msg, path=path) from None
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read: {error}. Expected a UTF-8 text file."
        raise ConfigError(msg, path=path) from None
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, a list in a list in a list …
        msg = f"{path} is not valid TOML: {error}."
        raise ConfigError(msg, path=path) from None
    _refuse_secrets(values, path)
    _overlay(values, environ)
    return make_settings(values, path=path)


def make_settings(values: Mapping[str, Any], *, path: Path | None = None, **extra: object) -> Settings:
    """Settings out of plain values, with every problem named by key.

    Raises:
        ConfigError: as `load_settings`.
    """
    folder = path.parent if path else Path()
    try:
        settings = Settings.model_validate({**values, "folder": folder, **extra})
        return _with_secret_files(settings)
    except ValidationError as error:
        problems = [_explain(problem) for problem in error.errors()]
        where = f"{path}: " if path else ""
        key = _key(error.errors()[0])
        if len(problems) == 1:
            raise ConfigError(f"{where}{problems[0]}", key=key, path=path) from None
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise ConfigError(f"{where}{len(problems)} problems\n{listed}", key=key, path=path) from None


def _refuse_secrets(values: Mapping[str, Any], path: Path) -> None:
    for section, names in _secrets().items():
        table = values.get(section)
        for name in names:
            if isinstance(table, dict) and name in table:
                msg = (
                    f"{path}: {section}.{name}: secrets do not stand in this file. Set the environment variable "
                    f"{_variable(section, name)}, or name a file by {section}.{name}_file."
                )
                raise ConfigError(msg, key=f"{section}.{name}", path=path)
    database = values.get("database")
    if isinstance(database, dict) and _holds_password(database.get("url")):
        msg = (
            f"{path}: database.url: secrets do not stand in this file. Take the password out of it and set the "
            f"environment variable {_variable('database', 'password')}, or name a file by database.password_file."
        )
        raise ConfigError(msg, key="database.url", path=path)


def _secrets() -> Mapping[str, tuple[str, ...]]:
    """The secret keys of every section that has some."""
    found = {}
    for section in Settings.model_fields:
        model = _model_of(section)
        if model is not None:
            found[section] = tuple(name for name in model.model_fields if name in _SECRET_KEYS)
    return {section: names for section, names in found.items() if names}


def _variable(section: str, name: str) -> str:
    return f"{PREFIX}{section}__{name}".upper()


def _holds_password(url: object) -> bool:
    try:
        return bool(make_url(url).password) if isinstance(url, str) else False
    except (ArgumentError, ValueError):
        return False  # it is refused as an address later on


def _overlay(values: dict[str, Any], environ: Mapping[str, str]) -> None:
    for variable, value in environ.items():
        section, separator, name = variable.removeprefix(PREFIX).lower().partition("__")
        if not variable.startswith(PREFIX) or not separator:
            continue
        if section == "sources":
            msg = f"{variable}: sources is a list of tables and can be set in newsletter.toml only."
            raise ConfigError(msg, key=section)
        model = _model_of(section)
        table = values.setdefault(section, {}) if model else None
        if model is None or not isinstance(table, dict):
            continue  # another program's variable; or a mistake of the file, which is named when it is checked
        known = {field.alias or key: field for key, field in model.model_fields.items()}
        is_list = name in known and str(known[name].annotation).startswith("tuple")
        table[name] = [part.strip() for part in value.split(",") if part.strip()] if is_list else value


def _model_of(section: str) -> type[BaseModel] | None:
    """The model of a section that is one table; None for anything else."""
    field = Settings.model_fields.get(section)
    annotation = field.annotation if field else None
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _with_secret_files(settings: Settings) -> Settings:
    updates: dict[str, object] = {}
    for section, names in _secrets().items():
        model: BaseModel = getattr(settings, section)
        for name in names:
            file: Path | None = getattr(model, f"{name}_file", None)
            if file is None or getattr(model, name) is not None:
                continue
            try:
                secret = settings.path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                key = f"{section}.{name}_file"
                reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
                msg = f"{key}: {file} cannot be read ({reason}). Expected a file with the secret alone."
                raise ConfigError(msg, key=key) from None
            updates[section] = model.model_copy(update={name: SecretStr(secret)})
    return settings.model_copy(update=updates)


def _key(problem: Mapping[str, Any]) -> str:
    """The key as a person would look for it: `smtp.port`, `sources[2].path`."""
    location = problem["loc"]
    key = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    return "newsletter.from" if problem["type"] == "missing" and key == "newsletter" else key


def _explain(problem: Mapping[str, Any]) -> str:
    """One problem in plain words: which key, what was expected, what came, and the nearest right name."""
    location = list(problem["loc"])
    key = _key(problem)
    if problem["type"] == "missing":
        if key == "newsletter.from":
            return f'{key}: missing. Expected an address, for example from = "Papers <digest@example.org>".'
        return f"{key}: missing. It has no default and must be set."
    if problem["type"] == "extra_forbidden":
        known = _known_names(problem["loc"][:-1])
        near = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]}?" if near else f" Known here: {', '.join(sorted(known))}."
        return f"{key}: no such key.{hint}"
    if problem["type"] == "model_type" or key == "sources":
        # what stands there instead is not repeated: it may be the secret of somebody who forgot a line
        heading = "[[sources]]" if location[0] == "sources" else f"[{key}]"
        return f"{key}: expected a table, which begins with {heading} on a line of its own."
    expected = str(problem["msg"]).removeprefix("Value error, ")
    expected = expected[:1].lower() + expected[1:]
    given = problem.get("input")
    if isinstance(given, dict | list) or key == "database.url":
        return f"{key}: {expected}."
    return f"{key}: {expected}, got {given!r:.200}."


def _known_names(location: tuple[str | int, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    if location:
        model = _model_of(str(location[0])) or SourceSettings
    hidden = {"folder", "sample"} | _SECRET_KEYS
    return [field.alias or name for name, field in model.model_fields.items() if name not in hidden]


def environment() -> Mapping[str, str]:
    """The process's environment; read when asked, never at import."""
    return os.environ
