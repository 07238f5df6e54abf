"""A process that has the whole product imported and forks a child for each command.

A command spends most of a short life importing. A child is what `python -m newsletter` is in all else: a process with
its own folder, environment, limits and output, which ends by the interpreter's own shutdown.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import resource
import runpy
import socket
import sys
import warnings

__all__ = ["main"]


def _import_everything() -> None:
    import newsletter

    for module in pkgutil.walk_packages(newsletter.__path__, "newsletter."):
        if not module.name.endswith(".__main__") and ".migrations." not in module.name:
            importlib.import_module(module.name)


def main() -> None:
    """Fork a child for every order on the socket that is standard input, and say with which status it ended."""
    _import_everything()
    gc.freeze()
    with socket.socket(fileno=os.dup(0)) as orders:
        while True:
            data, files, *_ = socket.recv_fds(orders, 1 << 20, 2)
            if not data:
                return
            with warnings.catch_warnings(action="ignore"):  # libraries have threads of their own, which only wait
                pid = os.fork()
            if pid == 0:
                orders.close()
                _become(files, **json.loads(data))
                return
            for file in files:
                os.close(file)
            orders.send(b"%d" % pid)
            orders.send(b"%d" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _become(
    files: list[int], folder: str, arguments: list[str], environment: dict[str, str], file_size: int | None
) -> None:
    """Be the command."""
    with open(os.devnull) as nothing:  # noqa: PTH123  # a descriptor is all that is needed
        for number, file in enumerate((nothing.fileno(), *files)):
            os.dup2(file, number)
    os.closerange(3, max(files) + 1)
    # what the interpreter made of the descriptors at its start is not true of these
    sys.stdin = open(0, closefd=False)  # noqa: SIM115  # as long as the process
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    if file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    sys.argv[1:] = arguments
    runpy.run_module("newsletter", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
