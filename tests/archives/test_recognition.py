"""A document of another kind is refused, with what was expected and what it looks like."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from newsletter.archives import READERS, json_lines_reader
from newsletter.errors import SourceMalformed
from newsletter.sources.paper_lines import read_line
from tests.archives.test_arxiv_daily import NEW, document
from tests.archives.test_hf_daily import HEAD, LINK, STYLES
from tests.archives.test_paper_express import PAGE

DAY = date(2026, 6, 8)
FORMATS = {**READERS, "jsonl": json_lines_reader(read_line)}

README = """# 每日论文 2026-06-08

[![stars](https://img.shields.io/x)](https://example.org)

## 📱 订阅渠道

- 微信公众号
- [知乎](https://zhuanlan.zhihu.com/p/1)

[网站](https://example.org/subscribe)

## 1. Installation

1. Clone it.
2. Run it[^1].

[到主页查看详情](https://example.org/)

### 1. Usage

> - Demo: https://demo.example.org

[^1]: With care.
"""
OWN = {
    "arxiv-daily": document(NEW),
    "hf-daily": f"{HEAD}## T\n\n{STYLES['headings of level three']}{LINK}",
    "paper-express": PAGE,
    "jsonl": '{"id": "arxiv:2606.00001", "title": "Beans"}\n',
}
FOREIGN = {
    "the file is empty": "\n \n",
    "it looks like Markdown of another kind": README,
    "it looks like an HTML page": f"<!DOCTYPE html>\n<html><body>\n{README}</body></html>",
    "it looks like a feed": '<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>',
    "it looks like one JSON array": '[\n  {"id": "arxiv:2606.00001", "title": "Beans"}\n]\n',
    "it looks like one JSON document of several lines": '{\n  "papers": []\n}\n',
    "it looks like none of the formats": "lorem ipsum\n" * 20,
}


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("profile", FORMATS)
def test_what_is_of_no_format_is_refused_in_one_sentence(profile: str, kind: str) -> None:
    with pytest.raises(SourceMalformed) as refused:
        FORMATS[profile](FOREIGN[kind], DAY)
    said = str(refused.value)
    assert said.startswith(f"This is no {profile} document: expected ")
    assert kind in said
    assert len(said.splitlines()) <= 5


@pytest.mark.parametrize("other", OWN)
@pytest.mark.parametrize("profile", FORMATS)
def test_a_document_of_another_of_our_formats_is_named(profile: str, other: str) -> None:
    if profile == other:
        assert FORMATS[profile](OWN[other], DAY).announcements
        return
    with pytest.raises(SourceMalformed, match=f"looks like {other}: try `--format {other}`"):
        FORMATS[profile](OWN[other], DAY)


@pytest.mark.parametrize("profile", READERS)
def test_the_project_s_own_pages_are_no_digests(profile: str) -> None:
    root = Path(__file__).parents[2]
    for path in (*root.glob("*.md"), *(root / "docs").glob("*.md")):
        with pytest.raises(SourceMalformed, match="This is no"):
            READERS[profile](path.read_text(), DAY)


def test_of_a_thousand_lines_that_cannot_be_read_the_first_few_are_told() -> None:
    with pytest.raises(SourceMalformed, match="and 997 more") as refused:
        FORMATS["jsonl"]('{"title": "Beans"}\n' * 1000, DAY)
    assert "line 1: id: Field required" in str(refused.value)


def test_a_heading_with_a_link_below_is_no_paper_of_a_page_that_has_some() -> None:
    text = f"{OWN['hf-daily']}\n## 📱 订阅渠道\n\n- 公众号\n\n[知乎](https://zhuanlan.zhihu.com/p/1)\n"
    back = READERS["hf-daily"](text, DAY)
    assert [one.paper_id for one in back.announcements] == ["arxiv:2309.00001"]
    assert any("订阅渠道" in problem and "expected numbered sections" in problem for problem in back.problems)
