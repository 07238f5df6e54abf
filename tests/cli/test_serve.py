"""`newsletter serve` as a process: it serves a newsletter's own settings, and ends when asked."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx

from newsletter.bootstrap import Application
from newsletter.domain.delivery import feed_token, subscriber_token
from newsletter.domain.subscribers import Subscriber, SubscriptionState
from newsletter.services.progress import SilentProgress
from newsletter.settings import load_settings

SETTINGS = """
[newsletter]
title = "Own title"
from = "Papers <papers@example.org>"
base_url = "https://papers.example.org"
"""


def test_it_serves_the_links_of_the_settings_it_is_given(tmp_path: Path) -> None:
    config = tmp_path / "newsletter.toml"
    config.write_text(SETTINGS)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<p>Published</p>")
    application = Application(load_settings(config, {}), progress=SilentProgress())
    store = application.store
    store.subscribers.upsert([Subscriber(email="ada@example.org")])
    reader = store.subscribers.get("ada@example.org")
    assert reader is not None
    token = subscriber_token(store.secret(), "unsubscribe", reader.id, reader.email)
    command = [sys.executable, "-m", "newsletter", "serve", "--config", str(config), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            address = said.split()[-1]
            with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
                assert client.get("/health").status_code == 200
                assert client.get("/").text == "<p>Published</p>"
                own = feed_token(store.secret(), reader.id, reader.email, reader.feed_epoch)
                feed = client.get(f"/feed/{own}.atom")
                assert feed.status_code == 200
                assert f"https://papers.example.org/feed/{own}.atom" in feed.text
                assert "Own title: papers for you" in feed.text
                answer = client.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})
                assert answer.status_code == 200
                assert "Own title" in answer.text
        finally:
            process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert process.returncode == 0, rest
    assert token not in said + rest
    after = store.subscribers.get("ada@example.org")
    assert after is not None
    assert after.state is SubscriptionState.UNSUBSCRIBED
    store.database.close()
