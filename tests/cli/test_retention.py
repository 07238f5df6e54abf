"""`newsletter retention`: says what it would let go of, and lets go of it."""

from __future__ import annotations

from tests.cli.command import DAY, Folder

NOTHING = dict.fromkeys(("unconfirmed", "feeds", "requests", "letters", "deliveries", "evidence", "events"), 0)


def test_a_dry_run_changes_nothing_and_the_command_lets_go(collected: Folder) -> None:
    # without interests that fit and without a relay: an issue that waits for nothing
    assert collected("subscribers", "add", "cy@example.org", "-i", "zebrafish").status == 0
    collected.set('[retention]\ndeliveries = "0s"\n[smtp]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\n')
    assert collected("compose", "--date", DAY).status == 0
    assert collected("publish", "--date", DAY).status == 0
    assert collected("dispatch", "--date", DAY, "--late").status == 0
    assert collected("retention", "--dry-run", "--json").json == {"dry_run": True, **NOTHING, "deliveries": 1}
    assert collected("retention").out == "Let go of 1 delivery.\n"
    assert collected("retention", "--rewrite", "--json").json == {"dry_run": False, **NOTHING}
