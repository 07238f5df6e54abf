"""`make mutation` on a repository of one module."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.shared import ROOT

MODULE = "LIMIT = 30\n\n\ndef fits(n):\n    return n <= LIMIT or n == 7\n"
TESTS = "from sample.limits import fits\n\n\ndef test_it():\n    assert fits(30) and not fits(31)\n"


def known(change: str, why: str = "two is below the limit anyway") -> str:
    return f'[[equivalent]]\nmodule = "sample/limits.py"\nwhere = "fits"\nchange = "{change}"\nwhy = "{why}"\n'


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, text in {
        "sample/limits.py": MODULE,
        "tests/test_limits.py": TESTS,
        "tests/mutation/plan.toml": 'packages = ["sample"]',
        "tests/mutation/equivalent.toml": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def mutation(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutation", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_what_nobody_notices_is_shown_with_its_place_and_is_to_be_explained(repository: Path) -> None:
    code, output = mutation(repository)
    assert code == 1
    assert "sample/limits.py: 6 of 8 noticed" in output
    assert "    sample/limits.py:5 fits: n == 7 -> n == 8\n    sample/limits.py:5 fits: n == 7 -> n == 6\n" in output


@pytest.mark.slow
def test_nine_in_ten_are_to_be_noticed_however_well_the_others_are_explained(repository: Path) -> None:
    listed = known("n == 7 -> n == 8") + known("n == 7 -> n == 6")
    (repository / "tests/mutation/equivalent.toml").write_text(listed)
    code, output = mutation(repository)
    assert code == 1
    assert "6 of 8 noticed, 2 known to change nothing" in output


@pytest.mark.slow
def test_an_entry_that_a_test_contradicts_or_no_change_answers_to_is_not_true(repository: Path) -> None:
    (repository / "sample/limits.py").write_text(MODULE.replace(" or n == 7", ""))
    listed = known("n <= LIMIT -> n < LIMIT") + known("n == 7 -> n == 8")
    (repository / "tests/mutation/equivalent.toml").write_text(listed)
    code, output = mutation(repository)
    assert code == 1
    assert "in equivalent.toml: fits: n <= LIMIT -> n < LIMIT\n" in output
    assert "in equivalent.toml: fits: n == 7 -> n == 8\n" in output


def test_all_is_well_where_everything_is_noticed_by_the_tests_named_as_the_modules_own(repository: Path) -> None:
    (repository / "sample/limits.py").write_text(MODULE.replace(" or n == 7", ""))
    (repository / "tests/test_limits.py").rename(repository / "tests/test_borders.py")
    (repository / "tests/mutation/plan.toml").write_text(
        'packages = ["sample"]\n[tests]\n"sample/limits.py" = ["tests/test_borders.py"]\n'
    )
    code, output = mutation(repository)
    assert (code, "4 of 4 noticed" in output) == (0, True), output


@pytest.mark.slow
def test_tests_that_fail_before_anything_is_changed_say_so(repository: Path) -> None:
    (repository / "tests/test_limits.py").write_text(TESTS.replace("not ", ""))
    code, output = mutation(repository)
    assert code == 1
    assert "the tests of sample/limits.py end with 1 before anything is changed" in output


@pytest.mark.slow
def test_a_change_that_never_ends_is_stopped_and_noticed(repository: Path) -> None:
    (repository / "sample/limits.py").write_text(
        "def fits(n):\n    i = 0\n    while i < n:\n        i += 5\n    return i <= 30\n"
    )
    _, output = mutation(repository, "sample/limits.py")
    assert ", 1 stopped" in output
