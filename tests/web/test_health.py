"""The health check where the database takes its time."""

from __future__ import annotations

import threading

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from newsletter.web import health_routes
from newsletter.web.health_routes import HealthRoute
from newsletter.web.serving.lanes import Lane


class Check:
    """A look at the database that lasts until it is let go."""

    def __init__(self) -> None:
        self.count = 0
        self.go = threading.Event()

    def __call__(self) -> None:
        self.count += 1
        assert self.go.wait(60)


def client_of(check: Check) -> TestClient:
    app = FastAPI()
    HealthRoute(check, Lane("health", workers=1)).register(app)
    return TestClient(app)


def test_a_database_that_does_not_answer_is_unavailable_and_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_routes, "_SECONDS", 0.05)
    check = Check()
    with client_of(check) as client:
        assert [client.get("/health").status_code for _ in range(5)] == [503] * 5
        assert check.count == 1
        check.go.set()
        monkeypatch.setattr(health_routes, "_SECONDS", 60)
        assert client.get("/health").json() == {"status": "ok"}
