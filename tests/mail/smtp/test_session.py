"""Dialogues written out as the standards write them: `C:` is what a session says, `S:` what the relay answers.

The relay reads each `C:` line and goes on only if it is that one, octet by octet; where it answers in the middle,
nothing further may have come. So a script shows both the words and which of them go out together (RFC 5321, 1870,
2920, 6531).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import astuple, dataclass, field, replace

import pytest

from newsletter.domain.delivery import OutgoingMessage, Reply, Stage
from newsletter.errors import AddressInvalid
from newsletter.mail.smtp.session import ConnectionEnded, Session, Timeouts

MESSAGE = OutgoingMessage(
    sender="b@example.org",
    recipient="reader@example.org",
    message_id="<1@example.org>",
    header=b"Subject: one\r\n",
    body=(b"a line\r\n", b"another\r\n"),
)
SECOND = replace(MESSAGE, recipient="second@example.org")
ENVELOPE = """
    C: MAIL FROM:<b@example.org>
    C: RCPT TO:<reader@example.org>
    C: DATA"""
GO_AHEAD = f"""{ENVELOPE}
    S: 250 2.1.0 Ok
    S: 250 2.1.5 Ok
    S: 354 Go ahead"""
CONTENT = """
    C: Subject: one
    C:
    C: a line
    C: another
    C: ."""
HANGS_UP = "\n    HANGS UP"
PIPELINING = frozenset({"pipelining"})
QUICK = Timeouts(0.4, 0.4, 0.4, 0.4, 0.4, 0.4)


@dataclass
class Relay:
    """Plays a script on one connection.

    Attributes:
        differs: where what came was not what stands in the script; empty as long as all is as written.
        rest: what came behind the script's end, until the other side hung up.
    """

    script: str
    differs: str = ""
    rest: bytes = b""
    done: asyncio.Event = field(default_factory=asyncio.Event)
    _came: bytes = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._play(reader, writer)
            if not self.differs and "HANGS UP" not in self.script:
                while data := await reader.read(65536):
                    self._came += data
                self.rest = self._came
        except ConnectionError:
            self.rest = self._came
        finally:
            writer.transport.abort()
            self.done.set()

    async def _play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for step in filter(None, map(str.strip, self.script.splitlines())):
            said, _, words = step.partition(":")
            if said == "C":
                line = words.removeprefix(" ").encode() + b"\r\n"
                while len(self._came) < len(line):
                    if not (data := await reader.read(65536)):
                        self.differs = f"{line!r} was expected, and {self._came!r} is all that came"
                        return
                    self._came += data
                if not self._came.startswith(line):
                    self.differs = f"{line!r} was expected, and {self._came!r} came"
                    return
                self._came = self._came[len(line) :]
            elif said == "S":
                if self._came:
                    self.differs = f"{self._came!r} came before {words!r} was answered"
                    return
                # `\n` stands for several lines in one packet
                writer.write(words.removeprefix(" ").encode().decode("unicode_escape").encode() + b"\r\n")
                await writer.drain()
            elif step == "HANGS UP":
                writer.close()
                return
            elif step == "CUTS":
                writer.transport.abort()
                return


@asynccontextmanager
async def relay(
    script: str, extensions: frozenset[str] = PIPELINING, timeouts: Timeouts = QUICK
) -> AsyncIterator[tuple[Session, Relay]]:
    """A session on a connection to a relay that plays this script; afterwards all of it must have been played."""
    played = Relay(script)
    server = await asyncio.start_server(played.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, "127.0.0.1", port)
    session = Session(transport, extensions=extensions, timeouts=timeouts)
    try:
        yield session, played
    finally:
        session.abort()
        await asyncio.wait_for(played.done.wait(), 2)
        server.close()
    assert played.differs == ""
    assert played.rest == b""


async def opened(session: Session, message: OutgoingMessage = MESSAGE) -> str:
    """Where an envelope stands, and what was said there."""
    session.envelope(message)
    stage, reply = await session.opened(message)
    return f"{stage.name} {reply}"


async def handed_over(session: Session, message: OutgoingMessage = MESSAGE) -> str:
    assert (await opened(session, message)).startswith("DATA 354")
    session.content(message)
    session.finish()
    return str(await session.answered())


async def ending_of(session: Session) -> str:
    """Why the connection ends, as soon as it does: no answer is due."""
    with pytest.raises(ConnectionEnded) as ended:
        await session.answered()
    return str(ended.value)


# --- what is said ---------------------------------------------------------------------------------------------------


async def test_with_pipelining_an_envelope_goes_out_at_once() -> None:
    """RFC 2920 §3.1: MAIL, RCPT and DATA before the first of them is answered."""
    async with relay(f"{GO_AHEAD}{CONTENT}\n S: 250 2.0.0 Queued\n C: QUIT\n S: 221 Bye") as (session, _):
        assert session.sent == 0
        assert await handed_over(session) == "250 2.0.0 Queued"
        assert session.sent == 1
        await session.quit()


async def test_without_it_every_command_waits_for_the_answer_to_the_one_before() -> None:
    steps = """
        C: MAIL FROM:<b@example.org>
        S: 250 Ok
        C: RCPT TO:<reader@example.org>
        S: 250 Ok
        C: DATA
        S: 354 Go"""
    script = f"{steps}{CONTENT}\n S: 250 Queued {steps.replace('reader', 'second')}{CONTENT}\n S: 250 Queued"
    async with relay(script, frozenset()) as (session, _):
        assert not session.pipelining
        assert await handed_over(session) == "250 Queued"
        assert await handed_over(session, SECOND) == "250 Queued"
        assert session.sent == 2


async def test_the_next_envelope_goes_with_the_end_of_a_message() -> None:
    """RFC 2920 §3.1: a message's end and the next one's commands may share a packet."""
    script = f"""{GO_AHEAD}{CONTENT}
        {ENVELOPE.replace("reader", "second")}
        S: 250 Queued
        S: 250 Ok
        S: 250 Ok
        S: 354 Go{CONTENT}
        S: 250 Queued"""
    async with relay(script) as (session, _):
        await opened(session)
        session.content(MESSAGE)
        session.finish(then=SECOND)
        assert str(await session.answered()) == "250 Queued"
        assert await session.opened(SECOND) == (Stage.DATA, Reply(354, "Go"))
        session.content(SECOND)
        session.finish()
        await session.answered()


async def test_without_pipelining_the_next_envelope_waits_even_if_it_is_known() -> None:
    steps = (
        "C: MAIL FROM:<b@example.org>\n S: 250 Ok\n C: RCPT TO:<reader@example.org>\n S: 250 Ok\n C: DATA\n S: 354 Go"
    )
    async with relay(f"{steps}{CONTENT}\n S: 250 Queued", frozenset()) as (session, _):
        await opened(session)
        session.content(MESSAGE)
        session.finish(then=SECOND)
        await session.answered()


@pytest.mark.parametrize(
    ("extensions", "options"),
    [
        ((), ""),
        # the octets of the message with all its line ends, before dots are doubled (RFC 1870 §3): 14 + 2 + 8 + 9
        (("size",), " SIZE=33"),
        (("8bitmime",), " BODY=8BITMIME"),
        (("8bitmime", "size", "smtputf8"), " BODY=8BITMIME SIZE=33"),
    ],
)
@pytest.mark.parametrize("pipelining", [True, False])
async def test_a_relay_is_told_what_it_offered_to_be_told(
    extensions: tuple[str, ...], options: str, pipelining: bool
) -> None:
    answer = "" if pipelining else "\n S: 250 Ok"
    script = f"""
        C: MAIL FROM:<b@example.org>{options}{answer}
        C: RCPT TO:<reader@example.org>{answer}
        C: DATA
        {"S: 250 Ok" if pipelining else ""}
        {"S: 250 Ok" if pipelining else ""}
        S: 354 Go"""
    offered = frozenset(extensions) | (PIPELINING if pipelining else frozenset())
    async with relay(script, offered) as (session, _):
        assert await opened(session) == "DATA 354 Go"


async def test_the_size_that_is_told_counts_the_last_line_end_that_a_body_lacks() -> None:
    script = f"""
        C: MAIL FROM:<b@example.org> SIZE=33
        C: RCPT TO:<reader@example.org>
        C: DATA
        S: 250 Ok
        S: 250 Ok
        S: 354 Go{CONTENT}
        S: 250 Queued"""
    message = replace(MESSAGE, body=(b"a line\r\n", b"another"))
    async with relay(script, PIPELINING | {"size"}) as (session, _):
        assert await opened(session, message) == "DATA 354 Go"
        session.content(message)
        session.finish()
        assert str(await session.answered()) == "250 Queued"


@pytest.mark.parametrize(
    ("sender", "recipient"), [("b@example.org", "léa@example.org"), ("bé@example.org", "reader@example.org")]
)
async def test_an_address_beyond_ascii_is_announced(sender: str, recipient: str) -> None:
    """RFC 6531 §3.4: SMTPUTF8 behind MAIL, whichever of both addresses needs it."""
    script = f"""
        C: MAIL FROM:<{sender}> SMTPUTF8
        C: RCPT TO:<{recipient}>
        C: DATA
        S: 250 Ok
        S: 250 Ok
        S: 354 Go"""
    async with relay(script, PIPELINING | {"smtputf8"}) as (session, _):
        assert await opened(session, replace(MESSAGE, sender=sender, recipient=recipient)) == "DATA 354 Go"


@pytest.mark.parametrize("pipelining", [PIPELINING, frozenset[str]()])
async def test_an_address_beyond_ascii_is_not_said_to_a_relay_that_cannot_read_it(pipelining: frozenset[str]) -> None:
    message = replace(MESSAGE, recipient="léa@example.org")
    async with relay("", pipelining | {"8bitmime", "size"}) as (session, _):
        with pytest.raises(AddressInvalid, match=r"léa@example.org cannot be mailed: .*SMTPUTF8"):
            await opened(session, message)
        assert session.ended == ""


@pytest.mark.parametrize(
    "bad", ["a b@example.org", "a@example.org>", "<a@example.org", "a@example.org\r\nDATA", "a\x7f@b", "a\x00@b", ""]
)
@pytest.mark.parametrize("pipelining", [PIPELINING, frozenset[str]()])
async def test_an_address_that_could_end_its_command_is_never_said(bad: str, pipelining: frozenset[str]) -> None:
    async with relay("", pipelining) as (session, _):
        for message in (replace(MESSAGE, recipient=bad), replace(MESSAGE, sender=bad or "a b")):
            with pytest.raises(AddressInvalid, match="cannot stand in an SMTP command"):
                session.envelope(message)


async def test_an_address_has_at_most_as_many_octets_as_the_standard_gives_it() -> None:
    """64 of the local part, one @ and 253 of a domain (RFC 5321 §4.5.3.1)."""
    longest = "a" * 64 + "@" + "b" * 253
    script = f"C: MAIL FROM:<b@example.org>\nC: RCPT TO:<{longest}>\nC: DATA\nS: 250 Ok\nS: 250 Ok\nS: 354 Go"
    async with relay(script) as (session, _):
        assert await opened(session, replace(MESSAGE, recipient=longest)) == "DATA 354 Go"
    async with relay("") as (session, _):
        with pytest.raises(AddressInvalid):
            session.envelope(replace(MESSAGE, recipient=longest + "b"))


async def test_a_message_may_have_no_sender_to_return_to() -> None:
    """RFC 5321 §4.5.5: the null reverse-path."""
    async with relay(GO_AHEAD.replace("b@example.org", "")) as (session, _):
        assert await opened(session, replace(MESSAGE, sender="")) == "DATA 354 Go ahead"


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ((b"a\r\n", b".b\r\n", b"..c\r\n"), ["a", "..b", "...c"]),  # RFC 5321 §4.5.2: a dot more in front
        ((b"a\r\n.", b"\r\n"), ["a", ".."]),
        ((b"no line end",), ["no line end"]),  # the dot needs a line of its own
        ((b"a\r\n", b"b"), ["a", "b"]),
        ((), [""]),
    ],
)
async def test_what_is_written_ends_as_a_message_must(body: tuple[bytes, ...], lines: list[str]) -> None:
    content = "".join(f"\n C: {line}" for line in ["Subject: one", "", *lines, "."])
    async with relay(f"{GO_AHEAD}{content}\n S: 250 Queued") as (session, _):
        assert await handed_over(session, replace(MESSAGE, body=body)) == "250 Queued"


async def test_a_dot_that_begins_the_whole_message_is_doubled_too() -> None:
    async with relay(f"{GO_AHEAD}\n C: ..dotted: 1\n C:\n C: a\n C: .\n S: 250 Ok") as (session, _):
        await handed_over(session, replace(MESSAGE, header=b".dotted: 1\r\n", body=(b"a\r\n",)))


async def test_a_message_whose_maker_says_that_no_line_begins_with_a_dot_goes_as_it_is() -> None:
    """It is not looked through again: here the maker was wrong, and it shows."""
    async with relay(f"{GO_AHEAD}\n C: Subject: one\n C:\n C: .a\n C: .\n S: 250 Ok") as (session, _):
        await handed_over(session, replace(MESSAGE, body=(b".a\r\n",), dotless=True))


# --- what a refusal means -------------------------------------------------------------------------------------------

RESET = "\n C: RSET\n S: 250 Ok"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (("550 no", "503 MAIL first", "503 RCPT first"), "MAIL 550 no"),
        (("452 later", "250 Ok", "554 no"), "MAIL 452 later"),
        (("250 Ok", "550 unknown", "554 no recipients"), "RCPT 550 unknown"),
        (("250 Ok", "450 later", "554 no recipients"), "RCPT 450 later"),
        (("250 Ok", "250 Ok", "451 later"), "DATA 451 later"),
        (("250 Ok", "251 forwarded", "554 no"), "DATA 554 no"),
    ],
)
async def test_an_envelope_is_refused_where_it_was_first_refused(answers: tuple[str, ...], expected: str) -> None:
    """All three answers are awaited; then the envelope is taken back, and the next one may be asked about."""
    said = "".join(f"\n S: {answer}" for answer in answers)
    async with relay(f"{ENVELOPE}{said}{RESET}{GO_AHEAD}") as (session, _):
        assert await opened(session) == expected
        assert session.ended == ""
        assert await opened(session) == "DATA 354 Go ahead"
        assert not session.is_partly_answered


@pytest.mark.parametrize("refusal", ["400", "499", "500", "599"])
@pytest.mark.parametrize("accepted", ["200", "299"])
async def test_what_a_reply_means_is_its_first_digit(accepted: str, refusal: str) -> None:
    """RFC 5321 §4.2.1: 2 is yes, 4 and 5 are no, whatever the other digits say."""
    for answers, expected in (
        ((refusal, accepted, "554"), f"MAIL {refusal}"),
        ((accepted, refusal, "554"), f"RCPT {refusal}"),
        ((accepted, accepted, refusal), f"DATA {refusal}"),
        ((accepted, accepted, "354"), "DATA 354"),
    ):
        said = "".join(f"\n S: {answer}" for answer in answers)
        async with relay(f"{ENVELOPE}{said}{'' if '354' in answers else RESET}") as (session, _):
            assert await opened(session) == expected
    steps = f"C: MAIL FROM:<b@example.org>\n S: {accepted}\n C: RCPT TO:<reader@example.org>\n S: {refusal}{RESET}"
    async with relay(steps, frozenset()) as (session, _):
        assert await opened(session) == f"RCPT {refusal}"
    for final in (accepted, refusal):
        async with relay(f"{GO_AHEAD}{CONTENT}\n S: {final}") as (session, _):
            assert await handed_over(session) == final


@pytest.mark.parametrize(
    ("accepted", "refusal", "expected"),
    [(0, "550 no", "MAIL 550 no"), (1, "450 later", "RCPT 450 later"), (2, "554 no", "DATA 554 no")],
)
async def test_step_by_step_nothing_is_asked_behind_a_refusal(accepted: int, refusal: str, expected: str) -> None:
    commands = ["MAIL FROM:<b@example.org>", "RCPT TO:<reader@example.org>", "DATA"]
    said = "".join(f"\n C: {command}\n S: 250 Ok" for command in commands[:accepted])
    async with relay(f"{said}\n C: {commands[accepted]}\n S: {refusal}{RESET}", frozenset()) as (session, _):
        assert await opened(session) == expected
        assert session.ended == ""


@pytest.mark.parametrize("end", ["554 no recipients", "250 Ok"])
@pytest.mark.parametrize(
    ("answers", "expected"),
    [(("550 no", "503 no"), "MAIL 550 no"), (("250 Ok", "550 unknown"), "RCPT 550 unknown")],
)
async def test_a_relay_that_wants_a_message_for_nobody_gets_an_empty_one(
    answers: tuple[str, str], expected: str, end: str
) -> None:
    """RFC 2920 §3.1: 354 although nobody was accepted. Not a line of the message may follow."""
    script = f"{ENVELOPE}\n S: {answers[0]}\n S: {answers[1]}\n S: 354 Go\n C: .\n S: {end}{RESET}"
    async with relay(script) as (session, _):
        assert await opened(session) == expected
        assert session.ended == ""


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (("421 Bye",), "MAIL 421 Bye"),
        (("250 Ok", "421 Bye"), "RCPT 421 Bye"),
        (("250 Ok", "250 Ok", "421 Bye"), "DATA 421 Bye"),
    ],
)
async def test_a_relay_that_takes_its_leave_is_asked_no_more(answers: tuple[str, ...], expected: str) -> None:
    """RFC 5321 §3.8: 421 ends the connection; nothing behind it is awaited, and there is nothing to take back."""
    said = "".join(f"\n S: {answer}" for answer in answers)
    timeouts = replace(QUICK, mail=5, rcpt=5, data=5)
    async with relay(ENVELOPE + said, timeouts=timeouts) as (session, _):
        async with asyncio.timeout(1):
            assert await opened(session) == expected


async def test_a_refusal_stands_although_the_relay_hangs_up_behind_it() -> None:
    async with relay(f"{ENVELOPE}\n S: 550 no\n S: 503 no{HANGS_UP}") as (session, _):
        assert await opened(session) == "MAIL 550 no"
    async with relay(f"{ENVELOPE}\n S: 250 Ok\n S: 250 Ok\n S: 554 no{HANGS_UP}") as (session, _):
        assert await opened(session) == "DATA 554 no"


async def test_accepted_recipients_without_an_answer_to_data_are_no_answer() -> None:
    async with relay(f"{ENVELOPE}\n S: 250 Ok\n S: 250 Ok{HANGS_UP}") as (session, _):
        with pytest.raises(ConnectionEnded, match="the relay closed the connection"):
            await opened(session)


async def test_a_relay_that_hangs_up_behind_354_has_no_message() -> None:
    async with relay(f"{GO_AHEAD}{HANGS_UP}") as (session, played):
        session.envelope(MESSAGE)
        await played.done.wait()
        await asyncio.sleep(0.02)
        with pytest.raises(ConnectionEnded, match="the relay closed the connection"):
            await session.opened(MESSAGE)


@pytest.mark.parametrize("last", ["550 no\\r\\n554 who\\r\\n354 Go\\r\\n250 Ok", "550 no\\r\\n554 who\\r\\n250 Ok"])
async def test_a_refusal_behind_which_the_answers_are_out_of_step_is_not_believed(last: str) -> None:
    async with relay(f"{ENVELOPE}\n S: {last}") as (session, _):
        with pytest.raises(ConnectionEnded):
            await opened(session)


async def test_a_refusal_is_not_believed_if_taking_it_back_gets_the_answer_to_something_else() -> None:
    """354 to RSET: the 550 before was to another command."""
    async with relay(f"{ENVELOPE}\n S: 250 Ok\n S: 550 no\n S: 503 no\n C: RSET\n S: 354 Go") as (session, _):
        with pytest.raises(ConnectionEnded, match="out of step: 354 Go, to MAIL"):
            await opened(session)


# --- answers that are none ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (("354 Go",), "out of step: 354 Go, to MAIL"),
        (("150 What",), "out of step: 150 What, to MAIL"),
        (("250 Ok", "354 Go"), "out of step: 354 Go, to RCPT"),
        (("250 Ok", "250 Ok", "250 Ok"), "out of step: 250 Ok, to DATA"),
        (("250 Ok", "250 Ok", "355 Go"), "out of step: 355 Go, to DATA"),
        (("650 What",), "out of step: 650 What, to MAIL"),
    ],
)
async def test_what_cannot_be_the_answer_to_a_command_ends_the_connection(answers: tuple[str, ...], says: str) -> None:
    said = "".join(f"\n S: {answer}" for answer in answers)
    async with relay(ENVELOPE + said) as (session, _):
        with pytest.raises(ConnectionEnded, match=says):
            await opened(session)
        assert "out of step" in session.ended


@pytest.mark.parametrize("answer", ["354 Go", "150 What", "650 What"])
async def test_what_cannot_be_the_final_answer_says_nothing_about_the_message(answer: str) -> None:
    async with relay(f"{GO_AHEAD}{CONTENT}\n S: {answer}") as (session, _):
        with pytest.raises(ConnectionEnded, match=f"out of step: {answer}, to the message"):
            await handed_over(session)
        assert session.sent == 0


@pytest.mark.parametrize("answer", ["450 later", "554 no", "250 Ok", "299 Ok"])
async def test_every_final_answer_that_can_be_one_is_counted(answer: str) -> None:
    async with relay(f"{GO_AHEAD}{CONTENT}\n S: {answer}") as (session, _):
        assert await handed_over(session) == answer
        assert session.sent == 1


@pytest.mark.parametrize(
    ("final", "believed"),
    [
        ("250 Ok\\r\\n250 Ok", True),  # of two acceptances each says that it was accepted
        ("250 Ok\\r\\n251 Ok", True),
        ("250 Ok\\r\\n421 Bye", True),  # it takes its leave
        ("554 no\\r\\n421 Bye", True),
        ("554 no\\r\\n554 no", True),
        ("554 no\\r\\n452 no", False),
        ("250 Ok\\r\\n554 no", False),
        ("554 no\\r\\n250 Ok", False),
    ],
)
async def test_of_two_final_answers_one_is_believed_if_they_say_the_same(final: str, believed: bool) -> None:
    async with relay(f"{GO_AHEAD}{CONTENT}\n S: {final}") as (session, _):
        if believed:
            assert await handed_over(session) == final.partition("\\")[0]
        else:
            with pytest.raises(ConnectionEnded, match="nobody had asked for"):
                await handed_over(session)


async def test_two_refusals_of_an_envelope_are_none_even_if_they_agree() -> None:
    async with relay(f"{ENVELOPE}\n S: 250 Ok\n S: 550 no\n S: 554 no\\r\\n554 no") as (session, _):
        with pytest.raises(ConnectionEnded, match="nobody had asked for: '554 no'"):
            await opened(session)


async def test_what_nobody_asked_for_ends_the_connection_and_is_shown_as_far_as_its_line_goes() -> None:
    for said, shown in ((r"250 hello\r\n354 two", "'250 hello'"), ("2" * 200, f"'{'2' * 80}'")):
        async with relay(f"S: {said}") as (session, _):
            assert await ending_of(session) == f"the relay said what nobody had asked for: {shown}"


async def test_what_comes_late_does_not_change_why_a_connection_ended() -> None:
    async with relay(f"S: 250 hello{HANGS_UP}") as (session, _):
        await ending_of(session)
        session.data_received(b"250 more\r\n")
        session.eof_received()
        session.connection_lost(None)
        session.abort()
        assert session.ended == "the relay said what nobody had asked for: '250 hello'"


async def test_what_is_no_smtp_ends_the_connection_at_once() -> None:
    async with relay(f"{ENVELOPE}\n S: HTTP/1.1 400 Bad Request") as (session, _):
        with pytest.raises(ConnectionEnded, match="not SMTP"):
            await opened(session)


# --- time and ends --------------------------------------------------------------------------------------------------


def test_an_answer_may_take_as_long_as_the_standard_says() -> None:
    """RFC 5321 §4.5.3.2: five minutes for the greeting, MAIL and RCPT, two for DATA, ten for the message's end."""
    times = Timeouts()
    assert [times.of(stage) / 60 for stage in Stage] == [5, 5, 5, 2, 10]
    assert times.quit == 5, "nothing depends on the answer to QUIT"


