"""What a template names and nothing has: an error that says the name, wherever the mistake comes to light.

Jinja2's `StrictUndefined` raises as soon as it is printed or asked for anything. A filter or a function gets it as an
argument like any other, though, and what that raises tells of a type of Python, not of the name. So arguments are
looked at before they are handed on; only what is made for undefined values (`default`, macros) gets them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import jinja2
from jinja2.runtime import Context, Macro
from jinja2.utils import internalcode, missing

__all__ = ["CheckedContext", "Missing", "checked_filters"]

Filter = Callable[..., Any]
_FOR_UNDEFINED = {"default", "d"}


class Missing(jinja2.StrictUndefined):
    """An undefined value that knows what the nearest right name is."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name = self._undefined_name
        if self._undefined_obj is missing:
            return f"{name!r} is not defined here"
        owner = self._undefined_obj
        known = [str(key) for key in owner] if isinstance(owner, Mapping) else [x for x in dir(owner) if x[:1] != "_"]
        near = difflib.get_close_matches(str(name), known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"{type(owner).__name__} has no {name!r}{hint}"

    def refuse(self) -> None:
        """Raise the error that names it."""
        self._fail_with_undefined_error()


class CheckedContext(Context):
    """Functions that a template calls get no undefined argument."""

    @internalcode
    def call(self, called: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # as a template does
        """Call what a template calls."""
        if not isinstance(called, Macro):
            _check(args, kwargs)
        return super().call(called, *args, **kwargs)


def checked_filters(filters: Mapping[str, Filter]) -> dict[str, Filter]:
    """These filters, each looking at its arguments first."""
    return {name: work if name in _FOR_UNDEFINED else _checked(work) for name, work in filters.items()}


def _checked(work: Filter) -> Filter:
    @wraps(work)
    def first_looking(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # whatever a template hands in
        _check(args, kwargs)
        return work(*args, **kwargs)

    return first_looking


def _check(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    for value in args:
        if isinstance(value, Missing):
            value.refuse()
    for value in kwargs.values():
        if isinstance(value, Missing):
            value.refuse()
