"""XML from strangers: parsed by a hardened lxml, and refused with a reason where it is something else.

No entity is expanded, no DTD is read, nothing is fetched, and depth and text are bounded by libxml2 (`huge_tree` off).
lxml and not feedparser for arXiv's own formats: it is ten times faster, it is strict, so that a cut answer is an error
and not a shorter list, and the formats are known to the letter.
"""

from __future__ import annotations

from lxml import etree

from newsletter.errors import SourceMalformed
from newsletter.sources._xml_text import TooMuch, strict_document

__all__ = ["ARXIV", "ATOM", "DC", "RDF", "RSS1", "children", "parse_xml", "text_of"]

ATOM = "{http://www.w3.org/2005/Atom}"
ARXIV = "{http://arxiv.org/schemas/atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
RSS1 = "{http://purl.org/rss/1.0/}"

_LIMITS = frozenset({1, 110, 114})
"""libxml2's codes for what is over its limits: an internal error (depth, before 2.14), a name, a resource."""


def parse_xml(body: bytes) -> etree._Element:
    """The root element.

    Raises:
        SourceMalformed: empty, HTML, not well-formed (for instance cut off), or with a document type.
        TooMuch: no other parser should try either.
    """
    document = strict_document(body)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        if error.code in _LIMITS:
            msg = f"expected a feed, got XML that is over the limits of any: {error.msg} ({len(body)} bytes)"
            raise TooMuch(msg) from error
        msg = f"expected XML, got something that is not well-formed, perhaps cut off: {error.msg} ({len(body)} bytes)"
        raise SourceMalformed(msg) from error
    except ValueError as error:
        msg = f"expected XML, got something that cannot be decoded: {error}"
        raise SourceMalformed(msg) from error
    return root


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
