"""The labels that templates and code ask a catalogue for; `python -m tests.render.messages` updates the catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).parents[2]
_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols"}

SAYING: Mapping[str, None] = {"fail": None, "remark": None}
"""What the domain says something about an interest with: its first argument is a label."""

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
    for folder in ("interests", "matching"):
        for path in sorted((ROOT / "newsletter" / "domain" / folder).glob("*.py")):
            with path.open("rb") as file:
                for _, message, _, _ in extract("python", file, keywords=SAYING):
                    add(message, path)
    return found


def update(path: Path) -> list[Message]:
    """Bring a catalogue up to date with the labels in use, keeping its translations; returns what has none yet."""
    with path.open("rb") as file:
        known = read_po(file)
    fresh = Catalog(locale=path.parts[-3], project="newsletter", version="1", charset="utf-8", fuzzy=False)
    fresh.header_comment, fresh.mime_headers = known.header_comment, known.mime_headers
    fresh.creation_date, fresh.revision_date = known.creation_date, known.revision_date
    missing: list[Message] = []
    for message, places in extracted().items():
        old = known.get(message)
        string = old.string if old is not None else ""
        if not any(string):
            missing.append(message)
        flags = ["python-format"] if "%(" in "".join(message) else []
        fresh.add(message, string, locations=[(place, 0) for place in sorted(places)], flags=flags)
    with path.open("wb") as file:
        write_po(file, fresh, sort_output=True, width=110, include_lineno=False)
    return missing


def main() -> None:
    """Update every catalogue and say what is not translated."""
    for path in sorted((ROOT / "newsletter" / "locale").glob("*/LC_MESSAGES/newsletter.po")):
        missing = update(path)
        for message in missing if path.parts[-3] != "en" else ():
            print(f"{path.relative_to(ROOT)}: not translated: {message!r}")


if __name__ == "__main__":
    main()
