"""What is gone through, which tests are a module's own, and which changes are known to change nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Known", "Plan", "mirrored", "modules_of", "read_known", "read_plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The packages and single modules to go through, and the tests that belong to a module beside the mirrored ones.

    Paths are relative to the repository, which is the working directory, with slashes.
    """

    packages: Sequence[str]
    tests: Mapping[str, Sequence[str]]

    def tests_of(self, module: str) -> list[str]:
        """The test files of a module, its mirror first; none where it has none.

        Raises:
            FileNotFoundError: the plan names a file that is not there.
        """
        for path in (named := self.tests.get(module, ())):
            if not Path(path).is_file():
                raise FileNotFoundError(path)
        mirror = mirrored(module)
        return [*([mirror] if Path(mirror).is_file() else []), *(path for path in named if path != mirror)]


@dataclass(frozen=True, slots=True)
class Known:
    """A change that no test can notice, since nothing that anybody sees depends on it."""

    module: str
    where: str
    change: str
    why: str


def mirrored(module: str) -> str:
    """The test file that stands where a module stands: `tests/a/test_b.py` of `newsletter/a/_b.py`."""
    path = Path(module)
    return Path("tests", *path.parts[1:-1], f"test_{path.name.lstrip('_')}").as_posix()


def modules_of(path: str) -> list[str]:
    """The modules below a package; a module is itself.

    Raises:
        FileNotFoundError: there is no such package or module.
    """
    files = sorted(Path(path).rglob("*.py")) if Path(path).is_dir() else [Path(path)]
    if not files or not files[0].is_file():
        raise FileNotFoundError(path)
    return [file.as_posix() for file in files]


def read_plan(file: Path) -> Plan:
    """Read `plan.toml`."""
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    return Plan(content["packages"], content.get("tests", {}))


def read_known(file: Path) -> list[Known]:
    """Read `equivalent.toml`.

    Raises:
        TypeError: an entry lacks something or holds something else.
        ValueError: an entry does not say why.
    """
    entries = [Known(**entry) for entry in tomllib.loads(file.read_text(encoding="utf-8")).get("equivalent", [])]
    for known in entries:
        if not known.why.strip():
            msg = f"{file.name} does not say why nothing depends on {known.change!r} in {known.module}"
            raise ValueError(msg)
    return entries
