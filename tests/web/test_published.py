"""The published site over HTTP: types, validators, gzip, and nothing beside the folder."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from newsletter.services.files import write_if_changed
from newsletter.web.published import PublishedSite, Unread
from tests.support.databases import new_database
from tests.support.web import make_app, make_store, running

PLAIN = {"Accept-Encoding": "identity"}
TEXT = b"<p>A paper.</p>\n" * 100
IMPOSSIBLE = (
    "Mon, 01 Jan 0001 00:00:00 +0500",
    "Fri, 31 Dec 9999 23:59:59 -0500",
    "Tue, 02 Jun 2026 00:00:00 +99999999999999",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, httpx.Client]]:
    """One application for the module: a folder with a database and a site, and a client."""
    folder = tmp_path_factory.mktemp("published")
    database = new_database(folder / "newsletter.db")
    app = make_app(make_store(database), folder / "site")
    with running(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        yield folder, client
    database.close()


@pytest.fixture
def site(served: tuple[Path, httpx.Client]) -> Path:
    """The site's folder; empty."""
    folder = served[0] / "site"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


@pytest.fixture
def client(served: tuple[Path, httpx.Client], site: Path) -> httpx.Client:
    """A client of the application, over an empty site."""
    assert site.is_dir()
    return served[1]


@pytest.fixture
def page(site: Path) -> Path:
    """The site's first page, an hour old."""
    return write(site, "index.html", TEXT)


def write(site: Path, name: str, content: bytes, *, age: float = 3600) -> Path:
    file = site / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    then = file.stat().st_mtime - age
    os.utime(file, (then, then))
    return file


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("feed.atom", "application/atom+xml; charset=utf-8"),
        ("feed.rss", "application/rss+xml; charset=utf-8"),
        ("feed.json", "application/feed+json"),
        ("topics/agents.atom", "application/atom+xml; charset=utf-8"),
        ("issues/2026-06-02/issue.json", "application/json"),
        ("issues/2026-06-02/arxiv-daily.md", "text/markdown; charset=utf-8"),
        ("issues/2026-06-02/index.html", "text/html; charset=utf-8"),
        ("static/style.css", "text/css; charset=utf-8"),
        ("static/icon.svg", "image/svg+xml"),
        ("unknown.bin", "application/octet-stream"),
    ],
)
def test_media_types(client: httpx.Client, site: Path, name: str, media_type: str) -> None:
    write(site, name, TEXT)
    answer = client.get(f"/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"].startswith("public, max-age=")


@pytest.mark.usefixtures("page")
def test_the_root_is_the_first_page(client: httpx.Client) -> None:
    assert client.get("/").content == TEXT


