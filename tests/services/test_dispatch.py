"""Dispatch from end to end: a real database, a real server, the product's own messages."""

from __future__ import annotations

import json
from datetime import timedelta
from email import message_from_bytes, policy
from functools import partial
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import text

from newsletter.domain.delivery import DeliveryStatus as S
from newsletter.domain.delivery import SkipReason, UncertainPolicy
from newsletter.domain.issues import Edition, PaperOrder
from newsletter.domain.matching import IssueSelector
from newsletter.domain.subscribers import AT_ONCE, Rhythm, Subscriber, SubscriptionState, check_address
from newsletter.errors import IssueLate, IssueMissing, IssuePaused
from newsletter.mail.smtp import PoolSettings, Timeouts
from newsletter.render.outbox import OutboxRenderer
from newsletter.services.audit import Audit
from newsletter.services.dispatch.plan import USUAL, audience
from newsletter.store import Database
from tests.support.dispatching import Dispatching, subscribers
from tests.support.mails import make_templates
from tests.support.samples import DAY, make_issue, make_notice
from tests.support.smtp_server import Behaviour, running_server


@pytest.fixture
def newsletter(database: Database) -> Dispatching:
    return Dispatching(database)


def test_everybody_gets_exactly_one_message(newsletter: Dispatching) -> None:
    people = subscribers(40)
    newsletter.subscribe(*people)
    assert newsletter.plan() == 40
    with running_server() as server:
        report = newsletter.send(server)
    assert sorted(server.recipients) == [p.email for p in people]
    assert report.totals == {S.SENT: 40}
    assert report.is_complete
    assert report.stopped == ""
    assert server.most_connections == 3


def test_a_second_dispatch_sends_nothing(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(5))
    newsletter.plan()
    with running_server() as server:
        newsletter.send(server)
        newsletter.plan()
        assert newsletter.send(server).now == {}
    assert len(server.accepted) == 5


def test_whoever_subscribes_after_planning_is_added_by_the_next_plan(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(2))
    assert newsletter.plan() == 2
    newsletter.subscribe(*subscribers(3))
    assert newsletter.plan() == 1


def test_whoever_comes_after_the_newest_has_left_is_somebody_else(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(3))
    newsletter.plan()
    with running_server() as server:
        newsletter.send(server)
        newsletter.store.subscribers.remove("reader0003@example.org")
        newsletter.subscribe(*subscribers(1, "example.net"))
        assert newsletter.plan() == 1
        newsletter.send(server)
    assert server.recipients[-1] == "reader0001@example.net"
    assert len({mail.sender for mail in server.accepted}) == 4
    assert Audit(newsletter.store.deliveries, newsletter.store.subscribers).run(newsletter.issue.key).faults == ()


def test_the_plan_says_why_somebody_is_skipped(newsletter: Dispatching) -> None:
    newsletter.subscribe(
        Subscriber(email="all@example.org"),
        Subscriber(email="nothing@example.org", interests=("zebrafish",)),
        Subscriber(email="new@example.org", state=SubscriptionState.UNCONFIRMED),
        Subscriber(email="gone@example.org", state=SubscriptionState.UNSUBSCRIBED),
        Subscriber(email="weekly@example.org", cadence=Edition.WEEKLY),
        Subscriber(email="never@example.org"),
    )
    newsletter.store.suppressions.suppress("never@example.org", "complaint")
    newsletter.plan()
    rows = {d.recipient.email: (d.status, d.reason) for d in newsletter.store.deliveries.of_issue(newsletter.issue.key)}
    assert rows == {
        "all@example.org": (S.QUEUED, ""),
        "nothing@example.org": (S.SKIPPED, "no match"),
        "new@example.org": (S.SKIPPED, "unconfirmed"),
        "gone@example.org": (S.SKIPPED, "unsubscribed"),
        "weekly@example.org": (S.SKIPPED, "other cadence"),
        "never@example.org": (S.SKIPPED, "suppressed"),
    }


