"""Writes mails and a site for the tools of `run.sh` to look at: `python -m tests.standards.make FOLDER [--sample]`.

With `--sample` they show the bundled sample, for pictures that may be kept; else a recorded day where there is one.
"""

from __future__ import annotations

import email
import email.policy
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from newsletter.bootstrap import Application, sample_settings, shipped
from newsletter.domain.delivery import Letter, OutgoingMessage, Recipient
from newsletter.domain.issues import Issue, IssueKey, IssueState, IssueStatus, Selection
from newsletter.domain.matching import IssueSelector
from newsletter.domain.ports import LetterFacts
from newsletter.domain.subscribers import LetterKind, Subscriber
from newsletter.formats import freeze_issue, parse_catalogue
from newsletter.mail.letters import LetterAssembler
from newsletter.render.environment import Templates
from newsletter.render.mail import MailRenderer
from newsletter.render.outbox import OutboxRenderer
from newsletter.render.site import SiteTopic
from newsletter.sample import DAY as SAMPLE_DAY
from newsletter.services.held_issues import HeldIssues
from newsletter.services.interest_previews import InterestPreviews
from newsletter.services.links import Purpose
from newsletter.services.progress import SilentProgress
from newsletter.services.reader_pages import DayWish
from newsletter.store import Database, SqlStore
from newsletter.web.pages import Pages
from newsletter.web.readers.preferences_pages import PreferencesPages
from tests.standards.digests import SIZES, Digests
from tests.support.databases import new_database
from tests.support.dispatching import Dispatching
from tests.support.joining import BASE_URL as DOOR_URL
from tests.support.joining import TITLE, make_writer
from tests.support.june import june_issue
from tests.support.mails import TEMPLATES, make_assembler, make_renderer, make_site, make_templates
from tests.support.recorded_day import real_lists
from tests.support.samples import make_issue, make_notice, make_recipient, select
from tests.support.shared import DATA
from tests.support.web import make_days, make_forms, make_leaving, make_links, make_store

BASE_URL = "http://127.0.0.1:8947"
_ON_SITE = 50
_LETTERS = {
    LetterKind.CONFIRM: "confirm",
    LetterKind.KNOWN: "preferences",
    LetterKind.LINK: "preferences",
    LetterKind.MOVE: "confirm",
    LetterKind.MOVED: "",
}
"""The letters that have words of their own, with the page that their link leads to."""
_PICTURE = {"thumbnail": "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2606.00001.png"}


def issue_to_show(folder: Path, *, sample: bool) -> Issue:
    """The bundled sample, a whole recorded day, or papers of no meaning."""
    if sample:
        command = [sys.executable, "-c", "from newsletter.cli import main; main()", "send", "--dry-run"]
        folder.mkdir(parents=True, exist_ok=True)
        place = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=place)
        issue = Application(sample_settings(folder), progress=SilentProgress()).store.issues.get(IssueKey(SAMPLE_DAY))
        assert issue is not None
        return issue
    return june_issue(2) if DATA.is_dir() else make_issue(30)


def interest_lists(folder: Path, *, sample: bool) -> list[list[str]]:
    """What readers want: the roster of the sample, or the lists of real people."""
    if sample:
        roster = tomllib.loads((folder / "subscribers" / "example.toml").read_text(encoding="utf-8"))
        return [one["interests"] for one in roster["subscriber"]]
    return real_lists() if DATA.is_dir() else [["retrieval-augmented generation", "language model"]]


def write_mails(folder: Path, issue: Issue, digests: Digests) -> None:
    """Messages of all sizes, and the notice of a day without papers, in both languages: `.eml`, and their HTML."""
    folder.mkdir(parents=True, exist_ok=True)
    for language in issue.languages:
        for name, papers in (("one", 1), *SIZES.items()):
            interests, selection = digests.of_size(papers)
            recipient = make_recipient(name="Ada Lovelace", language=language, interests=interests)
            _write_mail(folder / f"{language}-{name}", issue, recipient, selection)
            print(f"mail {language}-{name}: {len(selection)} papers for {len(interests)} interests")
        _write_pictures(folder / f"{language}-pictures", issue, language)
        _write_mail(folder / f"{language}-none", make_notice(), make_recipient(language=language), Selection((), 0))


