"""Says in plain English what an interest means, so that a person sees whether it was read as they meant it."""

from __future__ import annotations

from newsletter.domain.interests.interests import (
    AllOf,
    AnyOf,
    AuthorName,
    Category,
    Expression,
    Interest,
    Near,
    Not,
    Organization,
    Prose,
    Scope,
    Term,
    Topic,
    Weighted,
)

__all__ = ["describe"]

_WHERE = {Scope.EVERYWHERE: "", Scope.TITLE: " in the title", Scope.ABSTRACT: " in the abstract"}


def describe(interest: Interest) -> str:
    """One sentence."""
    meaning = _describe(interest.expression)
    if interest.excludes:
        return f"Leaves out every paper with {meaning}."
    if interest.must:
        return f"Leaves out every paper without {meaning}."
    return f"Finds papers with {meaning}."


def _describe(node: Expression) -> str:
    if isinstance(node, Term):
        quoted = f"“{node.words}”{_WHERE[node.scope]}"
        if node.exact:
            return f"the phrase {quoted}"
        return quoted if len(node.words.split()) == 1 else f"{quoted} (or its words close together)"
    if isinstance(node, Near):
        return " within five words of ".join(_describe(part) for part in node.parts)
    if isinstance(node, Category):
        return f"a category that begins with {node.pattern[:-1]}" if "*" in node.pattern else f"category {node.pattern}"
    if isinstance(node, AuthorName):
        return f"an author “{node.name}”"
    if isinstance(node, Organization):
        return f"the organization “{node.name}”"
    if isinstance(node, Topic):
        return f"the topic {node.slug}"
    if isinstance(node, Prose):
        shown = ", ".join(f"“{phrase}”" for phrase in node.phrases[:8])
        more = f" and {len(node.phrases) - 8} more" if len(node.phrases) > 8 else ""
        return f"at least {node.least} of these phrases: {shown}{more}"
    return _describe_operator(node)


def _describe_operator(node: Weighted | Not | AllOf | AnyOf) -> str:
    if isinstance(node, Weighted):
        return f"{_describe(node.part)}, counting {node.weight:g} times"
    if isinstance(node, Not):
        return f"no {_describe(node.part)}"
    word = " and " if isinstance(node, AllOf) else " or "
    return word.join(
        f"({_describe(part)})" if isinstance(part, (AllOf, AnyOf)) else _describe(part) for part in node.parts
    )
