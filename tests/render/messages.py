"""The labels that templates and code ask a catalogue for."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract
from jinja2.ext import babel_extract

ROOT = Path(__file__).parents[2]
_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols"}

Message = str | tuple[str, ...]


def extracted() -> dict[Message, set[str]]:
    """Every message with the files that use it."""
    found: dict[Message, set[str]] = {}

    def add(message: object, path: Path) -> None:
        parts = [part for part in message if part] if isinstance(message, tuple) else [str(message)]
        key: Message = tuple(parts) if len(parts) > 1 else parts[0]
        found.setdefault(key, set()).add(path.relative_to(ROOT).as_posix())

    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt", ".md", ".xml", ".xsl"} and "prompts" not in path.parts:
            with path.open("rb") as file:
                for _, _, message, _ in babel_extract(file, ("_", "gettext", "ngettext"), [], _OPTIONS):
                    add(message, path)
    for path in sorted((ROOT / "newsletter" / "render").glob("*.py")):
        with path.open("rb") as file:
            for _, message, _, _ in extract("python", file):
                add(message, path)
    return found