def _write_pictures(path: Path, issue: Issue, language: str) -> None:
    """A message with the pictures that papers have elsewhere: most mail programs leave their places empty."""
    entries = [replace(e, paper=replace(e.paper, links={**e.paper.links, **_PICTURE})) for e in issue.papers[:3]]
    pictured = freeze_issue(replace(issue, papers=tuple(entries)), at=datetime.now(UTC))
    design = MailRenderer(Templates([TEMPLATES], thumbnails=True), title="The Daily Sample", base_url=BASE_URL)
    recipient = make_recipient(language=language, interests=())
    _write_mail(path, pictured, recipient, select(pictured, terms=()), design=design)


def _write_mail(
    path: Path, issue: Issue, recipient: Recipient, selection: Selection, design: MailRenderer | None = None
) -> None:
    assembler = make_assembler(design=design or make_renderer())
    _write_message(path, assembler.in_language(issue, recipient.language).build(recipient, selection))


def _write_message(path: Path, message: OutgoingMessage) -> None:
    raw = bytes(message)
    html = email.message_from_bytes(raw, policy=email.policy.default).get_body(("html",))
    assert html is not None
    path.with_suffix(".eml").write_bytes(raw)
    path.with_suffix(".html").write_text(html.get_content(), encoding="utf-8")


def write_letters(folder: Path, languages: Sequence[str]) -> None:
    """The letters that answer who asked at the door, each beginning in both languages: `.eml`, and their HTML."""
    assembler = LetterAssembler(title=TITLE, sender="news@example.org", secret=bytes(32))
    now = datetime.now(UTC)
    for number, (kind, page) in enumerate(_LETTERS.items(), start=1):
        letter = Letter(id=number, kind=kind, email="ada@example.org", created_at=now)
        link = f"{DOOR_URL}/{page}/{number}.abcdefghijklmnopqrstuv" if page else ""
        for language in languages:
            ordered = tuple(dict.fromkeys((language, *languages)))
            until = now + timedelta(hours=48) if page == "confirm" else None
            facts = LetterFacts(kind=kind, languages=ordered, link=link, asked_at=now, until=until)
            _write_message(folder / f"{language}-letter-{kind}", assembler.message(letter, make_writer().write(facts)))
            print(f"letter {language}-{kind}")


def write_outbox(folder: Path, issue: Issue, lists: Sequence[Sequence[str]]) -> None:
    """The outbox of a dry run for these readers, every third of whom reads Chinese; the last one finds nothing."""
    languages = (issue.languages[0], issue.languages[0], issue.languages[-1])
    people = [
        Subscriber(email=f"reader{number}@example.org", interests=tuple(one), language=languages[number % 3])
        for number, one in enumerate([*lists, ["no such thing as this"]])
    ]
    with (
        tempfile.TemporaryDirectory() as name,
        closing(Database("sqlite:///newsletter.db", folder=Path(name))) as database,
    ):
        database.open()
        newsletter = Dispatching(database, issue=issue)
        newsletter.subscribe(*people)
        newsletter.dry_run(folder, design=partial(OutboxRenderer, make_templates())).run(issue.key)


def write_site(folder: Path, whole: Issue) -> None:
    """The published site, of as many papers as feed readers are asked to read."""
    issue = replace(whole, papers=whole.papers[:_ON_SITE])
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


