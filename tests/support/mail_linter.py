"""Holds a message against the rules for outgoing mail. Each complaint begins with the number of its rule.

The rules: 1 format (RFC 5322, 2047), 2 parts that agree (RFC 2046), 3 one-click unsubscribing (RFC 8058), 7 list
headers (RFC 2919, 2369), 8 automatic mail (RFC 3834), 9 envelope sender (RFC 5321), 12 size, 13 what HTML may hold,
14 layout and accessibility, 15 addresses and headers.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from html.parser import HTMLParser

from newsletter.domain.delivery import OutgoingMessage
from tests.support.contrast import low_contrast

__all__ = ["lint_mail"]

_LINK_LINE = re.compile(r"^(?:[^:：]{1,60}: | {3})((?:https?|mailto):[^\s<>]+)(?: \(.*\))?$", re.MULTILINE)
_CARD = re.compile(r"^(\d+)\. ", re.MULTILINE)
_ENCODED_WORD = re.compile(rb"=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?=")
_ONCE = ("From", "Date", "Message-ID", "Subject", "To", "MIME-Version", "List-Id", "List-Unsubscribe")
_ALLOWED = {
    *(name.lower() for name in _ONCE),
    "reply-to", "content-type", "list-unsubscribe-post", "list-help", "list-archive", "list-post", "precedence",
    "auto-submitted",
}  # fmt: skip
_FORBIDDEN = {"script", "form", "input", "button", "iframe", "object", "embed", "link", "base", "svg", "video", "audio"}
_MOST = 100_000
_UNSUBSCRIBE_WITHIN = 90_000


class _Page(HTMLParser):
    """What the rules look at in the HTML part."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.links: list[str] = []
        self.titles: list[str] = []
        self.card_links: list[list[str]] = []
        self.style = ""
        self.title = ""
        self.preheader = ""
        self._into = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        names = (values.get("class") or "").split()
        if tag == "a" and not {"p-link", "row-link"}.isdisjoint(names):
            self.titles.append("")
            self._into = "paper"
            self.card_links.append([])
        elif tag == "div" and "display:none" in (values.get("style") or ""):
            self._into = "preheader"
        elif tag in {"style", "title"}:
            self._into = tag
        if (tag == "td" and "foot" in names) or tag == "h2":
            self.card_links.append([])
        if tag == "a":
            self.links.append(values.get("href") or "")
            if self.card_links and "/day/" not in (values.get("href") or ""):
                self.card_links[-1].append(values.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        ends = {"paper": {"a"}, "preheader": {"div"}}
        if tag in ends.get(self._into, {"style", "title"}):
            self._into = ""

    def handle_data(self, data: str) -> None:
        if self._into == "paper":
            self.titles[-1] += data
        elif self._into in {"style", "title", "preheader"}:
            setattr(self, self._into, getattr(self, self._into) + data)


def lint_mail(message: OutgoingMessage, *, served: bool = True) -> list[str]:
    """Every rule that the message breaks; empty where it breaks none. `served`: there is a site with https pages."""
    return [f"rule {number}: {text}" for number, text in _problems(message, served=served)]


def _problems(message: OutgoingMessage, *, served: bool) -> Iterator[tuple[int, str]]:
    raw = bytes(message)
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    yield from _format(raw, message, parsed)
    yield from _lists(parsed, served=served)
    if parsed.get_content_type() != "multipart/alternative":
        yield 2, f"expected multipart/alternative, got {parsed.get_content_type()}"
        return
    kinds = [part.get_content_type() for part in parsed.iter_parts()]
    if kinds != ["text/plain", "text/html"]:
        yield 2, f"expected text/plain then text/html, got {kinds}"
        return
    text_part, html_part = parsed.iter_parts()
    text = "\n".join(line.rstrip() for line in text_part.get_content().splitlines())
    html = html_part.get_content().replace("\r\n", "\n")
    page = _Page()
    page.feed(html)
    yield from _agreement(text, page)
    yield from _sizes(raw, parsed)
    yield from _markup(html, page)
    yield from _addresses(page)


def _format(raw: bytes, message: OutgoingMessage, parsed: EmailMessage) -> Iterator[tuple[int, str]]:
    for name in _ONCE:
        if len(parsed.get_all(name, [])) != 1:
            yield 1, f"expected one {name}, got {len(parsed.get_all(name, []))}"
    if re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
        yield 1, "a line does not end in CRLF"
    if any(len(line) > 998 for line in raw.split(b"\r\n")):
        yield 1, "a line has more than 998 octets"
    if not raw.isascii():
        yield 1, "an octet is not ASCII, though no encoding says 8bit"
    for word in _ENCODED_WORD.findall(message.header):
        if len(word) > 75:
            yield 1, f"an encoded word has {len(word)} characters, at most 75 are allowed"
    if parsed.defects:
        yield 1, f"defects: {parsed.defects}"
    if unknown := {name.lower() for name in parsed} - _ALLOWED:
        yield 15, f"header fields that nobody wrote: {sorted(unknown)}"
    local = message.sender.rpartition("@")[0]
    if len(local.encode()) > 64:
        yield 9, f"the envelope sender's local part has {len(local)} octets, at most 64 are allowed"
    if message.sender == parsed["From"].addresses[0].addr_spec:
        yield 9, "the envelope sender is the same for every delivery"


def _lists(parsed: EmailMessage, *, served: bool) -> Iterator[tuple[int, str]]:
    unsubscribe = parsed["List-Unsubscribe"] or ""
    if served:
        if len(re.findall(r"<https://[^<>\s]+>", unsubscribe)) != 1 or not unsubscribe.startswith("<https://"):
            yield 3, f"expected one https address first in List-Unsubscribe, got {unsubscribe!r}"
        if parsed["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click":
            yield 3, f"List-Unsubscribe-Post is {parsed['List-Unsubscribe-Post']!r}"
    elif not unsubscribe.startswith("<mailto:"):
        yield 3, f"expected a mailto in List-Unsubscribe, got {unsubscribe!r}"
    list_id = str(parsed["List-Id"] or "")
    if not re.search(r"<[A-Za-z0-9.-]+>\Z", list_id) or len(list_id.encode()) > 255:
        yield 7, f"List-Id is {list_id!r}"
    for name in ("List-Help", *(("List-Archive",) if served else ())):
        if not re.fullmatch(r"<(?:https://|mailto:)[^<>\s]+>", parsed[name] or ""):
            yield 7, f"{name} is {parsed[name]!r}, expected an address in angle brackets"
    if parsed["List-Post"] != "NO":
        yield 7, f"List-Post is {parsed['List-Post']!r}"
    if parsed["Auto-Submitted"] != "auto-generated" or parsed["Precedence"] != "list":
        yield 8, f"Auto-Submitted is {parsed['Auto-Submitted']!r}, Precedence {parsed['Precedence']!r}"


def _agreement(text: str, page: _Page) -> Iterator[tuple[int, str]]:
    cuts = [match.start() for match in _CARD.finditer(text)]
    ends = [*cuts, text.rfind("\n--\n")][1:]  # none where there is no paper
    blocks = [text[start:end] for start, end in zip(cuts, ends, strict=True)]
    if len(blocks) != len(page.titles):
        yield 2, f"{len(blocks)} papers in the text, {len(page.titles)} in the HTML"
        return
    links = [one for one in page.card_links if one]
    for number, (block, title) in enumerate(zip(blocks, page.titles, strict=True), 1):
        if _squeezed(title) not in _squeezed(block):
            yield 2, f"paper {number} is {title!r} in the HTML, but not in the text"
        # what follows the last paper (n more on your page) is a link of the mail, not of the paper
        wanted = set(links[number - 1]) if number < len(blocks) else set()
        if differing := wanted - set(_LINK_LINE.findall(block)):
            yield 2, f"paper {number} has links that the text does not have: {differing}"
    if differing := set(page.links) ^ set(_LINK_LINE.findall(text)):
        yield 2, f"links differ: {differing}"


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _sizes(raw: bytes, parsed: EmailMessage) -> Iterator[tuple[int, str]]:
    if len(raw) >= _MOST:
        yield 12, f"the message has {len(raw)} octets, under {_MOST} are allowed"
    boundary = f"--{parsed.get_boundary()}".encode()
    html_part = raw.split(boundary)[2]
    body = html_part.partition(b"\r\n\r\n")[2]
    if len(body) >= _MOST:
        yield 12, f"the HTML has {len(body)} octets as transferred, under {_MOST} are allowed"
    content = list(parsed.iter_parts())[1].get_content().encode()
    at = content.rfind(b"unsubscribe")
    if not 0 <= at < _UNSUBSCRIBE_WITHIN:
        yield 12, f"the unsubscribe link stands at octet {at}, expected within {_UNSUBSCRIBE_WITHIN}"


def _markup(html: str, page: _Page) -> Iterator[tuple[int, str]]:
    names = {tag for tag, _ in page.tags}
    if found := names & _FORBIDDEN:
        yield 13, f"elements that mail must not hold: {sorted(found)}"
    outside = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", page.style)
    if re.sub(r":root\s*\{[^}]*\}", "", outside).strip():
        yield 13, f"a <style> rule outside media queries: {outside.strip()[:80]!r}"
    for tag, values in page.tags:
        if any(name.startswith("on") for name in values):
            yield 13, f"an event handler on <{tag}>"
        if tag == "table" and values.get("role") != "presentation":
            yield 14, "a layout table without role=presentation"
        if tag == "img":
            if "alt" not in values:
                yield 14, "an image without alt"
            if (values.get("src") or "").startswith("data:"):
                yield 13, "a data: image"
        if tag == "html" and not values.get("lang"):
            yield 14, "no lang on <html>"
        for width in re.findall(r"(?:max-)?width:\s*(\d+)px", values.get("style") or ""):
            if int(width) > 640:
                yield 14, f"<{tag}> is {width} px wide, at most 640 are allowed"
    if not page.title.strip():
        yield 14, "no <title>"
    if not 40 <= len(page.preheader.strip()) <= 130:
        yield 14, f"the preheader has {len(page.preheader.strip())} characters, expected 40 to 130"
    if ("meta", {"name": "color-scheme", "content": "light dark"}) not in page.tags:
        yield 14, "no color-scheme"
    if 'class="counts"' not in html:
        yield 14, "the counts are missing"
    for problem in low_contrast(html):
        yield 14, problem


def _addresses(page: _Page) -> Iterator[tuple[int, str]]:
    for link in page.links:
        if not re.fullmatch(r"(?:https?://|mailto:)[\x21-\x7e]+", link):
            yield 15, f"not an absolute address: {link[:80]!r}"
