"""Try changes: run a module's tests with one change in place, each in a fork that ends with it.

Forks start from a process that has imported what others wrote and nothing of ours, so that a trial costs what our own
modules and the tests cost. Nothing is written to the module's file.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

import hypothesis
import pytest
from hypothesis import Phase

from tests.mutation.changes import Change

__all__ = ["Ending", "Subject", "TestsFail", "Trials"]

_INSTALLED = (sys.prefix, sys.base_prefix)
_TIMES_LONGER, _SECONDS_LONGER = 8, 8
_MEMORY = 8 << 30
_NO_TESTS = int(pytest.ExitCode.NO_TESTS_COLLECTED)


class Ending(Enum):
    """How a trial ended."""

    UNNOTICED = "unnoticed"
    NOTICED = "noticed"
    STOPPED = "stopped"
    """The tests did not come to an end: noticed as well."""


class TestsFail(Exception):
    """The tests of a module fail, or there are none, without any change."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A module and its own tests, by their paths in the repository."""

    module: str
    tests: Sequence[str]

    @property
    def name(self) -> str:
        """What it is imported as."""
        return self.module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


class Trials:
    """Runs trials, several at once. The working directory is the repository."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._running: dict[int, _Running] = {}
        self._scratch = Path(tempfile.mkdtemp(prefix="mutation-"))
        self._said = self._scratch / "said"
        sys.pycache_prefix, sys.dont_write_bytecode = str(self._scratch / "compiled"), False

    def close(self) -> None:
        """End what still runs and clean up."""
        for pid in self._running:
            _kill(pid)
            os.waitpid(pid, 0)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def rehearse(self, subject: Subject) -> float:
        """Run the tests without a change; returns how long that took, in seconds.

        Raises:
            TestsFail: they fail.
        """
        # the first run fills the caches and says what is imported; the second says how long a trial takes
        names = self._scratch / "imported"
        for first in (True, False):
            begun = time.monotonic()
            pid = self._fork(subject, None, after=lambda: _write_imported(names) if first else None)  # noqa: B023
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            if status != 0:
                said = self._said.read_text(errors="replace")
                msg = f"the tests of {subject.module} end with {status} before anything is changed:\n{said}"
                raise TestsFail(msg)
            if first:
                _import(names.read_text().split())
                # what is here stays, and no fork needs to look through it
                gc.freeze()
        return time.monotonic() - begun

    def run(self, subject: Subject, changes: Sequence[Change], seconds: float) -> Iterator[tuple[int, Ending]]:
        """Try every change, whose tests take so many seconds; yields its index and how it ended, as trials end."""
        limit = seconds * _TIMES_LONGER + _SECONDS_LONGER
        waiting = list(enumerate(changes))
        while waiting or self._running:
            while waiting and len(self._running) < self._jobs:
                index, change = waiting.pop(0)
                pid = self._fork(subject, change.compiled(subject.module), cpu_seconds=int(limit))
                # a machine with more to do is given more time; processor time is limited by itself
                self._running[pid] = _Running(index, time.monotonic() + 3 * limit)
            yield from self._ended()

    def _ended(self) -> Iterator[tuple[int, Ending]]:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid in self._running:
            _kill(pid)
            code = os.waitstatus_to_exitcode(status)
            if code == _NO_TESTS:
                msg = "the tests are gone while they are run"
                raise TestsFail(msg)
            by_code = {0: Ending.UNNOTICED, -signal.SIGKILL: Ending.STOPPED, -signal.SIGXCPU: Ending.STOPPED}
            yield self._running.pop(pid).index, by_code.get(code, Ending.NOTICED)
            return
        for late, trial in self._running.items():
            if time.monotonic() > trial.deadline:
                _kill(late)
        time.sleep(0.005)

    def _fork(
        self,
        subject: Subject,
        code: CodeType | None,
        *,
        cpu_seconds: int = 3600,
        after: Callable[[], object] = lambda: None,
    ) -> int:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            return pid
        ending = 99
        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            _write_to(self._said)
            if code is not None:
                sys.meta_path.insert(0, _Changed(subject, code))
            ending = int(_run_tests(subject, self._scratch / str(os.getpid())))
            after()
        except BaseException:  # noqa: BLE001  # whatever a change brings about ends here, as the fork does
            traceback.print_exc()
        finally:
            shutil.rmtree(self._scratch / str(os.getpid()), ignore_errors=True)
            os._exit(ending)


@dataclass(frozen=True, slots=True)
class _Running:
    index: int
    deadline: float


class _Changed(SourceFileLoader):
    """Finds the module that is changed, and loads the change."""

    def __init__(self, subject: Subject, code: CodeType) -> None:
        super().__init__(subject.name, str(Path(subject.module).resolve()))
        self._code = code

    def find_spec(self, name: str, _path: object = None, _target: ModuleType | None = None) -> ModuleSpec | None:
        if name != self.name:
            return None
        return spec_from_file_location(name, self.path, loader=self)

    def get_code(self, _name: str) -> CodeType:
        return self._code


class _Steady:
    """The same examples in every trial, and none made smaller."""

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        phases = [Phase.explicit, Phase.generate]
        hypothesis.settings.register_profile(
            "mutation", deadline=None, derandomize=True, database=None, phases=phases, print_blob=False
        )
        hypothesis.settings.load_profile("mutation")


def _run_tests(subject: Subject, scratch: Path) -> int:
    # its plugins are imported already, and are not what is tested
    preloaded = ["-W", "ignore:Module already imported so cannot be rewritten"]
    options = [
        *preloaded,
        "-x",
        "-q",
        "--no-header",
        "--tb=no",
        "--no-summary",
        "-p",
        "no:cacheprovider",
        "-m",
        "not slow",
    ]
    return pytest.main([*options, f"--basetemp={scratch}", *subject.tests], plugins=[_Steady()])


def _write_imported(file: Path) -> None:
    specs = [getattr(module, "__spec__", None) for module in list(sys.modules.values())]
    file.write_text("\n".join(spec.name for spec in specs if spec and (spec.origin or "").startswith(_INSTALLED)))


def _import(names: Sequence[str]) -> None:
    """Import what every fork would import; what cannot be is left to the forks."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(None), contextlib.redirect_stderr(None):
        warnings.simplefilter("ignore")
        for name in names:
            with contextlib.suppress(Exception):
                importlib.import_module(name)


def _write_to(file: Path) -> None:
    """Let what the tests say go to a file, and let them hear nothing."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    said = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)


def _kill(pid: int) -> None:
    """End a trial and whatever it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
