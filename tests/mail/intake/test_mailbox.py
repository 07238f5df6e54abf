"""A mailbox by IMAP, on a real server: stored first and moved then, over a connection that is checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from newsletter.domain.bounces import BounceRules, EventKind
from newsletter.errors import ConfigError, MailboxUnavailable
from newsletter.mail.intake import ImapAccount, open_mailbox
from newsletter.mail.reports import LONGEST_MESSAGE, read_report
from newsletter.services.bounces import Intake, Poll
from newsletter.store import Database, SqlStore
from tests.mail.reports.samples import CALM, SAMPLES
from tests.support.dovecot import PASSWORD, Dovecot, dovecot_is_missing, running_dovecot

pytestmark = pytest.mark.skipif(dovecot_is_missing(), reason="Dovecot is not installed (Debian: dovecot-imapd)")
REPORT, LETTER = SAMPLES["Postfix"].raw.encode(), CALM["an answer to the newsletter"].encode()


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@pytest.fixture
def account(dovecot: Dovecot, request: pytest.FixtureRequest) -> ImapAccount:
    """The account, with folders of this test's own."""
    name = f"t{abs(hash(request.node.name)) % 10**9}"
    dovecot.empty()
    return ImapAccount(
        host="localhost",
        port=dovecot.tls_port,
        username="bounces",
        password=SecretStr(PASSWORD),
        authorities=dovecot.authority,
        reports=f"{name}-read",
        others=f"{name}-other",
        seconds=20,
    )


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    database = Database("sqlite:///newsletter.db", folder=tmp_path)
    database.open()
    yield SqlStore(database, clock=now)
    database.close()


def poll_of(store: SqlStore, account: ImapAccount) -> Poll:
    keep = timedelta(days=30)
    intake = Intake(
        store.events, store.deliveries, BounceRules(), read_report, clock=now, keep_events=keep, keep_evidence=keep
    )
    return Poll(intake, partial(open_mailbox, account))


def numbered(number: int, *, body: str = "") -> bytes:
    """A report with an id of its own."""
    head = f"Message-ID: <{number}@mx.example>\nDate: Tue, 16 Jun 2026 07:00:{number % 60:02} +0000\n"
    return head.encode() + REPORT + body.encode()


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_reports_are_stored_and_put_away_and_letters_wait_for_a_person(
    security: str, dovecot: Dovecot, account: ImapAccount, store: SqlStore
) -> None:
    account = replace(
        account,
        security=security,
        port=dovecot.tls_port if security == "tls" else dovecot.port,
        reports=f"{account.reports}-{security}",
        others=f"{account.others}-{security}",
    )
    dovecot.put(REPORT)
    dovecot.put(LETTER)
    polled = poll_of(store, account).run()
    assert (polled.messages, polled.others, polled.unreadable) == (2, 1, 0)
    assert polled.taken.kinds == (EventKind.HARD,)
    assert [event.source for event in store.events.stream()] == ["imap"]
    assert (dovecot.lying_in(), dovecot.lying_in(account.reports)) == ([], [REPORT])
    assert dovecot.lying_in(account.others) == [LETTER]
    assert poll_of(store, account).run().messages == 0


def test_what_is_read_again_is_known_and_put_away(dovecot: Dovecot, account: ImapAccount, store: SqlStore) -> None:
    dovecot.put(REPORT)
    poll_of(store, account).run()
    dovecot.put(REPORT)
    polled = poll_of(store, account).run()
    assert (polled.taken.kinds, polled.taken.known) == ((), 1)
    assert (dovecot.lying_in(), len(dovecot.lying_in(account.reports))) == ([], 2)


def test_nothing_is_moved_that_could_not_be_stored(dovecot: Dovecot, account: ImapAccount, store: SqlStore) -> None:
    dovecot.put(REPORT)
    poll = poll_of(store, account)
    with store.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE event RENAME TO gone")
    with pytest.raises(Exception, match="event") as failure:
        poll.run()
    assert not isinstance(failure.value, MailboxUnavailable)
    assert dovecot.lying_in() == [REPORT]


def test_of_a_long_message_only_the_beginning_travels(dovecot: Dovecot, account: ImapAccount, store: SqlStore) -> None:
    dovecot.put(numbered(1, body="x" * 70 + "\n" * 10 + ("y" * 70 + "\n") * 20_000))
    with open_mailbox(account) as box:
        content = box.content(box.waiting()[0])
        assert content is not None
        assert len(content) == LONGEST_MESSAGE
    assert poll_of(store, account).run().taken.kinds == (EventKind.HARD,)


def test_many_messages_come_in_batches(dovecot: Dovecot, account: ImapAccount, store: SqlStore) -> None:
    for number in range(50):
        dovecot.put(numbered(number))
    assert len(poll_of(store, account).run().taken.kinds) == 50
    assert len(dovecot.lying_in(account.reports)) == 50


def test_a_server_without_move_gets_copies_and_loses_the_originals(store: SqlStore) -> None:
    with running_dovecot(capability="IMAP4rev1 UIDPLUS") as server:
        account = ImapAccount(
            host="localhost", port=server.port, security="none", username="bounces", password=SecretStr(PASSWORD)
        )
        server.put(REPORT)
        server.put(LETTER)
        assert poll_of(store, account).run().messages == 2
        assert (server.lying_in(), server.lying_in("bounces-read")) == ([], [REPORT])
        assert server.lying_in("bounces-other") == [LETTER]


def test_a_certificate_of_a_stranger_and_a_wrong_password_are_refused(dovecot: Dovecot, account: ImapAccount) -> None:
    for security, port in (("tls", dovecot.tls_port), ("starttls", dovecot.port)):
        stranger = replace(account, security=security, port=port, authorities=None)
        with pytest.raises(MailboxUnavailable, match="certificate"), open_mailbox(stranger):
            pass
    wrong = replace(account, password=SecretStr("a wrong one"))
    with pytest.raises(MailboxUnavailable, match="refuses the login") as refused, open_mailbox(wrong):
        pass
    assert "a wrong one" not in str(refused.value)
    assert PASSWORD not in repr(account)


def test_a_server_that_is_not_there_is_told(account: ImapAccount) -> None:
    with pytest.raises(MailboxUnavailable, match="Connection refused"), open_mailbox(replace(account, port=1)):
        pass


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"host": ""}, "bounces.imap_host"),
        ({"username": ""}, "bounces.imap_username"),
        ({"password": None}, "bounces.imap_username"),
        ({"host": "imap.example.org", "security": "none"}, "bounces.imap_security"),
        ({"reports": "INBOX"}, "bounces.imap_folder"),
    ],
)
def test_what_is_not_set_or_not_safe_is_named(changes: dict[str, object], key: str) -> None:
    right = {"host": "localhost", "username": "bounces", "password": SecretStr("x")}
    with pytest.raises(ConfigError) as refused:
        ImapAccount(**(right | changes))
    assert refused.value.key == key
