"""`edit`, `approve`, `import`, `export`: what an editor sees."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archives import test_arxiv_daily
from tests.cli.command import DAY, Folder
from tests.e2e.command import environment
from tests.support.smtp_server import running_server


def desk(folder: Folder) -> list[Path]:
    """The papers' files."""
    return sorted(
        path for path in (folder.path / "desk" / DAY).glob("*.md") if path.name not in {"issue.md", "index.md"}
    )


def say(path: Path, words: str) -> None:
    """Write an English one-liner into a paper's file."""
    text = path.read_text()
    assert "## en: tldr\n" in text
    path.write_text(text.replace("## en: tldr\n", f"## en: tldr\n{words}\n"))


# --- edit


def test_a_desk_is_laid_out_and_what_is_written_there_enters_the_issue(collected: Folder) -> None:
    done = collected("edit", DAY)
    assert done.status == 0
    assert done.out == (
        f"4 papers in {Path('desk', DAY)}; 0 have notes of yours. "
        f"They enter the issue with `newsletter compose --date {DAY}`.\n"
    )
    say(desk(collected)[0], "In my own words.")
    assert "; 1 has notes of yours." in collected("edit", DAY).out
    assert collected("compose", "--date", DAY).status == 0
    assert "In my own words." in collected("export", DAY, "--format", "hf-daily").out


def test_a_mistake_is_named_with_its_line_left_as_it_is_and_the_others_are_taken_in(collected: Folder) -> None:
    collected("edit", DAY)
    broken, fine = desk(collected)[:2]
    wrong = broken.read_text().replace("drop = false", 'drop = "perhaps"')
    broken.write_text(wrong)
    say(fine, "Fine.")
    done = collected("edit", DAY)
    assert done.status == 1
    line = wrong[: wrong.index('drop = "perhaps"')].count("\n") + 1
    assert done.err == f"{broken.relative_to(collected.path)}:{line}: `drop` is true or false, got 'perhaps'\n"
    assert "1 has notes" in done.out
    assert broken.read_text() == wrong
    told = collected("edit", DAY, "--json")
    assert told.status == 1
    assert (told.json["papers"], told.json["noted"], len(told.json["problems"])) == (4, 1, 1)
    assert told.json["folder"] == str(Path("desk", DAY))


def test_a_day_whose_papers_are_all_dropped_has_no_issue_and_status_says_why(collected: Folder) -> None:
    collected("edit", DAY)
    assert collected("compose", "--date", DAY).status == 0
    for path in desk(collected):
        path.write_text(path.read_text().replace("drop = false", "drop = true"))
    told = collected("edit", DAY)
    assert told.status == 0
    assert f"`newsletter compose --date {DAY}`, which leaves the day without one: every paper is dropped." in told.out
    assert collected("edit", DAY, "--json").json["dropped"] == 4
    done = collected("compose", "--date", DAY)
    assert (done.status, done.out) == (3, "")
    assert "the editor dropped 4 papers" in done.err
    assert "Its draft was withdrawn." in done.err
    assert collected("publish", "--date", DAY).status == 1
    assert not (collected.path / "site").exists()
    assert f"{DAY} has no issue: the editor dropped its 4 papers." in collected("status", "--days", "366").out
    status = collected("status", "--days", "366", "--json").json
    assert (status["issues"], status["dropped"]) == ([], [{"day": DAY, "papers": 4}])
    path = desk(collected)[0]
    path.write_text(path.read_text().replace("drop = true", "drop = false"))
    collected("edit", DAY)
    assert collected("compose", "--date", DAY).status == 0
    assert "has no issue" not in collected("status", "--days", "366").out


def test_a_day_without_papers_says_what_to_do_first(newsletter: Folder) -> None:
    done = newsletter("edit", DAY)
    assert done.status == 3
    assert f"Run `newsletter collect --date {DAY}` first." in done.err