def test_the_ledger_holds_what_a_dry_run_would_show(newsletter: Dispatching) -> None:
    """Rows are copied inside the database; they are those that the domain's own rules make one by one."""
    interests: list[tuple[str, ...]] = [
        *((), ("retrieval",), ("zebrafish",), ("-paper",), ("!cat:cs.CL",), ("(broken",), ("\"a \\ 'b'\"", "检索")),
    ]
    # each with its domain as DNS has it registered: what both ways make of it could be wrong alike
    domain_of_email = {
        "plain{}@example.org": "example.org",
        "UPPER{}@Example.ORG": "example.org",
        "ünï.cødé{}@bücher.example": "bücher.example",
        "x{}@xn--bcher-kva.example": "bücher.example",
        '"a@b{}"@example.org': "example.org",
        "i{}@ΣΊΣΥΦΟΣ.example": "σίσυφοσ.example",
        "straße{}@straße.example": "straße.example",
    }
    emails = list(domain_of_email)
    names = ["", "Ada “Countess” Łovelace", "Robert'); DROP TABLE subscriber;--", "王小明 🎓", "tab\tline\nend"]
    rhythms = [
        *(AT_ONCE, Rhythm(order=PaperOrder.NEWEST), Rhythm(more_than=2), Rhythm(hour=20, reads=("fr", "zh-Hans"))),
        Rhythm(hour=1, more_than=1),
    ]
    states = [state for state in SubscriptionState if state is not SubscriptionState.FEED]
    kinds = product(interests, states, Edition, ("", "en", "zh-Hans", "xx"), (None, 0, 3))
    newsletter.subscribe(
        *(
            Subscriber(
                email=emails[n % len(emails)].format(n),
                name=names[n % len(names)],
                interests=wanted,
                state=state,
                cadence=cadence,
                language=language,
                max_papers=limit,
                rhythm=rhythms[n % len(rhythms)],
                paused_until=DAY + timedelta(days=n % 3) if n % 11 == 0 else None,
            )
            for n, (wanted, state, cadence, language, limit) in enumerate(kinds)
        )
    )
    store, issue = newsletter.store, newsletter.issue
    for number, subscriber in enumerate(store.subscribers.stream()):
        if number % 5 == 0:
            store.suppressions.suppress(subscriber.email, "complaint")
    shown = [
        (p.recipient, p.status, p.reason, p.due_at)
        for p in audience(issue, IssueSelector, store.subscribers, timetable=USUAL, now=newsletter.clock())
    ]
    assert newsletter.plan() == len(shown)
    frozen = list(store.deliveries.of_issue(issue.key))
    assert [(d.recipient, d.status, d.reason, d.due_at) for d in frozen] == shown
    assert [d.id for d in frozen] == sorted(d.id for d in frozen)
    assert {reason for _, _, reason, _ in shown} == {"", *SkipReason} - {SkipReason.OTHER_DAY, SkipReason.ERASED}
    assert {due and due.hour for *_, due in shown} == {None, 20}
    with store.database.read() as connection:
        domains = connection.execute(text("SELECT domain FROM delivery ORDER BY id")).scalars().all()
    written = {emails[n % len(emails)].format(n): domain_of_email[emails[n % len(emails)]] for n in range(len(shown))}
    assert domains == [d.recipient.domain for d in frozen] == [written[d.recipient.email] for d in frozen]


def test_an_unsubscribe_after_planning_holds(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(3))
    newsletter.plan()
    newsletter.store.subscribers.set_state("reader0002@example.org", SubscriptionState.UNSUBSCRIBED)
    newsletter.store.suppressions.suppress("reader0003@example.org", "bounce")
    with running_server() as server:
        report = newsletter.send(server)
    assert server.recipients == ["reader0001@example.org"]
    assert report.reasons[S.SKIPPED, "unsubscribed"] == 1
    assert report.reasons[S.SKIPPED, "suppressed"] == 1


def test_an_old_issue_is_not_sent_without_being_asked_for(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(1))
    newsletter.clock.forward(days=5)
    with pytest.raises(IssueLate, match="--late"):
        newsletter.plan()
    assert newsletter.plan(late=True) == 1


def test_an_issue_that_does_not_exist_is_named(newsletter: Dispatching) -> None:
    newsletter.issue = newsletter.issue.__class__(
        key=newsletter.issue.key.__class__(newsletter.issue.day.replace(day=3)), title="", languages=("en",), papers=()
    )
    with pytest.raises(IssueMissing, match="newsletter compose --date 2026-06-03"):
        newsletter.plan()


