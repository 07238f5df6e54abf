"""A hostile server: whatever it does, every recipient ends in the right state, and nothing hangs."""

from __future__ import annotations

import asyncio
import base64
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path

import pytest
from pydantic import SecretStr

from newsletter.domain.delivery import Attempt, AttemptResult, Delivery, OutgoingMessage, Recipient, Reply, Stage
from newsletter.domain.delivery import DeliveryStatus as S
from newsletter.domain.issues import IssueKey
from newsletter.errors import ConfigError, RelayUnavailable
from newsletter.mail.smtp.pool import Pool, PoolSettings
from newsletter.mail.smtp.replies import ReplyReader
from newsletter.mail.smtp.transport import Connector, Relay, RelayRefuses, Security
from tests.support.certificates import Authority
from tests.support.databases import new_database
from tests.support.dispatching import Dispatching, make_relay, subscribers
from tests.support.smtp_server import Behaviour, SmtpServer, running_server

PASSWORD = "correct horse battery staple"


@pytest.fixture
def newsletter(tmp_path: Path) -> Dispatching:
    database = new_database(tmp_path / "newsletter.db")
    result = Dispatching(database)
    result.subscribe(*subscribers(6))
    result.plan()
    return result


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


def check(newsletter: Dispatching, server: SmtpServer) -> None:
    """Nobody twice; who is `sent` was accepted; who was accepted is `sent`, or `uncertain` where nobody can know."""
    statuses = newsletter.statuses()
    assert len(server.recipients) == len(set(server.recipients))
    accepted = set(server.recipients)
    assert {who for who, status in statuses.items() if status is S.SENT} <= accepted
    assert accepted <= {who for who, status in statuses.items() if status in {S.SENT, S.UNCERTAIN}}
    assert S.SENDING not in statuses.values()


@pytest.mark.parametrize("code", ["421", "450", "550", "550 5.7.1", "250", "354", "199", "999"])
@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "FINAL", "RSET", "QUIT"])
def test_every_answer_to_every_command(newsletter: Dispatching, command: str, code: str) -> None:
    with running_server(Behaviour(answers={command: f"{code} said the server"})) as server:
        newsletter.send(server)
        check(newsletter, server)
    failed = {who for who, status in newsletter.statuses().items() if status is S.FAILED}
    if code != "550" or command not in {"RCPT", "DATA", "FINAL"}:
        assert failed == set()


@pytest.mark.parametrize("code", ["450", "550", "421"])
@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "FINAL"])
def test_without_pipelining_it_is_the_same(newsletter: Dispatching, command: str, code: str) -> None:
    behaviour = Behaviour(extensions=(), answers={command: f"{code} said the server"})
    with running_server(behaviour) as server:
        newsletter.send(server)
        check(newsletter, server)
        behaviour.answers.clear()
        newsletter.clock.forward(days=2)
        newsletter.send(server, run={"resume": True})
        check(newsletter, server)
    assert set(newsletter.statuses().values()) == ({S.FAILED} if code == "550" and command != "MAIL" else {S.SENT})


class Recorder:
    """A queue that remembers what was asked of it, instead of a ledger."""

    def __init__(self, count: int) -> None:
        self.waiting = [_attempt(n) for n in range(count)]
        self.begun: list[str] = []
        self.results: dict[str, list[AttemptResult]] = {}
        self.stopped = False

    async def next(self) -> Attempt | None:
        return self.ready()

    def ready(self) -> Attempt | None:
        return self.waiting.pop(0) if self.waiting and not self.stopped else None

    async def begin(self, attempt: Attempt) -> bool:
        self.begun.append(attempt.message.recipient)
        return True

    def settle(self, attempt: Attempt, result: AttemptResult) -> None:
        self.results.setdefault(attempt.message.recipient, []).append(result)

    def give_back(self, attempt: Attempt) -> None:
        self.waiting.insert(0, attempt)

    def stop(self) -> None:
        self.stopped = True


def _attempt(number: int) -> Attempt:
    email = f"reader{number}@example.org"
    recipient = Recipient(subscriber_id=number + 1, email=email, language="en")
    delivery = Delivery(
        id=number + 1, issue=IssueKey(date(2026, 6, 2)), revision=1, recipient=recipient, status=S.QUEUED
    )
    message = OutgoingMessage(
        sender="b@example.org",
        recipient=email,
        message_id="<1@example.org>",
        header=b"Subject: one\r\n",
        body=(b"a line\r\n", b".a dot\r\n", b"..two\r\n", b"end\r\n"),
    )
    return Attempt(delivery, message)