def test_who_is_in_a_hurry_waits_no_longer_than_they_say() -> None:
    assert astuple(Timeouts.at_most(200)) == (200, 200, 200, 120, 200, 5)
    assert astuple(Timeouts.at_most(1_000)) == astuple(Timeouts())


@pytest.mark.parametrize(
    ("script", "slow", "says"),
    [
        (ENVELOPE, "mail", "no answer to MAIL within 0.05 s"),
        (f"{ENVELOPE}\n S: 250 Ok", "rcpt", "no answer to RCPT within 0.05 s"),
        (f"{ENVELOPE}\n S: 250 Ok\n S: 250 Ok", "data", "no answer to DATA within 0.05 s"),
        (f"{GO_AHEAD}{CONTENT}", "final", "no answer to the message within 0.05 s"),
    ],
)
async def test_each_answer_has_its_own_time(script: str, slow: str, says: str) -> None:
    timeouts = replace(Timeouts(5, 5, 5, 5, 5, 5), **{slow: 0.05})
    async with relay(script, timeouts=timeouts) as (session, _):
        with pytest.raises(ConnectionEnded, match=says):
            await handed_over(session)


@pytest.mark.parametrize(("answers", "partly"), [((), False), (("250 Ok",), True), (("250 Ok", "250 Ok"), True)])
async def test_a_group_of_commands_that_was_answered_in_part_is_told_apart(
    answers: tuple[str, ...], partly: bool
) -> None:
    """The rest was thrown away: such a relay cannot do the pipelining that it offers."""
    said = "".join(f"\n S: {answer}" for answer in answers)
    async with relay(f"{ENVELOPE}{said}{HANGS_UP}") as (session, _):
        assert not session.is_partly_answered
        with pytest.raises(ConnectionEnded):
            await opened(session)
        assert session.is_partly_answered == partly


