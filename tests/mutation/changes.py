"""One small change of a module at a time: an operator, a constant or a condition that is not what it was.

Changed are comparisons, arithmetic, `and`, `or` and `not`, conditions, `break` and `continue`, `min`, `max`, `any` and
`all`, and constants wherever they stand, those of the module itself too. Left alone is what decides nothing:
docstrings, annotations, decorators, names given to types, `__all__`, and the words of an error that is raised.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import CodeType

__all__ = ["Change", "changes_of"]

_COMPARISONS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_NAME_TYPES = {"NewType", "TypeVar", "ParamSpec", "cast"}
_LONGEST_SHOWN = 200
_LONGEST_AROUND = 80


@dataclass(slots=True)
class Change:
    """A change that can be made to a module.

    Attributes:
        where: the function, class or constant that holds it, such as `Pacer.wait`; empty at the top.
        line: the line of the module on which it begins.
        what: what stands there and what shall stand there, such as `count <= 0 -> count < 0`. Together with `where` it
            names this change among those of its module, wherever its lines move: a second one alike ends in `(2)`.
    """

    where: str
    line: int
    what: str
    _module: ast.Module = field(repr=False)
    _put: Callable[[ast.AST], None] = field(repr=False)
    _before: ast.AST = field(repr=False)
    _after: ast.AST = field(repr=False)

    def compiled(self, path: str) -> CodeType:
        """The module's code with this change made, for the file of this path."""
        self._put(self._after)
        try:
            return compile(self._module, path, "exec", dont_inherit=True)
        finally:
            self._put(self._before)


def changes_of(source: str) -> list[Change]:
    """Every change that can be made to a module of this text, in the order of its lines."""
    module = ast.parse(source)
    seen: dict[tuple[str, str], int] = {}
    result = []
    for change in _Walk(module).below(module, ""):
        seen[change.where, change.what] = times = seen.get((change.where, change.what), 0) + 1
        if times > 1:
            change.what += f" ({times})"
        result.append(change)
    return result


@dataclass(slots=True)
class _Walk:
    """Goes through a module's tree, from the top down."""

    module: ast.Module

    def below(self, node: ast.AST, where: str) -> Iterator[Change]:
        """The changes of what a node consists of."""
        for name, value in ast.iter_fields(node):
            if _is_left_alone(node, name):
                continue
            if isinstance(value, list):
                for index, child in enumerate(value):
                    if isinstance(child, ast.AST):
                        yield from self._at(node, child, where, _Place(value, index), name)
            elif isinstance(value, ast.AST):
                yield from self._at(node, value, where, _Place(node, name), name)

    def _at(self, parent: ast.AST, node: ast.AST, where: str, place: _Place, name: str) -> Iterator[Change]:
        if _says_nothing(parent, node):
            return
        where = _inside(node, where) if isinstance(parent, ast.Module | ast.ClassDef) else where
        for after in _variants(node, is_condition=_is_condition(parent, name)):
            ast.fix_missing_locations(ast.copy_location(after, node))
            around = _is_shown_within(parent, node)
            before = _shown(parent, node, around=around)
            place(after)
            what = f"{before} -> {_shown(parent, after, around=around)}"
            place(node)
            line = getattr(node, "lineno", 0) or getattr(parent, "lineno", 0)
            yield Change(where, line, what, self.module, place, node, after)
        yield from self.below(node, where)


@dataclass(slots=True)
class _Place:
    """Where a node stands: in a list of its parent's, or as a field of it."""

    holder: list[ast.AST] | ast.AST
    key: int | str

    def __call__(self, node: ast.AST) -> None:
        if isinstance(self.holder, list):
            self.holder[int(self.key)] = node
        else:
            setattr(self.holder, str(self.key), node)


