"""`subscribers export-data` and `erase`: what is kept of somebody is told, and goes."""

from __future__ import annotations

import base64
import io
import json
import quopri
import stat
from pathlib import Path

import pytest

from tests.cli.command import DAY, Folder

CY = "Cy.Quill@bücher.example"
FORMS = ("cy.quill@", "=40b", "quill", "xn--bcher-kva", "zebrafish")


def _sent_to_cy(newsletter: Folder) -> None:
    assert newsletter("subscribers", "sync", "people.toml").status == 0
    assert newsletter("subscribers", "add", CY, "--name", "Cy Quill", "-i", "zebrafish OR model").status == 0
    assert newsletter("compose", "--date", DAY).status == 0
    assert newsletter("dispatch", "--date", DAY, "--dry-run").status == 0


def _everywhere(folder: Path) -> str:
    """Every file of the newsletter but its settings, in each way in which mails are encoded."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix not in {".toml", ".jsonl"}:
            content = path.read_bytes()
            found += [content, quopri.decodestring(content)]
            for line in content.split(b"\n\n"):
                try:
                    found.append(base64.b64decode(line, validate=False))
                except ValueError:
                    continue
            found.append(path.name.encode())
    return b"\n".join(found).decode("utf-8", "replace").lower()


def test_what_is_kept_is_printed_or_written_for_the_operator_alone(collected: Folder) -> None:
    _sent_to_cy(collected)
    data = collected("subscribers", "export-data", CY.upper()).json
    assert data["format"] == "newsletter-personal-data/1"
    assert data["addresses"][0] == CY
    assert data["subscription"][0]["interests"] == ["zebrafish OR model"]
    assert data["deliveries"] == []
    done = collected("subscribers", "export-data", CY, "-o", "cy.json")
    written = collected.path / "cy.json"
    assert (done.status, done.out) == (0, "")
    assert json.loads(written.read_text(encoding="utf-8"))["subscription"] == data["subscription"]
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_of_who_is_erased_no_file_holds_anything(collected: Folder) -> None:
    _sent_to_cy(collected)
    (collected.path / "bounces-other" / "new").mkdir(parents=True)
    (collected.path / "bounces-other" / "new" / "1").write_bytes(f"From: {CY.upper()}\n\nhello".encode())
    (collected.path / "bounces-other" / "new" / "2").write_bytes(b"From: bo@example.net\n\nhello")
    before = _everywhere(collected.path)
    assert all(form in before for form in ("cy.quill@", "quill", "xn--bcher-kva", "zebrafish"))
    others = before.count("ada@example.org")
    done = collected("subscribers", "erase", CY, "--yes")
    assert done.status == 0, done.err
    assert f"Erased {CY}: 1 subscription, " in done.out
    after = _everywhere(collected.path)
    assert [form for form in FORMS if form in after] == []
    assert after.count("ada@example.org") == others
    assert collected("subscribers", "export-data", CY).status == 2
    again = collected("subscribers", "erase", CY, "--yes")
    assert again.out == f"Nothing was kept of {CY}.\n"


def test_the_rest_of_a_dry_run_can_still_be_sent(collected: Folder) -> None:
    _sent_to_cy(collected)
    assert collected("subscribers", "erase", CY, "--yes").status == 0
    outbox = collected.path / "outbox" / DAY
    manifest = json.loads((outbox / "manifest.json").read_text(encoding="utf-8"))
    assert [entry["email"] for entry in manifest["deliveries"]] == ["ada@example.org", "bo@example.net"]
    assert manifest["totals"] == {"queued": 2}
    page = (outbox / "index.html").read_text(encoding="utf-8")
    assert "ada@example.org" in page
    assert stat.S_IMODE((outbox / "manifest.json").stat().st_mode) == 0o600


def test_a_roster_that_names_them_is_named_and_does_not_bring_mail_back(collected: Folder) -> None:
    assert collected("subscribers", "sync", "people.toml").status == 0
    done = collected("subscribers", "erase", "ada@example.org", "--yes")
    assert "people.toml still names ada@example.org: take them out of that file." in " ".join(done.err.split())
    assert "so that no file brings them back" in done.out
    assert collected("subscribers", "sync", "people.toml").status == 0
    suppressed = collected("subscribers", "show", "ada@example.org", "--json").json["suppressed"]
    assert suppressed["cause"] == "erased"


def test_nothing_happens_without_a_yes(collected: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert collected("subscribers", "sync", "people.toml").status == 0
    assert collected("subscribers", "erase", "ada@example.org").status == 1
    assert collected("subscribers", "show", "ada@example.org").status == 0
