"""What commands say of themselves and of what they did: plain words, one way to name a day, hints that can be typed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from newsletter.cli.app import app
from tests.cli.command import DAY, Done, Folder
from tests.support.smtp_server import running_server

ROOT = typer.main.get_command(app)
_BACKTICKED = re.compile(r"`newsletter ([^`]+)`")


def commands(group: object = ROOT, name: str = "") -> Iterator[tuple[str, TyperCommand]]:
    """Every command by its words."""
    for word, command in group.commands.items():  # type: ignore[attr-defined]
        words = f"{name} {word}".strip()
        if isinstance(command, TyperGroup):
            yield from commands(command, words)
        else:
            yield words, command


COMMANDS = dict(commands())


# --- help


@pytest.mark.parametrize("words", ["", "subscribers", "interests", "db", *COMMANDS])
def test_help_says_what_an_option_takes_in_a_word_and_of_a_flag_nothing(newsletter: Folder, words: str) -> None:
    shown = newsletter(*words.split(), "--help").out
    assert not re.findall(r"<\w+.*?>|\{\w|--no-(?!open)", shown), "types of Python, braces, or a flag to say no"
    assert re.search(r"--help +-h +Show this message", shown)


# --- days

DATED = [words for words, command in COMMANDS.items() if any("--date" in p.opts for p in command.params)]


def test_every_command_about_a_day_takes_it_by_the_same_option() -> None:
    steps = {"send", "collect", "enrich", "compose", "publish", "dispatch"}
    assert steps | {"edit", "approve", "preview", "export", "audit", "import", "interests test"} <= {*DATED}


@pytest.mark.parametrize("command", ["edit", "approve", "preview", "audit", "export"])
def test_a_day_may_stand_without_the_options_name_too(newsletter: Folder, command: str) -> None:
    more = ("--format", "jsonl") if command == "export" else ()
    named = newsletter(command, "--date", "2026-06-02", *more)
    assert named.status == (3 if command == "edit" else 1)
    assert "2026-06-02" in named.err
    assert newsletter(command, "2026-06-02", *more) == named
    assert newsletter(command, "2026-06-02", "--date", "2026-06-02", *more) == named
    two = newsletter(command, "2026-06-03", "--date", "2026-06-02", *more)
    assert (two.status, "expected one day, got two" in two.err) == (2, True)
    wrong = newsletter(command, "yesterday", *more)
    assert (wrong.status, "expected a day such as 2026-06-02, got 'yesterday'" in wrong.err) == (2, True)


@pytest.mark.parametrize("command", ["approve", "preview", "audit", "export"])
def test_a_weekly_issue_is_named_by_the_flag_or_by_its_name(newsletter: Folder, command: str) -> None:
    more = ("--format", "jsonl") if command == "export" else ()
    done = newsletter(command, "--date", "2026-06-05", "--weekly", *more)
    assert "issue 2026-06-05-weekly" in done.err.lower()
    assert newsletter(command, "2026-06-05-weekly", *more) == done


# --- hints


def hints(done: Done) -> list[list[str]]:
    """The commands that a message names, word by word."""
    return [shlex.split(command) for command in _BACKTICKED.findall(done.out + done.err)]


@pytest.mark.parametrize(
    "arguments",
    [
        ("send", "--dry-run"),
        ("enrich",),
        ("compose",),
        ("publish",),
        ("publish", "--weekly"),
        ("dispatch",),
        ("dispatch", "--weekly"),
        ("edit",),
        ("approve",),
        ("audit",),
        ("audit", "--weekly"),
        ("preview",),
        ("interests", "test", "models"),
    ],
    ids=" ".join,
)
def test_a_command_that_is_named_next_carries_the_day_and_the_settings(
    newsletter: Folder, arguments: tuple[str, ...]
) -> None:
    (newsletter.path / "my lab").mkdir()
    config = "my lab/newsletter.toml"
    (newsletter.path / "newsletter.toml").rename(newsletter.path / config)
    day = DAY if arguments[0] == "send" else "2026-06-02"
    if arguments[0] == "send":
        for name in ("people.toml", "papers.jsonl"):
            (newsletter.path / name).rename(newsletter.path / "my lab" / name)
    options = arguments[1:] if arguments[0] != "interests" else ()
    done = newsletter(*arguments, "--config", config, "--date", day)
    named = hints(done)
    assert named, done
    for words in named:
        assert words[:2] == ["--config", config]
        takes = {name for o in COMMANDS[words[2]].params if isinstance(o, TyperOption) for name in o.opts}
        if "--date" in takes:
            assert words[words.index("--date" if "--date" in words else "--from") + 1] == day
        if "--weekly" in takes and words[2] != "preview":
            assert ("--weekly" in words) == ("--weekly" in options)


def test_without_a_config_of_its_own_a_hint_is_short(newsletter: Folder) -> None:
    assert "`newsletter compose --date 2026-06-02`" in newsletter("publish", "--date", "2026-06-02").err


# --- counts and reasons


def relay(port: int) -> str:
    return f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\ntimeout = "5s"\n'


def test_a_second_run_says_that_it_sent_nothing(newsletter: Folder) -> None:
    with running_server() as server:
        newsletter.set(relay(server.port))
        first = newsletter("send", "--date", DAY, "--wait")
        again = newsletter("send", "--date", DAY)
    assert f"Issue {DAY}: 2 sent.\n" in first.out
    assert f"Issue {DAY}: nothing in this run; 2 sent in all.\n" in again.out


def test_one_is_counted_as_one(newsletter: Folder) -> None:
    (newsletter.path / "people.toml").write_text('[[subscriber]]\nemail = "ada@example.org"\ncadence = "weekly"\n')
    (newsletter.path / "papers.jsonl").write_text((newsletter.path / "papers.jsonl").read_text().splitlines()[0])
    shown = newsletter("send", "--dry-run", "--date", DAY).out
    assert "1 subscriber added" in shown
    assert "1 paper not seen before" in shown
    assert f"Issue {DAY}: 1 paper (1 new).\n" in shown
    assert "get the weekly issue instead" in shown
    assert "1 subscriber in " in newsletter("status").out
    everything = shown + newsletter("edit", "--date", DAY).out + newsletter("interests", "test", "x").out
    assert not re.search(r"(?<![\d,.])1 (papers|subscribers|notes|files|summaries|problems)\b", everything)


def test_what_a_subscriber_has_not_set_is_said_in_words(newsletter: Folder) -> None:
    newsletter("subscribers", "add", "cy@example.org")
    shown = newsletter("subscribers", "show", "cy@example.org").out
    assert "None" not in shown
    assert "max_papers\tno limit\n" in shown
    assert "interests\teverything\n" in shown
