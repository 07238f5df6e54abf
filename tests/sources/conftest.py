"""What tests of sources share: a polite client that waits for nobody on loopback."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.sources import FileGate, Limits, PoliteClient, Retry

MakeClient = Callable[..., PoliteClient]


@pytest.fixture
def waits() -> list[float]:
    """The seconds that the client under test would have slept between attempts."""
    return []


@pytest.fixture
def make_client(tmp_path: Path, waits: list[float]) -> MakeClient:
    """A factory of clients with a cache and a gate of their own; sleeping is only noted."""

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def hardly_sleep(seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.01))

    def make(**settings: object) -> PoliteClient:
        given = {
            "user_agent": "newsletter/0 (test@example.org)",
            "gate": FileGate(tmp_path / "gates", sleep=hardly_sleep),
            "cache": tmp_path / "cache",
            "limits": Limits(connect=5, read=2, total=8),
            "retry": Retry(attempts=3),
            "sleep": sleep,
            "chance": random.Random(7).random,
        }
        return PoliteClient(**(given | settings))  # type: ignore[arg-type]

    return make


@pytest.fixture
def client(make_client: MakeClient) -> PoliteClient:
    """A client with the usual settings of these tests."""
    return make_client()
