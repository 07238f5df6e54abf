"""Rosters: the store's subscribers are kept equal to them, and a mistake unsubscribes nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.domain.subscriptions import Subscriber, SubscriptionState
from newsletter.errors import UsageError
from newsletter.services import subscribers
from newsletter.services.subscribers import SyncReport, SyncRoster
from newsletter.store import SqlStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "subscribers"
    path.mkdir()
    return path


def sync(store: SqlStore, folder: Path) -> SyncRoster:
    def check(interest: str) -> str | None:
        return "cannot be read" if interest == "???" else None

    return SyncRoster(store.subscribers, check, not_rosters=frozenset({folder / "topics.toml"}))


def write(path: Path, *names: str, more: str = "") -> None:
    tables = "".join(f"[[subscriber]]\nemail = '{name}@example.org'\n" for name in names)
    path.write_text(tables + more, encoding="utf-8")


def emails(store: SqlStore) -> list[str]:
    return [s.email.partition("@")[0] for s in store.subscribers.stream()]


def test_every_roster_of_a_folder_is_taken_in(store: SqlStore, folder: Path) -> None:
    write(folder / "lab.toml", "ada", "bo")
    (folder / "guests.csv").write_text("email,name\ncy@example.org,Cy\n", encoding="utf-8-sig")
    assert sync(store, folder).run(folder) == SyncReport(files=2, added=3)
    assert emails(store) == ["cy", "ada", "bo"]
    assert {s.origin for s in store.subscribers.stream()} == {"roster"}


def test_what_is_no_roster_of_the_operator_is_left_alone(store: SqlStore, folder: Path) -> None:
    for name in ("topics.toml", "example.toml", "example.csv", "README.md", "lab.toml~"):
        write(folder / name, "nobody")
    (folder / "old.toml").mkdir()
    assert sync(store, folder).run(folder) == SyncReport()
    assert sync(store, folder).run(folder / "example.toml") == SyncReport(files=1, added=1)


def test_a_second_sync_changes_what_changed(store: SqlStore, folder: Path) -> None:
    write(folder / "lab.toml", "ada", "bo")
    sync(store, folder).run(folder)
    assert sync(store, folder).run(folder) == SyncReport(files=1)
    write(folder / "lab.toml", "ada", "bo", "cy", more="name = 'Cy'\n")
    write(folder / "other.toml", "dee")
    assert sync(store, folder).run(folder) == SyncReport(files=2, added=2)
    write(folder / "lab.toml", "ada", "bo", "cy", more="name = 'Cyrus'\n")
    assert sync(store, folder).run(folder) == SyncReport(files=2, changed=1)


def test_who_stands_in_no_roster_any_more_is_removed(store: SqlStore, folder: Path) -> None:
    store.subscribers.upsert([Subscriber(email="web@example.org", origin="web")])
    write(folder / "lab.toml", "ada", "bo")
    sync(store, folder).run(folder)
    write(folder / "lab.toml", "bo")
    assert sync(store, folder).run(folder, prune=False).removed == 0
    assert sync(store, folder).run(folder) == SyncReport(files=1, removed=1)
    assert emails(store) == ["web", "bo"]


@pytest.mark.parametrize(
    "mistake",
    ["[[subscriber]]\nemail = 'ada at example.org'\n", "[[subscriber]]\nemail = \n", "interests = ['???']\n"],
)
def test_while_anything_is_wrong_nobody_is_removed(store: SqlStore, folder: Path, mistake: str) -> None:
    """The one who is missing may be the one with the typing mistake."""
    write(folder / "lab.toml", "ada", "bo")
    sync(store, folder).run(folder)
    write(folder / "lab.toml", "bo", more=mistake)
    report = sync(store, folder).run(folder)
    assert report.removed == 0
    assert str(report.problems[0]).startswith(f"{folder / 'lab.toml'}:")
    assert emails(store) == ["ada", "bo"]


def test_a_single_file_or_an_empty_folder_removes_nobody(store: SqlStore, folder: Path) -> None:
    write(folder / "lab.toml", "ada", "bo")
    sync(store, folder).run(folder)
    write(folder / "one.toml", "ada")
    assert sync(store, folder).run(folder / "one.toml").removed == 0
    for file in folder.iterdir():
        file.unlink()
    assert sync(store, folder).run(folder) == SyncReport()
    assert emails(store) == ["ada", "bo"]


def test_who_unsubscribed_stays_so_and_is_remembered(store: SqlStore, folder: Path) -> None:
    write(folder / "lab.toml", "ada", "bo")
    sync(store, folder).run(folder)
    store.subscribers.set_state("ada@example.org", SubscriptionState.UNSUBSCRIBED)
    write(folder / "lab.toml", "bo")
    assert sync(store, folder).run(folder).removed == 0
    write(folder / "lab.toml", "ada", "bo")
    sync(store, folder).run(folder)
    found = store.subscribers.get("ada@example.org")
    assert found is not None
    assert found.state is SubscriptionState.UNSUBSCRIBED


def test_an_address_in_two_rosters_counts_once(store: SqlStore, folder: Path) -> None:
    write(folder / "a.toml", "ada", more="name = 'First'\n")
    write(folder / "b.toml", "ADA", "bo")
    report = sync(store, folder).run(folder)
    assert report.added == 2
    assert "ADA@example.org stands in another roster too" in str(report.problems[0])
    found = store.subscribers.get("ada@example.org")
    assert found is not None
    assert found.name == "First"


def test_a_file_that_cannot_be_read_is_named_and_the_others_go_on(
    store: SqlStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "lab.toml", "ada")
    (folder / "latin.csv").write_bytes("email,name\nbo@example.org,B\u00f6\n".encode("latin-1"))
    (folder / "large.csv").write_text("email\n" + "#" * 1000)
    monkeypatch.setattr(subscribers, "MAX_ROSTER_BYTES", 500)
    report = sync(store, folder).run(folder)
    assert (report.files, report.added) == (3, 1)
    assert [str(p).removeprefix(f"{folder}/") for p in report.problems] == [
        "large.csv: larger than 0 MB; split it.",
        "latin.csv:2: not UTF-8; save it as UTF-8.",
    ]


def test_a_file_that_does_not_exist_is_wrong_usage(store: SqlStore, folder: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        sync(store, folder).run(folder / "lab.tmol")


def test_who_came_by_the_web_belongs_to_the_roster_that_names_them(store: SqlStore, folder: Path) -> None:
    web = Subscriber(email="ada@example.org", origin="web", state=SubscriptionState.UNCONFIRMED)
    store.subscribers.upsert([web])
    write(folder / "lab.toml", "ada")
    assert sync(store, folder).run(folder) == SyncReport(files=1, changed=1)
    [found] = store.subscribers.stream()
    assert replace(found, id=0, created_at=None) == Subscriber(email="ada@example.org", origin="roster")
