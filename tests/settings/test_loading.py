"""Reading newsletter.toml and the environment: which wins, and what is said about what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.errors import ConfigError
from newsletter.settings import Settings, load_settings

SENDER = '[newsletter]\nfrom = "digest@example.org"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "newsletter.toml"


def load(file: Path, text: str = "", **environ: str) -> Settings:
    file.write_text(SENDER + text, encoding="utf-8")
    return load_settings(file, environ)


def refused(file: Path, text: str = "", **environ: str) -> ConfigError:
    with pytest.raises(ConfigError) as raised:
        load(file, text, **environ)
    assert raised.value.exit_status == 2
    return raised.value


# --- the file ---------------------------------------------------------------------------------------------------------


def test_paths_are_relative_to_the_file(file: Path) -> None:
    settings = load(file, "[publish]\nsite = 'public'\noutbox = '/srv/outbox'")
    assert settings.path(settings.publish.site) == file.parent / "public"
    assert settings.path(settings.publish.outbox) == Path("/srv/outbox")


def test_every_source_is_a_table_in_the_order_of_the_file(file: Path) -> None:
    text = "[[sources]]\nkind = 'hf-daily'\n[[sources]]\nkind = 'arxiv-rss'\ncategories = ['cs.CL', 'cs.AI']"
    assert [(s.kind, s.categories) for s in load(file, text).sources] == [
        ("hf-daily", ()),
        ("arxiv-rss", ("cs.CL", "cs.AI")),
    ]


def test_a_byte_order_mark_of_an_editor_does_no_harm(file: Path) -> None:
    file.write_text(SENDER, encoding="utf-8-sig")
    assert load_settings(file, {}).newsletter.from_ == "digest@example.org"


def test_a_missing_file_names_the_command_that_writes_one(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"does not exist. `newsletter init`") as raised:
        load_settings(file, {})
    assert raised.value.path == file


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[newsletter]\nfrom = \n", r"not valid TOML: .*line 2"),
        (b"\xff\xfe[", "Expected a UTF-8 text file"),
        (b"[issue]\nmax_papers = " + b"9" * 5000, "not valid TOML"),
        (b"x = " + b"[" * 20_000, "not valid TOML"),
        (b"[newsletter]\n[newsletter]", "not valid TOML"),
    ],
    ids=["no value", "no text", "a number of 5,000 digits", "20,000 lists deep", "a table twice"],
)
def test_what_is_no_toml_is_an_error_of_the_file(file: Path, content: bytes, said: str) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=said):
        load_settings(file, {})


# --- wrong and missing keys -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "[newsletter]\n", "[newsletter]\ntitle = 'Papers'\n"])
def test_the_one_key_without_a_default_is_explained_by_an_example(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r'newsletter.from: missing. Expected .* from = "Papers <dig') as raised:
        load_settings(file, {})
    assert raised.value.key == "newsletter.from"


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("[smtp]\nprot = 25", "smtp.prot", "Did you mean port?"),
        ("[newslettr]\ntitle = 'x'", "newslettr", "Did you mean newsletter?"),
        ("[[sources]]\nkind = 'hf-daily'\ncategorys = []", "sources[1].categorys", "Did you mean categories?"),
        ("[database]\nzzz = 1", "database.zzz", "Known here: password_file, url."),
        ("[smtp]\npasswrd = 'hunter2'", "smtp.passwrd", "Did you mean password_file?"),
    ],
)
def test_a_key_that_does_not_exist_gets_the_nearest_right_name(file: Path, text: str, key: str, said: str) -> None:
    error = refused(file, text)
    assert error.key == key
    assert f"{file}: {key}: no such key. {said}" == str(error)


@pytest.mark.parametrize(
    ("text", "key", "expected", "got"),
    [
        ("[smtp]\nport = 'many'", "smtp.port", "integer", "'many'"),
        ("[smtp]\nport = 70000", "smtp.port", "less than or equal to 65535", "70000"),
        ("[smtp]\nsecurity = 'ssl'", "smtp.security", "'starttls', 'tls' or 'none'", "'ssl'"),
        ("[issue]\nmax_papers = 0", "issue.max_papers", "greater than or equal to 1", "0"),
        ("[issue]\napproval = 'perhaps'", "issue.approval", "boolean", "'perhaps'"),
        ("[dispatch]\nlate_after = 3", "dispatch.late_after", "expected a time such as", "3"),
        ("[enrich]\nlanguages = ['klingon']", "enrich.languages[1]", "expected a language tag", "'klingon'"),
        ("[[sources]]\nkind = 'arxiv'", "sources[1].kind", "'arxiv-rss'", "'arxiv'"),
    ],
)
def test_a_wrong_value_says_what_was_expected_and_what_came(
    file: Path, text: str, key: str, expected: str, got: str
) -> None:
    error = refused(file, text)
    assert error.key == key
    assert str(error).startswith(f"{file}: {key}: ")
    assert expected in str(error)
    assert str(error).endswith(f", got {got}.")


@pytest.mark.parametrize(("text", "heading"), [("smtp = 'hunter2'", "[smtp]"), ("sources = 'x'", "[[sources]]")])
def test_a_value_where_a_table_belongs_is_not_repeated(file: Path, text: str, heading: str) -> None:
    file.write_text(f"{text}\n{SENDER}", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_settings(file, {})
    assert f"expected a table, which begins with {heading}" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_every_problem_is_named_at_once(file: Path) -> None:
    error = refused(file, "[smtp]\nport = 0\nhots = 'x'\n[web]\nport = 0")
    assert "3 problems" in str(error)
    for key in ("smtp.port", "smtp.hots", "web.port"):
        assert f"\n  - {key}: " in str(error)


def test_a_source_without_what_it_needs_is_named_by_its_place(file: Path) -> None:
    error = refused(file, "[[sources]]\nkind = 'hf-daily'\n[[sources]]\nkind = 'files'")
    assert str(error) == f'{file}: sources[2]: a source of kind "files" needs "path".'


# --- the environment --------------------------------------------------------------------------------------------------


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(file: Path) -> None:
    settings = load(
        file,
        "[smtp]\nhost = 'in-file'\nport = 25\n",
        NEWSLETTER_SMTP__HOST="in-environment",
        NEWSLETTER_ISSUE__APPROVAL="true",
        NEWSLETTER_NEWSLETTER__FROM="other@example.org",
        NEWSLETTER_ENRICH__LANGUAGES="en, zh-Hans,",
    )
    assert (settings.smtp.host, settings.smtp.port, settings.smtp.connections) == ("in-environment", 25, 4)
    assert settings.issue.approval is True
    assert settings.newsletter.from_ == "other@example.org"
    assert settings.enrich.languages == ("en", "zh-Hans")


def test_variables_of_other_programs_are_not_ours(file: Path) -> None:
    foreign = {"NEWSLETTER": "x", "NEWSLETTER_FOLDER__X": "x", "NEWSLETTER_OTHER__X": "x", "SMTP__PORT": "x"}
    assert load(file, **foreign) == load(file)


def test_a_wrong_variable_is_named_by_its_key(file: Path) -> None:
    assert refused(file, NEWSLETTER_SMTP__PORT="many").key == "smtp.port"
    assert "no such setting. Did you mean NEWSLETTER_SMTP__PORT?" in str(refused(file, NEWSLETTER_SMTP__PROT="25"))


@pytest.mark.parametrize("text", ["", "[[sources]]\nkind = 'hf-daily'"])
def test_sources_cannot_be_set_by_a_variable(file: Path, text: str) -> None:
    assert "can be set in newsletter.toml only" in str(refused(file, text, NEWSLETTER_SOURCES__KIND="files"))


# --- secrets ----------------------------------------------------------------------------------------------------------

IN_FILE, IN_ENVIRONMENT = "in-file" * 5, "in-environment" * 3
SECRETS = [
    ("newsletter", "secret"),
    ("newsletter", "earlier_secrets"),
    ("database", "password"),
    ("enrich", "api_key"),
    ("smtp", "password"),
]


@pytest.mark.parametrize(("section", "key"), SECRETS)
def test_a_secret_in_the_file_is_refused_and_not_repeated(file: Path, section: str, key: str) -> None:
    file.write_text(f"[{section}]\n{key} = 'hunter2'\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="secrets do not stand in this file") as raised:
        load_settings(file, {})
    assert raised.value.key == f"{section}.{key}"
    assert f"NEWSLETTER_{section}__{key}".upper() in str(raised.value)
    assert f"{section}.{key}_file" in str(raised.value)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(("section", "key"), SECRETS)
def test_a_secret_comes_from_the_environment_or_from_a_file_of_its_own(file: Path, section: str, key: str) -> None:
    (file.parent / "secret.txt").write_text(f"{IN_FILE}\n", encoding="utf-8")
    heading = "" if section == "newsletter" else f"[{section}]\n"
    file.write_text(f"{SENDER}{heading}{key}_file = 'secret.txt'\n", encoding="utf-8")
    from_file = load_settings(file, {})
    both = load_settings(file, {f"NEWSLETTER_{section}__{key}".upper(): IN_ENVIRONMENT})
    assert getattr(getattr(from_file, section), key).get_secret_value() == IN_FILE
    assert getattr(getattr(both, section), key).get_secret_value() == IN_ENVIRONMENT
    assert "in-file" not in repr(from_file)
    assert "in-environment" not in repr(both)


@pytest.mark.parametrize("length", [0, 1, 31])
def test_a_secret_that_could_be_guessed_is_refused_and_not_repeated(file: Path, length: int) -> None:
    short = "hunter2" * 5
    (file.parent / "secret.txt").write_text(short[:length] + "\n", encoding="utf-8")
    from_file = refused(file, "secret_file = 'secret.txt'")
    # an empty variable is one that is not set
    from_environment = refused(file, NEWSLETTER_NEWSLETTER__SECRET=short[:length]) if length else from_file
    for error in (from_file, from_environment):
        assert error.key == "newsletter.secret"
        assert f"expected at least 32 characters, got {length}" in str(error)
        assert "token_hex(32)" in str(error)
        assert "NEWSLETTER_NEWSLETTER__EARLIER_SECRETS" in str(error)
        assert "hunter2" not in str(error)
    assert load(file, NEWSLETTER_NEWSLETTER__SECRET=short[:32]).newsletter.secret is not None


def test_earlier_secrets_stand_one_a_line_and_may_be_short(file: Path) -> None:
    """What an operator once chose goes on counting, however it was chosen."""
    (file.parent / "earlier.txt").write_text("first one\n\n  second, with a comma \n", encoding="utf-8")
    settings = load(file, "earlier_secrets_file = 'earlier.txt'")
    assert settings.newsletter.earlier == (b"first one", b"second, with a comma")
    many = "\n".join(f"secret {n}" for n in range(11))
    error = refused(file, NEWSLETTER_NEWSLETTER__EARLIER_SECRETS=many)
    assert "expected at most 10, one a line, got 11" in str(error)
    assert "secret 3" not in str(error)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_secret_file_that_cannot_be_read_is_named(file: Path, content: bytes | None) -> None:
    if content:
        (file.parent / "secret.txt").write_bytes(content)
    error = refused(file, "[smtp]\npassword_file = 'secret.txt'")
    assert error.key == "smtp.password_file"
    assert "secret.txt cannot be read" in str(error)


def test_a_password_within_a_database_address_is_a_secret_too(file: Path) -> None:
    url = "postgresql://me:hunter2@host/db"
    error = refused(file, f"[database]\nurl = '{url}'")
    assert error.key == "database.url"
    assert "hunter2" not in str(error)
    assert load(file, NEWSLETTER_DATABASE__URL=url).database.url == url


@pytest.mark.parametrize("url", ["mysql://me:hunter2@host/db", "postgresql://me:hunter2", "hunter2"])
def test_a_wrong_database_address_is_not_repeated(file: Path, url: str) -> None:
    assert "hunter2" not in str(refused(file, NEWSLETTER_DATABASE__URL=url))


def test_a_secret_of_a_section_that_has_none_is_an_unknown_key(file: Path) -> None:
    error = refused(file, "[web]\npassword = 'hunter2'")
    assert "web.password: no such key" in str(error)
    assert "hunter2" not in str(error)


def test_a_sender_too_long_for_a_token_needs_a_mailbox_or_no_tokens(file: Path) -> None:
    sender = f"{'d' * 35}@example.org"
    error = refused(file, NEWSLETTER_NEWSLETTER__FROM=sender)
    assert error.key == "bounces.mailbox"
    assert "expected at most 34 octets" in str(error)
    without = load(file, "[bounces]\nverp = false", NEWSLETTER_NEWSLETTER__FROM=sender)
    assert without.bounce_address == sender
    short = load(file, f"[bounces]\nmailbox = '{'b' * 34}'", NEWSLETTER_NEWSLETTER__FROM=sender)
    assert short.bounce_address == f"{'b' * 34}@example.org"
