"""XML from strangers before any parser sees it: in one known encoding, without a document type, of bounded size.

Parsers guess encodings, each in its own way, and what one of them reads as a comment is a document type to another. So
the encoding is settled here, what is looked through is byte for byte what is parsed, and it is looked through to the
end of its prolog, however long that is.
"""

from __future__ import annotations

import codecs
import re

from newsletter.domain.text import clean
from newsletter.errors import SourceMalformed

__all__ = ["TooMuch", "forgiving_document", "strict_document"]

_MARKS = 1_000_000
"""Tags, and attributes, of one document: ten times the largest that arXiv sends. A parsed one takes a hundred bytes."""
_FORGIVING_SIZE = 4 * 1024 * 1024
_FORGIVING_MARKS = 100_000
"""The forgiving reader takes thirty times the time and memory for each of them."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# the first character without a byte order mark (XML 1.0 appendix F.1)
_BEGINNINGS = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_EBCDIC = b"\x4c\x6f\xa7\x94"
_DECLARATION = re.compile(rb"\s*<\?xml\s([^<>]{0,500}?)\?>")
_DECLARED = re.compile(rb"""encoding\s*=\s*["']\s*([A-Za-z0-9._:-]{1,40})\s*["']""")
# Those of the web in which ASCII stays what it is; Python knows others that take hours to decode, or hide a tag.
_KNOWN = frozenset(
    f"utf-8 ascii iso8859-1 koi8-r koi8-u gb2312 gbk gb18030 big5 big5hkscs shift_jis cp932 euc_jp euc_kr cp949 "
    f"iso2022_jp mac-roman mac-cyrillic tis-620 cp866 cp874 {' '.join(f'iso8859-{n}' for n in range(2, 17))} "
    f"{' '.join(f'cp{n}' for n in range(1250, 1259))}".split()
)
_WIDE = frozenset("utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be".split())

_HTML = re.compile(rb"^\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(rb"<!\s*ENTITY\b", re.IGNORECASE)
# A control character written as it is makes the whole answer ill-formed (XML 1.0 §2.2); the paper is worth more.
_CONTROLS = bytes({*range(32)} - {*b"\t\n\r"})
_CONTROL_REFERENCE = re.compile(rb"&#(?:0{0,5}(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0{0,5}(?:[0-8bcefBCEF]|1[0-9a-fA-F]));")
_MENDED = 10_000


class TooMuch(SourceMalformed):
    """It is more than any parser is to be given, however forgiving."""


def strict_document(body: bytes) -> bytes:
    """The document in UTF-8, without its declaration, for a parser that refuses what is not well-formed.

    Raises:
        SourceMalformed: empty, HTML, with a document type (no feed needs one, and entity bombs do), too many tags, or
            not what its encoding promises.
    """
    return _checked(_utf8(body, forgiving=False), len(body))


def forgiving_document(body: bytes) -> bytes:
    """The same for a parser that mends what is broken; what cannot be decoded is replaced.

    Raises:
        SourceMalformed: as `strict_document`; also if entities are defined anywhere, for what is broken has no prolog.
    """
    document = _checked(_utf8(body, forgiving=True), len(body))
    if _ENTITY.search(document):
        raise _document_type()
    if len(document) > _FORGIVING_SIZE or document.count(b"<") > _FORGIVING_MARKS:
        msg = f"the feed is damaged, and too large to be read all the same ({len(body)} bytes)"
        raise TooMuch(msg)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + document


def _utf8(body: bytes, *, forgiving: bool) -> bytes:
    encoding, start = _encoding(body)
    document = body[start:]
    if encoding != "utf-8" or (forgiving and not _is_utf8(document)):
        try:
            text = document.decode(encoding)
        except UnicodeDecodeError as error:
            if not forgiving:
                msg = f"expected XML in {encoding}, got bytes that are not (byte {start + error.start})"
                raise SourceMalformed(msg) from error
            text = document.decode("utf-8" if _is_utf8(document) else "windows-1252", "replace")
        document = text.encode("utf-8", "replace")
    declaration = _DECLARATION.match(document)
    document = document[declaration.end() :] if declaration else document
    # not by one expression for both: it would hold each of millions of control characters as an object
    return _CONTROL_REFERENCE.sub(b"", document.translate(None, _CONTROLS), count=_MENDED)


def _encoding(body: bytes) -> tuple[str, int]:
    """The encoding by Python's name, and where the text begins (XML 1.0 §4.3.3, appendix F)."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return encoding, len(mark)
    for beginning, encoding in _BEGINNINGS:
        if body.startswith(beginning):
            return encoding, 0
    declaration = _DECLARATION.match(body[:600])
    declared = _DECLARED.search(declaration[1]) if declaration else None
    label = "EBCDIC" if body.startswith(_EBCDIC) else declared[1].decode("ascii") if declared else "utf-8"
    try:
        name = codecs.lookup(label).name
    except LookupError:
        name = ""
    if name in _WIDE:
        return "utf-8", 0  # its declaration could be read, so it is none of them
    if name not in _KNOWN:
        msg = f"expected XML in UTF-8 or another encoding of the web, got one that says it is in {label!r}"
        raise TooMuch(msg)
    return name, 0


def _is_utf8(document: bytes) -> bool:
    try:
        document.decode()
    except UnicodeDecodeError:
        return False
    return True


def _checked(document: bytes, size: int) -> bytes:
    if not document.strip():
        msg = "expected XML, got an empty answer"
        raise SourceMalformed(msg)
    if _HTML.match(document[:2000]):
        msg = f"expected XML, got an HTML page ({_title_of(document)})"
        raise SourceMalformed(msg)
    if _has_document_type(document):
        raise _document_type()
    if document.count(b"<") > _MARKS or document.count(b"=") > 2 * _MARKS:
        msg = f"expected a feed, got XML of more than {_MARKS:,} tags or attributes ({size} bytes)"
        raise TooMuch(msg)
    return document


def _has_document_type(document: bytes) -> bool:
    """Whether anything is declared between the comments and instructions that stand before the first element."""
    at = 0
    while (at := document.find(b"<", at)) >= 0:
        if document.startswith(b"<!--", at):
            at = document.find(b"-->", at + 4)
        elif document.startswith(b"<?", at):
            at = document.find(b"?>", at + 2)
        else:
            return document.startswith(b"<!", at)
        if at < 0:
            return False  # it has no end, so it holds no element either
    return False


def _document_type() -> SourceMalformed:
    return TooMuch("expected XML without a document type; one that has it may define entities without end")


def _title_of(document: bytes) -> str:
    match = re.search(rb"<title[^>]{0,200}>([^<]{1,200})", document[:20_000], re.IGNORECASE)
    return repr(" ".join(clean(match[1].decode("utf-8", "replace")).split())) if match else "without a title"