async def _pool(server: SmtpServer, queue: Recorder, **changes: int) -> Pool:
    options = {"connections": 1, "patience": 2} | changes
    pool = Pool(Connector(make_relay(server)), queue, PoolSettings(backoff=0.001, **options))
    await pool.run()
    return pool


async def test_what_arrives_is_what_was_given_dots_and_all() -> None:
    with running_server() as server:
        await _pool(server, queue := Recorder(3))
    content = bytes(_attempt(0).message)
    assert [a.content for a in server.accepted] == [content] * 3
    assert all(results[0].reply and results[0].reply.code == 250 for results in queue.results.values())


@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
async def test_a_cut_at_every_octet_of_the_dialogue(extensions: tuple[str, ...]) -> None:
    """Two messages on connections that each end after so many octets have come in."""
    with running_server(Behaviour(extensions=extensions)) as server:
        await _pool(server, Recorder(2))
        octets = len(server.in_the_clear)
    assert octets > 200
    for place in range(octets):
        with running_server(Behaviour(extensions=extensions, cut_after=place)) as server:
            queue = Recorder(2)
            await _pool(server, queue)
        for number in range(2):
            who = _attempt(number).message.recipient
            results = queue.results.get(who, [])
            accepted = server.recipients.count(who)
            back = any(p.message.recipient == who for p in queue.waiting)
            # settled once or given back, and never both
            assert len(results) + back == 1, (place, who)
            # a message that was not begun was not accepted
            assert accepted <= queue.begun.count(who), (place, who)
            if results and results[0].reply is None and results[0].stage is not Stage.FINAL:
                assert accepted == 0, (place, who)
            if results and results[0].reply is not None:
                assert accepted == (results[0].reply.code == 250), (place, who)
            if back:
                assert accepted == 0, (place, who)


class Slow(Recorder):
    """A queue whose ledger takes its time, and may say no."""

    def __init__(self, count: int, server: SmtpServer, *, allowed: bool = True) -> None:
        super().__init__(count)
        self.server = server
        self.allowed = allowed
        self.had: list[tuple[bool, int]] = []

    async def begin(self, attempt: Attempt) -> bool:
        await super().begin(attempt)
        await asyncio.sleep(0.1)
        self.had.append((b"..two\r\nend\r\n" in self.server.in_the_clear, len(self.server.accepted)))
        return self.allowed


async def test_the_message_travels_while_the_ledger_is_written_and_only_its_end_waits() -> None:
    with running_server() as server:
        queue = Slow(2, server)
        await _pool(server, queue)
    assert queue.had == [(True, 0), (True, 1)]
    assert len(server.accepted) == 2


async def test_a_message_that_may_not_be_sent_any_more_is_never_ended() -> None:
    with running_server() as server:
        queue = Slow(1, server, allowed=False)
        await _pool(server, queue)
        assert bytes(server.in_the_clear).endswith(b"end\r\n")
    assert server.accepted == []
    assert queue.results == {}


async def test_a_cut_before_the_message_was_ended_leaves_no_doubt() -> None:
    with running_server() as server:
        await _pool(server, Recorder(1))
        octets = server.in_the_clear.index(b"a dot")
    with running_server(Behaviour(cut_after=octets)) as server:
        queue = Slow(1, server)
        await _pool(server, queue)
    (answer,) = queue.results["reader0@example.org"]
    assert (answer.stage, answer.reply, answer.begun, answer.is_uncertain) == (Stage.DATA, None, True, False)
    assert server.accepted == []


async def test_a_server_that_answers_octet_by_octet() -> None:
    with running_server(Behaviour(dribble=1)) as server:
        await _pool(server, queue := Recorder(4), connections=2)
    assert len(server.accepted) == len(queue.results) == 4


