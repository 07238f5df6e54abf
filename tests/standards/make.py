"""Writes mails and a site for the tools of `run.sh` to look at: `python -m tests.standards.make FOLDER [--sample]`.

With `--sample` they show the bundled sample, for pictures that may be kept; else a recorded day where there is one.
"""

from __future__ import annotations

import email
import email.policy
import os
import subprocess
import sys
from pathlib import Path

from newsletter.bootstrap import Application, sample_settings, shipped
from newsletter.domain.issues import Issue, IssueKey, IssueState, IssueStatus
from newsletter.domain.subscribers import Subscriber, fill_form
from newsletter.formats import parse_catalogue
from newsletter.render.site import SiteTopic
from newsletter.sample import DAY as SAMPLE_DAY
from newsletter.services.progress import SilentProgress
from newsletter.services.subscriptions import PreferencesForm
from newsletter.web.pages import Pages
from tests.support.june import june_issue
from tests.support.mails import make_assembler, make_site, make_templates
from tests.support.samples import make_issue, make_recipient, select
from tests.support.shared import DATA

BASE_URL = "http://127.0.0.1:8947"


def issue_to_show(folder: Path, *, sample: bool) -> Issue:
    """The bundled sample, a recorded day, or papers of no meaning."""
    if sample:
        command = [sys.executable, "-c", "from newsletter.cli import main; main()", "send", "--dry-run"]
        folder.mkdir(parents=True, exist_ok=True)
        place = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=place)
        issue = Application(sample_settings(folder), progress=SilentProgress()).store.issues.get(IssueKey(SAMPLE_DAY))
        assert issue is not None
        return issue
    return june_issue(2, 30) if DATA.is_dir() else make_issue(30)


def write_mails(folder: Path, issue: Issue) -> None:
    """Messages of all sizes in both languages: `.eml`, and their HTML."""
    folder.mkdir(parents=True, exist_ok=True)
    for language in issue.languages:
        mail = make_assembler().in_language(issue, language)
        for papers in (1, 5, 30):
            terms = ("retrieval-augmented generation", "language model")
            recipient = make_recipient(name="Ada Lovelace", language=language)
            raw = bytes(mail.build(recipient, select(issue, papers, terms=terms)))
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
    site = make_site(
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


def write_preferences(folder: Path) -> None:
    """The preferences page of a reader, as the web application renders it."""
    catalogue = parse_catalogue((shipped("subscribers") / "topics.toml").read_text(encoding="utf-8"))
    pages = Pages(make_templates(), "The Daily Sample", "", ("en", "zh-Hans"), topics=catalogue.topics)
    reader = Subscriber(email="ada@example.org", name="Ada", interests=("topic:rag", "author:Knuth", "-survey"))
    fields = fill_form(reader, tuple(catalogue.expressions))
    page = pages.preferences(PreferencesForm(reader, fields, ("en", "zh-Hans"), feed="1.AAAAAAAAAAAAAAAAAAAAAA"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_bytes(page.body)


def main() -> None:
    """Write both under the folder that is named."""
    folder = Path(sys.argv[1])
    issue = issue_to_show(folder / "sample", sample="--sample" in sys.argv)
    write_mails(folder / "mails", issue)
    write_site(folder / "site", issue)
    write_preferences(folder / "site" / "preferences")


if __name__ == "__main__":
    main()
