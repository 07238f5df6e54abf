"""Every setting there is, by the file and by the environment: both must be read, and read as the same."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from newsletter.domain.delivery import Limit
from newsletter.errors import ConfigError
from newsletter.settings import Settings, load_settings
from newsletter.settings.values import Existing

SENDER = '[newsletter]\nfrom = "digest@example.org"\n'
CHECKED = {
    "webhooks.ses_topics": "arn:aws:sns:eu-central-1:123456789012:a, arn:aws-cn:sns:cn-north-1:123456789012:b",
    "webhooks.sendgrid_public_key": f"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE{'A' * 86}==",
    "newsletter.from": "Own papers <own@example.org>",
    "newsletter.base_url": "https://own.example.org",
    "newsletter.language": "zh-Hans",
    "newsletter.timezone": "Europe/Berlin",
    "database.url": "sqlite:///own.db",
    "enrich.base_url": "https://model.example.org/v1",
    "enrich.languages": "zh-Hans, en",
    "enrich.daily_budget": "3.50 USD",
    "bounces.mailbox": "returns",
    "bounces.domain": "mail.example.org",
    "bounces.listen": "smtp:[::1]:2525",
    "bounces.policy_share": "0.2",
    "retention.requests": "60d",
    "web.trusted_proxies": "127.0.0.1, 10.0.0.0/8, ::1",
}
"""Text that only some values of are right."""


def sections() -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield name, field.annotation


def settings() -> Iterator[tuple[str, FieldInfo]]:
    for section, model in sections():
        for name, field in model.model_fields.items():
            yield f"{section}.{field.alias or name}", field


SETTINGS = dict(settings())
SECRETS = [key for key, field in SETTINGS.items() if SecretStr in (field.annotation, *get_args(field.annotation))]
PLAIN = [key for key in SETTINGS if key.removesuffix("_file") not in SECRETS]


def example(key: str) -> str:
    """A right value that is not the default, as it stands in a variable."""
    field = SETTINGS[key]
    kinds = [kind for kind in _kinds(field.annotation) if kind is not types.NoneType]
    kind: Any = kinds[0]
    if key in CHECKED:
        return CHECKED[key]
    if kind is bool:
        return "false" if field.default else "true"
    if kind in {int, float}:
        return str((field.default or 1) + 1)
    if kind is timedelta:
        return "45m"
    if get_origin(kind) is Literal:
        return next(value for value in get_args(kind) if value != field.default)
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        if inner is Limit:
            return "7/s, 900/day"
        return ", ".join(get_args(inner)[::-1][:2]) if get_origin(inner) is Literal else "one.example, two.example"
    assert kind in {str, Path}, f"say in CHECKED what {key} may be"
    return "some/file" if Existing("file") in field.metadata else "some/where"


def _kinds(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in {Union, types.UnionType} else (annotation,)


def in_file(text: str) -> Iterator[str]:
    """The ways in which TOML writes this value."""
    yield json.dumps(text)
    if text in {"true", "false"} or text.replace(".", "", 1).isdigit():
        yield text
    if ", " in text:
        yield json.dumps(text.split(", "))


def value(settings: Settings, key: str) -> object:
    section, _, name = key.partition(".")
    return getattr(getattr(settings, section), f"{name}_" if name == "from" else name)


def variable(key: str) -> str:
    return f"NEWSLETTER_{key.replace('.', '__')}".upper()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "newsletter.toml"
    path.write_text(SENDER)
    (tmp_path / "some" / "where").mkdir(parents=True)
    (tmp_path / "some" / "file").touch()
    return path


def read_from_file(file: Path, key: str, written: str) -> Settings:
    section, _, name = key.partition(".")
    table = {} if key == "newsletter.from" else {"from": '"digest@example.org"'}
    table |= {name: written}
    lines = "\n".join(f"{k} = {v}" for k, v in table.items() if section == "newsletter" or k == name)
    text = f"[{section}]\n{lines}\n"
    file.write_text(text if section == "newsletter" else SENDER + text)
    return load_settings(file, {})


@pytest.mark.parametrize("key", PLAIN)
def test_a_setting_is_read_from_the_environment_as_from_the_file(file: Path, key: str) -> None:
    unset = load_settings(file, {})
    by_variable = load_settings(file, {variable(key): example(key)})
    assert value(by_variable, key) != value(unset, key)
    read = 0
    for written in in_file(example(key)):
        try:
            by_file = read_from_file(file, key, written)
        except ConfigError:
            continue  # TOML has kinds: a number in quotation marks may be none, a list of limits is none
        assert by_file == by_variable
        read += 1
    assert read


@pytest.mark.parametrize("key", SECRETS)
def test_a_secret_is_read_from_the_environment_and_from_a_file_of_its_own(file: Path, key: str) -> None:
    secret = "correct horse battery staple, and so on"
    (file.parent / "secret.txt").write_text(secret)
    named = [
        load_settings(file, {variable(key): secret}),
        load_settings(file, {f"{variable(key)}_FILE": "secret.txt"}),
        read_from_file(file, f"{key}_file", '"secret.txt"'),
    ]
    for settings in named:
        read = value(settings, key)
        assert isinstance(read, SecretStr)
        assert read.get_secret_value() == secret


def test_all_secrets_at_once_come_from_files_of_their_own(file: Path) -> None:
    environ = {}
    for number, key in enumerate(SECRETS):
        (file.parent / f"{number}.txt").write_text(f"secret number {number}, which is long enough for any use")
        environ[f"{variable(key)}_FILE"] = f"{number}.txt"
    settings = load_settings(file, environ)
    for number, key in enumerate(SECRETS):
        read = value(settings, key)
        assert isinstance(read, SecretStr)
        assert read.get_secret_value().startswith(f"secret number {number},")


@pytest.mark.parametrize("key", [key for key in PLAIN if types.NoneType in _kinds(SETTINGS[key].annotation)])
def test_an_empty_variable_takes_back_what_the_file_sets(file: Path, key: str) -> None:
    section, _, name = key.partition(".")
    table = f"{SENDER}{name}" if section == "newsletter" else f"{SENDER}[{section}]\n{name}"
    file.write_text(f"{table} = {next(iter([*in_file(example(key))][::-1]))}\n")
    assert value(load_settings(file, {}), key) is not None
    assert value(load_settings(file, {variable(key): ""}), key) is None


WRONG = {
    key: "wrong value"
    for key in PLAIN
    if not {str, Path} & {*_kinds(SETTINGS[key].annotation)} or key in CHECKED
    if key != "collect.inner_hosts"
}


@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_variable_is_blamed_by_its_own_name_and_the_file_is_not(file: Path, key: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load_settings(file, {variable(key): WRONG[key]})
    assert str(raised.value).startswith(f"{variable(key)}: ")
    assert "newsletter.toml" not in str(raised.value)
    assert str(raised.value).count(", got ") <= 1
    assert (raised.value.key.partition("[")[0], raised.value.path) == (key, None)


def test_mistakes_of_the_file_and_of_the_environment_are_told_apart(file: Path) -> None:
    file.write_text(f"{SENDER}[web]\nport = 0\n")
    with pytest.raises(ConfigError) as raised:
        load_settings(file, {"NEWSLETTER_SMTP__PORT": "many", "NEWSLETTER_SMTP__PASWORD": "hunter2"})
    told = str(raised.value)
    assert told.startswith(f"{file}: 3 problems\n")
    assert "\n  - web.port: " in told
    assert "\n  - NEWSLETTER_SMTP__PORT: " in told
    assert "\n  - NEWSLETTER_SMTP__PASWORD: no such setting. Did you mean NEWSLETTER_SMTP__PASSWORD?" in told
    assert "hunter2" not in told


def test_a_secrets_file_that_a_variable_names_is_blamed_on_the_variable(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"^NEWSLETTER_SMTP__PASSWORD_FILE: gone\.txt cannot be read"):
        load_settings(file, {"NEWSLETTER_SMTP__PASSWORD_FILE": "gone.txt"})


MARKED = ((key, mark) for key, field in SETTINGS.items() for mark in field.metadata)
EXISTING = [(key, mark.kind) for key, mark in MARKED if isinstance(mark, Existing)]


@pytest.mark.parametrize(("key", "kind"), EXISTING)
def test_a_file_or_folder_that_is_not_there_is_refused_with_its_path(file: Path, key: str, kind: str) -> None:
    wrong = "some/file" if kind == "folder" else "some/where"  # the other kind
    for named in ("nosuch", wrong):
        with pytest.raises(ConfigError) as raised:
            read_from_file(file, key, json.dumps(named))
        told = f"{key}: there is no {kind} {file.parent / named}. Make it, or correct the setting."
        assert str(raised.value) == f"{file}: {told}"
        file.write_text(SENDER)
        with pytest.raises(ConfigError) as raised:
            load_settings(file, {variable(key): named})
        assert str(raised.value) == told.replace(key, variable(key))


def test_a_default_that_is_not_there_is_no_mistake(file: Path) -> None:
    assert not load_settings(file, {}).path(load_settings(file, {}).newsletter.topics).exists()


def test_a_limit_that_is_neither_a_number_nor_text_says_what_it_may_be(file: Path) -> None:
    file.write_text(f"{SENDER}[smtp]\nrate = ['14/s']\n")
    with pytest.raises(ConfigError, match=r'smtp\.rate: expected a limit such as 10 \(a second\) or "14/s, 2000/day"'):
        load_settings(file, {})
