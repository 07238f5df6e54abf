"""Reading newsletter.toml and the environment, and saying what is wrong with them.

Where a value comes from, the first that has it wins: an environment variable (`NEWSLETTER_SMTP__HOST` for `smtp.host`),
newsletter.toml, the default. What is wrong with a value is said of the place that it came from. Secrets never stand in
the file: they come from the environment or from a file named by a `*_file` key. Every path in newsletter.toml is
relative to the folder that holds it.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from newsletter.domain.delivery import MAX_BOUNCE_LOCAL
from newsletter.domain.notation import feed_name
from newsletter.domain.papers import SourceKind
from newsletter.errors import ConfigError
from newsletter.settings.models import Settings, SourceSettings
from newsletter.settings.values import Existing

__all__ = ["environment", "load_settings", "make_settings"]

PREFIX = "NEWSLETTER_"
_SECRET_KEYS = {
    "password",
    "api_key",
    "secret",
    "earlier_secrets",
    "token",
    "imap_password",
    "mailgun_signing_key",
    "postmark_password",
}
MIN_SECRET = 32
"""Characters of `newsletter.secret`: 128 bits even where they are hexadecimal digits."""
MIN_WEBHOOK_SECRET = 16
"""Characters of what Mailgun and Postmark prove themselves by."""
MAX_EARLIER = 10
"""Earlier secrets: each is tried on every link that somebody follows."""


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
    variables = _overlay(values, environ)
    settings = make_settings(values, path=path, variables=variables)
    _check_existing(settings, path, variables)
    return settings


def make_settings(
    values: Mapping[str, Any], *, path: Path | None = None, variables: Mapping[str, str] | None = None, **extra: object
) -> Settings:
    """Settings out of plain values, with every problem named by key.

    Args:
        values: a table a section.
        path: the file that they stand in.
        variables: by key (`smtp.port`), the environment variable that the value came from instead.
        extra: what no file can set.

    Raises:
        ConfigError: as `load_settings`.
    """
    folder = path.parent if path else Path()
    try:
        settings = Settings.model_validate({**values, "folder": folder, **extra})
    except ValidationError as error:
        raise _explained(error, path, variables or {}) from None
    return _checked(_with_secret_files(settings, variables or {}))


def _explained(error: ValidationError, path: Path | None, variables: Mapping[str, str]) -> ConfigError:
    """All problems as one error: those of the file under its name, those of the environment by their variables."""
    keys = [_key(problem) for problem in error.errors()]
    problems = [_explain(problem, variables) for problem in error.errors()]
    in_file = any(_variable_of(key, variables) is None for key in keys)
    where = f"{path}: " if path and in_file else ""
    if len(problems) == 1:
        return ConfigError(f"{where}{problems[0]}", key=keys[0], path=path if in_file else None)
    listed = "\n".join(f"  - {problem}" for problem in problems)
    return ConfigError(f"{where}{len(problems)} problems\n{listed}", key=keys[0], path=path if in_file else None)


def _variable_of(key: str, variables: Mapping[str, str]) -> str | None:
    """The variable that a value came from; `enrich.languages[2]` came from where `enrich.languages` did."""
    return variables.get(key.partition("[")[0])


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
    secrets = {}
    for section in Settings.model_fields:
        model = _model_of(section)
        if model is not None:
            secrets[section] = tuple(name for name in model.model_fields if name in _SECRET_KEYS)
    return {section: names for section, names in secrets.items() if names}


def _variable(section: str, name: str) -> str:
    return f"{PREFIX}{section}__{name}".upper()


def _holds_password(url: object) -> bool:
    try:
        parsed = make_url(url) if isinstance(url, str) else None
        return bool(parsed and (parsed.password or {"password", "sslpassword"} & set(parsed.query)))
    except (ArgumentError, ValueError):
        return False  # it is refused as an address later on


def _overlay(values: dict[str, Any], environ: Mapping[str, str]) -> Mapping[str, str]:
    """Put the environment's values over the file's; returns, by key, the variables that were used."""
    used: dict[str, str] = {}
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
        may_be_none = name in known and type(None) in get_args(known[name].annotation)
        # an empty variable is the only way to take back what the file sets: an empty path would be this folder. An
        # empty secret is a mistake, though: it is judged like any other
        table[name] = None if may_be_none and not value and name not in _SECRET_KEYS else value
        used[f"{section}.{name}"] = variable
    return used


def _model_of(section: str) -> type[BaseModel] | None:
    """The model of a section that is one table; None for anything else."""
    field = Settings.model_fields.get(section)
    annotation = field.annotation if field else None
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _with_secret_files(settings: Settings, variables: Mapping[str, str]) -> Settings:
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
                setting = variables.get(key, key)
                msg = f"{setting}: {file} cannot be read ({reason}). Expected a file with the secret alone."
                raise ConfigError(msg, key=key) from None
            model = model.model_copy(update={name: SecretStr(secret)})
        updates[section] = model
    return settings.model_copy(update=updates)


def _checked(settings: Settings) -> Settings:
    """Refuse a secret that could be guessed: whoever has it can unsubscribe anybody and read their feed."""
    section = settings.newsletter
    length = MIN_SECRET if section.secret is None else len(section.secret.get_secret_value())
    if length < MIN_SECRET:
        msg = (
            f"newsletter.secret: expected at least {MIN_SECRET} characters, got {length}: it signs every link. Make a "
            "new one with `python3 -c 'import secrets; print(secrets.token_hex(32))'`, and put the present one into "
            f"{_variable('newsletter', 'earlier_secrets')}, or into a file named by newsletter.earlier_secrets_file: "
            "then links that were sent go on working."
        )
        raise ConfigError(msg, key="newsletter.secret")
    if len(section.earlier) > MAX_EARLIER:
        msg = (
            f"newsletter.earlier_secrets: expected at most {MAX_EARLIER}, one a line, got {len(section.earlier)}. "
            "Take the oldest out: only links that were made with them end."
        )
        raise ConfigError(msg, key="newsletter.earlier_secrets")
    _refuse_same_feeds(settings)
    _refuse_long_mailbox(settings)
    _refuse_guessable(settings)
    return settings


def _refuse_long_mailbox(settings: Settings) -> None:
    """Refuse a sender behind which the token of a delivery has no room."""
    local = settings.bounce_address.rpartition("@")[0]
    if settings.bounces.verp and len(local.encode()) > MAX_BOUNCE_LOCAL:
        msg = (
            f"bounces.mailbox: {local!r}, which newsletter.from names, has no room for the token of a delivery "
            f"(expected at most {MAX_BOUNCE_LOCAL} octets). Name a shorter mailbox, or set bounces.verp = false."
        )
        raise ConfigError(msg, key="bounces.mailbox")


def _refuse_guessable(settings: Settings) -> None:
    """Refuse a secret of a webhook that could be guessed: whoever has it can have any address suppressed."""
    for name in ("mailgun_signing_key", "postmark_password"):
        secret: SecretStr | None = getattr(settings.webhooks, name)
        length = MIN_WEBHOOK_SECRET if secret is None else len(secret.get_secret_value())
        if length < MIN_WEBHOOK_SECRET:
            msg = f"webhooks.{name}: expected at least {MIN_WEBHOOK_SECRET} characters, got {length}."
            raise ConfigError(msg, key=f"webhooks.{name}")


def _refuse_same_feeds(settings: Settings) -> None:
    """Refuse feeds that have the same name: what one of them announced would count for the other."""
    places: dict[str, int] = {}
    for place, source in enumerate(settings.sources, start=1):
        if source.kind is not SourceKind.FEED:
            continue
        other = places.setdefault(source.name or feed_name(source.url), place)
        if other != place:
            msg = (
                f"sources[{place}]: the same feed as sources[{other}], or one whose address differs in its query "
                'alone. Give each a name of its own, for example name = "Lab A".'
            )
            raise ConfigError(msg, key=f"sources[{place}].name")


def _check_existing(settings: Settings, path: Path, variables: Mapping[str, str]) -> None:
    """Refuse a setting that names a file or a folder that is not there."""
    for section in Settings.model_fields:
        values = getattr(settings, section)
        if not isinstance(values, BaseModel):
            continue
        for name in values.model_fields_set:
            field, value = type(values).model_fields[name], getattr(values, name)
            kinds = [mark.kind for mark in field.metadata if isinstance(mark, Existing)]
            if not kinds or value is None:
                continue
            named = settings.path(value)
            if not (os.path.isdir if kinds[0] == "folder" else os.path.isfile)(named):
                key = f"{section}.{name}"
                where = variables.get(key, f"{path}: {key}")
                msg = f"{where}: there is no {kinds[0]} {named}. Make it, or correct the setting."
                raise ConfigError(msg, key=key, path=None if key in variables else path)


def _key(problem: Mapping[str, Any]) -> str:
    """The key as a person would look for it: `smtp.port`, `sources[2].path`."""
    location = problem["loc"]
    key = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    return "newsletter.from" if problem["type"] == "missing" and key == "newsletter" else key


def _explain(problem: Mapping[str, Any], variables: Mapping[str, str]) -> str:
    """One problem in plain words: which key, what was expected, what came, and the nearest right name."""
    location = list(problem["loc"])
    key = _key(problem)
    variable = _variable_of(key, variables)
    if problem["type"] == "missing":
        if key == "newsletter.from":
            return f'{key}: missing. Expected an address, for example from = "Papers <digest@example.org>".'
        return f"{key}: missing. It has no default and must be set."
    if problem["type"] == "extra_forbidden":
        known = _known_names(problem["loc"][:-1], secrets=variable is not None)
        near = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
        if variable:
            near, known = ([_variable(location[0], name) for name in names] for names in (near, known))
        hint = f" Did you mean {near[0]}?" if near else f" Known here: {', '.join(sorted(known))}."
        return f"{variable}: no such setting.{hint}" if variable else f"{key}: no such key.{hint}"
    if problem["type"] == "model_type" or key == "sources":
        # what stands there instead is not repeated: it may be the secret of somebody who forgot a line
        heading = "[[sources]]" if location[0] == "sources" else f"[{key}]"
        return f"{key}: expected a table, which begins with {heading} on a line of its own."
    expected = str(problem["msg"]).removeprefix("Value error, ")
    expected = expected[:1].lower() + expected[1:]
    given = problem.get("input")
    name = variable or key
    if isinstance(given, dict | list) or location[-1] in _SECRET_KEYS | {"url", "base_url"}:
        return f"{name}: {expected}."
    # a check of ours may have said already what came
    return f"{name}: {expected}." if ", got " in expected else f"{name}: {expected}, got {given!r:.200}."


def _known_names(location: tuple[str | int, ...], *, secrets: bool) -> list[str]:
    model: type[BaseModel] = Settings
    if location:
        model = _model_of(str(location[0])) or SourceSettings
    hidden = {"folder", "sample"} | (set() if secrets else _SECRET_KEYS)
    return [field.alias or name for name, field in model.model_fields.items() if name not in hidden]


def environment() -> Mapping[str, str]:
    """The process's environment; read when asked, never at import."""
    return os.environ