def test_the_message_that_arrives_is_the_file_of_the_dry_run(newsletter: Dispatching, tmp_path: Path) -> None:
    newsletter.subscribe(*subscribers(4), Subscriber(email="../../etc/passwd@example.org", name="Mallory"))
    report = newsletter.dry_run(tmp_path / "outbox").run(newsletter.issue.key)
    newsletter.plan()
    with running_server() as server:
        newsletter.send(server)
    manifest = json.loads((report.folder / "manifest.json").read_text())
    files = {d["email"]: report.folder / d["file"] for d in manifest["deliveries"]}
    assert len(server.accepted) == 5
    for accepted in server.accepted:
        assert files[accepted.recipient].read_bytes() == accepted.content
    assert all(file.parent == report.folder for file in files.values())


def test_a_domain_of_other_letters_is_mailed_and_paced_as_the_one_it_is(newsletter: Dispatching) -> None:
    """IDNA 2003 made `strasse.example` of it: somebody else's."""
    people = ["ada@straße.example", "bo@xn--strae-oqa.example", "cy@strasse.example", "di@βόλος.example"]
    newsletter.subscribe(*(Subscriber(email=check_address(email)) for email in people))
    newsletter.plan()
    with running_server(Behaviour(answers={"RCPT": "421 4.3.2 Not now"})) as server:
        newsletter.send(server, pool=PoolSettings(connections=1))
        assert {rest.domain for rest in newsletter.store.deliveries.rests(at=newsletter.clock())} == {
            "straße.example",
            "strasse.example",
            "βόλος.example",
        }
        # the second of one domain was not even asked for
        assert sum(command.startswith("RCPT") for command in server.commands) == 3
    newsletter.clock.forward(days=1)
    with running_server() as server:
        newsletter.send(server)
    assert sorted(server.recipients) == [
        "ada@xn--strae-oqa.example",
        "bo@xn--strae-oqa.example",
        "cy@strasse.example",
        "di@xn--nxasmm1c.example",
    ]
    for mail in server.accepted:
        assert f"To: {mail.recipient}\r\n".encode() in mail.content


def test_a_dry_run_holds_few_of_its_recipients_and_lists_them_all(newsletter: Dispatching, tmp_path: Path) -> None:
    """Twenty thousand of them once took half a gigabyte."""
    newsletter.subscribe(*subscribers(450))
    design = partial(OutboxRenderer, make_templates())
    report = newsletter.dry_run(tmp_path, design=design, shown=5).run(newsletter.issue.key)
    assert (report.recipients, len(report.first), report.totals) == (450, 200, {"queued": 450})
    manifest = json.loads((report.folder / "manifest.json").read_text())
    assert [*manifest] == ["date", "issue_hash", "deliveries", "totals"]
    assert [d["email"] for d in manifest["deliveries"]] == [s.email for s in subscribers(450)]
    assert (manifest["totals"], manifest["issue_hash"]) == ({"queued": 450}, newsletter.issue.hash)
    assert [d["page"] for d in manifest["deliveries"]] == [f"{s.email}.html" for s in subscribers(5)] + [""] * 445
    pages = sorted(path.name for path in report.folder.glob("index*.html"))
    assert pages == ["index-2.html", "index.html"]
    assert (report.folder / "index.html").read_text().count("@example.org.eml") == 245


def test_an_interest_that_found_nothing_is_shown_and_found_all_the_same(
    newsletter: Dispatching, tmp_path: Path
) -> None:
    title = newsletter.issue.papers[0].paper.title
    newsletter.subscribe(Subscriber(email="ada@example.org", interests=(f'title:"{title}"', "zebrafish")))
    folder = (
        newsletter.dry_run(tmp_path, design=partial(OutboxRenderer, make_templates())).run(newsletter.issue.key).folder
    )
    assert "<bdi>zebrafish</bdi> <b>0</b>" in (folder / "ada@example.org.html").read_text()
    assert "zebrafish" in (folder / "recipients.js").read_text()


def test_a_dry_run_for_nobody_is_a_manifest_all_the_same(newsletter: Dispatching, tmp_path: Path) -> None:
    report = newsletter.dry_run(tmp_path).run(newsletter.issue.key)
    manifest = json.loads((report.folder / "manifest.json").read_text())
    assert (manifest["deliveries"], manifest["totals"]) == ([], {})