USUAL = {"CONNECT": "220 hello", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go", "RSET": "250 ok"}


@pytest.mark.parametrize("surplus", ["250 2.0.0 Ok", "250-2.0.0\r\n250 Ok", "354 Go", "554 5.7.1 No", "999 what", "25"])
@pytest.mark.parametrize("final", ["250 2.0.0 Ok", "554 5.7.1 No"])
@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
@pytest.mark.parametrize("command", [*USUAL, "EHLO"])
async def test_an_answer_that_nobody_asked_for_stands_for_no_message(
    command: str, extensions: tuple[str, ...], final: str, surplus: str
) -> None:
    """Once or every time: nobody is `sent` whom the server did not accept, nor refused whom it did not refuse."""
    for times in (1, 1000):
        left = iter([surplus] * times)
        usual = USUAL.get(command) or "\r\n".join(("250-test.example", *(f"250-{e}" for e in extensions), "250 SIZE"))
        answers = {command: lambda _, usual=usual, left=left: "\r\n".join((usual, *islice(left, 1))), "FINAL": final}
        with running_server(Behaviour(extensions=extensions, answers=answers)) as server:  # type: ignore[arg-type]
            queue = Recorder(3)
            await _pool(server, queue)
        for number in range(3):
            who = _attempt(number).message.recipient
            asked = queue.results.get(who, [])
            assert len(asked) + any(p.message.recipient == who for p in queue.waiting) == 1, who
            for answer in asked:
                accepted = server.recipients.count(who)
                if answer.reply is None:
                    assert accepted <= answer.is_uncertain
                else:
                    assert (answer.stage, str(answer.reply)) == (Stage.FINAL, final)
                    assert accepted == (answer.reply.code == 250)
            assert server.recipients.count(who) <= 1


@pytest.mark.parametrize(
    ("final", "sent"),
    [
        ("250 Ok\r\n250 Ok", True),  # twice the same says nothing else
        ("250 Ok\r\n421 Bye", True),
        ("250 Ok\r\n554 No", False),
        ("554 No\r\n250 Ok", False),
        ("354 Go\r\n250 Ok", False),
    ],
)
@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
async def test_two_answers_to_one_message_are_none_unless_they_agree(
    extensions: tuple[str, ...], final: str, sent: bool
) -> None:
    with running_server(Behaviour(extensions=extensions, answers={"FINAL": final})) as server:
        queue = Recorder(1)
        await _pool(server, queue)
    (answer,) = queue.results["reader0@example.org"]
    assert (answer.reply is not None and answer.reply.code == 250, answer.is_uncertain) == (sent, not sent)


def test_the_ledger_takes_no_answer_for_another(newsletter: Dispatching) -> None:
    """The server has accepted nothing, and says 250 behind each 354."""
    answers = {"DATA": "354 Go\r\n250 2.0.0 Ok: queued", "FINAL": "554 5.7.1 No"}
    with running_server(Behaviour(answers=answers)) as server:
        report = newsletter.send(server)
    assert server.accepted == []
    assert set(newsletter.statuses().values()) == {S.QUEUED}
    assert "said what nobody had asked for: '250 2.0.0 Ok: queued'" in report.stopped
    with running_server() as server:
        newsletter.send(server)
        check(newsletter, server)
    assert set(newsletter.statuses().values()) == {S.SENT}


async def test_a_server_that_takes_its_leave_from_an_idle_connection_costs_nothing() -> None:
    class Slowly(Recorder):
        async def next(self) -> Attempt | None:
            return super().ready()

        def ready(self) -> None:
            return None

    with running_server(Behaviour(answers={"FINAL": "250 Ok\r\n421 4.4.2 Idle for too long"})) as server:
        queue = Slowly(3)
        pool = await _pool(server, queue)
    assert pool.failure is None
    assert len(server.accepted) == len(queue.results) == 3


@pytest.mark.parametrize("step", [1, 7, 1_000_000])
def test_no_more_answers_are_read_than_are_due(step: int) -> None:
    """A million that came at once were once held in memory."""
    flood = b"250-one\r\n250 two\r\n" * (1_000_000 if step > 10 else 20)
    reader, replies = ReplyReader(), []
    for start in range(0, len(flood), step):
        replies += reader.feed(flood[start : start + step], expected=3 - len(replies))
        if len(replies) == 3 and reader.rest:
            break
    assert replies == [Reply(250, "one\ntwo")] * 3
    assert len(reader.rest) <= step


async def test_a_flood_ends_the_connection_at_once() -> None:
    flood = "250 ok\r\n" * 300_000
    with running_server(Behaviour(answers={"RCPT": flood})) as server:
        queue = Recorder(1)
        pool = await _pool(server, queue)
    assert "nobody had asked for" in str(pool.failure) or "out of step" in str(pool.failure)
    assert (len(queue.waiting), server.accepted) == (1, [])


async def test_a_server_that_offers_pipelining_and_throws_commands_away() -> None:
    """It is found out at the first message, which goes again step by step; nobody notices but the log."""
    with running_server(Behaviour(throws_away=True)) as server:
        pool = await _pool(server, queue := Recorder(5))
    assert not pool.pipelining
    assert len(server.accepted) == 5
    assert all(len(results) == 1 for results in queue.results.values())


async def test_a_server_that_offers_pipelining_and_complains() -> None:
    answers = {"RCPT": "503 5.5.0 improper command pipelining"}
    with running_server(Behaviour(answers=answers)) as server:
        pool = await _pool(server, Recorder(2))
    assert not pool.pipelining


async def test_a_server_that_wants_a_message_for_nobody_gets_an_empty_one() -> None:
    """RFC 2920 §3.1: 354 although no recipient was taken."""
    refuse = {"RCPT": lambda who: "550 no" if who == "reader0@example.org" else "250 ok", "DATA without RCPT": "354 go"}
    with running_server(Behaviour(answers=refuse)) as server:
        await _pool(server, queue := Recorder(3))
    assert server.recipients == ["reader1@example.org", "reader2@example.org"]
    (answer,) = queue.results["reader0@example.org"]
    assert (answer.stage, answer.reply and answer.reply.code) == (Stage.RCPT, 550)


async def test_421_at_random() -> None:
    chance = random.Random(4)
    answers = {
        stage: (lambda _, default=default: "421 4.3.2 Not now" if chance.random() < 0.15 else default)
        for stage, default in (("MAIL", "250 ok"), ("RCPT", "250 ok"), ("DATA", "354 go"), ("FINAL", "250 ok"))
    }
    with running_server(Behaviour(answers=answers)) as server:
        queue = Recorder(60)
        await _pool(server, queue, connections=4, patience=50)
    for number in range(60):
        who = _attempt(number).message.recipient
        (answer,) = queue.results[who]
        assert answer.reply is not None
        assert server.recipients.count(who) == (answer.reply.code == 250)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "FINAL"])
