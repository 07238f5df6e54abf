"""Typer as this product has it: help in plain words instead of the types of Python."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

__all__ = ["Commands"]

_KINDS = {"int": "NUMBER", "float": "NUMBER", "Path": "PATH"}


def _plain(parameters: list[Any]) -> list[Any]:
    """Say of each option what it takes in a word: nothing for a flag, NUMBER for a number, TEXT for anything else."""
    for parameter in parameters:
        if isinstance(parameter, TyperArgument):
            # its name says what it is; typer has no setting that leaves its type out
            parameter.display_type_rich = _nothing  # type: ignore[method-assign, assignment]
        elif isinstance(parameter, TyperOption) and parameter.metavar is None:
            kind = getattr(parameter.type_descriptor.annotation, "__name__", "")
            parameter.metavar = "" if parameter.is_flag else _KINDS.get(kind, "TEXT")
    return parameters


def _nothing(**_context: object) -> str:
    return ""


_MINUS = re.compile(r"-[^-]")
_REQUIRED = re.compile(r"^\{(\w+)(?:\.\.\.)?\}")


class _Command(TyperCommand):
    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ANN401  # typer has a click of its own
        """`ADDRESS` for an argument that must be given, as everywhere; typer sets it in braces."""
        return [_REQUIRED.sub(r"\1", piece) for piece in super().collect_usage_pieces(ctx)]

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401  # typer has a click of its own and exports no name of it
        return _plain(super().get_params(ctx))


class _MinusCommand(_Command):
    """A command whose arguments may begin with a minus: `-survey` is no option, as long as none has that name."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # as above
        """The same with each such argument behind `--`, where nothing is an option."""
        cut = args.index("--") if "--" in args else len(args)
        options = {name for parameter in self.get_params(ctx) for name in (*parameter.opts, *parameter.secondary_opts)}
        texts = [text for text in args[:cut] if _MINUS.match(text) and text not in options]
        others = [text for text in args[:cut] if text not in texts]
        return super().parse_args(ctx, [*others, "--", *texts, *args[cut + 1 :]] if texts else args)


class _Group(TyperGroup):
    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401  # as above
        return _plain(super().get_params(ctx))


class Commands(typer.Typer):
    """A group of commands."""

    def __init__(self, *, help: str, **settings: Any) -> None:  # noqa: A002, ANN401  # typer's own names
        super().__init__(cls=_Group, help=help, no_args_is_help=True, **settings)

    def command(
        self,
        name: str | None = None,
        *,
        minus_begins_text: bool = False,
        **settings: Any,  # noqa: ANN401  # as above
    ) -> Callable[..., Any]:
        """A decorator that makes a function a command of this group.

        With `minus_begins_text` an argument such as `-survey` is a text, not an option that nobody knows.
        """
        return super().command(name, cls=_MinusCommand if minus_begins_text else _Command, **settings)