def write_preferences(folder: Path, issue: Issue) -> None:
    """The preferences page of some readers, and the pages of who leaves, as the web application renders them."""
    catalogue = parse_catalogue((shipped("subscribers") / "topics.toml").read_text(encoding="utf-8"))
    pages = Pages(make_templates(), "The Daily Sample", "", ("en", "zh-Hans"), topics=catalogue.topics)
    own = PreferencesPages(pages, BASE_URL, "Europe/Berlin")
    interests = ("topic:rag", "retrieval-augmented generation", "author:Knuth", "language model", "-title:survey")
    with tempfile.TemporaryDirectory() as name, closing(new_database(Path(name) / "newsletter.db")) as database:
        store = make_store(database)
        store.issues.save(issue)
        store.issues.mark(issue.key, issue.revision, IssueState.PUBLISHED, datetime.now(UTC))
        held = HeldIssues(store.issues, lambda one: IssueSelector(one, topics=catalogue.expressions))
        previews = InterestPreviews(store.issues, held, topics=tuple(catalogue.expressions))
        forms = make_forms(store, topics=tuple(catalogue.expressions))
        today = datetime.now(UTC).date()
        pause: dict[str, object] = {"paused_since": today, "paused_until": today + timedelta(days=9), "catch_up": 10}
        for file, local, changes in (
            ("index", "ada", {}),
            ("zh-Hans", "bo", {"language": "zh-Hans"}),
            ("paused", "cy", pause),
            ("wrong", "di", {"interests": ("(never closed", "-survey")}),
        ):
            reader = Subscriber(email=f"{local}@example.org", name="Ada", max_papers=10, interests=interests)
            store.subscribers.upsert([replace(reader, **changes)])
            stored = store.subscribers.get(reader.email)
            assert stored is not None
            form = forms.fill(stored)
            wish = previews.look(form.interests, max_papers=form.max_papers)
            while previews.prepare(wish):
                pass
            page = own.page(form, preview=own.part(form, previews.result(wish)))
            _write_page(folder / "preferences" / f"{file}.html", page.body)
            _write_leaving(folder / "unsubscribe", file, store, stored, pages)
    (folder / "preferences" / "preferences.js").write_text(pages.templates.source("web/preferences.js"), "utf-8")


def _write_leaving(folder: Path, file: str, store: SqlStore, reader: Subscriber, pages: Pages) -> None:
    """What a reader sees who leaves, and follows the link again."""
    leaving = make_leaving(store)
    token = make_links(store).token(Purpose.UNSUBSCRIBE, reader)
    for step, act in {"asked": leaving.ask, "left": leaving.leave, "gone": leaving.leave}.items():
        form = act(token)
        assert form is not None
        _write_page(folder / f"{file}-{step}.html", pages.leaving(form, href=token, depth=1).body)


def _write_page(path: Path, page: bytes | memoryview) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page)


def write_days(folder: Path, issue: Issue, digests: Digests) -> None:
    """A reader's own page of the day in both languages, as the web application renders it; two papers stand open."""
    interests, _ = digests.of_size(SIZES["some"])
    with tempfile.TemporaryDirectory() as name, closing(new_database(Path(name) / "newsletter.db")) as database:
        store = make_store(database)
        store.issues.save(issue)
        store.issues.mark(issue.key, issue.revision, IssueState.PUBLISHED, datetime.now(UTC))
        for language in issue.languages:
            reader = Subscriber(email="ada@example.org", interests=tuple(interests), language=language, max_papers=10)
            days = make_days(store, BASE_URL)
            page = days.look(reader, issue.key.slug, DayWish(), folder="")
            assert page is not None
            html = days.write(page).decode().replace('<details class="row"', '<details open class="row"', 2)
            (folder / language).mkdir(parents=True, exist_ok=True)
            (folder / language / "page.html").write_text(html, encoding="utf-8")


def main() -> None:
    """Write all of it under the folder that is named."""
    folder, sample = Path(sys.argv[1]), "--sample" in sys.argv
    issue = issue_to_show(folder / "sample", sample=sample)
    lists = interest_lists(shipped("subscribers").parent, sample=sample)
    digests = Digests(issue, lists)
    write_mails(folder / "mails", issue, digests)
    write_letters(folder / "mails", issue.languages)
    write_outbox(folder / "outbox", issue, lists)
    write_site(folder / "site", issue)
    write_preferences(folder / "site", issue)
    write_days(folder / "site" / "day", issue, digests)


if __name__ == "__main__":
    main()