@pytest.mark.parametrize("command", ["edit", "approve"])
def test_what_is_no_day_is_a_wrong_use(newsletter: Folder, command: str) -> None:
    done = newsletter(command, "tomorrow")
    assert (done.status, done.out) == (2, "")
    assert "Error: expected a day such as 2026-06-02, got 'tomorrow'." in done.err


def on_a_terminal(folder: Folder, editor: str) -> tuple[int, str]:
    """Run `edit` where there is a terminal, with this editor."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "newsletter", "edit", DAY],
        cwd=folder.path,
        env=environment(EDITOR=editor, TERM="xterm"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # the other side is closed (Linux)
            piece = b""
        if not piece:
            break
        written += piece
    os.close(ours)
    return process.wait(timeout=60), written.decode()


def test_on_a_terminal_the_editor_opens_and_what_it_saved_is_read_back(collected: Folder) -> None:
    script = collected.path / "my editor.py"
    script.write_text(
        "import pathlib, sys\n"
        "path = sorted(p for p in pathlib.Path(sys.argv[1]).glob('*.md') if p.name[0] == 's')[0]\n"
        "path.write_text(path.read_text().replace('## en: tldr\\n', '## en: tldr\\nTyped.\\n'))\n"
    )
    status, text = on_a_terminal(collected, f"{sys.executable} '{script}'")
    assert status == 0, text
    assert "1 has notes of yours" in text
    assert "Typed." in desk(collected)[0].read_text()


def test_an_editor_that_is_not_there_is_named(collected: Folder) -> None:
    status, text = on_a_terminal(collected, "no-such-editor --wait")
    assert status == 1
    assert "The editor 'no-such-editor --wait' cannot be started" in text
    assert len(desk(collected)) == 4


# --- approve


def test_with_approval_nothing_is_published_until_somebody_approved_that_content(collected: Folder) -> None:
    collected.set("[issue]\napproval = true\n")
    collected("compose", "--date", DAY)
    refused = collected("publish", "--date", DAY)
    assert refused.status != 0
    assert f"newsletter approve --date {DAY}" in refused.err
    assert not (collected.path / "site").exists()
    approved = collected("approve", DAY)
    assert approved.status == 0
    assert f"Issue {DAY} is approved (4 papers)." in approved.out
    again = collected("approve", DAY, "--json").json
    assert (again["issue"], again["state"], again["revision"]) == (DAY, "approved", 1)
    collected("edit", DAY)
    say(desk(collected)[0], "Second thoughts.")
    collected("edit", DAY)
    collected("compose", "--date", DAY)
    assert collected("publish", "--date", DAY).status == refused.status
    collected("approve", DAY)
    assert collected("publish", "--date", DAY).status == 0
    assert (collected.path / "site" / "issues" / DAY / "index.html").exists()


def test_a_scheduled_run_waits_for_approval_without_being_a_failure(collected: Folder) -> None:
    """A timer takes 3 for nothing to do; the operator reads what it waits for."""
    with running_server() as relay:
        smtp = f'[smtp]\nhost = "127.0.0.1"\nport = {relay.port}\nsecurity = "none"\n'
        collected.set(f"[issue]\napproval = true\n{smtp}")
        advice = f"Look at it, then run `newsletter approve --date {DAY}`."
        for _ in range(2):
            waits = collected("send", "--date", DAY)
            assert waits.status == 3
            assert f"Issue {DAY} waits for approval. {advice}" in waits.err
        assert not (collected.path / "site").exists()
        told = collected("send", "--date", DAY, "--json")
        assert told.status == 3
        assert (told.json["complete"], told.json["issues"][0]["issue"]) == (True, DAY)
        assert "waits for approval" in told.json["issues"][0]["waiting"]
        assert not relay.accepted
        collected("approve", "--date", DAY)
        sent = collected("send", "--date", DAY, "--late")
    assert sent.status == 0, sent.err
    assert sorted(relay.recipients) == ["ada@example.org", "bo@example.net"]
    assert (collected.path / "site" / "issues" / DAY / "index.html").exists()


def test_an_issue_that_is_out_names_the_way_to_a_correction(collected: Folder) -> None:
    collected("compose", "--date", DAY)
    assert "--revise" not in collected("compose", "--date", DAY).out
    collected("publish", "--date", DAY)
    collected("edit", DAY)
    say(desk(collected)[0], "Second thoughts.")
    assert f"`newsletter compose --date {DAY} --revise`" in collected("edit", DAY).out
    kept = collected("compose", "--date", DAY)
    assert kept.status == 0
    assert "stays as it is" in kept.out
    assert f"`newsletter compose --date {DAY} --revise`" in kept.out
    assert collected("compose", "--date", DAY, "--json").json["kept"] is True
    revised = collected("compose", "--date", DAY, "--revise", "--json").json
    assert (revised["kept"], revised["revision"]) == (False, 2)


def test_a_list_of_the_papers_stands_beside_their_files(collected: Folder) -> None:
    collected("edit", DAY)
    first, second = desk(collected)[:2]
    first.write_text(first.read_text().replace("drop = false", "drop = true"))
    second.write_text(second.read_text().replace("# position = 1", "position = 1"))
    collected("edit", DAY)
    index = (collected.path / "desk" / DAY / "index.md").read_text()
    rows = [line for line in index.splitlines() if ".md" in line and line.startswith("|")]
    assert len(rows) == 4
    assert rows[0].startswith(f"| 1 | [{second.name}]({second.name}) | ")
    assert rows[0].endswith("| position = 1 |")
    assert rows[-1].startswith(f"|  | [{first.name}]({first.name}) | ")
    assert rows[-1].endswith("| drop |")
    for paper in collected.papers:
        assert sum(f"| {paper['title']} |" in row for row in rows) == 1
    assert collected("edit", DAY, "--json").json["problems"] == []


def test_an_issue_that_is_not_there_cannot_be_approved(newsletter: Folder) -> None:
    done = newsletter("approve", DAY)
    assert done.status == 1
    assert f"Run `newsletter compose --date {DAY}` first." in done.err


def test_what_is_to_be_done_about_a_weekly_issue_names_the_weekly_issue(collected: Folder) -> None:
    collected.set("[issue]\napproval = true\n")
    weekly = ("--date", DAY, "--weekly")
    for command in (("approve", DAY, "--weekly"), ("publish", *weekly), ("dispatch", *weekly)):
        assert f"`newsletter compose --date {DAY} --weekly`" in collected(*command).err
    assert f"`newsletter dispatch --date {DAY} --weekly`" in collected("audit", f"{DAY}-weekly").err
    collected("compose", "--date", DAY)
    collected("approve", DAY)
    collected("publish", "--date", DAY)
    assert collected("compose", "--date", DAY, "--weekly").status == 0
    assert f"`newsletter approve --date {DAY} --weekly`" in collected("publish", *weekly).err
    assert f"`newsletter publish --date {DAY} --weekly`" in collected("dispatch", *weekly).err
    assert f"Issue {DAY}-weekly is approved" in collected("approve", DAY, "--weekly").out


# --- import


def archive(folder: Folder) -> str:
    """A published digest of one paper, in Chinese and English, as a file."""
    path = folder.path / "2024-07-16.md"
    path.write_text(test_arxiv_daily.document(test_arxiv_daily.NEW))
    return str(path)


def test_a_published_digest_comes_in_and_goes_out_again(newsletter: Folder) -> None:
    file = archive(newsletter)
    arguments = ("import", file, "--format", "arxiv-daily", "--date", "2024-07-16")
    first = newsletter(*arguments)
    assert first.status == 0, first.err
    assert first.out.startswith("2024-07-16: 1 paper (1 new), ")
    assert "To show them, add zh-Hans to enrich.languages in newsletter.toml." in first.out
    second = newsletter(*arguments, "--json").json
    assert (second["papers"], second["new_papers"], second["issue"]) == (1, 0, "2024-07-16")
    assert second["problems"] == []
    newsletter.set('[enrich]\nlanguages = ["zh-Hans", "en"]\n')
    newsletter(*arguments)
    out = newsletter("export", "2024-07-16", "--format", "arxiv-daily", "--compat", "--language", "zh-Hans").out
    assert out == Path(file).read_text()


def test_a_digest_that_could_not_be_read_whole_is_a_failure_that_keeps_the_rest(newsletter: Folder) -> None:
    path = newsletter.path / "papers.jsonl"
    path.write_text(path.read_text() + '\n{"id": "2606.00099"}\n')
    done = newsletter("import", "papers.jsonl", "--format", "jsonl", "--date", DAY)
    assert done.status == 1
    assert done.out.startswith(f"{DAY}: 4 papers (4 new), ")
    assert "5: title: Field required" in done.err
    told = newsletter("import", "papers.jsonl", "--format", "jsonl", "--date", DAY, "--json")
    assert (told.status, told.json["papers"], len(told.json["problems"])) == (1, 4, 1)


def test_a_published_issue_is_left_as_it_is(collected: Folder) -> None:
    collected("compose", "--date", DAY)
    collected("publish", "--date", DAY)
    done = collected("import", "papers.jsonl", "--format", "jsonl", "--date", DAY)
    assert done.status == 0
    assert f"`newsletter compose --date {DAY} --revise` makes a new one." in done.out
    assert collected("import", "papers.jsonl", "--format", "jsonl", "--date", DAY, "--json").json["issue"] is None


@pytest.mark.parametrize(
    ("name", "form", "status", "says"),
    [
        ("papers.jsonl", "word", 2, "--format: expected one of arxiv-daily, hf-daily, paper-express, jsonl"),
        ("nothing.md", "hf-daily", 2, "nothing.md cannot be read: No such file"),
        ("papers.jsonl", "hf-daily", 1, "hf-daily"),
        ("latin.md", "hf-daily", 1, "latin.md is not UTF-8 (byte 1); convert it first."),
    ],
)
def test_what_cannot_come_in_is_told(newsletter: Folder, name: str, form: str, status: int, says: str) -> None:
    (newsletter.path / "latin.md").write_bytes(b"h\xe9")
    done = newsletter("import", name, "--format", form, "--date", DAY)
    assert done.status == status, done.err
    assert says in done.err


# --- export


def test_json_lines_go_out_and_come_in_elsewhere(collected: Folder) -> None:
    collected("enrich", "--date", DAY)
    collected("compose", "--date", DAY)
    lines = collected("export", DAY, "--format", "jsonl").out.splitlines()
    assert {json.loads(line)["title"] for line in lines} == {paper["title"] for paper in collected.papers}
    (collected.path / "out.jsonl").write_text("\n".join(lines))
    (collected.path / "newsletter.db").unlink()
    done = collected("import", "out.jsonl", "--format", "jsonl", "--date", DAY)
    assert done.status == 0
    assert f"{DAY}: 4 papers (4 new), 4 summaries in en, 0 notes." in done.out
    back = collected("export", DAY, "--format", "jsonl").out.splitlines()
    told = [
        {(p["title"], p["abstract"], p["summaries"]["en"]["tldr"]) for p in map(json.loads, said)}
        for said in (lines, back)
    ]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("--format", "word"), 2, "--format: expected one of"),
        (("--format", "jsonl", "--language", "fr"), 2, f"--language: issue {DAY} is in en, not in 'fr'."),
    ],
)
def test_what_cannot_go_out_is_told(collected: Folder, arguments: tuple[str, ...], status: int, says: str) -> None:
    collected("compose", "--date", DAY)
    done = collected("export", DAY, *arguments)
    assert (done.status, done.out) == (status, "")
    assert says in done.err


def test_an_issue_that_is_not_there_cannot_go_out(newsletter: Folder) -> None:
    done = newsletter("export", DAY, "--format", "jsonl")
    assert (done.status, done.out) == (1, "")
    assert f"There is no issue {DAY}. `newsletter status` lists the newest ones." in done.err