@pytest.mark.usefixtures("page")
def test_head_has_the_same_fields_and_no_body(client: httpx.Client) -> None:
    got, head = client.get("/"), client.head("/")
    assert head.content == b""
    assert {k: v for k, v in head.headers.items() if k != "date"} == {
        k: v for k, v in got.headers.items() if k != "date"
    }


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_known_copy_is_not_sent_again(client: httpx.Client, encoding: str) -> None:
    wants = {"Accept-Encoding": encoding}
    first = client.get("/", headers=wants)
    for condition in (
        {"If-None-Match": first.headers["etag"]},
        {"If-None-Match": f'"other", W/{first.headers["etag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": first.headers["last-modified"]},
    ):
        again = client.get("/", headers=wants | condition)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == first.headers["cache-control"]
        assert again.headers["vary"] == "Accept-Encoding"


@pytest.mark.usefixtures("page")
def test_the_entity_tag_counts_where_both_are_given(client: httpx.Client) -> None:
    modified = client.get("/").headers["last-modified"]
    both = {"If-None-Match": '"other"', "If-Modified-Since": modified}
    assert client.get("/", headers=both).status_code == 200


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("date", ["yesterday", "", "Thu, 01 Jan 1970 00:00:00 GMT", "99999999999", *IMPOSSIBLE])
def test_a_date_that_is_none_or_too_old_gets_the_page(client: httpx.Client, date: str) -> None:
    assert client.get("/", headers={"If-Modified-Since": date}).status_code == 200


def test_validators_move_together(client: httpx.Client, page: Path) -> None:
    def validators() -> tuple[str, str]:
        answer = client.get("/")
        return answer.headers["etag"], answer.headers["last-modified"]

    first = validators()
    assert not write_if_changed(page, TEXT)
    assert validators() == first
    assert write_if_changed(page, TEXT + b"more")
    second = validators()
    assert second[0] != first[0]
    assert second[1] != first[1]


def test_a_copy_of_the_same_second_is_not_taken_for_the_new_one(client: httpx.Client, site: Path) -> None:
    write(site, "index.html", b"old", age=0)
    modified = client.get("/").headers["last-modified"]
    write(site, "index.html", b"new", age=0)
    assert client.get("/", headers={"If-Modified-Since": modified}).content == b"new"


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    ("accepts", "zipped"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("GZIP", True),
        ("identity", False),
        ("", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0, *", False),
    ],
)
def test_gzip_as_asked_for(client: httpx.Client, accepts: str, *, zipped: bool) -> None:
    answer = client.get("/", headers={"Accept-Encoding": accepts})
    assert ("content-encoding" in answer.headers) is zipped
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.content == TEXT
    assert (int(answer.headers["content-length"]) < len(TEXT)) is zipped


@pytest.mark.usefixtures("page")
def test_each_encoding_has_a_strong_tag_of_its_own(client: httpx.Client) -> None:
    zipped, plain = client.get("/").headers["etag"], client.get("/", headers=PLAIN).headers["etag"]
    assert zipped != plain
    assert not any(tag.startswith("W/") for tag in (zipped, plain))


def test_a_folder_is_its_page_under_an_address_that_ends_in_a_slash(client: httpx.Client, site: Path) -> None:
    write(site, "issues/2026-06-02/index.html", TEXT)
    answer = client.get("/issues/2026-06-02")
    assert answer.status_code == 308
    assert client.get(answer.headers["location"].replace(".", "/issues", 1)).content == TEXT
    assert str(client.get("/issues/2026-06-02", follow_redirects=True).url).endswith("/issues/2026-06-02/")


def test_a_folder_without_a_page_is_not_listed(client: httpx.Client, site: Path) -> None:
    write(site, "issues/2026-06-02/index.html", TEXT)
    assert [client.get(path).status_code for path in ("/issues", "/issues/")] == [404, 404]


def raw(client: httpx.Client, path: bytes) -> bytes:
    """What the server answers to a path that no client would send."""
    parts = urlsplit(str(client.base_url))
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as line:
        line.sendall(b"GET %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path)
        answer = b""
        while part := line.recv(65536):
            answer += part
    return answer


@pytest.mark.parametrize(
    "path",
    [
        b"/../newsletter.db",
        b"/static/../../newsletter.db",
        b"/..%2fnewsletter.db",
        b"/%2e%2e/newsletter.db",
        b"/..%5cnewsletter.db",
        b"//etc/passwd",
        b"/%2fetc/passwd",
        b"/.git/config",
        b"/static/.secret",
        b"/index.html%00.png",
        b"/linked.db",
        b"/linked/newsletter.db",
        b"/C:/windows",
        b"/" + b"x" * 5000,
        b"/index.html/",
        b"/%ff%fe",
    ],
)
def test_nothing_outside_of_the_folder_and_nothing_hidden(client: httpx.Client, site: Path, path: bytes) -> None:
    write(site, "index.html", TEXT)
    write(site, ".git/config", b"secret")
    write(site, "static/.secret", b"secret")
    (site / "linked.db").symlink_to(site.parent / "newsletter.db")
    (site / "linked").symlink_to(site.parent)
    assert raw(client, path).split(b" ")[1] == b"404"


def test_a_redirect_leads_nowhere_else(client: httpx.Client, site: Path) -> None:
    write(site, "evil.example/index.html", TEXT)
    assert b"ocation: ./evil.example/" in raw(client, b"/evil.example")
    assert raw(client, b"//evil.example").split(b" ")[1] == b"404"


def test_a_missing_page_says_so_and_is_readable_at_any_depth(client: httpx.Client) -> None:
    answer = client.get("/issues/2020-01-01/index.html")
    assert answer.status_code == 404
    assert 'href="../../static/style.css"' in answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_the_style_is_there_before_anything_is_published(client: httpx.Client) -> None:
    assert ".banner" in client.get("/static/style.css").text


def test_a_large_file_is_sent_from_disk(client: httpx.Client, site: Path) -> None:
    content = os.urandom(1024) * (17 * 1024)
    write(site, "large.json", content)
    first = client.get("/large.json")
    assert first.content == content
    again = client.get("/large.json", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_memory_is_bounded(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}.json").write_bytes(json.dumps(os.urandom(5000).hex()).encode())
    site = PublishedSite(tmp_path, memory=50_000)
    sizes = []
    for number in range(20):
        file = site.find(f"{number}.json")
        assert isinstance(file, Unread)
        assert site.read(file) is not None
        sizes.append(site.held)
    assert 0 < max(sizes) <= 50_000


def test_gzip_bytes_are_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(TEXT)
    file = PublishedSite(tmp_path).find("a.html")
    assert isinstance(file, Unread)
    one, other = PublishedSite(tmp_path).read(file), PublishedSite(tmp_path).read(file)
    assert one == other
    assert one is not None
    assert one.compressed is not None
    assert gzip.decompress(one.compressed) == TEXT
