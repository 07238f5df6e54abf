"""The address of a feed that is meant for one reader: nothing of it but its host is printed, kept or published."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest
from sqlalchemy import text

from newsletter.store import Database
from tests.e2e.command import newsletter
from tests.support.http_server import Reply, Request, serving

CANARY = "CANARY7f3a"
DAY = "2026-06-02"
ITEM = (
    "<item><title>{title}</title><link>{link}</link><guid>{link}</guid>"
    "<description>About it.</description><pubDate>Tue, 02 Jun 2026 10:00:00 GMT</pubDate></item>"
)


def answer(request: Request) -> Reply:
    """A feed that repeats its address wherever it can, and others that repeat it in what goes wrong."""
    query = "&".join(f"{name}={value}" for name, value in request.query.items())
    whole = f"{request.path}?{query}"
    here = f"http://{request.headers['host']}"
    if "good" in request.path:
        items = [
            ITEM.format(title="In the query", link=f"{here}/post/1?id=3&amp;token={CANARY}-query-0123456789"),
            ITEM.format(title="In the path", link=f"{here}/private/{CANARY}-path-0123456789/post/2"),
            ITEM.format(title="As a user", link=f"http://{CANARY}-user-0123456789@lab.example/post/3"),
            ITEM.format(title="Open", link=f"{here}/post/4"),
        ]
        body = f'<rss version="2.0"><channel><title>Lab</title><link>{here}{whole.replace("&", "&amp;")}</link>'
        return Reply(f"{body}{''.join(items)}</channel></rss>".encode())
    if "page" in request.path:
        return Reply(f"<html><head><title>Nothing at {whole}</title></head></html>".encode())
    if "redirect" in request.path:
        return Reply(b"", 302, {"Location": f"http://10.0.0.1/{CANARY}/?{query}"})
    if "loop" in request.path:
        return Reply(b"", 302, {"Location": whole})
    if "broken" in request.path:
        return Reply(f'<rss version="2.0"><channel><item {whole}'.encode())
    return Reply(whole.encode(), int(request.path.rpartition("/")[2]))


def settings(folder: Path, url: str, *places: str) -> None:
    address = url.replace("http://", f"http://{CANARY}-user-0123456789:{CANARY}-word-0123456789@")
    tables = [
        f'[[sources]]\nkind = "feed"\nurl = "{address}/private/{CANARY}-path-0123456789/{place}'
        f'?token={CANARY}-query-0123456789&name={n}"\n'
        for n, place in enumerate(places)
    ]
    (folder / "newsletter.toml").write_text(
        '[newsletter]\nfrom = "digest@example.org"\nbase_url = "https://papers.example.org"\n' + "".join(tables)
    )


def leaks(folder: Path) -> list[str]:
    """Files that hold the canary, but for the settings and the cache, in which addresses stand whole."""
    cache = folder / ".newsletter" / "cache"
    assert cache.stat().st_mode & 0o077 == 0
    files = [path for path in folder.rglob("*") if path.is_file() and cache not in path.parents]
    return [str(path) for path in files if path.name != "newsletter.toml" and CANARY.encode() in path.read_bytes()]


def test_a_token_is_shown_nowhere(tmp_path: Path) -> None:
    with serving(answer) as server:
        settings(tmp_path, server.url, "good", "page", "redirect", "loop", "broken", "404", "403")
        said = [
            newsletter(tmp_path, *command)
            for command in (
                ("collect", "--date", DAY),
                ("collect", "--date", DAY, "--json"),
                ("send", "--date", DAY, "--dry-run"),
                ("publish", "--date", DAY),
                ("status",),
                ("status", "--json"),
                ("doctor",),
                ("doctor", "--json"),
            )
        ]
    for done in said:
        assert CANARY not in done.stdout + done.stderr, done.args
    assert leaks(tmp_path) == []
    listings = json.loads(said[1].stdout)["listings"]
    assert [x["status"] for x in listings].count("fresh") == 1
    assert all("127.0.0.1" in x["feed"] for x in listings)
    document = json.loads((tmp_path / "site" / "issues" / DAY / "issue.json").read_text())
    links = {paper["title"]: paper.get("links", {}).get("abs", "") for paper in document["papers"]}
    assert links == {
        "In the query": f"{server.url}/post/1?id=3",
        "In the path": "",
        "As a user": "",
        "Open": f"{server.url}/post/4",
    }
    database = Database("sqlite:///newsletter.db", folder=tmp_path)
    with database.read() as connection:
        (content,) = connection.execute(text("SELECT content FROM issue")).scalars().all()
    assert CANARY.encode() not in zlib.decompress(content)
    database.close()


@pytest.mark.parametrize(
    "line", ['url = "ftp://{}@example.org/{}"', 'base_url = "example.org/{}"', 'url = "https://{}:x y@example.org/{}"']
)
def test_a_mistake_in_an_address_is_named_without_it(tmp_path: Path, line: str) -> None:
    wrong = line.replace("{}", CANARY)
    (tmp_path / "newsletter.toml").write_text(
        f'[newsletter]\nfrom = "digest@example.org"\n[[sources]]\nkind = "feed"\n{wrong}\n'
    )
    done = newsletter(tmp_path, "collect")
    assert done.returncode == 2
    assert "sources[1]" in done.stderr
    assert CANARY not in done.stdout + done.stderr


def test_feeds_that_differ_in_their_query_alone_are_told_to_take_a_name(tmp_path: Path) -> None:
    with serving(answer) as server:
        settings(tmp_path, server.url, "good", "good")
        done = newsletter(tmp_path, "collect", "--date", DAY)
        assert done.returncode == 2
        assert "sources[2]: the same feed as sources[1]" in done.stderr
        assert CANARY not in done.stderr
        named = (tmp_path / "newsletter.toml").read_text().replace('name=0"\n', 'name=0"\nname = "Lab A"\n')
        (tmp_path / "newsletter.toml").write_text(named)
        done = newsletter(tmp_path, "collect", "--date", DAY, "--json")
    assert "Lab A" in {x["feed"] for x in json.loads(done.stdout)["listings"]}
