"""Which changes are made of a module, and how they are told apart."""

from __future__ import annotations

import pytest

from tests.mutation.changes import changes_of


def told(source: str) -> list[str]:
    return [change.what for change in changes_of(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", ["a < b -> a <= b", "a < b -> a >= b"]),
        ("a in b", ["a in b -> a not in b"]),
        ("a is None", ["a is None -> a is not None"]),
        ("a + b", ["a + b -> a - b"]),
        ("a //= b", ["a //= b -> a /= b"]),
        ("not a", ["not a -> a"]),
        ("min(a)", ["min(a) -> max(a)"]),
        ("LIMIT = 400", ["LIMIT = 400 -> LIMIT = 401", "LIMIT = 400 -> LIMIT = 399"]),
        ("SHARE = 0.5", ["SHARE = 0.5 -> SHARE = 0.625", "SHARE = 0.5 -> SHARE = 0.375"]),
        ("KIND = 'rss'", ["KIND = 'rss' -> KIND = 'XXrssXX'"]),
        ("ON = True", ["ON = True -> ON = False"]),
        ("f(name, deep=True)", ["deep=True -> deep=False"]),
        ("if a: b", ["a -> not a"]),
        ("a and b", ["a and b -> a or b", "a -> not a", "b -> not b"]),
        ("[x for x in y if x]", ["x -> not x"]),
        ("a < b < c", [f"a < b < c -> a {o} c" for o in ("<= b <", ">= b <", "< b <=", "< b >=")]),
        ("for x in y: break", ["break -> continue"]),
        ("def f(a, n=2, *, on=True): pass", ["on=True -> on=False", "n=2 -> n=3", "n=2 -> n=1"]),
        ("{'s': 60}", ["{'s': 60} -> {'XXsXX': 60}", "'s': 60 -> 's': 61", "'s': 60 -> 's': 59"]),
    ],
)  # fmt: skip
def test_one_operator_constant_or_condition_is_changed_at_a_time(source: str, expected: list[str]) -> None:
    assert told(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""What a module is for."""',
        "import a",
        "@dataclass(frozen=True)\nclass A: pass",
        "def f(x: Literal['a']) -> Literal[1]: pass",
        "raise ValueError('not so')",
        "msg = f'expected {x}'",
        "__all__ = ['a']",
        "Name = NewType('Name', str)",
        "if TYPE_CHECKING: import a",
        "Piece = tuple[str | int, ...]",
        "f'{x:.2f}'",
    ],
)
def test_what_decides_nothing_is_left_alone(source: str) -> None:
    assert told(source) == []


def test_a_change_is_named_by_the_place_that_holds_it_wherever_its_lines_move() -> None:
    source = "class Pacer:\n    def wait(self):\n        return 1 < self.x\n"
    change = changes_of(source)[0]
    assert (change.where, change.line, change.what) == ("Pacer.wait", 3, "1 < self.x -> 1 <= self.x")
    moved = changes_of(f"# a line more\n{source}")[0]
    assert (moved.where, moved.line, moved.what) == ("Pacer.wait", 4, change.what)


def test_changes_alike_in_one_place_are_counted() -> None:
    assert told("a + b\na + b") == ["a + b -> a - b", "a + b -> a - b (2)"]


def test_a_module_is_compiled_with_one_change_and_is_itself_again_for_the_next() -> None:
    results = []
    for change in changes_of("def f(x):\n    return x + 1\n"):
        names: dict[str, object] = {}
        exec(change.compiled("sample.py"), names)
        results.append((change.what, names["f"](10)))  # type: ignore[operator]
    assert results == [("x + 1 -> x - 1", 9), ("x + 1 -> x + 2", 12), ("x + 1 -> x + 0", 10)]
