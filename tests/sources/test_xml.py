"""XML of strangers: no document type reaches a parser, wherever it hides and however it is written down."""

from __future__ import annotations

import codecs
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import SourceMalformed
from newsletter.sources import arxiv_api, arxiv_oai, arxiv_rss
from newsletter.sources._feed_items import xml_items
from newsletter.sources._xml_text import TooMuch
from newsletter.sources.feed import parse

DAY = date(2026, 6, 2)
TYPE = '<!DOCTYPE rss [<!ENTITY a "EXPANDED">]>'
ITEM = "<item><title>Café</title><link>https://lab.example/1</link><description>one &a; two</description></item>"
FEED = f'<rss version="2.0"><channel>{ITEM}</channel></rss>'
PLAIN = FEED.replace("&a;", "and")

FILLERS = {
    "nothing": "",
    "20 KB of comment": f"<!--{'c' * 20_000}-->",
    "20 KB of comments": "<!-- <rss> -->" * 1500,
    "2 MB of comment": f"<!--{'c' * 2_000_000}-->",
    "20 KB of instructions": "<?a <rss><b>?>" * 1500,
    "20 KB of space": " \n" * 10_000,
}
HIDDEN_IN = "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be cp037 cp500 cp1140 utf-7 hz".split()


def readers() -> list[Callable[[bytes], object]]:
    return [
        xml_items,
        lambda body: arxiv_rss.parse(body, feed="cs.CL"),
        arxiv_api.parse,
        arxiv_oai.parse,
    ]


@pytest.mark.parametrize("encoding", HIDDEN_IN)
@pytest.mark.parametrize("filler", FILLERS)
def test_a_document_type_is_found_wherever_it_hides(filler: str, encoding: str) -> None:
    for label in (encoding.removesuffix("-sig"), "utf-8", None):
        declaration = f'<?xml version="1.0" encoding="{label}"?>' if label else ""
        body = f"{declaration}{FILLERS[filler]}{TYPE}{FEED}".encode(encoding)
        for read in readers():
            with pytest.raises(SourceMalformed):
                read(body)


@pytest.mark.parametrize(
    "broken", ["<!-- <rss> --", "<rss", "junk", "<>", "< ", "<?", "<!--", "<!", "]]>", "&", "<a b='"]
)
def test_what_is_broken_hides_no_entity_either(broken: str) -> None:
    for body in (f"{broken}\n{TYPE}{FEED}", f"{broken}\n<!ENTITY a 'EXPANDED'>\n{FEED}", f"{TYPE}{broken}{FEED}"):
        with pytest.raises(SourceMalformed):
            xml_items(body.encode())


PIECES = [
    TYPE,
    "<!ENTITY a 'EXPANDED'>",
    "<!-- <rss> -->",
    "<?a <rss>?>",
    "junk",
    "<",
    "<!--",
    "-->",
    "<?xml?>",
    "<rss>",
]
LABELS = ["", *HIDDEN_IN, "latin-1", "punycode", "idna", "unicode_escape", "rot13", "hex", "undefined"]
MARKS = [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, b"\n", b"\x00"]


@given(
    st.lists(st.sampled_from([*PIECES, "<![CDATA[", "]]>", "\x00"]), max_size=5),
    st.sampled_from(HIDDEN_IN),
    st.sampled_from(MARKS),
    st.sampled_from(LABELS),
)
def test_whatever_a_document_begins_with_nothing_is_expanded(
    pieces: list[str], encoding: str, mark: bytes, label: str
) -> None:
    declaration = f'<?xml version="1.0" encoding="{label}"?>' if label else ""
    body = mark + (declaration + "".join(pieces) + FEED).encode(encoding)
    try:
        items = xml_items(body)
    except SourceMalformed:
        return
    assert not any("EXPANDED" in text for item in items for text in (item.title, item.summary, item.link))