def _inside(node: ast.AST, where: str) -> str:
    """The name of the place that a statement opens."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            pass
        case ast.Assign(targets=[ast.Name(id=name), *_]) | ast.AnnAssign(target=ast.Name(id=name)):
            pass
        case ast.Assign(targets=[ast.Tuple() as names, *_]):
            name = ast.unparse(names).strip("()")
        case _:
            return where
    return f"{where}.{name}" if where else name


def _is_left_alone(node: ast.AST, name: str) -> bool:
    """Whether a part of a node is for people and type checkers alone."""
    return name in {"annotation", "returns", "decorator_list", "format_spec", "type_params"} or (
        isinstance(node, ast.MatchClass) and name == "cls"
    )


def _says_nothing(parent: ast.AST, node: ast.AST) -> bool:
    """Whether no behaviour hangs on a node: a docstring, an error's words, what only a type checker reads."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom():
            return True
        case ast.Assign(targets=[ast.Name(id="__all__" | "__slots__" | "msg")]):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp() | ast.Subscript()):
            # an alias of types: `Piece = tuple[str | Slot, ...]`
            return not name.isupper() and name[0].isupper()
        case ast.Constant(value=str()) | ast.JoinedStr():
            return isinstance(parent, ast.Call) and (
                (isinstance(parent.func, ast.Name) and parent.func.id in _NAME_TYPES) or _is_error(parent.func)
            )
        case _:
            return False


def _is_error(called: ast.expr) -> bool:
    return isinstance(called, ast.Name) and called.id.endswith(("Error", "Exception"))


def _is_condition(parent: ast.AST, name: str) -> bool:
    """Whether what stands here is asked for being true."""
    return (
        (name == "test" and isinstance(parent, ast.If | ast.While | ast.IfExp | ast.Assert))
        or (name == "ifs" and isinstance(parent, ast.comprehension))
        or (name == "guard" and isinstance(parent, ast.match_case))
        or (name == "values" and isinstance(parent, ast.BoolOp))
    )


def _variants(node: ast.AST, *, is_condition: bool) -> Iterator[ast.AST]:
    """What may stand instead of a node."""
    match node:
        case ast.Compare():
            for index, op in enumerate(node.ops):
                for other in _COMPARISONS[type(op)]:
                    ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
                    yield ast.Compare(node.left, ops, node.comparators)
        case ast.BoolOp(op=op):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.BinOp():
            if other_op := _ARITHMETIC.get(type(node.op)):
                yield ast.BinOp(node.left, other_op(), node.right)
        case ast.AugAssign():
            if other_op := _ARITHMETIC.get(type(node.op)):
                yield ast.AugAssign(node.target, other_op(), node.value)
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case ast.Call(func=ast.Name(id=name)) if name in _CALLED:
            yield ast.Call(ast.copy_location(ast.Name(_CALLED[name], ast.Load()), node), node.args, node.keywords)
        case ast.Constant(value=value):
            yield from (ast.Constant(other) for other in _other_values(value))
    if (
        is_condition
        and isinstance(node, ast.expr)
        and not isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant)
    ):
        yield ast.UnaryOp(ast.Not(), node)


def _other_values(value: object) -> Iterator[bool | int | float | str | bytes]:
    """What a constant may be instead."""
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, value - 1)
        case float():
            yield from (value * 1.25, value * 0.75) if value else (1.0,)
        case str():
            yield f"XX{value}XX" if value else "XX"
        case bytes():
            yield b"XX" + value


def _is_shown_within(parent: ast.AST, node: ast.AST) -> bool:
    """Whether what a node is part of is shown with it: a constant says little without what is done with it."""
    if not isinstance(node, ast.Constant) or (isinstance(parent, ast.stmt) and hasattr(parent, "body")):
        return False
    return isinstance(parent, ast.JoinedStr) or len(ast.unparse(parent)) <= _LONGEST_AROUND


def _shown(parent: ast.AST, node: ast.AST, *, around: bool) -> str:
    """A node that stands in its place, on one line, its middle left out where it is long."""
    if (named := _key(parent, node)) is not None:
        text = f"{named}{ast.unparse(node)}"
    else:
        text = ast.unparse(parent if around else node)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN // 2]} … {text[-_LONGEST_SHOWN // 2 :]}"


def _key(parent: ast.AST, node: ast.AST) -> str | None:
    """What a value is for, where it stands in a dictionary or is a parameter's default."""
    match parent:
        case ast.Dict(keys=keys, values=values):
            named = {id(value): f"{ast.unparse(key)}: " for key, value in zip(keys, values, strict=True) if key}
        case ast.arguments(posonlyargs=first, args=args, kwonlyargs=others, defaults=defaults, kw_defaults=values):
            last = [*first, *args][len(first) + len(args) - len(defaults) :]
            pairs = zip([*last, *others], [*defaults, *values], strict=True)
            named = {id(value): f"{arg.arg}=" for arg, value in pairs}
        case _:
            return None
    return named.get(id(node))
