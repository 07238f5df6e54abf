"""Addresses never to be mailed again: a new secret revives none of them, whenever it is set."""

from __future__ import annotations

import hmac

import pytest
from sqlalchemy import text

from newsletter.domain.subscribers import MAX_KEYS, Suppression, suppression_digest
from newsletter.errors import StoreError
from newsletter.store import Database, SqlStore
from tests.store.conftest import NOW

OLD, NEW = b"o" * 32, b"n" * 32


def made_with(database: Database, secret: bytes | None, *earlier: bytes) -> SqlStore:
    return SqlStore(database, clock=lambda: NOW, secret=secret, earlier=earlier)


def suppressed_by_an_older_version(database: Database, secret: bytes, email: str) -> None:
    """The hash as it was made before suppressions had a key of their own."""
    digest = hmac.digest(hmac.digest(secret, b"suppression", "sha256"), email.encode(), "sha256").hex()
    with database.write() as connection:
        insert = text("INSERT INTO suppression (digest, reason, created_at) VALUES (:digest, 'complaint', :now)")
        connection.execute(insert, {"digest": digest, "now": NOW})


def test_a_new_secret_revives_no_suppressed_address(database: Database) -> None:
    made_with(database, OLD).suppressions.suppress("ada@example.org", "complaint")
    assert made_with(database, NEW).subscribers.suppressed(["Ada@example.org"]) == {"Ada@example.org"}
    assert made_with(database, None).subscribers.suppressed(["Ada@example.org"]) == {"Ada@example.org"}


def test_what_an_older_version_suppressed_stays_so_when_the_secret_changes_later(database: Database) -> None:
    suppressed_by_an_older_version(database, OLD, "ada@example.org")
    made_with(database, OLD).settle()
    assert made_with(database, NEW).subscribers.suppressed(["ada@example.org"])


def test_what_an_older_version_suppressed_is_found_when_its_secret_is_named_as_an_earlier_one(
    database: Database,
) -> None:
    """The operator changed the secret together with the program, and reads afterwards what to do."""
    suppressed_by_an_older_version(database, OLD, "ada@example.org")
    made_with(database, NEW).settle()
    assert not made_with(database, NEW).subscribers.suppressed(["ada@example.org"])
    assert made_with(database, NEW, OLD).subscribers.suppressed(["ada@example.org"])
    assert made_with(database, NEW).subscribers.suppressed(["ada@example.org"]), "once seen it need not be named"


def test_what_was_suppressed_with_the_secret_of_the_database_stays_so(database: Database) -> None:
    own = made_with(database, None).secret()
    suppressed_by_an_older_version(database, own, "ada@example.org")
    assert made_with(database, NEW).subscribers.suppressed(["ada@example.org"])


def test_an_address_can_be_lifted_whichever_key_its_hash_was_made_with(database: Database) -> None:
    suppressed_by_an_older_version(database, OLD, "ada@example.org")
    store = made_with(database, OLD)
    assert store.suppressions.found(["ada@example.org"])["ada@example.org"].reason == "complaint"
    assert not store.suppressions.suppress("ada@example.org", "again"), "it is suppressed already"
    assert store.suppressions.lift("ADA@example.org")
    assert not store.suppressions.lift("ada@example.org")
    assert not store.subscribers.suppressed(["ada@example.org"])


def test_hashes_of_another_database_count_with_their_key(database: Database) -> None:
    store, key = made_with(database, None), b"k" * 32
    store.suppressions.add_keys([key])
    foreign = Suppression(digest=suppression_digest(key, "ada@example.org"), reason="bounce", created_at=NOW)
    assert store.suppressions.take_in([foreign, Suppression(email="bo@example.net", reason="asked")]) == 2
    assert store.suppressions.take_in([foreign, Suppression(email="BO@example.net", reason="asked")]) == 0
    assert store.subscribers.suppressed(["ada@example.org", "bo@example.net", "cy@example.net"]) == {
        "ada@example.org",
        "bo@example.net",
    }
    assert [s.reason for s in store.suppressions.stream()].count("bounce") == 1
    assert store.suppressions.count() == 2


def test_more_keys_than_can_be_tried_are_refused(database: Database) -> None:
    store = made_with(database, None)
    with pytest.raises(StoreError, match=f"at most {MAX_KEYS} can be kept"):
        store.suppressions.add_keys(bytes([n]) * 32 for n in range(MAX_KEYS))
    assert len(store.suppressions.keys()) == 1


def test_the_ids_of_feed_entries_survive_a_new_secret(database: Database) -> None:
    before = made_with(database, OLD).identity()
    assert made_with(database, NEW).identity() == before


def test_an_empty_database_settles_by_itself(database: Database) -> None:
    store = made_with(database, None)
    store.settle()
    assert made_with(database, None).identity() == store.identity()
    assert made_with(database, None).suppressions.keys() == store.suppressions.keys()
