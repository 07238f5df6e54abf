"""`doctor` and `audit`: whether mail could go out, and what became of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.cli.command import DAY, Folder
from tests.support.smtp_server import Behaviour, SmtpServer, running_server


@pytest.fixture
def relay() -> Iterator[SmtpServer]:
    """A relay on this machine."""
    with running_server() as server:
        yield server


def smtp(port: int) -> str:
    """The settings of a relay on this port."""
    return f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\ntimeout = "5s"\n'


# --- doctor


def checks(text: str) -> dict[str, tuple[str, str]]:
    """What it found of each thing: its result, and the sentence."""
    rows = [line.split("\t") for line in text.splitlines() if "\t" in line]
    assert rows[0] == ["Check", "Result", "What"]
    return {name: (result, what) for name, result, what in rows[1:]}


def test_a_newsletter_that_could_go_out_is_well(newsletter: Folder, relay: SmtpServer) -> None:
    newsletter.set(smtp(relay.port))
    done = newsletter("doctor")
    found = checks(done.out)
    assert done.status == 0
    assert {name: result for name, (result, _) in found.items()} == dict.fromkeys(
        ("database", "relay", "dkim", "links", "secrets"), "ok"
    )
    assert "answers, security none, with pipelining" in found["relay"][1]
    assert found["links"][1] == "https://papers.example.org"
    assert not relay.accepted


def test_programs_read_what_is_well_and_what_is_not(newsletter: Folder, relay: SmtpServer) -> None:
    newsletter.set(smtp(relay.port))
    done = newsletter("doctor", "--json")
    assert (done.status, done.json["well"], done.err) == (0, True, "")
    assert [(c["check"], c["result"]) for c in done.json["checks"]] == [
        (name, "ok") for name in ("database", "relay", "dkim", "links", "secrets")
    ]
    newsletter.set()
    done = newsletter("doctor", "--json")
    assert (done.status, done.json["well"]) == (1, False)
    assert [c["check"] for c in done.json["checks"] if c["result"] == "wrong"] == ["relay"]


def test_programs_read_the_records_of_keys(newsletter: Folder) -> None:
    made = newsletter("doctor", "--dkim", "--json").json
    assert ([path.rpartition("/")[2] for path in made["created"]], made["records"]) == (["dkim.pem"], [])
    newsletter.set("\n".join(made["settings"]) + "\n")
    shown = newsletter("doctor", "--dkim", "--json").json
    assert (shown["created"], shown["settings"]) == ([], [])
    assert [record.partition(" IN TXT ")[0] for record in shown["records"]] == ["newsletter._domainkey.example.org."]


def test_everything_that_is_wrong_is_told_at_once(newsletter: Folder) -> None:
    with running_server() as gone:
        port = gone.port
    newsletter.set(smtp(port))
    config = newsletter.path / "newsletter.toml"
    config.write_text(config.read_text().replace("https://", "http://"))
    done = newsletter("doctor")
    found = checks(done.out)
    assert done.status == 1
    assert {name for name, (result, _) in found.items() if result == "wrong"} == {"relay", "links"}
    assert "one-click unsubscribe" in found["links"][1]
    assert str(port) in found["relay"][1]


@pytest.mark.parametrize("key", ["dkim.key_file", "smtp.password_file", "newsletter.secret_file"])
def test_a_secret_that_others_can_read_is_wrong(newsletter: Folder, relay: SmtpServer, key: str) -> None:
    assert newsletter("doctor", "--dkim").status == 0
    section, _, name = key.partition(".")
    secret = newsletter.path / ("dkim.pem" if section == "dkim" else "secret.txt")
    if section != "dkim":
        secret.write_text("s" * 32)
    setting = f'{name} = "{secret.name}"\n'
    settings = {"dkim": f'[dkim]\ndomain = "example.org"\nselector = "newsletter"\n{setting}', "smtp": setting}
    newsletter.set(smtp(relay.port) + settings.get(section, ""))
    if section == "newsletter":
        config = newsletter.path / "newsletter.toml"
        config.write_text(config.read_text().replace("[newsletter]\n", f"[newsletter]\n{setting}"))
    secret.chmod(0o644)
    done = newsletter("doctor")
    assert done.status == 1
    result, what = checks(done.out)["secrets"]
    assert (result, f"{secret.name} ({key})" in what, "chmod 600" in what) == ("wrong", True, True)
    secret.chmod(0o600)
    assert checks(newsletter("doctor").out)["secrets"][0] == "ok"


def test_without_a_relay_it_says_which_setting_is_missing(newsletter: Folder) -> None:
    done = newsletter("doctor")
    assert done.status == 1
    assert checks(done.out)["relay"][0] == "wrong"
    assert "smtp.host" in checks(done.out)["relay"][1]


def test_a_signature_of_another_domain_is_told(newsletter: Folder, relay: SmtpServer) -> None:
    made = newsletter("doctor", "--dkim")
    assert made.status == 0
    lines = made.out[made.out.index("[dkim]") :].split("\n\n")[0]
    newsletter.set(smtp(relay.port) + lines + "\n")
    shown = newsletter("doctor", "--dkim")
    assert shown.status == 0
    assert "newsletter._domainkey.example.org" in shown.out
    assert "v=DKIM1" in shown.out
    assert checks(newsletter("doctor").out)["dkim"] == ("ok", "rsa-sha256 by newsletter._domainkey.example.org")
    newsletter.set(smtp(relay.port) + lines.replace("example.org", "example.net") + "\n")
    done = newsletter("doctor")
    assert done.status == 1
    assert "DMARC wants them aligned" in checks(done.out)["dkim"][1]


# --- audit


def test_an_audit_accounts_for_everybody(newsletter: Folder, relay: SmtpServer) -> None:
    newsletter.set(smtp(relay.port))
    assert newsletter("send", "--date", DAY).status == 0
    done = newsletter("audit", DAY)
    assert (done.status, done.err) == (0, "")
    assert done.out == f"Issue {DAY}: 2 = 2 sent\nEverybody is accounted for.\n"
    assert newsletter("audit", DAY, "--json").json == {
        "issue": DAY,
        "audience": 2,
        "totals": {"sent": 2},
        "complete": True,
        "faults": [],
    }
    got = newsletter("audit", DAY, "--email", "ada@example.org")
    assert (got.status, got.out.startswith("Yes. The relay accepted it at ")) == (0, True)
    stranger = newsletter("audit", DAY, "--email", "cy@example.org", "--json").json
    assert stranger["email"] == "cy@example.org"
    assert stranger["answer"].startswith("No. cy@example.org is not a subscriber")


def test_an_uncertain_delivery_is_decided_by_a_person(newsletter: Folder) -> None:
    with running_server(Behaviour(cut_at="FINAL")) as cut:
        newsletter.set(smtp(cut.port) + "connections = 1\n")
        newsletter("send", "--date", DAY)
    answer = newsletter("audit", DAY, "--email", "ada@example.org").out
    assert answer.startswith("Nobody can know.")
    assert f"`newsletter audit --date {DAY} --resend ada@example.org`" in answer
    told = newsletter("audit", DAY, "--as-sent", "ada@example.org", "--json").json
    assert told["settled"] == {"sent": 1}
    assert told["totals"] == {"sent": 1, "uncertain": 1}
    done = newsletter("audit", DAY, "--resend", "all")
    assert "1 uncertain delivery is queued now." in done.out
    with running_server() as relay:
        newsletter.set(smtp(relay.port))
        assert newsletter("send", "--date", DAY).status == 0
        assert relay.recipients == ["bo@example.net"]


def test_an_audit_says_who_is_not_settled_yet(newsletter: Folder) -> None:
    with running_server(Behaviour(cut_at="FINAL")) as cut:
        newsletter.set(smtp(cut.port) + "connections = 1\nmessages = 1\n")
        newsletter("send", "--date", DAY)
    done = newsletter("audit", "--date", DAY)
    assert done.status == 1
    assert done.out.splitlines()[-1] == "Not settled yet: 2 uncertain."
    assert "accounted for" not in done.out
    assert newsletter("audit", "--date", DAY, "--json").json["complete"] is False


@pytest.mark.parametrize("option", ["--resend", "--as-sent"])
def test_an_address_about_which_there_is_nothing_to_decide_is_refused(
    newsletter: Folder, relay: SmtpServer, option: str
) -> None:
    newsletter.set(smtp(relay.port))
    newsletter("send", "--date", DAY)
    done = newsletter("audit", "--date", DAY, option, "nobody@example.org")
    assert (done.status, done.out) == (2, "")
    assert f"There is no delivery of issue {DAY} to nobody@example.org" in done.err
    done = newsletter("audit", "--date", DAY, option, "ada@example.org")
    assert done.status == 2
    assert (
        f"The delivery of issue {DAY} to ada@example.org is sent; only an uncertain one is to be decided." in done.err
    )
    assert newsletter("audit", "--date", DAY).status == 0


@pytest.mark.parametrize("command", [("send",), ("dispatch", "--late"), ("dispatch", "--late", "--json")])
def test_ctrl_c_during_a_dispatch_is_told_as_such(newsletter: Folder, command: tuple[str, ...]) -> None:
    """It ends in good order; a script still has to know that a person stopped it."""

    def interrupt(_: str) -> str:
        os.kill(os.getpid(), signal.SIGINT)
        return "450 4.7.1 Not now"

    with running_server() as relay:
        newsletter.set(smtp(relay.port) + "connections = 1\n")
        if command[0] == "dispatch":
            newsletter("subscribers", "add", "cy@example.org")
            for step in ("collect", "compose", "publish"):
                newsletter(step, "--date", DAY)
        relay.behaviour.answers["RCPT"] = interrupt
        done = newsletter(*command, "--date", DAY)
    assert done.status == 130
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("issue", "status", "says"),
    [
        (DAY, 1, f"Issue {DAY} was never dispatched. Run `newsletter dispatch --date {DAY}`."),
        ("monday", 2, "expected a day such as 2026-06-02, got 'monday'."),
    ],
)
def test_what_was_never_sent_cannot_be_audited(newsletter: Folder, issue: str, status: int, says: str) -> None:
    done = newsletter("audit", issue)
    assert (done.status, done.out) == (status, "")
    assert says in done.err
