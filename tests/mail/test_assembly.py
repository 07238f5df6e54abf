"""Messages joined from parts: equal to the plain path, the same every time, and theirs alone."""

import email
import email.policy
import html
from datetime import date
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.delivery import (
    OutgoingMessage,
    SigningSecrets,
    Slot,
    read_bounce_address,
    read_message_id,
    read_token,
    subscriber_token,
)
from newsletter.domain.issues import Selection, Silence
from newsletter.errors import AddressInvalid
from newsletter.mail.encoding import pick_codec
from newsletter.render.mail import PersonalCard, PersonalMail
from tests.support.mails import BASE_URL, SECRET, make_assembler, make_renderer
from tests.support.samples import make_issue, make_notice, make_recipient, select

ISSUE = make_issue(3)
ASSEMBLER = make_assembler()


def read(message: OutgoingMessage) -> EmailMessage:
    """The message as a mail program reads it."""
    parsed = email.message_from_bytes(bytes(message), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def body(message: OutgoingMessage, kind: str) -> str:
    part = read(message).get_body((kind,))
    assert part is not None
    return part.get_content()


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize(
    ("papers", "terms"), [(0, ()), (1, ()), (7, ("retrieval",)), (30, ("a & b", "c <d>", 'e "f"'))]
)
def test_joined_parts_equal_the_plain_path(language: str, papers: int, terms: tuple[str, ...]) -> None:
    issue = make_issue(papers) if papers else make_notice()
    selection = select(issue, terms=terms)
    recipient = make_recipient(name='Ada & "Bob" <script>')
    message = make_assembler().in_language(issue, language).build(recipient, selection)
    renderer = make_renderer()
    designed = renderer.design(issue, language)
    shown = body(message, "plain").count("] -----")
    indexes = range(min(3, papers))
    hidden = papers - shown
    unsubscribe = subscriber_token(SECRET, "unsubscribe", 1, recipient.email)
    preferences = subscriber_token(SECRET, "preferences", 1, recipient.email)
    values = {
        Slot.SUBJECT: designed.subject(indexes, papers),
        Slot.PREHEADER: designed.preheader(indexes, papers),
        Slot.COUNTS: designed.counts(papers, interested=True),
        Slot.NAME: recipient.name,
        Slot.EMAIL: recipient.email,
        Slot.INTERESTS: designed.interests(recipient.interests),
        Slot.UNSUBSCRIBE: f"{BASE_URL}/unsubscribe/{unsubscribe}",
        Slot.PREFERENCES: f"{BASE_URL}/preferences/{preferences}",
        Slot.MORE: designed.more(hidden) if hidden else "",
    }
    cards = tuple(PersonalCard(index, terms) for index in range(shown))
    text, html = renderer.whole(issue, language, PersonalMail(values, cards, hidden))
    boundary = read(message).get_boundary()
    expected = b""
    for kind, content in (("plain", text), ("html", html)):
        part = read(message).get_body((kind,))
        assert part is not None
        codec = pick_codec(content)[1] if part["Content-Transfer-Encoding"] == pick_codec(content)[0] else None
        assert codec is not None
        expected += (
            f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
            f"Content-Transfer-Encoding: {part['Content-Transfer-Encoding']}\r\n\r\n"
        ).encode() + codec(content)
    assert b"".join(message.body) == expected + f"--{boundary}--\r\n".encode()


def test_the_same_delivery_is_the_same_message_and_another_is_not() -> None:
    issue = make_issue()
    first = make_assembler().in_language(issue, "en").build(make_recipient(), select(issue))
    again = make_assembler().in_language(issue, "en").build(make_recipient(), select(issue))
    other = make_assembler().in_language(issue, "en").build(make_recipient(2), select(issue))
    assert bytes(first) == bytes(again)
    assert first.message_id != other.message_id
    assert read(first).get_boundary() != read(other).get_boundary()
    assert first.sender != other.sender


def test_the_envelope_sender_leads_back_to_the_delivery_and_cannot_be_forged() -> None:
    issue = make_issue()
    sender = (
        make_assembler(bounces="bounces@example.org").in_language(issue, "en").build(make_recipient(17), select(issue))
    )
    assert read_bounce_address(SigningSecrets(SECRET), sender.sender) == (issue.key, 17)
    assert len(sender.sender.partition("@")[0]) <= 64
    other = (
        make_assembler(bounces="bounces@example.org").in_language(issue, "en").build(make_recipient(18), select(issue))
    )
    assert other.sender != sender.sender
    assert read_bounce_address(SigningSecrets(b"other secret"), sender.sender) is None
    assert read_bounce_address(SigningSecrets(b"other secret", (SECRET,)), sender.sender) == (issue.key, 17)


def test_the_message_id_names_the_delivery_it_is_of() -> None:
    issue = make_issue()
    message = make_assembler().in_language(issue, "en").build(make_recipient(17), select(issue))
    assert read_message_id(message.message_id) == (issue.key, 17)
    assert read(message)["Message-ID"] == message.message_id


def test_a_relay_that_forbids_it_gets_one_envelope_sender_for_all() -> None:
    issue = make_issue()
    mails = make_assembler(bounces="bounces@example.org", verp=False).in_language(issue, "en")
    assert mails.build(make_recipient(17), select(issue)).sender == "bounces@example.org"


def test_the_unsubscribe_link_is_signed_for_its_subscriber() -> None:
    issue = make_issue()
    message = make_assembler().in_language(issue, "en").build(make_recipient(17), select(issue))
    link = read(message)["List-Unsubscribe"].partition(">")[0].removeprefix("<")
    token = link.rpartition("/")[2]
    assert read_token(token) == 17
    assert token == subscriber_token(SECRET, "unsubscribe", 17, "reader17@example.org")
    assert link in body(message, "html")
    assert link in body(message, "plain")


def test_without_a_site_no_address_of_ours_is_invented() -> None:
    issue = make_issue(100)
    message = make_assembler("").in_language(issue, "en").build(make_recipient(), select(issue))
    assert read(message)["List-Unsubscribe"] == "<mailto:news@example.org?subject=unsubscribe>"
    assert "List-Unsubscribe-Post" not in read(message)
    for kind in ("plain", "html"):
        text = body(message, kind)
        assert "news.example.org" not in text
        assert "mailto:news@example.org?subject=unsubscribe" in text
        assert "more on the web" in text


def test_a_name_with_line_breaks_stays_in_its_header() -> None:
    issue = make_issue()
    recipient = make_recipient(name="Ada\r\nBcc: victim@example.org")
    message = make_assembler().in_language(issue, "en").build(recipient, select(issue))
    assert "Bcc" not in read(message)
    assert read(message)["To"].addresses[0].display_name == "Ada Bcc: victim@example.org"


@given(
    st.lists(st.sampled_from(["\n.\n", ".", "\r\n.\r\n", "a", "From ", " ", "é", "…", "x" * 75, "。"]), max_size=8).map(
        "".join
    ),
    st.sampled_from(["en", "zh-Hans"]),
)
@settings(max_examples=60, deadline=None)
def test_no_line_begins_with_a_full_stop_whatever_people_write(text: str, language: str) -> None:
    """What a message says of itself (`dotless`), so that no connection has to look through it again."""
    recipient = make_recipient(name=text, interests=(text, f".{text}"))
    matched = select(ISSUE, terms=(f".{text}", text))
    message = ASSEMBLER.in_language(ISSUE, language).build(recipient, matched)
    assert message.dotless
    assert b"\n." not in b"\n" + bytes(message)


@pytest.mark.parametrize("address", ["", "ada", "@example.org", "ada@", "a b@example.org", "a@b\r\nRCPT TO:<x@y>"])
def test_an_address_that_cannot_be_mailed_is_refused(address: str) -> None:
    issue = make_issue()
    mail = make_assembler().in_language(issue, "en")
    with pytest.raises(AddressInvalid):
        mail.build(make_recipient(email=address), select(issue))


def test_a_long_digest_ends_on_the_web_and_never_in_a_cut() -> None:
    issue = make_issue(100)
    message = make_assembler().in_language(issue, "en").build(make_recipient(), select(issue))
    shown = body(message, "plain").count("] -----")
    assert 20 < shown < 100
    assert f"{100 - shown} more on the web" in body(message, "html")
    assert f"{100 - shown} more on the web" in body(message, "plain")
    assert len(bytes(message)) < 100_000


def test_an_empty_selection_still_makes_a_message() -> None:
    issue = make_issue()
    message = make_assembler().in_language(issue, "en").build(make_recipient(), Selection((), 0))
    assert "0 of 7 papers" in body(message, "plain")


def test_the_secret_is_in_no_repr() -> None:
    assert SECRET.hex() not in repr(make_assembler())
    assert repr(SECRET) not in repr(make_assembler())


# --- a day without papers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "holiday", "subject", "reason", "following"),
    [
        (
            "en",
            None,
            "No papers today · 6 June 2026",
            "No papers today: it is the weekend.",
            "The next announcement is expected on Monday, 8 June 2026.",
        ),
        (
            "zh-Hans",
            None,
            "今日没有论文 · 2026年6月6日",
            "今日没有论文：周末不公布。",
            "预计下次公布：2026年6月8日（星期一）。",
        ),
        (
            "en",
            "Independence Day",
            "No papers today · 6 June 2026",
            "No papers today: arXiv has a holiday (Independence Day).",
            "The next announcement is expected on Monday, 8 June 2026.",
        ),
        (
            "zh-Hans",
            "",
            "今日没有论文 · 2026年6月6日",
            "今日没有论文：arXiv 放假。",
            "预计下次公布：2026年6月8日（星期一）。",
        ),
    ],
)
def test_a_day_without_papers_says_why_and_when_there_will_be_some(
    language: str, holiday: str | None, subject: str, reason: str, following: str
) -> None:
    issue = make_notice(silence=Silence(date(2026, 6, 8), holiday))
    message = make_assembler().in_language(issue, language).build(make_recipient(), select(issue))
    assert read(message)["Subject"] == subject
    for kind in ("plain", "html"):
        text = body(message, kind)
        assert reason in text
        assert following in text
        assert f"{BASE_URL}/unsubscribe/" in text
        assert f"{BASE_URL}/{'' if kind == 'plain' else chr(34)}" in text
        assert "/issues/" not in text


def test_a_day_without_papers_has_the_same_headers_as_any_other() -> None:
    notice, issue = make_notice(), make_issue()
    names = [
        read(make_assembler().in_language(one, "en").build(make_recipient(), select(one))).keys()
        for one in (notice, issue)
    ]
    assert names[0] == names[1]


def test_the_name_of_a_holiday_cannot_break_out_of_its_line() -> None:
    issue = make_notice(silence=Silence(date(2026, 6, 8), "<script>x</script>\r\nBcc: a"))
    message = make_assembler().in_language(issue, "en").build(make_recipient(), select(issue))
    assert "<script" not in body(message, "html")
    assert "(<script>x</script> Bcc: a)." in body(message, "plain")


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_what_a_message_says_of_itself_is_what_a_mail_program_lists(language: str) -> None:
    message = ASSEMBLER.in_language(ISSUE, language).build(make_recipient(), select(ISSUE))
    assert message.subject == read(message)["Subject"]
    assert message.preheader in html.unescape(body(message, "html"))
