"""`subscribers` and `suppressions`: nothing is changed that was not named, and nothing is refused without a way on."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Done, Folder

ADA, CY = "ada@example.org", "cy@example.org"


def shown(newsletter: Folder, email: str = CY) -> dict[str, Any]:
    values: dict[str, Any] = newsletter("subscribers", "show", email, "--json").json
    return values


@pytest.fixture
def cy(newsletter: Folder) -> Folder:
    """A newsletter with a subscriber who has chosen everything that can be."""
    chosen = ("--name", "Cy", "-i", "rag", "-i", "agents", "--language", "en", "--weekly", "--max-papers", "30")
    assert newsletter("subscribers", "add", CY, *chosen).status == 0
    return newsletter


def test_adding_a_known_address_changes_nothing_and_names_the_command_that_does(cy: Folder) -> None:
    before = shown(cy)
    done = cy("subscribers", "add", "CY@example.org", "--name", "Other")
    assert (done.status, done.out) == (2, "")
    assert f"`newsletter subscribers edit {CY}`" in done.err
    assert shown(cy) == before


def test_editing_changes_what_is_named_and_says_how_it_was(cy: Folder) -> None:
    before = shown(cy)
    done = cy("subscribers", "edit", CY, "--name", "Cyrus", "--add-interest", "title:rag", "--drop-interest", "agents")
    assert done.status == 0
    assert "name: Cy -> Cyrus" in done.out
    assert "interests: rag; agents -> rag; title:rag" in done.out
    assert shown(cy) == before | {"name": "Cyrus", "interests": ["rag", "title:rag"]}
    cleared = [
        part for field in ("name", "interests", "language", "cadence", "max-papers") for part in ("--clear", field)
    ]
    assert cy("subscribers", "edit", CY, *cleared).status == 0
    defaults = {"name": "", "interests": [], "language": "", "cadence": "daily", "max_papers": None}
    assert shown(cy) == before | defaults


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--language", "english"], "--language: expected one of en, got 'english'"),
        (["--max-papers", "99999999"], "--max-papers: expected a whole number from 1 to 10000"),
        (["--cadence", "hourly"], "--cadence: expected daily, weekdays or weekly"),
        (["--name", "x" * 300], "--name: expected at most 200 characters"),
        (["--name", "Other", "--drop-interest", "cats"], "they have 'rag', 'agents'"),
        (["--name", "Other", "--clear", "name"], "the same command sets it"),
        (["--clear", "address"], "expected one of name, interests, language"),
        (["--add-interest", "("], "--interest '('"),
        ([], "Nothing to change was named"),
    ],
)
def test_one_mistake_and_nothing_is_changed(cy: Folder, options: list[str], why: str) -> None:
    before = shown(cy)
    done = cy("subscribers", "edit", CY, *options)
    assert done.status == 2
    assert why in done.err
    assert shown(cy) == before


def test_when_and_how_digests_come_is_named_shown_and_cleared(cy: Folder) -> None:
    before = shown(cy)
    chosen = ("--cadence", "weekdays", "--hour", "18", "--more-than", "2", "--order", "newest", "--weekly-on", "monday")
    done = cy("subscribers", "edit", CY, *chosen, "--pause-until", "2099-08-10", "--catch-up", "10")
    assert done.status == 0, done.err
    assert "hour: as soon as it is ready -> 18:00" in done.out
    after = shown(cy)
    assert {key: after[key] for key in after if after[key] != before[key]} == {
        "cadence": "weekdays",
        "weekly_on": "monday",
        "more_than": 2,
        "hour": 18,
        "order": "newest",
        "paused_since": after["paused_since"],
        "paused_until": "2099-08-10",
        "catch_up": 10,
    }
    assert "2099-08-10" in cy("subscribers", "show", CY).out
    cleared = [part for name in ("hour", "more-than", "order", "weekly-on", "pause") for part in ("--clear", name)]
    assert cy("subscribers", "edit", CY, *cleared, "--cadence", "weekly").status == 0
    assert shown(cy) == before
    for wrong, why in (
        (["--pause-until", "2020-01-01"], "is not to come"),
        (["--catch-up", "5"], "Say until when by --pause-until"),
        (["--hour", "25"], "--hour: expected an hour from 0 to 23"),
        (["--clear", "pause", "--pause-until", "2099-01-01"], "the same command sets it"),
    ):
        refused = cy("subscribers", "edit", CY, *wrong)
        assert (refused.status, why in refused.err) == (2, True), refused.err
    assert shown(cy) == before


@pytest.mark.parametrize("options", [["--language", "english"], ["--max-papers", "99999999"], ["--max-papers", "0"]])
def test_adding_keeps_to_the_rules_of_rosters(newsletter: Folder, options: list[str]) -> None:
    assert newsletter("subscribers", "add", CY, *options).status == 2
    assert newsletter("subscribers", "show", CY).status == 2


def test_the_list_tells_who_is_paused(cy: Folder) -> None:
    assert "paused" not in cy("subscribers", "list").out
    assert cy("subscribers", "edit", CY, "--pause-until", "2099-08-10").status == 0
    assert "confirmed, paused" in cy("subscribers", "list").out


def unsubscribe(newsletter: Folder, email: str) -> None:
    path = newsletter.path / "state.csv"
    path.write_text(f"email,state\n{email},unsubscribed\n")
    assert newsletter("subscribers", "import", str(path)).status == 0


def test_who_has_unsubscribed_is_added_again_only_when_that_is_said(cy: Folder) -> None:
    unsubscribe(cy, CY)
    before = shown(cy)
    refused = cy("subscribers", "add", CY, "--name", "Other")
    assert refused.status == 2
    assert "--resubscribe" in refused.err
    assert shown(cy) == before
    done = cy("subscribers", "add", CY, "--resubscribe", "--name", "Cyrus")
    assert (done.status, "state: unsubscribed -> confirmed" in done.out) == (0, True)
    assert shown(cy) == before | {"name": "Cyrus", "state": "confirmed"}


def test_a_suppressed_address_is_named_and_can_be_lifted(cy: Folder) -> None:
    assert cy("subscribers", "remove", CY, "--suppress").status == 0
    refused = cy("subscribers", "add", CY, "--resubscribe")
    assert (refused.status, refused.out) == (2, "")
    assert f"`newsletter suppressions remove {CY}`" in refused.err
    assert "removed by the operator" in refused.err
    assert "suppressed since" in cy("subscribers", "show", CY).err
    assert len(cy("suppressions", "list", "--json").json["suppressions"]) == 1
    assert cy("suppressions", "remove", CY).status == 0
    assert cy("suppressions", "remove", CY).status == 2
    assert cy("subscribers", "add", CY).status == 0
    assert cy("suppressions", "add", CY, "--reason", "complaint").status == 0
    assert shown(cy)["suppressed"]["reason"] == "complaint"


def test_a_new_secret_revives_nobody(cy: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    cy("suppressions", "add", CY)
    monkeypatch.setenv("NEWSLETTER_NEWSLETTER__SECRET", "n" * 32)
    assert shown(cy)["suppressed"]


def test_who_stands_in_a_roster_is_taken_out_of_it(newsletter: Folder) -> None:
    newsletter("subscribers", "sync", "people.toml")
    refused = newsletter("subscribers", "remove", ADA)
    assert (refused.status, "people.toml" in refused.err) == (2, True)
    assert newsletter("subscribers", "show", ADA).status == 0
    done = newsletter("subscribers", "remove", ADA, "--suppress")
    assert (done.status, "people.toml still names them" in done.err) == (0, True)
    assert (
        f"get no mail (`newsletter suppressions remove ADDRESS` lifts that): {ADA}"
        in newsletter("subscribers", "sync", "people.toml").out
    )


def test_who_came_from_a_roster_that_settings_do_not_name_is_removed_with_a_warning(newsletter: Folder) -> None:
    (newsletter.path / "more.csv").write_text(f"email\n{CY}\n")
    newsletter("subscribers", "sync", "more.csv")
    done = newsletter("subscribers", "remove", CY)
    assert (done.status, "the next sync of it adds them again" in done.err) == (0, True)


def test_a_dry_run_of_a_sync_names_who_would_go(newsletter: Folder) -> None:
    folder = newsletter.path / "people"
    folder.mkdir()
    (folder / "lab.csv").write_text(f"email\n{ADA}\n{CY}\n")
    newsletter("subscribers", "sync", "people")
    (folder / "lab.csv").write_text(f"email\n{ADA}\nbo@example.org\n")
    done = newsletter("subscribers", "sync", "people", "--dry-run")
    assert "1 read, 1 subscriber would be added, 0 changed, 1 removed" in done.out
    assert f"Would be removed: {CY}" in done.out
    assert newsletter("subscribers", "show", CY).status == 0


@pytest.mark.parametrize("form", ["toml", "csv"])
def test_what_is_exported_is_taken_in_elsewhere(cy: Folder, form: str) -> None:
    unsubscribe(cy, CY)
    cy("subscribers", "add", "bo@example.org")
    cy("subscribers", "remove", "bo@example.org", "--suppress")
    target = cy.path / f"everybody.{form}"
    assert cy("subscribers", "export", "--output", str(target), *(["--csv"] if form == "csv" else [])).status == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    before = cy("subscribers", "list", "--json").json["subscribers"]
    for file in Path(cy.path).glob("newsletter.db*"):
        file.unlink()
    done: Done = cy("subscribers", "import", str(target))
    assert (done.status, done.err) == (0, "")
    assert "1 suppression taken in" in done.out
    assert [s | {"origin": ""} for s in cy("subscribers", "list", "--json").json["subscribers"]] == [
        s | {"origin": ""} for s in before
    ]
    assert "is suppressed since" in cy("subscribers", "add", "bo@example.org").err


def test_suppressions_are_given_away_and_taken_in(newsletter: Folder) -> None:
    (newsletter.path / "list.txt").write_text(f"{CY}\nno address\n\n{ADA}\n")
    done = newsletter("suppressions", "import", "list.txt")
    assert (done.status, "2 addresses suppressed" in done.out, "list.txt:2" in done.err) == (1, True, True)
    for form in ("toml", "csv"):
        csv = ["--csv"] if form == "csv" else []
        assert newsletter("suppressions", "export", "-o", f"out.{form}", *csv).status == 0
        newsletter("suppressions", "remove", CY)
        again = newsletter("suppressions", "import", f"out.{form}")
        assert (again.status, again.err, "1 address suppressed that was not before" in again.out) == (0, "", True)