async def test_what_was_answered_of_one_envelope_is_nothing_of_the_next() -> None:
    async with relay(f"{GO_AHEAD}{CONTENT}\n S: 250 Queued{ENVELOPE}{HANGS_UP}") as (session, _):
        await handed_over(session)
        assert not session.is_partly_answered
        with pytest.raises(ConnectionEnded):
            await opened(session)
        assert not session.is_partly_answered


async def test_a_connection_that_is_cut_says_so_and_one_that_is_closed_too() -> None:
    async with relay(f"{ENVELOPE}\n CUTS") as (session, _):
        with pytest.raises(ConnectionEnded, match=r"the connection was cut|the relay closed the connection"):
            await opened(session)
    async with relay("") as (session, _):
        session.connection_lost(OSError("reset by peer"))
        assert session.ended == "the connection was cut (reset by peer)"
    async with relay("") as (session, _):
        session.connection_lost(None)
        assert session.ended == "the relay closed the connection"


async def test_a_transport_that_is_closing_can_be_used_no_more() -> None:
    async with relay("") as (session, _):
        assert session.ended == ""
        session._transport.close()
        assert session.ended == "the relay closed the connection"


async def test_a_relay_that_closes_its_half_has_ended() -> None:
    async with relay("") as (session, _):
        assert session.eof_received() is False, "nothing is to be kept open for it"
        assert session.ended == "the relay closed the connection"


async def test_quitting_waits_for_the_answer_but_not_long() -> None:
    async with relay("C: QUIT\n S: 221 Bye", timeouts=replace(QUICK, quit=5)) as (session, _):
        async with asyncio.timeout(1):
            await session.quit()
        assert session.ended == "the connection was given up"
    async with relay("C: QUIT", timeouts=replace(QUICK, quit=0.05)) as (session, _):
        async with asyncio.timeout(1):
            await session.quit()
    async with relay(f"C: QUIT{HANGS_UP}", timeouts=replace(QUICK, quit=5)) as (session, _):
        async with asyncio.timeout(1):
            await session.quit()
        assert session.ended == "the relay closed the connection"


async def test_nothing_is_said_to_a_relay_that_is_gone() -> None:
    async with relay(f"S: 250 hello{HANGS_UP}") as (session, _):
        await ending_of(session)
        await session.quit()
