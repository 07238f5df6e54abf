"""Contrast of every text of a mail, in light and in dark, out of inline styles and the dark rules (WCAG 2.2 §1.4.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

__all__ = ["low_contrast"]

_VOID = {"meta", "br", "img", "hr", "link", "input", "col"}
_COLOUR = re.compile(r"#([0-9a-fA-F]{6})\b")
_DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{(.*)\}", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_LEAST = 4.5


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _ratio(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _declared(style: str) -> dict[str, str]:
    """The text and background colours that a list of declarations sets."""
    found = {}
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        colour = _COLOUR.search(value)
        if colour and name.strip() in {"color", "background", "background-color"}:
            found["color" if name.strip() == "color" else "background"] = colour[1]
    return found


class _Walker(HTMLParser):
    def __init__(self, dark: dict[str, dict[str, str]]) -> None:
        super().__init__()
        self._dark = dark
        self._stack: list[tuple[str, dict[str, str], dict[str, str], bool]] = [
            ("", {"color": "000000", "background": "ffffff"}, {"color": "ffffff", "background": "121212"}, False)
        ]
        self.problems: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        values = dict(attrs)
        style = values.get("style") or ""
        _, light, dark, hidden = self._stack[-1]
        own = _declared(style)
        light, dark = light | own, dark | own
        for name in (values.get("class") or "").split():
            dark = dark | self._dark.get(name, {})
        hidden = hidden or "display:none" in style.replace(" ", "") or tag in {"style", "title", "head"}
        self._stack.append((tag, light, dark, hidden))

    def handle_endtag(self, tag: str) -> None:
        while len(self._stack) > 1 and self._stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        _, light, dark, hidden = self._stack[-1]
        if hidden or not data.strip():
            return
        for mode, colours in (("light", light), ("dark", dark)):
            ratio = _ratio(colours["color"], colours["background"])
            if ratio < _LEAST:
                self.problems.add(
                    f"{data.strip()[:40]!r} has a contrast of {ratio:.2f} in {mode} "
                    f"(#{colours['color']} on #{colours['background']}, expected {_LEAST})"
                )


def low_contrast(html: str) -> Iterator[str]:
    """Every text whose contrast is under 4.5 to 1, a sentence each."""
    dark: dict[str, dict[str, str]] = {}
    for block in _DARK.findall(html.partition("</style>")[0]):
        for selectors, declarations in _RULE.findall(block):
            for selector in selectors.split(","):
                dark.setdefault(selector.strip().removeprefix("."), {}).update(_declared(declarations))
    walker = _Walker(dark)
    walker.feed(html)
    yield from sorted(walker.problems)
