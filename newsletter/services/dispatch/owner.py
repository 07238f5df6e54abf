"""Who a run belongs to: enough to know on the same machine, at once, that a process is no more."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path

__all__ = ["is_dead", "owner"]


def owner(pid: int | None = None) -> str:
    """This process (or another on this machine), so that no other ever has the same name."""
    pid = os.getpid() if pid is None else pid
    return f"{_machine()}:{pid}:{_started(pid)}"


def is_dead(name: str) -> bool:
    """Whether the owner was a process of this machine and has ended. Of other machines nobody here can say."""
    machine, pid, started = name.rsplit(":", 2)
    return machine == _machine() and bool(started) and _started(int(pid)) != started


@cache
def _machine() -> str:
    """Host, boot and process namespace: two containers with one host name are two machines here."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        boot = space = ""
    return f"{socket.gethostname()}/{boot}/{space}"


def _started(pid: int) -> str:
    """When a process began, in clock ticks since boot; empty if there is none, or no way to know.

    Where /proc is missing nothing is known about anybody, and a run that died is taken over when its lease ends.
    """
    try:
        # the name of the program, the second field, may hold anything; it ends with the last parenthesis
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    # a zombie can send nothing any more
    return "" if fields[0] in {"Z", "X"} else fields[19]
