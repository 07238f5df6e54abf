"""Every message against the rules for outgoing mail: many days, both languages, all sizes."""

import pytest

from tests.support.june import WORKING_DAYS, june_issue
from tests.support.mail_linter import lint_mail
from tests.support.mails import BASE_URL, make_assembler
from tests.support.samples import make_issue, make_notice, make_recipient, select
from tests.support.shared import needs_shared


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("papers", [1, 2, 7, 100])
def test_no_rule_is_broken(papers: int, language: str) -> None:
    issue = make_issue(papers)
    message = make_assembler().in_language(issue, language).build(make_recipient(), select(issue))
    assert lint_mail(message) == []


def test_no_rule_is_broken_without_a_site_or_interests() -> None:
    issue = make_issue(9)
    mail = make_assembler("").in_language(issue, "en")
    message = mail.build(make_recipient(interests=(), name=""), select(issue, terms=()))
    assert lint_mail(message, served=False) == []


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("base_url", [BASE_URL, ""])
def test_no_rule_is_broken_on_a_day_without_papers(base_url: str, language: str) -> None:
    issue = make_notice()
    for recipient in (make_recipient(), make_recipient(name="", interests=())):
        message = make_assembler(base_url).in_language(issue, language).build(recipient, select(issue))
        assert lint_mail(message, served=bool(base_url)) == []


@needs_shared
@pytest.mark.parametrize("day", [day if day < 3 else pytest.param(day, marks=pytest.mark.slow) for day in WORKING_DAYS])
def test_ten_days_of_june_break_no_rule(day: int) -> None:
    issue = june_issue(day, 100)
    assembler = make_assembler()
    for language in ("en", "zh-Hans"):
        mail = assembler.in_language(issue, language)
        for papers in (1, 5, 30, 100):
            message = mail.build(make_recipient(), select(issue, papers, terms=("language model", "检索")))
            assert lint_mail(message) == [], f"{language}, {papers} papers"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ((b"List-Post: NO", b"List-Post: YES"), "rule 7"),
        ((b"auto-generated", b"no"), "rule 8"),
        ((b"\r\nDate:", b"\r\nDate: Tue, 02 Jun 2026 06:00:00 +0000\r\nDate:"), "rule 1"),
        ((b"List-Unsubscribe=One-Click", b"One-Click"), "rule 3"),
        ((b"MIME-Version", b"X-Evil: 1\r\nMIME-Version"), "rule 15"),
    ],
)
def test_the_linter_complains_about_broken_headers(change: tuple[bytes, bytes], complaint: str) -> None:
    issue = make_issue(2)
    message = make_assembler().in_language(issue, "en").build(make_recipient(), select(issue))
    broken = type(message)(
        sender=message.sender,
        recipient=message.recipient,
        message_id=message.message_id,
        header=message.header.replace(*change),
        body=message.body,
    )
    assert any(problem.startswith(complaint) for problem in lint_mail(broken))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ((b"#57606a", b"#cccccc"), "rule 14"),
        ((b"<h3", b"<script>x</script><h3"), "rule 13"),
        ((b'role=3D"presentation"', b'role=3D"table"'), "rule 14"),
        ((b"/pdf/2606.00002", b"/pdf/other"), "rule 2"),
    ],
)
def test_the_linter_complains_about_broken_bodies(change: tuple[bytes, bytes], complaint: str) -> None:
    issue = make_issue(2)
    message = make_assembler().in_language(issue, "en").build(make_recipient(), select(issue))
    *rest, end = message.body
    html_at = next(at for at, part in enumerate(rest) if b"text/html" in part)
    joined = b"".join(rest[html_at:]).replace(b"=\r\n", b"")
    assert change[0] in joined
    changed = (*rest[:html_at], joined.replace(change[0], change[1], 1), end)
    broken = type(message)(
        sender=message.sender,
        recipient=message.recipient,
        message_id=message.message_id,
        header=message.header,
        body=changed,
    )
    assert any(problem.startswith(complaint) for problem in lint_mail(broken))
