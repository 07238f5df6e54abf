"""The topic catalogue: interests with names, from which a sign-up page or a roster picks (`topic:rag`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Catalogue", "CatalogueTopic"]


@dataclass(frozen=True, slots=True)
class CatalogueTopic:
    """One topic. `names` and `descriptions` are by language tag, in English at least the name."""

    slug: str
    expression: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str] = field(default_factory=dict)

    def name(self, language: str) -> str:
        """The name in this language, in English where it has none."""
        return self.names.get(language) or self.names["en"]

    def description(self, language: str) -> str:
        """What it is about in this language; empty where the catalogue does not say it in that one."""
        return self.descriptions.get(language, "")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All topics in the order of the file, and the operator's synonyms by folded term."""

    topics: tuple[CatalogueTopic, ...] = ()
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def expressions(self) -> dict[str, str]:
        """Each topic's expression by its slug."""
        return {topic.slug: topic.expression for topic in self.topics}
