"""What holds for every answer: headers, deadlines, silence about tokens; and health."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from newsletter.domain.subscribers import SubscriptionState
from newsletter.errors import NewsletterError
from newsletter.store import SqlStore
from newsletter.web.serving import bodies, server
from tests.web.conftest import EMAIL


def policy(answer: httpx.Response) -> dict[str, str]:
    """The content security policy, by directive."""
    parts = (part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
@pytest.mark.parametrize("kind", ["unsubscribe", "preferences", "wrong", "wrong feed", "wrong page"])
def test_pages_with_a_token_are_private(
    client: httpx.Client, unsubscribe: str, preferences: str, method: str, kind: str
) -> None:
    path = {
        "unsubscribe": unsubscribe,
        "preferences": preferences,
        "wrong": "/preferences/wrong",
        "wrong feed": "/feed/wrong.atom",
        "wrong page": "/day/wrong/2026-06-02",
    }[kind]
    headers = client.request(method, path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["x-content-type-options"] == "nosniff"


def test_pages_with_a_token_run_nothing_and_stand_in_no_frame(
    client: httpx.Client, preferences: str, unsubscribe: str
) -> None:
    for path in (unsubscribe, f"{preferences}x", f"{preferences}/nothing", "/feed/wrong.atom"):
        rules = policy(client.get(path))
        assert rules["default-src"] == "'none'"
        assert "script-src" not in rules
        assert rules["frame-ancestors"] == "'none'"
        assert rules["form-action"] == "'self'"


def test_the_preferences_page_alone_runs_a_script_of_ours(client: httpx.Client, preferences: str) -> None:
    answer = client.get(preferences)
    rules = policy(answer)
    assert (rules["script-src"], rules["connect-src"], rules["default-src"]) == ("'self'", "'self'", "'none'")
    assert rules["frame-ancestors"] == "'none'"
    [source] = re.findall(r'<script src="([^"]+)" defer></script>', answer.text)
    script = client.get(str(answer.url.join(source)))
    assert script.status_code == 200
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cache-control"].startswith("private")


def test_the_site_runs_its_own_scripts_only(client: httpx.Client, site: Path) -> None:
    (site / "index.html").write_text("<p>page</p>")
    (site / "feed.atom").write_text("<feed/>")
    rules = policy(client.get("/"))
    assert rules["script-src"] == "'self'"
    assert rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    # the style sheet that shows a feed in a browser brings its own styles
    assert "default-src" not in policy(client.get("/feed.atom"))


def test_no_page_holds_a_script_or_a_style_of_its_own(client: httpx.Client, unsubscribe: str, preferences: str) -> None:
    for path in (unsubscribe, preferences, "/nothing"):
        text = client.get(path).text
        assert "<script>" not in text
        assert " on" not in re.findall(r"<[^>]*( on)[a-z]+=", text)
        assert "style=" not in text
        assert "<style" not in text


def test_health_says_whether_the_database_can_be_read(client: httpx.Client, store: SqlStore, tmp_path: Path) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    assert client.head("/health").status_code == 200
    store.database.close()
    for file in tmp_path.glob("newsletter.db*"):
        file.write_bytes(b"this is no database " * 1000)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
    assert str(tmp_path) not in answer.text


def test_a_database_that_fails_is_a_page_to_try_again(
    client: httpx.Client, store: SqlStore, unsubscribe: str, tmp_path: Path
) -> None:
    store.database.close()
    for file in tmp_path.glob("newsletter.db*"):
        file.write_bytes(b"this is no database " * 1000)
    answer = client.post(unsubscribe)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "Nothing was changed" in answer.text
    assert "newsletter.db" not in answer.text


def test_no_token_reaches_a_log(
    client: httpx.Client, unsubscribe: str, preferences: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for path in (unsubscribe, preferences, f"{preferences}x"):
        client.get(path)
        client.post(path, content=b"x" * 100_000)
    own = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    token = unsubscribe.rpartition("/")[2].partition(".")[2]
    other = preferences.rpartition("/")[2].partition(".")[2]
    assert not [line for line in own if token in line or other in line or "/unsubscribe" in line]


@pytest.fixture
def line(client: httpx.Client) -> Iterator[socket.socket]:
    """A bare connection to the server."""
    parts = urlsplit(str(client.base_url))
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as connection:
        yield connection


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines as short as a test."""
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.2)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "begun", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET / HT"]
)
def test_a_request_that_never_ends_is_cut_off(client: httpx.Client, begun: bytes) -> None:
    parts = urlsplit(str(client.base_url))
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as line:
        line.sendall(begun)
        try:
            while line.recv(65536):
                pass
        except ConnectionResetError:
            pass


@pytest.mark.usefixtures("impatient")
def test_a_body_that_never_ends_changes_nothing(line: socket.socket, store: SqlStore, unsubscribe: str) -> None:
    head = f"POST {unsubscribe} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nList-"
    line.sendall(head.encode())
    assert line.recv(65536).split(b" ")[1] == b"408"
    reader = store.subscribers.get(EMAIL)
    assert reader is not None
    assert reader.state is SubscriptionState.CONFIRMED


def test_a_head_without_end_is_refused(line: socket.socket) -> None:
    line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Long: " + b"x" * 40_000)
    assert line.recv(65536).split(b" ")[1] in {b"400", b"431"}


def test_a_port_in_use_is_said_plainly(client: httpx.Client) -> None:
    with pytest.raises(NewsletterError, match=r"Cannot listen at 127\.0\.0\.1, port \d+: .*--port"):
        server.listen("127.0.0.1", urlsplit(str(client.base_url)).port or 0)
