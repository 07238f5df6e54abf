"""The README's ten minutes, walked in an empty folder: every command of its shell blocks, in their order."""

from __future__ import annotations

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

from newsletter import sample
from tests.e2e.command import fresh
from tests.support.shared import ROOT
from tests.support.smtp_server import running_server

_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_ELSEWHERE = re.compile(r"make (demo|test)|source \.venv/bin/activate")
"""What a folder of its own does not have; tests/test_makefile.py runs `make demo`."""


def lines() -> list[str]:
    """Every line of the README that a shell would run, without its comment."""
    code = "".join(_BLOCK.findall((ROOT / "README.md").read_text()))
    return [line.partition("#")[0].strip() for line in code.splitlines() if line.partition("#")[0].strip()]


def edit(folder: Path, port: int) -> None:
    """What a person does after `init`: their address, what they read, their relay."""
    today = datetime.now(UTC).date().isoformat()
    papers = [json.loads(line) | {"announced": today} for line in sample.PAPERS.read_text().splitlines()]
    papers[0]["title"] = "What large language models know of lanterns"
    (folder / "papers.jsonl").write_text("\n".join(map(json.dumps, papers)))
    path = folder / "newsletter.toml"
    text = re.sub(r'^from = ".*?"', 'from = "Papers <papers@example.org>"', path.read_text(), flags=re.MULTILINE)
    head, tail = text.split("[[sources]]\n", 1)[0], text[text.index("[collect]") :]
    tail = tail.replace('host = ""', 'host = "127.0.0.1"').replace("port = 587", f"port = {port}")
    tail = tail.replace('security = "starttls"', 'security = "none"', 1)
    path.write_text(f'{head}[[sources]]\nkind = "files"\npath = "papers.jsonl"\n\n{tail}')


def test_every_command_of_the_readme_does_what_it_says(tmp_path: Path) -> None:
    ran: list[str] = []
    variables: dict[str, str] = {}
    with running_server() as relay:
        for line in lines():
            if _ELSEWHERE.fullmatch(line):
                continue
            words = shlex.split(line)
            if words[0] == "export":
                name, _, value = words[1].partition("=")
                variables[name] = value
                continue
            assert words[0] == "newsletter", f"the README runs something that this test does not know: {line}"
            done = fresh(tmp_path, *words[1:], **variables)
            assert done.returncode == 0, f"{line}: {done.stderr}"
            ran.append(" ".join(words[1:3]))
            if words[1] == "init":
                edit(tmp_path, relay.port)
        assert relay.recipients == ["you@example.org"]
    assert ran[0] == "init"
    assert ran[-1] == "send"
    today = datetime.now(UTC).date().isoformat()
    assert (tmp_path / "outbox" / today / "you@example.org.eml").is_file()
    assert (tmp_path / "site" / "index.html").is_file()
    status = fresh(tmp_path, "status")
    assert "1 sent" in status.stdout
    assert "1 subscriber in" in status.stdout
