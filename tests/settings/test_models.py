"""What can be set: the defaults that are promised, and what each value is checked for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from newsletter.domain.notation import language_tag
from newsletter.settings import Settings, SourceSettings

FROM = "Papers <digest@example.org>"

DEFAULTS = {
    ("newsletter", "base_url"): "",
    ("newsletter", "language"): "en",
    ("newsletter", "timezone"): "UTC",
    ("newsletter", "topics"): Path("subscribers/topics.toml"),
    ("newsletter", "roster"): None,
    ("newsletter", "secret"): None,
    ("database", "url"): "sqlite:///newsletter.db",
    ("enrich", "engine"): "extractive",
    ("enrich", "languages"): ("en",),
    ("enrich", "model"): "",
    ("enrich", "base_url"): "",
    ("enrich", "daily_budget"): "",
    ("enrich", "concurrency"): 8,
    ("issue", "max_papers"): None,
    ("issue", "order"): "relevance",
    ("issue", "on_empty"): "nothing",
    ("issue", "approval"): False,
    ("publish", "site"): Path("site"),
    ("publish", "markdown"): ("arxiv-daily",),
    ("publish", "feed_entries"): 100,
    ("mail", "cards"): 8,
    ("mail", "words"): 430,
    ("smtp", "host"): "",
    ("smtp", "port"): 587,
    ("smtp", "security"): "starttls",
    ("smtp", "username"): "",
    ("smtp", "connections"): 4,
    ("smtp", "rate"): (),
    ("smtp", "per_domain"): (),
    ("dispatch", "uncertain"): "hold",
    ("dispatch", "late_after"): timedelta(days=3),
    ("bounces", "verp"): True,
    ("bounces", "mailbox"): "",
    ("bounces", "domain"): "",
    ("bounces", "soft_limit"): 7,
    ("bounces", "soft_span"): timedelta(days=14),
    ("bounces", "soft_half_life"): timedelta(days=60),
    ("bounces", "policy_share"): 0.05,
    ("bounces", "policy_least"): 20,
    ("bounces", "complaint_wait"): timedelta(days=365),
    ("retention", "events"): timedelta(days=400),
    ("retention", "evidence"): timedelta(days=30),
    ("dkim", "domain"): "",
    ("dkim", "selector"): "",
    ("dkim", "key_file"): None,
    ("web", "host"): "127.0.0.1",
    ("web", "port"): 8000,
}
"""The keys that the documentation promises. A changed default changes what an upgrade does to everybody."""


def settings(**sections: object) -> Settings:
    newsletter = {"from": FROM} | sections.pop("newsletter", {})  # type: ignore[operator]
    return Settings.model_validate({"newsletter": newsletter, **sections})


@pytest.mark.parametrize(("section", "key"), DEFAULTS)
def test_every_key_has_the_promised_default(section: str, key: str) -> None:
    assert getattr(getattr(settings(), section), key) == DEFAULTS[section, key]


def test_a_source_announces_new_and_cross_listed_papers_from_the_real_host_by_default() -> None:
    source = SourceSettings(kind="arxiv-rss", categories=("cs.CL",))
    assert source.announce == ("new", "cross")
    assert source.base_url == ""


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        ("arxiv-rss", {"categories": ["cs.CL"]}),
        ("arxiv-api", {"query": "cat:cs.CL"}),
        ("arxiv-oai", {"set": "cs"}),
        ("feed", {"url": "https://example.org/feed"}),
        ("files", {"path": "papers.jsonl"}),
        ("hf-daily", {}),
    ],
)
def test_each_kind_of_source_names_what_it_needs(kind: str, needed: dict[str, object]) -> None:
    assert SourceSettings.model_validate({"kind": kind, **needed}).kind == kind
    for name in needed:
        with pytest.raises(ValidationError, match=f'a source of kind "{kind}" needs "{name}"'):
            SourceSettings.model_validate({"kind": kind})


def test_the_newsletters_language_comes_first_and_once() -> None:
    both = settings(newsletter={"language": "zh-hans"}, enrich={"languages": ["en", "zh-Hans", "de"]})
    assert both.languages == ("zh-Hans", "en", "de")


def test_nothing_can_be_set_after_reading() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        settings().smtp.port = 25  # type: ignore[misc]


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("1.5h", timedelta(minutes=90)),
        ("3d", timedelta(days=3)),
        ("1w", timedelta(weeks=1)),
    ],
)
def test_a_time_is_a_number_with_its_unit(text: str, meant: timedelta) -> None:
    assert settings(dispatch={"late_after": text}).dispatch.late_after == meant


@pytest.mark.parametrize("text", ["3", 3, "", "d", "-1d", "3 days", "²d", "9" * 400 + "d", "99999999999d", None])
def test_any_other_time_is_refused(text: object) -> None:
    with pytest.raises(ValidationError, match='expected a time such as "90s"'):
        settings(dispatch={"late_after": text})


@pytest.mark.parametrize("sender", ["digest@example.org", FROM, '"Doe, Jane" <jane@example.org>', "d@lab.internal"])
def test_a_sender_is_an_address_with_or_without_a_name(sender: str) -> None:
    assert settings(newsletter={"from": sender}).newsletter.from_ == sender


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "Papers",
        "digest@",
        "@example.org",
        "Papers <>",
        "Papers <digest@example.org",
        "a@example.org, b@example.org",
        "a@example.org b@example.org",
        "Doe, Jane <jane@example.org>",
        "a@evil.example)b@example.org",
        "Papers <digest@example.org>\r\nBcc: all@example.org",
        "Pa\x00pers <digest@example.org>",
    ],
)
def test_any_other_sender_is_refused(sender: str) -> None:
    with pytest.raises(ValidationError, match="expected an address, for example"):
        settings(newsletter={"from": sender})


@pytest.mark.parametrize(
    "url", ["example.org", "ftp://example.org", "https://", "https:///x", "http://a b", "file:///x"]
)
def test_an_address_of_the_web_has_a_host(url: str) -> None:
    with pytest.raises(ValidationError, match="expected an address that begins with https://"):
        settings(newsletter={"base_url": url})


def test_a_base_address_loses_its_last_slash_and_a_feed_keeps_it() -> None:
    """Paths are appended to the one; the other is asked for as it stands: `/feed` need not be `/feed/`."""
    assert settings(newsletter={"base_url": "https://example.org/"}).newsletter.base_url == "https://example.org"
    assert SourceSettings(kind="feed", url="https://example.org/feed/").url == "https://example.org/feed/"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "Europe", "../../etc/passwd", "CEST", "a\x00b"])
def test_a_time_zone_is_one_of_the_database(zone: str) -> None:
    assert settings(newsletter={"timezone": "Asia/Shanghai"}).newsletter.timezone == "Asia/Shanghai"
    with pytest.raises(ValidationError, match="expected a time zone of the tz database"):
        settings(newsletter={"timezone": zone})


@pytest.mark.parametrize(
    "url", ["", "newsletter.db", "mysql://localhost/x", "postgres://h/x", "postgresql://me:secret", "sqlite"]
)
def test_a_database_is_sqlite_or_postgresql(url: str) -> None:
    with pytest.raises(ValidationError, match=r"expected sqlite:///newsletter\.db or postgresql://"):
        settings(database={"url": url})


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("EN", "en"),
        ("zh_hans", "zh-Hans"),
        ("en-us", "en-US"),
        ("sl-ROZAJ", "sl-rozaj"),
        (" zh-hant-TW ", "zh-Hant-TW"),
    ],
)
def test_two_spellings_of_a_language_are_one(text: str, tag: str) -> None:
    assert language_tag(text) == language_tag(tag) == tag


@pytest.mark.parametrize("text", ["", "english", "e", "en-", "en--US", "中文", "en\n-US", "en;q=1", "en-" + "x" * 9])
def test_what_is_no_language_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a language tag"):
        language_tag(text)


def test_secrets_do_not_show_in_what_is_printed() -> None:
    shown = repr(
        settings(
            newsletter={"secret": "hunter2"},
            database={"url": "postgresql://me:hunter2@host/db", "password": "hunter2"},
            enrich={"api_key": "hunter2"},
            smtp={"password": "hunter2"},
        )
    )
    assert "hunter2" not in shown
    assert "starttls" in shown


@pytest.mark.parametrize(
    ("bounces", "address"),
    [
        ({}, "digest@example.org"),
        ({"mailbox": "returns"}, "returns@example.org"),
        ({"domain": "Mail.Example.org"}, "bounces@mail.example.org"),
        ({"mailbox": "b", "domain": "bücher.example"}, "b@bücher.example"),
    ],
)
def test_bounces_come_back_to_the_sender_unless_a_mailbox_or_a_domain_is_set(
    bounces: dict[str, str], address: str
) -> None:
    assert settings(bounces=bounces).bounce_address == address


@pytest.mark.parametrize(
    ("key", "value"),
    [("mailbox", "a@b"), ("mailbox", "a b"), ("mailbox", "b" * 35), ("mailbox", "a+b"), ("domain", "two words")],
)
def test_a_mailbox_or_a_domain_for_bounces_that_is_none_is_refused(key: str, value: str) -> None:
    with pytest.raises(ValidationError, match=r"expected (what stands before the @|a domain)"):
        settings(bounces={key: value})
