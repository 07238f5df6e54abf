"""Rosters: the store's subscribers are kept equal to them, and a mistake unsubscribes nobody."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from newsletter.domain.subscribers import Preferences, Subscriber, SubscriptionState
from newsletter.errors import UsageError
from newsletter.formats import write_roster
from newsletter.services import subscribers
from newsletter.services.subscribers import SyncReport, SyncRoster
from newsletter.store import Database, SqlStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "subscribers"
    path.mkdir()
    return path


def sync(store: SqlStore, folder: Path) -> SyncRoster:
    def check(interest: str) -> str | None:
        return "cannot be read" if interest == "???" else None

    topics = frozenset({folder / "topics.toml"})
    return SyncRoster(store.subscribers, store.suppressions, check, not_rosters=topics, languages=("en", "zh-Hans"))


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
    assert sync(store, folder).run(folder) == SyncReport(files=1, removed=1)
    assert emails(store) == ["web", "bo"]


@pytest.mark.parametrize(
    "mistake",
    [
        "[[subscriber]]\nemail = 'ada at example.org'\n",
        "[[subscriber]]\nemail = 'ada@@example.org'\n",
        "[[subscriber]]\nemail = \n",
        "[[subscriber]]\nname = 'Ada Lovelace'\n",
        "[[subscriber]]\nemail = 'ada@example.org'\ninterests = [\n",
        "[[subscriber]]\nemail = 'ada@example.org'\nmax_papers = 'many'\n",
        "[[subscriber]]\nemail = 'ada@example.org'\nlanguage = 'english'\n",
        "[[subscriber]\nemail = 'ada@example.org'\n",
    ],
)
def test_nobody_is_removed_whose_row_may_be_one_that_cannot_be_read(
    store: SqlStore, folder: Path, mistake: str
) -> None:
    """The one who is missing may be the one with the typing mistake."""
    ada = "[[subscriber]]\nemail = 'ada@example.org'\nname = 'Ada Lovelace'\n"
    write(folder / "lab.toml", "bo", more=ada)
    sync(store, folder).run(folder)
    write(folder / "lab.toml", "bo", more=mistake)
    report = sync(store, folder).run(folder)
    assert report.removed == 0
    assert str(report.problems[0]).startswith(f"{folder / 'lab.toml'}:")
    assert "ada" in emails(store)


@pytest.mark.parametrize(
    "mistake",
    [
        "interests = ['???']\n",
        "[[subscriber]]\nemail = 'zoe@@example.org'\n",
        "[[subscriber]]\nemail = 'zoe@example.org'\ninterests = [\n",
        "[[subscriber]]\nemail = 'zoe@example.org'\ncadence = 'hourly'\n",
        "[[subscriber]]\nemail = 'bo@example.org'\n",
    ],
)
def test_a_mistake_in_a_row_keeps_nobody_else_from_being_removed(store: SqlStore, folder: Path, mistake: str) -> None:
    write(folder / "lab.toml", "ada", "bo", "zoe")
    sync(store, folder).run(folder)
    write(folder / "lab.toml", *(["zoe"] if "zoe" not in mistake else []), "bo", more=mistake)
    report = sync(store, folder).run(folder)
    assert report.problems
    assert (report.removed, report.gone) == (1, ("ada@example.org",))
    assert sorted(emails(store)) == ["bo", "zoe"]


def test_a_file_that_cannot_be_read_keeps_everybody(store: SqlStore, folder: Path) -> None:
    write(folder / "lab.toml", "ada", "bo")
    sync(store, folder).run(folder)
    write(folder / "lab.toml", "bo")
    (folder / "latin.csv").write_bytes("email,name\nada@example.org,\u00c4da\n".encode("latin-1"))
    assert sync(store, folder).run(folder).removed == 0


def test_who_is_removed_is_removed_in_one_transaction(store: SqlStore, folder: Path) -> None:
    write(folder / "lab.toml", *(f"reader{n}" for n in range(50)))
    sync(store, folder).run(folder)
    write(folder / "lab.toml", "reader7")
    writes: list[str] = []
    event.listen(store.database.engine, "before_cursor_execute", lambda *args: writes.append(args[2]))
    assert sync(store, folder).run(folder).removed == 49
    assert len([statement for statement in writes if statement.startswith("DELETE")]) == 1


def test_who_unsubscribes_at_that_moment_is_not_forgotten(store: SqlStore) -> None:
    store.subscribers.upsert([Subscriber(email="ada@example.org", origin="roster")])
    [ada] = store.subscribers.stream()
    store.subscribers.set_state(ada.email, SubscriptionState.UNSUBSCRIBED)
    assert store.subscribers.prune([ada.id]) == 0
    assert emails(store) == ["ada"]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(store: SqlStore, folder: Path) -> None:
    write(folder / "lab.toml", "ada", "bo")
    sync(store, folder).run(folder)
    before = list(store.subscribers.stream())
    write(folder / "lab.toml", "bo", "cy", more="name = 'Cy'\n[[suppression]]\nemail = 'dee@example.org'\n")
    dry = sync(store, folder).run(folder, dry_run=True)
    assert (dry.added, dry.changed, dry.removed, dry.gone) == (1, 0, 1, ("ada@example.org",))
    assert list(store.subscribers.stream()) == before
    assert store.suppressions.count() == 0
    real = sync(store, folder).run(folder)
    assert (real.added, real.changed, real.removed, real.suppressions) == (1, 0, 1, 1)


def test_the_language_of_a_roster_is_one_that_is_offered(store: SqlStore, folder: Path) -> None:
    (folder / "lab.csv").write_text("email,language\nada@example.org,zh-CN\nbo@example.org,fr\n", encoding="utf-8")
    report = sync(store, folder).run(folder)
    assert [s.language for s in store.subscribers.stream()] == ["zh-Hans"]
    assert "bo@example.org: language: expected one of en, zh-Hans, got 'fr'" in str(report.problems[0])


@pytest.mark.parametrize("suffix", [".toml", ".csv"])
def test_an_export_gives_the_same_subscribers_elsewhere(
    store: SqlStore, folder: Path, tmp_path: Path, suffix: str
) -> None:
    """Who has unsubscribed stays so, and who is suppressed too, subscriber or not."""
    moment = datetime(2025, 3, 4, 5, 6, 7, 890, tzinfo=UTC)
    told = [
        Subscriber(email="ada@example.org", interests=("-survey", "=1+1", "a;b"), state=state, created_at=moment)
        for state in SubscriptionState
        if state is not SubscriptionState.FEED
    ]
    people = [replace(s, email=f"{s.state}@example.org", name="'=A1", origin="roster") for s in told]
    store.subscribers.upsert(people)
    store.suppressions.suppress("confirmed@example.org", "complaint")
    store.suppressions.suppress("gone@example.org", "=hard bounce")
    keys, suppressions = store.suppressions.keys(), list(store.suppressions.stream())
    text = "".join(write_roster(store.subscribers.stream(), suffix, suppressions=suppressions, keys=keys))
    (folder / f"everybody{suffix}").write_text(text, encoding="utf-8")
    with closing(Database("sqlite:///elsewhere.db", folder=tmp_path)) as database:
        database.open()
        other = SqlStore(database, clock=lambda: moment)
        report = sync(other, folder).run(folder / f"everybody{suffix}", once=True)
        assert report.problems == ()
        assert [replace(s, id=0) for s in other.subscribers.stream()] == [replace(s, origin="import") for s in people]
        assert list(other.suppressions.stream()) == suppressions
        asked = ["Confirmed@example.org", "gone@example.org", "unconfirmed@example.org"]
        assert other.subscribers.suppressed(asked) == set(asked[:2])


def test_rows_without_a_state_have_the_one_that_the_operator_states(store: SqlStore, folder: Path) -> None:
    write(folder / "lab.toml", "ada")
    sync(store, folder).run(folder / "lab.toml", once=True, state=SubscriptionState.UNSUBSCRIBED)
    sync(store, folder).run(folder / "lab.toml", once=True)
    assert [s.state for s in store.subscribers.stream()] == [SubscriptionState.UNSUBSCRIBED]


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


def test_who_was_imported_is_not_removed_by_a_later_sync(store: SqlStore, folder: Path, tmp_path: Path) -> None:
    """An import is not the folder: who stands in no roster of it was never to stand there."""
    write(tmp_path / "people.toml", "imported", "both")
    assert sync(store, folder).run(tmp_path / "people.toml", once=True) == SyncReport(files=1, added=2)
    write(folder / "lab.toml", "ada", "bo", "both")
    assert sync(store, folder).run(folder) == SyncReport(files=1, added=2, changed=1)
    origins = {s.email.partition("@")[0]: s.origin for s in store.subscribers.stream()}
    assert origins == {"imported": "import", "both": "roster", "ada": "roster", "bo": "roster"}
    write(folder / "lab.toml", "bo")
    assert sync(store, folder).run(folder).removed == 2
    assert sorted(emails(store)) == ["bo", "imported"]


def test_what_a_reader_chose_since_an_import_outlives_the_same_import(
    store: SqlStore, folder: Path, tmp_path: Path
) -> None:
    write(tmp_path / "people.toml", "ada", more="name = 'Ada'\n")
    sync(store, folder).run(tmp_path / "people.toml", once=True)
    [ada] = store.subscribers.stream()
    store.subscribers.change(ada.id, Preferences(name="Countess"))
    assert sync(store, folder).run(tmp_path / "people.toml", once=True) == SyncReport(files=1)
    assert [s.name for s in store.subscribers.stream()] == ["Countess"]


def test_a_folder_that_is_imported_removes_nobody(store: SqlStore, folder: Path) -> None:
    write(folder / "lab.toml", "ada", "bo")
    sync(store, folder).run(folder)
    write(folder / "lab.toml", "bo")
    assert sync(store, folder).run(folder, once=True).removed == 0
    assert sorted(emails(store)) == ["ada", "bo"]


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