async def test_a_slow_server_is_waited_for(stage: str) -> None:
    with running_server(Behaviour(delays={stage: 0.3})) as server:
        await _pool(server, queue := Recorder(1))
    assert [a.reply.code for a in queue.results["reader0@example.org"] if a.reply] == [250]
    assert len(server.accepted) == 1


async def test_a_server_that_accepts_after_we_have_given_up_leaves_it_uncertain() -> None:
    """The nine minutes of the standard, shortened by the settings."""
    with running_server(Behaviour(delays={"FINAL": 1.2})) as server:
        started = time.monotonic()
        await _pool(server, queue := Recorder(1))
        assert time.monotonic() - started < 1.1
    (answer,) = queue.results["reader0@example.org"]
    assert answer.is_uncertain
    assert "within 0.6 s" in answer.error
    assert len(server.accepted) == 1


async def test_a_server_that_never_answers_is_given_up() -> None:
    with running_server(Behaviour(delays={"CONNECT": 60})) as server:
        started = time.monotonic()
        pool = await _pool(server, queue := Recorder(1))
        assert time.monotonic() - started < 5
    assert "did not answer within 1 s" in str(pool.failure)
    assert len(queue.waiting) == 1


@pytest.mark.parametrize(
    "nonsense", [b"\x00\xff\xfe garbage\r\n", b"HTTP/1.1 400 Bad Request\r\n", b"2", b"250-" * 20000]
)
async def test_a_server_that_is_none(nonsense: bytes) -> None:
    with running_server(Behaviour(nonsense=nonsense)) as server:
        pool = await _pool(server, queue := Recorder(1))
    assert pool.failure is not None
    assert len(queue.waiting) == 1


async def test_an_address_that_could_end_a_command_is_never_written() -> None:
    with running_server() as server:
        queue = Recorder(2)
        bad = "a@example.org>\r\nRCPT TO:<b@example.org"
        first = queue.waiting[0]
        queue.waiting[0] = replace(first, message=replace(first.message, recipient=bad))
        await _pool(server, queue)
    (answer,) = queue.results[bad]
    assert (answer.stage, answer.reply) == (Stage.RCPT, None)
    assert server.recipients == ["reader1@example.org"]
    assert not any("b@example.org>" in c and c.startswith("RCPT") for c in server.commands)


# --- TLS and passwords ----------------------------------------------------------------------------------------------


def _secured(server: SmtpServer, authority: Authority, **changes: object) -> Relay:
    options: dict[str, object] = {
        "host": "localhost",
        "security": Security.STARTTLS,
        "username": "news",
        "password": SecretStr(PASSWORD),
        "authorities": authority.file,
    }
    return make_relay(server, **(options | changes))


