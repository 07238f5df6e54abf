"""Writes mails and a site for the tools of `run.sh` to look at: `python -m tests.standards.make FOLDER`."""

from __future__ import annotations

import email
import email.policy
import sys
from pathlib import Path

from newsletter.domain.issues import Issue, IssueState, IssueStatus
from newsletter.render.site import SitePages, SiteTopic
from tests.support.june import june_issue
from tests.support.mails import make_assembler, make_templates
from tests.support.samples import make_issue, make_recipient, select
from tests.support.shared import DATA

BASE_URL = "http://127.0.0.1:8947"


def issue_to_show() -> Issue:
    """A recorded day where there is one beside the checkout, else invented papers."""
    return june_issue(2, 30) if DATA.is_dir() else make_issue(30)


def write_mails(folder: Path, issue: Issue) -> None:
    """Messages of all sizes in both languages: `.eml`, and their HTML."""
    folder.mkdir(parents=True, exist_ok=True)
    for language in issue.languages:
        edition = make_assembler().edition(issue, language)
        for papers in (1, 5, 30):
            terms = ("retrieval-augmented generation", "language model")
            recipient = make_recipient(name="Ada Lovelace", language=language)
            raw = bytes(edition.build(recipient, select(issue, papers, terms=terms)))
            parsed = email.message_from_bytes(raw, policy=email.policy.default)
            html = parsed.get_body(("html",))  # type: ignore[attr-defined]
            (folder / f"{language}-{papers}.eml").write_bytes(raw)
            (folder / f"{language}-{papers}.html").write_text(html.get_content())


def write_site(folder: Path, issue: Issue) -> None:
    """The published site."""
    assert issue.frozen_at is not None
    status = IssueStatus(
        issue.key, 1, IssueState.PUBLISHED, issue.hash, len(issue.papers), issue.frozen_at, issue.frozen_at
    )
    topic = SiteTopic(slug="retrieval", names={"en": "Retrieval", "zh-Hans": "检索"}, papers=lambda _: range(0, 12, 3))
    site = SitePages(
        make_templates(),
        title="The Daily Sample",
        description="The day's research papers",
        base_url=BASE_URL,
        identity="standards",
        markdown=("arxiv-daily", "hf-daily", "paper-express"),
        topics=[topic],
    )
    for file in site.render(issue, [issue], [status]):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)


def main() -> None:
    """Write both under the folder that is named."""
    folder = Path(sys.argv[1])
    issue = issue_to_show()
    write_mails(folder / "mails", issue)
    write_site(folder / "site", issue)


if __name__ == "__main__":
    main()
