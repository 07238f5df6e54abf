"""The messages of one issue: what all readers of a digest share, and what is each one's own."""

import email
import email.policy
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from newsletter.domain.delivery import Recipient, Slot, subscriber_token
from newsletter.domain.issues import Issue
from newsletter.domain.ports import MailInLanguage
from newsletter.mail.personal import PersonalMails
from tests.mail.test_planning import digest
from tests.support.mails import BASE_URL, SECRET, make_assembler
from tests.support.samples import make_issue, make_recipient, select


def mails(issue: Issue, base_url: str = BASE_URL, **changes: object) -> PersonalMails:
    own = make_assembler(base_url, **changes).in_language(issue, "en")
    assert isinstance(own, PersonalMails)
    return own


def plain(mail: MailInLanguage, recipient: Recipient, issue: Issue) -> str:
    message = email.message_from_bytes(bytes(mail.build(recipient, select(issue))), policy=email.policy.default)
    part = message.get_body(("plain",))
    assert part is not None
    return part.get_content()


def test_two_readers_of_one_digest_differ_in_nothing_but_what_is_their_own() -> None:
    issue = make_issue(40)
    mail = mails(issue)
    ada, bo = (make_recipient(number, name=name) for number, name in ((1, "Ada"), (2, "Bo")))
    one, two = (plain(mail, reader, issue) for reader in (ada, bo))
    for purpose in ("day", "unsubscribe", "preferences"):
        token = subscriber_token(SECRET, purpose, 1, ada.email)
        assert f"{BASE_URL}/{purpose}/{token}" in one
        assert token not in two
        one = one.replace(token, subscriber_token(SECRET, purpose, 2, bo.email))
    assert one.replace("Ada", "Bo").replace(ada.email, bo.email) == two


def test_the_date_is_when_the_issue_was_frozen_however_late_it_goes_out() -> None:
    issue = make_issue()
    message = email.message_from_bytes(bytes(mails(issue).build(make_recipient(), select(issue))))
    assert parsedate_to_datetime(message["Date"]) == datetime(2026, 6, 2, 6, tzinfo=UTC) == issue.frozen_at


def test_papers_make_room_where_a_reader_s_own_lines_are_long() -> None:
    """A digest is planned for most readers; one whose address is long has a paper less, not a longer mail."""
    issue = make_issue(90)
    mail = mails(issue, max_bytes=30_000, words=100_000)
    usual, long = make_recipient(), make_recipient(interests=tuple(f"interest {n} " + "é" * 30 for n in range(20)))
    selection = digest({"a": range(90)})
    first = mail.build(usual, selection)
    assert 25_000 < len(bytes(first)) <= 30_000
    loud = make_recipient(name="é" * 100, email=f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example")
    for reader in (long, loud):
        message = mail.build(reader, selection)
        assert len(bytes(message)) <= 30_000
        assert len(message.papers) <= len(first.papers)
    assert bytes(mail.build(usual, selection)) == bytes(first), "and takes none from others"


def test_a_mail_too_small_for_any_paper_still_leads_to_them() -> None:
    issue = make_issue(9)
    message = mails(issue, max_bytes=1_000).build(make_recipient(), digest({"a": range(9)}))
    assert message.papers == ()
    assert b"9 more on your page of this day" in bytes(message)


def test_the_same_picks_of_which_more_were_found_are_another_digest() -> None:
    issue = make_issue(9)
    mail, whole = mails(issue), digest({"a": range(9)}, limit=3)
    few = type(whole)(whole.picks, 3, whole.outline)
    assert mail.plan(make_recipient(), whole).hidden == 6
    assert mail.plan(make_recipient(), few).hidden == 0


def test_a_plan_holds_what_the_message_holds() -> None:
    issue = make_issue(30)
    mail, selection = mails(issue), digest({"a": range(2), "b": range(30)})
    message, plan = mail.build(make_recipient(), selection), mail.plan(make_recipient(), selection)
    assert plan.values[Slot.SUBJECT] == message.subject
    assert plan.values[Slot.PREHEADER] == message.preheader
    assert plan.hidden == 30 - len(message.papers)
    assert plan.values[Slot.PAGE].endswith("/2026-06-02")
    assert plan.values[Slot.WEB] == plan.values[Slot.PAGE]
    everything = mail.plan(make_recipient(interests=()), selection)
    assert everything.values[Slot.WEB] == f"{BASE_URL}/issues/2026-06-02/"
    assert everything.values[Slot.INTERESTS] == ""


def test_without_pages_a_reader_s_links_are_mails_to_the_newsletter() -> None:
    issue = make_issue(3)
    values = mails(issue, "").plan(make_recipient(), select(issue)).values
    assert values[Slot.UNSUBSCRIBE] == "mailto:news@example.org?subject=unsubscribe"
    assert values[Slot.PAGE] == values[Slot.PREFERENCES] == values[Slot.WEB] == ""