# --- encodings that are meant ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", [*HIDDEN_IN[:8], "latin-1", "windows-1252", "iso-8859-15", "gb18030"])
def test_a_feed_in_any_encoding_of_the_web_is_read(encoding: str) -> None:
    label = encoding.removesuffix("-sig")
    for declaration in (
        f'<?xml version="1.0" encoding="{label}"?>',
        f"<?xml version='1.0' encoding='{label.upper()}' ?>\n",
    ):
        (item,) = xml_items((declaration + PLAIN).encode(encoding))
        assert item.title == "Café"


@pytest.mark.parametrize(
    ("label", "encoding"), [("utf-8", "windows-1252"), ("utf-16", "utf-8"), ("utf-8", "utf-16"), ("us-ascii", "utf-8")]
)
def test_a_wrong_label_costs_no_feed(label: str, encoding: str) -> None:
    (item,) = xml_items((f'<?xml version="1.0" encoding="{label}"?>' + PLAIN).encode(encoding))
    assert item.title == "Café"


def test_a_page_quoted_by_a_feed_is_no_document_type() -> None:
    quoted = PLAIN.replace("one and two", "<![CDATA[<!DOCTYPE html><p>one</p>]]>")
    (strict,) = xml_items(quoted.encode())
    (forgiven,) = xml_items(quoted.replace("Café", "a & b").encode())
    assert "<p>one</p>" in strict.summary
    assert "<p>one</p>" in forgiven.summary


# --- size ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<a>" * 300, "Excessive depth"),
        (b"<rss><a>" + b"<a/>" * 1_100_000 + b"</a></rss>", "more than 1,000,000 tags"),
        (b"<rss>" + b"<a b='' c='' d=''/>" * 700_000 + b"</rss>", "more than 1,000,000 tags"),
        (b"<rss><channel>" + b"<item/>" * 200_000, "damaged, and too large"),
        (b"<rss><channel>" + b"x" * 5_000_000, "damaged, and too large"),
    ],
    ids=["depth", "tags", "attributes", "broken tags", "broken text"],
)
def test_what_is_over_a_limit_is_given_to_no_parser_that_has_none(body: bytes, reason: str) -> None:
    with pytest.raises(TooMuch, match=re.escape(reason)):
        xml_items(body)


MEMORY = r"""
import re, resource, sys
from datetime import date
from pathlib import Path
from newsletter.errors import SourceMalformed
from newsletter.sources.feed import parse

def bomb(encoding, filler):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{filler}<!DOCTYPE rss [<!ENTITY a "{"a" * 100_000}">]>'
    text += f'<rss version="2.0"><channel><item><title>t</title><description>{"&a;" * 8_000}</description></item>'
    return (text + "</channel></rss>").encode(encoding)

for encoding in ("utf-8", "utf-16", "utf-32", "cp037", "utf-7"):
    for filler in ("", f"<!--{'c' * 2_000_000}-->", "<?p <rss>?>" * 100_000):
        for body in (bomb(encoding, filler), bomb(encoding, filler)[:-40], b"junk" + bomb(encoding, filler)):
            try:
                parse(body, feed="f", day=date(2026, 6, 2))
            except SourceMalformed:
                continue
            sys.exit(f"{encoding} was read")
try:
    # Linux counts the memory of the process that started this one into ru_maxrss, but not into its own mark
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]
except OSError:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(int(peak) // 1024)
"""


def test_no_bomb_takes_more_memory_than_a_feed_does() -> None:
    """In a process of its own, which is 60 MB before it reads anything; one bomb would take 800 MB more."""
    run = subprocess.run(
        [sys.executable, "-c", MEMORY], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) < 300


@given(st.binary(max_size=200))
def test_no_bytes_make_a_reader_raise_anything_else(noise: bytes) -> None:
    for body in (noise, PLAIN.encode().replace(b"one", noise), noise + PLAIN.encode()):
        try:
            parse(body, feed="f", day=DAY)
        except SourceMalformed:
            continue
