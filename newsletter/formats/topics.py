"""The topic catalogue as a file that an operator writes.

A catalogue is one TOML file:

    [[topic]]
    slug = "rag"
    expression = '"retrieval-augmented generation" OR RAG'
    names = {en = "Retrieval-augmented generation", zh-Hans = "检索增强生成"}
    descriptions = {en = "Models that look things up before they answer"}

    [synonyms]
    "robot dog" = ["quadruped robot"]

Synonyms are the operator's own additions to the acronyms that are learned from papers; they hold for every interest.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from newsletter.domain.interests import Catalogue, CatalogueTopic, leaves, parse
from newsletter.domain.interests import Topic as TopicLeaf
from newsletter.domain.text import fold_text
from newsletter.errors import ConfigError, InterestError

__all__ = ["parse_catalogue"]

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEYS = frozenset(("slug", "expression", "names", "descriptions"))


def parse_catalogue(text: str, *, path: Path | None = None) -> Catalogue:
    """Read a catalogue.

    Raises:
        ConfigError: it is no TOML, or a topic is wrong; the message names the topic.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(f"not readable as TOML: {error}", path) from None
    if unknown := set(document) - {"topic", "synonyms"}:
        raise _wrong(f"expected [[topic]] and [synonyms], got {min(unknown)!r}", path)
    entries = document.get("topic", [])
    if not isinstance(entries, list):
        raise _wrong("topics are written as [[topic]], with two brackets", path)
    topics: dict[str, CatalogueTopic] = {}
    for number, entry in enumerate(entries, 1):
        topic = _topic(entry, number, path)
        if topic.slug in topics:
            raise _wrong(f"the slug {topic.slug!r} stands twice", path)
        topics[topic.slug] = topic
    return Catalogue(tuple(topics.values()), _synonyms(document.get("synonyms", {}), path))


def _topic(entry: object, number: int, path: Path | None) -> CatalogueTopic:
    where = f"topic {number}"
    if not isinstance(entry, dict):
        raise _wrong(f"{where} is no table", path)
    slug = entry.get("slug")
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        raise _wrong(f"{where} needs a slug of small letters, digits and hyphens, got {slug!r}", path)
    where = f"topic {slug!r}"
    if unknown := set(entry) - _KEYS:
        raise _wrong(f"{where} has {min(unknown)!r}; expected {', '.join(sorted(_KEYS))}", path)
    expression = entry.get("expression")
    if not isinstance(expression, str):
        raise _wrong(f"{where} needs an expression", path)
    try:
        tree = parse(expression).expression
    except InterestError as error:
        raise _wrong(f"{where}: {error}", path) from error
    if any(isinstance(leaf, TopicLeaf) for leaf in leaves(tree)):
        raise _wrong(f"{where} refers to another topic; write out its expression", path)
    names, descriptions = (_texts(entry.get(key, {}), f"{key} of {where}", path) for key in ("names", "descriptions"))
    if "en" not in names:
        raise _wrong(f"{where} needs an English name: names = {{en = …}}", path)
    return CatalogueTopic(slug, expression, names, descriptions)


def _texts(value: object, what: str, path: Path | None) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) and text.strip() for text in value.values()):
        raise _wrong(f"{what} are texts by language", path)
    return value


def _synonyms(value: object, path: Path | None) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise _wrong("[synonyms] is a table", path)
    synonyms: dict[str, tuple[str, ...]] = {}
    for term, others in value.items():
        if not isinstance(others, list) or not all(isinstance(other, str) and fold_text(other) for other in others):
            raise _wrong(f"the synonyms of {term!r} are a list of terms", path)
        if fold_text(term):
            synonyms[fold_text(term)] = tuple(others)
    return synonyms


def _wrong(message: str, path: Path | None) -> ConfigError:
    return ConfigError(f"{path or 'the topic catalogue'}: {message}", key="newsletter.topics", path=path)