def test_a_dry_run_counts_the_papers_that_stand_in_the_message(database: Database, tmp_path: Path) -> None:
    """Those that there was no room for are on the web."""
    newsletter = Dispatching(database, issue=make_issue(400))
    newsletter.subscribe(Subscriber(email="ada@example.org", interests=("paper",)))
    report = newsletter.dry_run(tmp_path).run(newsletter.issue.key)
    [entry] = report.first
    message = message_from_bytes((report.folder / entry.file).read_bytes(), policy=policy.default)
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    titles = {str(e.id): e.paper.title for e in newsletter.issue.papers}
    assert 0 < len(entry.papers) < 400
    assert set(entry.matched) <= set(entry.papers)
    assert f"{400 - len(entry.papers)} more on your page of this day" in text
    assert all(titles[paper] in " ".join(text.split()) for paper in entry.papers)


def test_a_dry_run_leaves_the_ledger_alone(newsletter: Dispatching, tmp_path: Path) -> None:
    newsletter.subscribe(*subscribers(2))
    newsletter.dry_run(tmp_path).run(newsletter.issue.key)
    assert newsletter.store.deliveries.status(newsletter.issue.key) is None


def test_refusals_at_each_recipient_are_kept_with_the_servers_answer(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(6))
    newsletter.plan()
    answers = {
        "reader0001@example.org": "550 5.1.1 No such user",
        "reader0002@example.org": "450 4.7.1 Greylisted, try again",
        "reader0003@example.org": "452 4.2.2 Mailbox full",
    }
    with running_server(Behaviour(answers={"RCPT": lambda who: answers.get(who, "250 Ok")})) as server:
        report = newsletter.send(server)
    found = {d.recipient.email: d for d in newsletter.store.deliveries.of_issue(newsletter.issue.key)}
    assert report.totals == {S.SENT: 3, S.DEFERRED: 2, S.FAILED: 1}
    failed = found["reader0001@example.org"]
    assert (failed.reason, failed.reply, failed.attempts) == ("no such mailbox", "550 5.1.1 No such user", 1)
    deferred = found["reader0002@example.org"]
    assert deferred.reason == "greylisted"
    assert deferred.due_at is not None
    assert (deferred.due_at - newsletter.clock()).total_seconds() == 30 * 60


def test_a_deferred_delivery_is_sent_when_it_is_due_and_not_before(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(1))
    newsletter.plan()
    behaviour = Behaviour(answers={"RCPT": "450 4.2.0 Greylisted"})
    with running_server(behaviour) as server:
        newsletter.send(server)
        behaviour.answers.clear()
        assert newsletter.send(server).now == {}
        newsletter.clock.forward(minutes=31)
        assert newsletter.send(server).now == {S.SENT: 1}
    assert len(server.accepted) == 1


def test_patience_ends_after_days(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(1))
    newsletter.plan()
    with running_server(Behaviour(answers={"RCPT": "450 4.2.0 Not now"})) as server:
        for _ in range(30):
            report = newsletter.send(server)
            if report.is_complete:
                break
            newsletter.clock.forward(hours=13)
    assert report.totals == {S.FAILED: 1}
    assert next(iter(report.reasons)) == (S.FAILED, "given up after 13 attempts: refused for now")


@pytest.mark.parametrize("code", ["421 4.3.2 Too busy", "550 5.7.1 Your mail looks like spam"])
def test_a_domain_that_asks_for_it_is_left_alone_and_the_others_are_not(newsletter: Dispatching, code: str) -> None:
    newsletter.subscribe(*subscribers(10, "busy.example"), *subscribers(10, "idle.example"))
    newsletter.plan()

    def answer(who: str) -> str:
        return code if who.endswith("@busy.example") else "250 Ok"

    with running_server(Behaviour(answers={"RCPT": answer})) as server:
        report = newsletter.send(server)
        asked = sum("busy.example" in c for c in server.commands if c.startswith("RCPT"))
    assert report.totals[S.SENT] == 10
    assert report.totals.get(S.FAILED) is None
    assert report.open == 10
    assert asked <= 2 * 3
    assert [rest.domain for rest in report.rests] == ["busy.example"]


