"""What is shipped to run it every day: units that systemd accepts, an image without anything that is yours."""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from newsletter.web.guard import PRIVATE
from tests.support.shared import ROOT

UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_every_unit(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text().replace("/opt/newsletter/.venv/bin/newsletter", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "newsletter" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_the_job_its_timer_the_pages_and_the_listener_each_have_a_unit() -> None:
    services = {"newsletter.service", "newsletter-serve.service", "newsletter-bounces.service"}
    assert {unit.name for unit in UNITS} == services | {"newsletter.timer"}
    commands = [re.findall(r"^ExecStart=\S+/newsletter ([\w ]+)", unit.read_text(), re.MULTILINE) for unit in UNITS]
    assert sorted(name for found in commands for name in found) == ["bounces serve", "send", "serve"]


def enters_image(path: str) -> bool:
    """Whether `COPY . .` takes a file: the last line of .dockerignore that meets it, or a folder above it, decides."""
    taken = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.strip().removeprefix("!").rstrip("/")
        if not pattern or pattern.startswith("#"):
            continue
        above = [str(parent) for parent in (Path(path), *Path(path).parents)][:-1]
        shapes = (pattern, pattern.removeprefix("**/"), pattern.replace("**/", "*/"))
        if any(fnmatch.fnmatchcase(one, shape) for one in above for shape in shapes if "/" in shape or "/" not in one):
            taken = line.startswith("!")
        elif pattern.startswith("**/") and fnmatch.fnmatchcase(Path(path).name, pattern.removeprefix("**/")):
            taken = False
    return taken


@pytest.mark.parametrize(
    "path",
    [
        *("newsletter.toml", "newsletter.db", "newsletter.db-wal", ".env", "dkim.pem", "secrets/smtp_password"),
        *("deploy/secrets/smtp_password", "subscribers/people.toml", "subscribers/people.csv", "desk/2026-06-02/a.md"),
        *("outbox/2026-06-02/ada@example.org.eml", ".git/config", "templates/own.pem", "demo/sample.db"),
    ],
)
def test_nothing_that_is_yours_enters_an_image(path: str) -> None:
    assert not enters_image(path)


@pytest.mark.parametrize(
    "path",
    [
        *("pyproject.toml", "README.md", "LICENSE", "requirements/runtime.txt", "newsletter/cli/app.py"),
        *("newsletter/cli/newsletter.example.toml", "templates/mail/digest.html", "subscribers/topics.toml"),
        *("subscribers/example.toml", "newsletter/locale/en/messages.po"),
    ],
)
def test_what_a_build_needs_enters_an_image(path: str) -> None:
    assert enters_image(path)


def test_files_under_a_fixed_address_are_served_and_other_hidden_ones_are_not() -> None:
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()
    # `^~` ends the search before the regular expression that hides names with a dot
    assert nginx.count("location ^~ /.well-known/") == 2
    assert "location ~ /\\. { return 404; }" in nginx
    caddy = (ROOT / "deploy" / "Caddyfile").read_text()
    assert caddy.index("handle /.well-known/*") < caddy.index("@hidden path */.*")


def test_every_address_with_a_token_is_passed_on_and_not_logged() -> None:
    caddy = (ROOT / "deploy" / "Caddyfile").read_text()
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()
    [passed] = re.findall(r"location ~ \^/\((.+)\)/ \{\n +access_log off;", nginx)
    assert {f"/{name}/" for name in passed.split("|")} == {*PRIVATE}
    [passed] = re.findall(r"@pages path (.+)", caddy)
    assert {f"{prefix}*" for prefix in PRIVATE} <= {*passed.split()}


def test_the_backup_names_everything_that_cannot_be_made_again() -> None:
    text = (ROOT / "deploy" / "README.md").read_text().partition("**Backup.**")[2]
    for what in ("roster", "topics", "templates"):
        assert f"newsletter.{what}" in text
    for what in ("dkim.key_file", "_file", "issue.desk", "enrich.prompts"):
        assert what in text
