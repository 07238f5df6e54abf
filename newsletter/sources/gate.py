"""The gate in front of each host: one request at a time, so far apart, across all processes of a machine."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import BufferedRandom
from pathlib import Path

from newsletter.private import private_folder

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no flock; there one process at a time is all that is promised
    fcntl = None  # type: ignore[assignment]

__all__ = ["FileGate"]

_POLL = 0.05
# A stamp further ahead than any host may ask for comes from a clock that was set back: it is not waited for.
_FAR = 3600.0


class FileGate:
    """Implements `domain.ports.HostGate` with a locked file a host.

    The lock is the operating system's (flock), so it goes with the process that holds it, however that ends. The file
    holds the moment (seconds since the epoch) before which no request may start.
    """

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._folder = folder
        self._now = now
        self._sleep = sleep

    @asynccontextmanager
    async def turn(self, host: str, spacing: float) -> AsyncIterator[None]:
        """Wait until it is this caller's turn; the next one begins `spacing` seconds after this one ends."""
        with self._open(host) as file:
            while not _locked(file):
                await self._sleep(_POLL)
            wait = _read(file) - self._now()
            if 0 < wait <= _FAR:
                await self._sleep(wait)
            try:
                yield
            finally:
                _write(file, max(_held(_read(file), self._now()), self._now() + spacing))

    async def hold(self, host: str, seconds: float) -> None:
        """Let nobody through for this long: the host asked for it."""
        with self._open(host) as file:
            while not _locked(file):
                await self._sleep(_POLL)
            _write(file, max(_held(_read(file), self._now()), self._now() + seconds))

    def _open(self, host: str) -> BufferedRandom:
        private_folder(self._folder)
        name = hashlib.sha256(host.encode()).hexdigest()[:16]
        path = self._folder / f"host-{name}.gate"
        path.touch(mode=0o600)
        return path.open("r+b")


def _locked(file: BufferedRandom) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _held(stamp: float, now: float) -> float:
    return stamp if stamp - now <= _FAR else 0.0


def _read(file: BufferedRandom) -> float:
    file.seek(0)
    try:
        return float(file.read(40) or b"0")
    except ValueError:
        return 0.0


def _write(file: BufferedRandom, stamp: float) -> None:
    file.seek(0)
    file.truncate()
    file.write(f"{stamp:.3f}".encode())
    file.flush()
