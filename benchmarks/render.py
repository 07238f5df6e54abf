"""Rendering: an issue of 1,000 papers to all surfaces, and one personal message against the plain path.

`python -m benchmarks.render`. Times are of the process (one core); ratios are taken in this run.
"""

from __future__ import annotations

import email.policy
import statistics
import time
from collections.abc import Callable
from email.message import EmailMessage

from newsletter.domain.delivery import Form, Slot
from newsletter.domain.issues import Issue, IssueState, IssueStatus
from newsletter.mail.personal import PersonalMails
from tests.support.june import june_issue
from tests.support.mails import BASE_URL, make_assembler, make_renderer, make_site
from tests.support.samples import make_issue, make_recipient, select
from tests.support.shared import DATA


def seconds(work: Callable[[], object], repeat: int = 1) -> float:
    """The median of the processor time of several runs."""
    times = []
    for _ in range(repeat):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return statistics.median(times)


def all_surfaces(issue: Issue) -> tuple[float, float]:
    """Both mail editions, and the whole site with feeds and three Markdown profiles in both languages."""
    assert issue.frozen_at is not None
    status = IssueStatus(
        issue.key, 1, IssueState.PUBLISHED, issue.hash, len(issue.papers), issue.frozen_at, issue.frozen_at
    )
    site = make_site(
        title="Benchmark",
        base_url=BASE_URL,
        identity="benchmark",
        feed_entries=len(issue.papers),
        markdown=("arxiv-daily", "hf-daily", "paper-express"),
    )
    assembler = make_assembler()
    design = make_renderer()

    def editions() -> None:
        for language in issue.languages:
            assembler.in_language(issue, language)
            designed = design.design(issue, language)
            # pieces are rendered when a message first needs them: rows and short cards of nearly all papers
            for part in (designed.text, designed.html):
                for form in (Form.ROW, Form.BRIEF):
                    assert all(part.papers[form])

    mail = seconds(editions)
    pages = seconds(lambda: sum(len(file.content) for file in site.render(issue, [issue], [status])))
    return mail, pages


def one_message(issue: Issue, papers: int = 30) -> tuple[float, float]:
    """A personal message joined from parts, and the same one rendered in full and put together by the library."""
    # all papers as cards, so that the figure stays that of a message that holds them all
    edition = make_assembler(max_bytes=1_000_000, cards=papers, words=100_000).in_language(issue, "en")
    terms = ("retrieval-augmented generation", "language model")
    selection = select(issue, papers, terms=terms)
    recipients = [make_recipient(number) for number in range(500)]
    edition.build(recipients[0], selection)
    joined = seconds(lambda: [edition.build(one, selection) for one in recipients], 7) / len(recipients)
    renderer = make_renderer()
    assert isinstance(edition, PersonalMails)
    mail = edition.plan(recipients[0], selection)

    def plain() -> bytes:
        text, html = renderer.whole(issue, "en", mail)
        message = EmailMessage(policy=email.policy.SMTP)
        message["From"], message["To"] = "news@example.org", "reader@example.org"
        message["Subject"] = mail.values[Slot.SUBJECT]
        message.set_content(text, cte="quoted-printable")
        message.add_alternative(html, subtype="html", cte="quoted-printable")
        return bytes(message)

    return joined, seconds(plain, 5)


def main() -> None:
    issue = june_issue(2, 1000) if DATA.is_dir() else make_issue(1000)
    mail, pages = all_surfaces(issue)
    print(f"{len(issue.papers):,} papers in {len(issue.languages)} languages")
    print(f"  mail editions         {mail:8.2f} s")
    print(f"  site, feeds, Markdown {pages:8.2f} s")
    print(f"  all surfaces          {mail + pages:8.2f} s   (at most 15 s)")
    joined, plain = one_message(june_issue(2, 30) if DATA.is_dir() else make_issue(30))
    print("one personal message of 30 papers")
    print(f"  joined from parts     {joined * 1e3:8.3f} ms  (at most 0.1 ms)")
    print(f"  plain path            {plain * 1e3:8.3f} ms")
    print(f"  ratio                 {plain / joined:8.0f}")


if __name__ == "__main__":
    main()
