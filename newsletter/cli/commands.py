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


_REQUIRED = re.compile(r"^\{(\w+)(?:\.\.\.)?\}")


class _Command(TyperCommand):
    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ANN401  # typer has a click of its own
        """`ADDRESS` for an argument that must be given, as everywhere; typer sets it in braces."""
        return [_REQUIRED.sub(r"\1", piece) for piece in super().collect_usage_pieces(ctx)]

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401  # typer has a click of its own and exports no name of it
        return _plain(super().get_params(ctx))


class _Group(TyperGroup):
    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401  # as above
        return _plain(super().get_params(ctx))


class Commands(typer.Typer):
    """A group of commands."""

    def __init__(self, *, help: str, **settings: Any) -> None:  # noqa: A002, ANN401  # typer's own names
        super().__init__(cls=_Group, help=help, no_args_is_help=True, **settings)

    def command(self, name: str | None = None, **settings: Any) -> Callable[..., Any]:  # noqa: ANN401  # as above
        """A decorator that makes a function a command of this group."""
        return super().command(name, cls=_Command, **settings)
