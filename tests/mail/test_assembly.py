"""Messages joined from parts: equal to the plain path, the same every time, and theirs alone."""

import email
import email.policy
import html
import re
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.delivery import (
    MAX_BOUNCE_LOCAL,
    OutgoingMessage,
    SigningSecrets,
    read_bounce_address,
    read_message_id,
    read_token,
    read_unsubscribe_address,
    subscriber_token,
    unsubscribe_address,
)
from newsletter.domain.issues import Issue, Match, Pick, Selection, Silence
from newsletter.domain.matching.sectioning import by_interest
from newsletter.domain.subscribers import Rhythm
from newsletter.errors import AddressInvalid, TemplateFault
from newsletter.mail.encoding import base64_lines, quoted_printable_lines
from newsletter.mail.personal import PersonalMails
from newsletter.render.catalogues import wording
from tests.support.mails import BASE_URL, SECRET, TEMPLATES, make_assembler, make_renderer
from tests.support.samples import make_issue, make_notice, make_paper, make_recipient, select

ISSUE = make_issue(3)
ASSEMBLER = make_assembler()


def read(message: OutgoingMessage) -> EmailMessage:
    """The message as a mail program reads it."""
    parsed = email.message_from_bytes(bytes(message), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def in_sections(issue: Issue) -> Selection:
    """Three interests: the first found two papers, the second some, the third all, and a fourth none."""
    interests = ("a", "b <b>", "c")
    sizes = (2, len(issue.papers) // 3, len(issue.papers))
    found = dict(zip(interests, map(np.arange, sizes), strict=True))
    picks = tuple(
        Pick(at, paper.id, 1.0, tuple(Match(text, "title", "x") for text in interests if at in found[text]))
        for at, paper in enumerate(issue.papers)
    )
    return Selection(picks, len(picks), by_interest(picks, {**found, "lutes": np.arange(0)}))


def body(message: OutgoingMessage, kind: str) -> str:
    part = read(message).get_body((kind,))
    assert part is not None
    return part.get_content()


WITH_PAGE = {"interests": ("retrieval",)}
CODECS = {"base64": base64_lines, "quoted-printable": quoted_printable_lines}
DIGESTS = {
    "silence": (0, (), {}),
    "one paper": (1, (), {}),
    "few": (5, ("retrieval",), WITH_PAGE),
    "rows": (30, ("a & b", "c <d>", 'e "f"'), WITH_PAGE),
    "everything": (30, (), {"interests": ()}),
}


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("base_url", [BASE_URL, ""])
@pytest.mark.parametrize("kind", [*DIGESTS, "sections"])
def test_joined_parts_equal_the_plain_path(language: str, base_url: str, kind: str) -> None:
    """Bytes for bytes, with sections and without, cut and whole, in translation or partly so."""
    papers, terms, changes = DIGESTS.get(kind, (40, (), {"interests": ("a", "b <b>", "c")}))
    issue = make_issue(papers) if papers else make_notice()
    selection = in_sections(issue) if kind == "sections" else select(issue, terms=terms)
    recipient = make_recipient(name='Ada & "Bob" <script>', **changes)
    edition = make_assembler(base_url).in_language(issue, language)
    assert isinstance(edition, PersonalMails)
    message, plan = edition.build(recipient, selection), edition.plan(recipient, selection)
    text, html = make_renderer(base_url).whole(issue, language, plan)
    boundary = read(message).get_boundary()
    expected = b""
    for kind, content in (("plain", text), ("html", html)):
        part = read(message).get_body((kind,))
        assert part is not None
        codec = CODECS[part["Content-Transfer-Encoding"]]
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
        assert "30 more that found no room" in text or "more that" not in text


def test_beside_the_one_click_stands_an_address_that_unsubscribes_its_reader() -> None:
    issue = make_issue()
    for base_url in ("https://news.example.org", ""):
        mails = make_assembler(base_url, leave_by_mail=True).in_language(issue, "en")
        message = mails.build(make_recipient(17), select(issue))
        links = re.findall(r"<([^>]+)>", read(message)["List-Unsubscribe"])
        address = unsubscribe_address(SECRET, "news@example.org", 17, "reader17@example.org")
        assert links[-1] == f"mailto:{address}?subject=unsubscribe"
        assert len(links) == (2 if base_url else 1)
        assert read_unsubscribe_address(address) is not None
    assert links[-1] in body(message, "plain"), "without a site it is the only way"


def test_the_longest_mailbox_has_room_for_every_readers_address() -> None:
    address = unsubscribe_address(SECRET, f"{'b' * MAX_BOUNCE_LOCAL}@example.org", 2**40 - 1, "a@example.org")
    assert len(address.partition("@")[0]) <= 64
    with pytest.raises(ValueError, match="too long"):
        unsubscribe_address(SECRET, f"{'b' * (MAX_BOUNCE_LOCAL + 1)}@example.org", 2**40 - 1, "a@example.org")


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


def test_a_long_digest_ends_on_the_readers_own_page_and_never_in_a_cut() -> None:
    issue = make_issue(100)
    message = make_assembler().in_language(issue, "en").build(make_recipient(17), select(issue))
    hidden = 100 - len(message.papers)
    assert 8 < len(message.papers) < 100
    page = f"{BASE_URL}/day/{subscriber_token(SECRET, 'day', 17, 'reader17@example.org')}/2026-06-02"
    for kind in ("plain", "html"):
        assert f"{hidden} more on your page of this day" in body(message, kind)
        assert page in body(message, kind)
        assert f"{BASE_URL}/issues/" not in body(message, kind), "never the issue of all papers"
    assert len(bytes(message)) < 100_000


def test_without_a_page_to_lead_to_a_digest_is_as_long_as_mail_may_be() -> None:
    issue = make_issue(400)
    message = make_assembler("").in_language(issue, "en").build(make_recipient(), select(issue))
    assert 90 < len(message.papers) < 400
    assert 90_000 < len(bytes(message)) < 98_000
    assert f"{400 - len(message.papers)} more that found no room" in body(message, "plain")
    whole = make_assembler("").in_language(make_issue(60), "en").build(make_recipient(), select(make_issue(60)))
    assert len(whole.papers) == 60
    assert "found no room" not in body(whole, "plain")


def test_who_asks_for_everything_is_led_to_the_issue_and_to_their_own_page_of_it() -> None:
    issue = make_issue(100)
    recipient = make_recipient(interests=())
    text = body(make_assembler().in_language(issue, "en").build(recipient, select(issue, terms=())), "plain")
    assert f"This issue on the web: {BASE_URL}/issues/2026-06-02/" in text
    assert re.search(rf"more on your page of this day: {BASE_URL}/day/1\.", text)


def test_a_digest_says_on_top_what_came_for_which_interest_and_what_did_not() -> None:
    issue = make_issue(40)
    message = make_assembler().in_language(issue, "en").build(make_recipient(), in_sections(issue))
    for kind in ("plain", "html"):
        text = html.unescape(body(message, kind))
        assert "a 2 · b <b> 13 · c 40 · nothing for lutes" in text
        assert re.search(r"40 papers · \d minutes?", text)
    assert message.preheader == "a 2 · b <b> 13 · c 40 · Paper 3 · Paper 4 · Paper 5 · Paper 6 · The Daily Sample"


def test_sections_stand_in_their_order_and_say_how_much_of_them_is_there() -> None:
    issue = make_issue(40)
    message = make_assembler().in_language(issue, "en").build(make_recipient(), in_sections(issue))
    headings = re.findall(r"^--- (.*) ---\r?$", body(message, "plain"), re.MULTILINE)
    assert headings[0] == "a · 2"
    assert re.fullmatch(r"b <b> · 13, the best (one|\d) here", headings[1])
    assert re.fullmatch(r"c · 40, the best \d here", headings[2])
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", body(message, "plain"), re.MULTILINE)]
    assert numbers == [*range(1, len(message.papers) + 1)], "each number stands, whatever was left out"
    assert "Also: b <b>, c" in body(message, "plain")


@pytest.mark.parametrize(
    ("language", "cut"), [("en", r"c · 40, the best \d here"), ("zh-Hans", r"c · 共 40 篇，此处为最相关的 \d 篇")]
)
def test_a_heading_says_that_papers_are_missing_only_where_they_are_not_under_another(language: str, cut: str) -> None:
    """All forty are the third interest's; thirteen stand under the other two."""
    recipient, issue = make_recipient(language=language), make_issue([make_paper(1 + n % 3) for n in range(40)])
    selection = in_sections(issue)
    roomy = make_assembler(words=5_000).in_language(issue, language).build(recipient, selection)
    assert len(roomy.papers) == 40
    headings = re.findall(r"^--- (.*) ---\s*$", body(roomy, "plain"), re.MULTILINE)
    assert headings == ["a · 2", "b <b> · 13", "c · 40"]
    assert "href=" not in "".join(re.findall("<h2.*?</h2>", body(roomy, "html"), re.DOTALL))
    tight = make_assembler(words=300).in_language(issue, language).build(recipient, selection)
    *_, last = re.findall(r"^--- (.*) ---\s*$", body(tight, "plain"), re.MULTILINE)
    assert re.fullmatch(cut, last)
    assert f"/day/{subscriber_token(SECRET, 'day', 1, 'reader1@example.org')}/2026-06-02" in body(tight, "plain")


def test_a_few_papers_are_cards_without_sections() -> None:
    issue = make_issue(6)
    text = body(make_assembler().in_language(issue, "en").build(make_recipient(), in_sections(issue)), "plain")
    assert "---" not in text
    assert text.count("PDF: ") == 6
    assert "Matched: a, b <b>, c" in text


def test_a_card_shows_ratings_without_their_reasons() -> None:
    issue = make_issue(4)
    message = ASSEMBLER.in_language(issue, "en").build(make_recipient(), select(issue))
    reasons = {r.reason for entry in issue.papers for r in entry.summaries["en"].ratings.values() if r.reason}
    assert reasons
    for kind in ("plain", "html"):
        text = body(message, kind)
        assert "★" in text
        assert not any(reason in text for reason in reasons)


def test_readers_of_another_language_get_what_is_translated_first() -> None:
    """Every sixth sample is not: those stand at the end, under a heading that says so."""
    issue = make_issue(12)
    message = make_assembler(words=1_000).in_language(issue, "zh-Hans").build(make_recipient(), select(issue))
    assert [index + 1 for index in message.papers] == [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 6, 12]
    text = body(message, "plain")
    assert text.index("11. ") > text.index("=== 以下尚无中文，为英文原文 ===") > text.index("10. ")
    english = make_assembler().in_language(issue, "en").build(make_recipient(), select(issue))
    assert "Not translated" not in body(english, "plain")


def test_the_subject_names_what_is_inside_and_an_operator_may_word_it_otherwise(tmp_path: Path) -> None:
    papers = [
        make_paper(1, title="UNIBROWSE: One Agent for All Pages"),
        make_paper(2, title="DynEval: Questions That Change"),
        *(make_paper(number) for number in range(3, 20)),
    ]
    issue = make_issue(papers)
    assert make_assembler().in_language(issue, "en").build(make_recipient(), select(issue)).subject == (
        "UNIBROWSE, DynEval and 17 more"
    )
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "subject.txt").write_text("[{{ newsletter }}] {{ papers }}: {{ names | join(' + ') }}")
    own = make_assembler(design=make_renderer(BASE_URL, tmp_path))
    subject = own.in_language(issue, "en").build(make_recipient(), select(issue)).subject
    assert subject == "[The Daily Sample] 19: UNIBROWSE + DynEval"


def test_an_empty_selection_still_makes_a_message() -> None:
    issue = make_issue()
    message = make_assembler().in_language(issue, "en").build(make_recipient(), Selection((), 0))
    assert "0 of 7 papers for you" in body(message, "plain")


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
            "No papers today: it is the weekend",
            "No papers today: it is the weekend.",
            "The next announcement is expected on Monday, 8 June 2026.",
        ),
        (
            "zh-Hans",
            None,
            "今日没有论文：周末不公布",
            "今日没有论文：周末不公布。",
            "预计下次公布：2026年6月8日（星期一）。",
        ),
        (
            "en",
            "Independence Day",
            "No papers today: arXiv has a holiday (Independence Day)",
            "No papers today: arXiv has a holiday (Independence Day).",
            "The next announcement is expected on Monday, 8 June 2026.",
        ),
        (
            "zh-Hans",
            "",
            "今日没有论文：arXiv 放假",
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


def test_a_template_with_a_name_that_is_gone_is_told_of_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    frame = (TEMPLATES / "mail" / "frame.txt").read_text().replace("region.papers", "region.cards")
    (tmp_path / "mail" / "frame.txt").write_text(frame)
    with pytest.raises(TemplateFault, match=r"frame\.txt:\d+: .*cards"):
        make_assembler(design=make_renderer(BASE_URL, tmp_path)).in_language(ISSUE, "en")


def test_two_readers_of_the_same_digest_are_told_what_is_english_as_each_of_them_reads() -> None:
    """What they share is joined once, and a heading that only one of them has is not shared."""
    issue = make_issue(6)
    chosen = select(issue)
    mails = make_assembler().in_language(issue, "zh-Hans")
    texts = []
    for reads in ((), ("de",), ("en",), ()):
        reader = replace(make_recipient(language="zh-Hans"), rhythm=Rhythm(reads=reads))
        part = read(mails.build(reader, chosen)).get_body(("plain",))
        assert part is not None
        texts.append(part.get_content())
    assert texts[0] == texts[1] == texts[3] != texts[2]
    heading = wording("zh-Hans").gettext("Not translated yet: in English")
    assert [heading in text for text in texts] == [True, True, False, True]