def test_a_relay_that_refuses_us_pauses_the_issue(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(5))
    newsletter.plan()
    behaviour = Behaviour(answers={"MAIL": "550 5.7.1 Sender not allowed"})
    with running_server(behaviour) as server:
        report = newsletter.send(server)
        assert report.totals == {S.QUEUED: 5}
        assert "Sender not allowed" in report.stopped
        with pytest.raises(IssuePaused, match="--resume"):
            newsletter.send(server)
        behaviour.answers.clear()
        assert newsletter.send(server, run={"resume": True}).is_complete


def test_too_many_refusals_pause_the_issue(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(120))
    newsletter.plan()
    with running_server(Behaviour(answers={"RCPT": "550 5.1.1 No such user"})) as server:
        report = newsletter.send(server)
    assert report.stopped == "50 of the last 50 messages were refused"
    assert report.totals[S.FAILED] < 60
    assert report.totals[S.QUEUED] > 60


def test_a_cut_after_the_message_is_uncertain_and_held(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(1))
    newsletter.plan()
    behaviour = Behaviour(cut_at="FINAL")
    with running_server(behaviour) as server:
        report = newsletter.send(server)
        assert report.totals == {S.UNCERTAIN: 1}
        behaviour.cut_at = ""
        assert newsletter.send(server).now == {}
    assert len(server.accepted) == 1


def test_a_cut_after_the_message_is_sent_again_where_that_is_the_policy(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(1))
    newsletter.plan()
    behaviour = Behaviour(cut_at="FINAL")
    with running_server(behaviour) as server:
        newsletter.send(server, uncertain=UncertainPolicy.RESEND)
        behaviour.cut_at = ""
        newsletter.clock.forward(minutes=31)
        assert newsletter.send(server, uncertain=UncertainPolicy.RESEND).is_complete
    first, second = server.accepted
    assert first == second


def test_a_relay_that_is_down_leaves_everything_queued(newsletter: Dispatching) -> None:
    newsletter.subscribe(*subscribers(3))
    newsletter.plan()
    with running_server() as server:
        pass
    report = newsletter.send(server)
    assert report.totals == {S.QUEUED: 3}
    assert "cannot be reached" in report.stopped
    with running_server() as server:
        assert newsletter.send(server).is_complete


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(answers={"CONNECT": "554 no"}),
        Behaviour(answers={"MAIL": "451 later"}),
        Behaviour(cut_at="DATA"),
        Behaviour(delays={"EHLO": 30}),
    ],
    ids=["refuses", "defers", "cuts the line", "stalls"],
)
def test_a_relay_that_fails_leaves_the_mail_queued_and_a_later_run_sends_it(
    newsletter: Dispatching, behaviour: Behaviour
) -> None:
    people = subscribers(2)
    newsletter.subscribe(*people)
    newsletter.plan()
    resend = UncertainPolicy.RESEND
    with running_server(behaviour) as server:
        report = newsletter.send(server, uncertain=resend, relay={"timeouts": Timeouts.at_most(0.2)})
        assert not server.accepted
    assert not report.is_complete
    assert sum(report.totals.get(status, 0) for status in (S.QUEUED, S.DEFERRED, S.UNCERTAIN)) == 2
    newsletter.clock.forward(minutes=31)
    with running_server() as server:
        assert newsletter.send(server, uncertain=resend).is_complete
    assert sorted(server.recipients) == [person.email for person in people]


# --- a day without papers -------------------------------------------------------------------------------------------


def test_that_there_are_no_papers_goes_to_every_daily_reader_once(database: Database, tmp_path: Path) -> None:
    newsletter = Dispatching(database, issue=make_notice())
    newsletter.subscribe(
        Subscriber(email="all@example.org"),
        Subscriber(email="zebra@example.org", interests=("zebrafish",), language="zh-Hans"),
        Subscriber(email="weekly@example.org", cadence=Edition.WEEKLY),
        Subscriber(email="new@example.org", state=SubscriptionState.UNCONFIRMED),
    )
    shown = newsletter.dry_run(tmp_path).run(newsletter.issue.key)
    assert shown.totals == {"queued": 2, "skipped": 2}
    newsletter.plan()
    with running_server() as server:
        newsletter.send(server)
        newsletter.plan()
        assert newsletter.send(server).now == {}
    assert sorted(server.recipients) == ["all@example.org", "zebra@example.org"]
    written = {p.read_bytes() for p in shown.folder.rglob("*.eml")}
    assert {accepted.content for accepted in server.accepted} == written
