"""The keys that docs/commands.md promises are those that commands print."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.cli.command import DAY, Folder
from tests.cli.test_wording import COMMANDS
from tests.mail.reports.samples import SAMPLES
from tests.support.shared import ROOT
from tests.support.smtp_server import running_server

_ROW = re.compile(r"^\| `newsletter ([^`]*--json)` \| (.*) \|$", re.MULTILINE)
_KEY = re.compile(r"`([a-z_0-9]+)`(?: \[([^\]]*)\])?")


def documented() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """By command, the keys of its document; each with the keys of what it holds, where the page names them."""
    rows = {}
    for command, cell in _ROW.findall((ROOT / "docs" / "commands.md").read_text()):
        told = re.sub(r"\([^)]*\)", "", re.split(r"[;:]", cell)[0])
        rows[command] = {key: frozenset(re.findall(r"`(\w+)`", inner)) for key, inner in _KEY.findall(told)}
    return rows


def run(newsletter: Folder, port: int) -> Mapping[str, Mapping[str, object]]:
    """One document of every command."""
    dated = ("--date", DAY)
    archive = newsletter.path / "back.jsonl"
    newsletter.set(f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n')
    (newsletter.path / "list.csv").write_text("gone@example.org,BOUNCE\n")
    (newsletter.path / "report.eml").write_text(SAMPLES["Postfix"].raw)
    commands = {
        "collect --json": ("collect", *dated),
        "enrich --json": ("enrich", *dated),
        "edit --json": ("edit", *dated),
        "compose --json": ("compose", *dated),
        "approve --json": ("approve", *dated),
        "publish --json": ("publish", *dated),
        "send --json": ("send", *dated),
        "dispatch --dry-run --json": ("dispatch", "--dry-run", *dated),
        "dispatch --json": ("dispatch", "--late", *dated),
        "audit --json": ("audit", *dated),
        "audit --email --json": ("audit", *dated, "--email", "ada@example.org"),
        "status --json": ("status", "--days", "366"),
        "subscribers list --json": ("subscribers", "list"),
        "subscribers show --json": ("subscribers", "show", "ada@example.org"),
        "letters list --json": ("letters", "list"),
        "suppressions list --json": ("suppressions", "list"),
        "suppressions import --json": ("suppressions", "import", "list.csv"),
        "bounces read --check --json": ("bounces", "read", "--check", "report.eml"),
        "bounces read --json": ("bounces", "read", "report.eml"),
        "bounces list --json": ("bounces", "list"),
        "bounces show --json": ("bounces", "show", "1"),
        "bounces reclassify --json": ("bounces", "reclassify", "1", "soft"),
        "retention --json": ("retention", "--dry-run"),
        "interests test --json": ("interests", "test", "model", *dated),
        "doctor --json": ("doctor",),
        "doctor --dkim --json": ("doctor", "--dkim"),
    }
    documents = {}
    for name, arguments in commands.items():
        done = newsletter(*arguments, "--json")
        assert done.out, f"{name}: {done.err}"
        documents[name] = done.json
    archive.write_text(newsletter("export", DAY, "--format", "jsonl").out)
    documents["subscribers erase --json"] = newsletter(
        "subscribers", "erase", "ada@example.org", "--yes", "--json"
    ).json
    documents["import --json"] = newsletter("import", str(archive), "--format", "jsonl", *dated, "--json").json
    return documents


def test_every_command_prints_the_keys_that_the_page_names(newsletter: Folder) -> None:
    with running_server() as relay:
        documents = run(newsletter, relay.port)
    pages = documented()
    assert set(pages) == set(documents) | {"collect --reconcile --json", "bounces poll --json"}, "these need a server"
    for command, document in documents.items():
        assert set(document) == set(pages[command]), command
        for key, inner in pages[command].items():
            held = document[key]
            if inner and isinstance(held, list) and held:
                assert set(held[0]) == inner, f"{command}: {key}"


def test_the_page_names_every_command_that_has_json() -> None:
    with_json = {name for name, command in COMMANDS.items() if any("--json" in p.opts for p in command.params)}
    assert {re.sub(r" --.*", "", command) for command in documented()} == with_json
