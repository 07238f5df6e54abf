"""The `newsletter` command in a process of its own."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from tests.support.shared import ROOT

__all__ = ["environment", "fresh", "newsletter", "start"]

_LONGEST = 300
"""Seconds that a command may take."""


def environment(**extra: str) -> dict[str, str]:
    """The environment of a person who has set nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
    return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "PYTHONWARNINGS": "error"} | extra


def newsletter(
    folder: Path, *arguments: str, file_size: int | None = None, stdout: Path | None = None, **extra: str
) -> subprocess.CompletedProcess[str]:
    """Run it to its end, in a child of a process that has it imported; a traceback is a failure whatever was expected.

    Args:
        folder: where it runs.
        arguments: what follows its name.
        file_size: the largest file it may make (octets); on a full disk a write fails in the same places.
        stdout: where its output goes instead of into the result.
        extra: environment variables.
    """
    return _checked(_parent().run(folder, arguments, environment(**extra), file_size=file_size, stdout=stdout))


def fresh(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end in an interpreter that starts from nothing, as a shell does."""
    return _checked(
        subprocess.run(
            [sys.executable, "-m", "newsletter", *arguments],
            cwd=folder,
            env=environment(**extra),
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            check=False,
        )
    )


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start it and come back at once."""
    return subprocess.Popen(
        [sys.executable, "-m", "newsletter", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _checked(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    assert "Traceback" not in done.stderr, done.stderr
    return done


class _Parent:
    """The process of `tests.e2e.parent`, and its commands one after the other."""

    def __init__(self) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.parent"], cwd=ROOT, env=environment(), stdin=theirs
            )

    def run(
        self,
        folder: Path,
        arguments: tuple[str, ...],
        variables: dict[str, str],
        *,
        file_size: int | None,
        stdout: Path | None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        order = {
            "folder": str(folder),
            "arguments": arguments,
            "environment": variables,
            "file_size": file_size,
        }
        reading, writing = zip(os.pipe(), os.pipe(), strict=True)
        target = writing[0] if stdout is None else os.open(stdout, os.O_WRONLY)
        socket.send_fds(self._orders, [json.dumps(order).encode()], [target, writing[1]])
        for file in {target, *writing}:
            os.close(file)
        self._orders.settimeout(_LONGEST)
        pid = int(self._orders.recv(64))
        with ThreadPoolExecutor(2) as readers:
            output = [readers.submit(_read, file) for file in reading]
            try:
                status = int(self._orders.recv(64))
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                raise
            return subprocess.CompletedProcess(["newsletter", *arguments], status, *(text.result() for text in output))

    def close(self) -> None:
        """End it."""
        self._orders.close()
        self._process.wait()


def _read(file: int) -> str:
    with os.fdopen(file, encoding="utf-8") as pipe:
        return pipe.read()


@cache
def _parent() -> _Parent:
    result = _Parent()
    atexit.register(result.close)
    return result