def _told(server: SmtpServer) -> bool:
    """Whether the password was said in the clear, in any form."""
    seen = bytes(server.in_the_clear)
    forms = (PASSWORD.encode(), base64.b64encode(f"\0news\0{PASSWORD}".encode()), base64.b64encode(PASSWORD.encode()))
    return b"AUTH" in seen.upper() or any(form in seen for form in forms)


@pytest.mark.parametrize("implicit", [False, True])
async def test_a_secured_login(authority: Authority, implicit: bool) -> None:
    behaviour = Behaviour(tls=authority.server(), implicit_tls=implicit, users={"news": PASSWORD})
    with running_server(behaviour) as server:
        relay = _secured(server, authority, security=Security.TLS if implicit else Security.STARTTLS)
        queue = Recorder(3)
        await Pool(Connector(relay), queue, PoolSettings(connections=1)).run()
    assert len(server.accepted) == 3
    assert not _told(server)


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (lambda _: Behaviour(users={"news": PASSWORD}, auth_without_tls=True), "STARTTLS"),
        (
            lambda _: Behaviour(extensions=("STARTTLS",), users={"news": PASSWORD}),
            "Connection .*(lost|reset)|cannot be secured",
        ),
        (lambda a: Behaviour(tls=a.server("other.example"), users={"news": PASSWORD}), "mismatch"),
        (lambda a: Behaviour(tls=a.server(days=-1), users={"news": PASSWORD}), "expired"),
        (
            lambda a: Behaviour(tls=Authority(a.file.parent / "b").server(), users={"news": PASSWORD}),
            "cannot be secured",
        ),
        (
            lambda a: Behaviour(
                tls=a.server(), users={"news": PASSWORD}, auth_without_tls=True, answers={"STARTTLS": "454 Not now"}
            ),
            "454",
        ),
        (
            lambda a: Behaviour(
                tls=a.server(), users={"news": PASSWORD}, auth_without_tls=True, answers={"STARTTLS": "502 Never"}
            ),
            "502",
        ),
    ],
    ids=["not offered", "garbage for a handshake", "another host", "expired", "another authority", "454", "502"],
)
async def test_without_the_tls_that_was_asked_for_nothing_is_said(
    authority: Authority, behaviour: Callable[[Authority], Behaviour], message: str
) -> None:
    (authority.file.parent / "b").mkdir(exist_ok=True)
    with running_server(behaviour(authority)) as server:
        with pytest.raises(RelayUnavailable, match=message) as raised:
            await Connector(_secured(server, authority)).open()
        assert not _told(server)
    assert PASSWORD not in str(raised.value)


async def test_tls_from_the_start_to_a_server_that_speaks_in_the_clear(authority: Authority) -> None:
    with running_server(Behaviour(users={"news": PASSWORD})) as server:
        with pytest.raises(RelayRefuses, match="cannot be secured"):
            await Connector(_secured(server, authority, security=Security.TLS)).open()
        assert not _told(server)


async def test_a_wrong_password_stops_at_once_and_is_never_repeated(authority: Authority) -> None:
    with running_server(Behaviour(tls=authority.server(), users={"news": "another"})) as server:
        queue = Recorder(5)
        pool = Pool(Connector(_secured(server, authority)), queue, PoolSettings(connections=1))
        await pool.run()
    assert isinstance(pool.failure, RelayRefuses)
    assert PASSWORD not in str(pool.failure)
    assert server.connections == 1
    assert len(queue.waiting) == 5


def test_a_login_in_the_clear_has_to_be_asked_for_by_name() -> None:
    secret = {"username": "news", "password": SecretStr(PASSWORD)}
    with pytest.raises(ConfigError, match="plain text"):
        Relay(host="relay.example.org", security=Security.NONE, **secret)
    relay = Relay(host="relay.example.org", security=Security.NONE, plaintext_login=True, **secret)
    assert Relay(host="127.0.0.1", security=Security.NONE, **secret).username == "news"
    assert PASSWORD not in repr(relay)


def test_a_relay_of_other_letters_is_the_one_that_is_named() -> None:
    """The system's resolver would look for `mail.strasse.example`, and a password would go there."""
    assert Relay(host="mail.Straße.example").host == "mail.xn--strae-oqa.example"
    with pytest.raises(ConfigError, match=r"smtp\.host cannot be reached: there is no domain 'i❤\.example'"):
        Relay(host="i❤.example")
