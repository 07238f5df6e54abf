"""What is shipped to run it every day: units that systemd accepts, an image without anything that is yours."""

from __future__ import annotations

import fnmatch
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from newsletter.web.guard import FORMS, PRIVATE, SITE_POLICY, XML_POLICY
from tests.support.databases import new_database
from tests.support.shared import ROOT
from tests.support.web import make_app, make_store, running

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


def test_the_jobs_their_timers_the_pages_and_the_listener_each_have_a_unit() -> None:
    services = {f"newsletter{name}.service" for name in ("", "-due", "-serve", "-bounces")}
    assert {unit.name for unit in UNITS} == services | {"newsletter.timer", "newsletter-due.timer"}
    commands = [re.findall(r"^ExecStart=\S+/newsletter ([\w -]+)", unit.read_text(), re.MULTILINE) for unit in UNITS]
    assert sorted(name for found in commands for name in found) == ["bounces serve", "dispatch --due", "send", "serve"]


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


def test_the_site_has_the_same_policies_whoever_serves_it() -> None:
    for name in ("nginx.conf", "Caddyfile"):
        text = (ROOT / "deploy" / name).read_text()
        assert {*re.findall(r'"((?:default|script)-src [^"]+)"', text)} == {SITE_POLICY, XML_POLICY}, name


SITE = {
    "index.html": "<p>page</p>",
    "feed.atom": "<feed/>",
    "feed.rss": "<rss/>",
    "feed.json": "{}",
    "feed.xsl": "<xsl/>",
    "sitemap.xml": "<urlset/>",
    "issues/2026-06-02/index.html": "<p>issue</p>",
    "issues/2026-06-02/issue.json": "{}",
    "issues/2026-06-02/arxiv-daily.md": "# Papers",
    "static/style.css": "p {}",
    "static/site.js": "1;",
    "static/icon.svg": "<svg/>",
}
SAME = ("content-security-policy", "x-content-type-options", "referrer-policy", "x-robots-tag", "cache-control")


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@contextmanager
def nginx(folder: Path, port: int, app: int) -> Iterator[None]:
    """The shipped configuration, without TLS, in front of the application at this port."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    text = text[: text.rindex("server {")]  # what stands behind it sends people to TLS
    text = re.sub(r"\n +(listen \[|ssl_).*", "", text).replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    text = text.replace("/var/lib/newsletter/site", str(folder / "site")).replace("127.0.0.1:8000", f"127.0.0.1:{app}")
    places = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"daemon off; master_process off; pid {folder}/pid; events {{}}\nhttp {{ access_log off; {places}\n{text}}}"
    (folder / "nginx.conf").write_text(main)
    with serving(["nginx", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")], port):
        yield


@contextmanager
def caddy(folder: Path, port: int, app: int) -> Iterator[None]:
    """The shipped configuration, without TLS, in front of the application at this port."""
    text = (ROOT / "deploy" / "Caddyfile").read_text().replace("papers.example.org", f"http://127.0.0.1:{port}")
    text = text.replace("/var/lib/newsletter/site", str(folder / "site")).replace("127.0.0.1:8000", f"127.0.0.1:{app}")
    (folder / "Caddyfile").write_text(text.replace("{\n", "{\n\tadmin off\n", 1))
    with serving(["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")], port):
        yield


@contextmanager
def serving(command: list[str], port: int) -> Iterator[None]:
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process,
        socket.socket() as line,
    ):
        try:
            while line.connect_ex(("127.0.0.1", port)):
                assert process.poll() is None, f"{command[0]} ended"
            yield
        finally:
            process.terminate()


@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_a_web_server_sends_with_the_site_what_serve_sends(
    proxy: Callable[[Path, int, int], AbstractContextManager[None]], tmp_path: Path
) -> None:
    name = getattr(proxy, "__name__")  # noqa: B009
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    for path, content in SITE.items():
        (tmp_path / "site" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / path).write_text(content)
    database = new_database(tmp_path / "newsletter.db")
    port = free_port()
    with (
        running(make_app(make_store(database), tmp_path / "site")) as url,
        proxy(tmp_path, port, urlsplit(url).port or 0),
        httpx.Client(trust_env=False, timeout=60) as client,
    ):
        for path in (*SITE, "", "issues/2026-06-02/"):
            own, other = client.get(f"{url}/{path}"), client.get(f"http://127.0.0.1:{port}/{path}")
            assert (other.status_code, other.content) == (200, own.content), path
            assert {key: other.headers.get(key) for key in SAME} == {key: own.headers.get(key) for key in SAME}, path
            assert other.headers["content-type"].replace(" ", "") == own.headers["content-type"].replace(" ", ""), path
        for path in ("unsubscribe/1.x", "preferences/1.x", "confirm/x", "feed/1.x.atom", "day/1.x"):
            own, other = client.get(f"{url}/{path}"), client.get(f"http://127.0.0.1:{port}/{path}")
            assert (other.status_code, other.content) == (own.status_code, own.content), path
            assert {key: other.headers.get(key) for key in SAME} == {key: own.headers.get(key) for key in SAME}, path
        for path in FORMS:
            assert client.get(f"http://127.0.0.1:{port}{path}").status_code == client.get(f"{url}{path}").status_code
        assert client.post(f"http://127.0.0.1:{port}/unsubscribe/1.x", data={"a": "b"}).status_code == 404
        assert client.get(f"http://127.0.0.1:{port}/.hidden").status_code == 404
    database.close()


def test_the_backup_names_everything_that_cannot_be_made_again() -> None:
    text = (ROOT / "deploy" / "README.md").read_text().partition("**Backup.**")[2]
    for what in ("roster", "topics", "templates"):
        assert f"newsletter.{what}" in text
    for what in ("dkim.key_file", "_file", "issue.desk", "enrich.prompts"):
        assert what in text
