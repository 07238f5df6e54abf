"""XML from strangers: parsed by a hardened lxml, and refused with a reason where it is something else.

No entity is expanded, no DTD is read, nothing is fetched, and depth and text are bounded by libxml2 (`huge_tree` off).
lxml and not feedparser for arXiv's own formats: it is ten times faster, it is strict, so that a cut answer is an error
and not a shorter list, and the formats are known to the letter.
"""

from __future__ import annotations

import re

from lxml import etree

from newsletter.domain.texts import clean
from newsletter.errors import SourceMalformed

__all__ = ["ARXIV", "ATOM", "DC", "RDF", "RSS1", "children", "parse_xml", "refuse_what_is_no_feed", "text_of"]

ATOM = "{http://www.w3.org/2005/Atom}"
ARXIV = "{http://arxiv.org/schemas/atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
RSS1 = "{http://purl.org/rss/1.0/}"

_HTML = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)\b", re.IGNORECASE)
_ROOT = re.compile(rb"<[A-Za-z_]")
# A control character written as it is makes the whole answer ill-formed (XML 1.0 §2.2); the paper is worth more.
_FORBIDDEN = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:0{0,5}(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0{0,5}(?:[0-8bcefBCEF]|1[0-9a-fA-F]));"
)


def parse_xml(body: bytes) -> etree._Element:
    """The root element.

    Raises:
        SourceMalformed: empty, HTML, not well-formed (for instance cut off), or with a document type: no feed needs
            one, and entity bombs do.
    """
    refuse_what_is_no_feed(body)
    if body[:2] not in (b"\xff\xfe", b"\xfe\xff") and _FORBIDDEN.search(body):
        body = _FORBIDDEN.sub(b"", body)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        msg = f"expected XML, got something that is not well-formed, perhaps cut off: {error.msg} ({len(body)} bytes)"
        raise SourceMalformed(msg) from error
    except ValueError as error:
        msg = f"expected XML, got something that cannot be decoded: {error}"
        raise SourceMalformed(msg) from error
    if root.getroottree().docinfo.doctype:
        msg = "expected XML without a document type; one that has it may define entities without end"
        raise SourceMalformed(msg)
    return root


def refuse_what_is_no_feed(body: bytes) -> None:
    """Tell an empty answer, an HTML page and a document type from what may be a feed, before anything parses it.

    Raises:
        SourceMalformed: it is one of those.
    """
    if not body.strip():
        msg = "expected XML, got an empty answer"
        raise SourceMalformed(msg)
    if _HTML.match(body[:2000]):
        msg = f"expected XML, got an HTML page ({_title_of(body)})"
        raise SourceMalformed(msg)
    head = body[:10_000].replace(b"\0", b"")
    root = _ROOT.search(head)
    if _DOCTYPE.search(head, 0, root.start() if root else len(head)):
        msg = "expected XML without a document type; one that has it may define entities without end"
        raise SourceMalformed(msg)


def text_of(element: etree._Element | None, *path: str) -> str:
    """The text of the element at this path below, empty where there is none. Mark-up inside is left out."""
    for tag in path:
        element = element.find(tag) if element is not None else None
    if element is None:
        return ""
    return (element.text or "") if not len(element) else "".join(element.itertext())


def children(element: etree._Element, tag: str) -> list[str]:
    """The texts of all direct children of this name that have any."""
    return [text for child in element.iterfind(tag) if (text := text_of(child).strip())]


def _title_of(body: bytes) -> str:
    match = re.search(rb"<title[^>]{0,200}>([^<]{1,200})", body[:20_000], re.IGNORECASE)
    return repr(" ".join(clean(match[1].decode("utf-8", "replace")).split())) if match else "without a title"
