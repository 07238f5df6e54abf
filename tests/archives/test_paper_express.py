"""The curated page keeps what its editor wrote."""

import re
from datetime import date

import pytest

from newsletter.archives import READERS
from newsletter.archives._markdown import plain
from newsletter.archives.paper_express import read_paper_express
from newsletter.errors import SourceMalformed
from tests.support.shared import REFERENCE, needs_shared

PAGE = """---
layout: wiki
title: 2023-05-26：论文速递
cate1: paper
---

## 2023-05-26：论文速递

### 1、Tomato: Models of Fruit

> 番茄：**水果** 的模型

> 《Tomato: Models of Fruit》
>
> - URL：https://arxiv.org/abs/2305.00001
>
> - 单位：Garden Lab & Bean Co
>
> - Official Code：https://example.org/tomato（目前只有一个 README）
>
>

- 动机：番茄难种，**需要模型**。

- 方法：用图。

- 优势：更红。

#### 简介

```python
# 更多 is not a heading here
## 参考
```

> 1）a quote: of the deep dive

$$
x_v = f(x)
$$

### 2、Bean: a Vine

> 豆

![Bean's figure](https://example.org/bean.png)

> - 《Bean: a Vine》
>
> - 网站：bean.example.org
>
> - URL：https://arxiv.org/abs/2305.00002v3
>
> - Official Code：None
>
> - Chat：https://example.org/chat
>
- 动机：豆。
- 方法：藤。
- 优势：长。

## 更多

### 1、"According to ..." Peas

>

> 《"According to ..." Peas》
>
> - URL：https://arxiv.org/abs/2305.00003

- 动机：豌。

- 方法：豆。

- 优势：绿。

## 参考

- 园丁：[一篇](https://example.org/1)

- 园丁：[二篇](https://example.org/2)
"""


def read():
    back = read_paper_express(PAGE)
    assert back.problems == ()
    return back


def test_the_page_gives_papers_in_order_with_those_in_brief_apart():
    back = read()
    assert back.day == date(2023, 5, 26)
    assert [a.paper.title for a in back.announcements] == [
        "Tomato: Models of Fruit",
        "Bean: a Vine",
        '"According to ..." Peas',
    ]
    assert [n.highlight for n in back.paper_notes] == [True, True, False]
    assert back.announcements[1].paper.version == 3


def test_the_bullets_are_drafts_and_their_marks_are_the_editors_words():
    first = read()
    summary = first.announcements[0].summaries[0]
    assert (summary.motivation, summary.method, summary.result) == ("番茄难种，需要模型。", "用图。", "更红。")
    assert summary.title == "番茄：水果 的模型"
    assert first.paper_notes[0].words == {
        "zh-Hans": {"motivation": "番茄难种，**需要模型**。", "title": "番茄：**水果** 的模型"}
    }


def test_the_facts_stand_in_any_order_and_further_links_are_kept():
    first, second, third = read().paper_notes
    assert (first.affiliation, first.code, first.code_remark) == (
        "Garden Lab & Bean Co",
        "https://example.org/tomato",
        "目前只有一个 README",
    )
    assert (second.code, second.affiliation) == ("None", "")
    assert second.links == (("网站", "bean.example.org"), ("Chat", "https://example.org/chat"))
    assert second.figures == (("Bean's figure", "https://example.org/bean.png"),)
    assert third.links == ()


def test_a_deep_dive_is_kept_to_the_letter():
    first, second, _ = read().paper_notes
    assert first.deep_dive == PAGE[PAGE.index("#### 简介") : PAGE.index("\n\n### 2、")]
    assert second.deep_dive == ""


def test_references_belong_to_the_issue():
    assert read().issue_note.references == (
        "园丁：[一篇](https://example.org/1)",
        "园丁：[二篇](https://example.org/2)",
    )


def test_a_paper_without_an_address_is_told_and_the_others_are_read():
    back = read_paper_express(PAGE.replace("> - URL：https://arxiv.org/abs/2305.00001\n", ""))
    assert len(back.announcements) == 2
    assert "URL" in back.problems[0]


def test_a_document_of_another_kind_is_refused():
    with pytest.raises(SourceMalformed, match="paper-express"):
        read_paper_express("## 2023-05-26：论文速递\n\nnothing\n")


@pytest.mark.parametrize(
    ("marked", "text"),
    [
        ("**bold** and *soft*", "bold and soft"),
        ('**"*nested* words"**', '"nested words"'),
        ("`code`", "code"),
        ("$x^*$ and $y^*$", "$x^*$ and $y^*$"),
        ("2 * 3 * 4", "2 * 3 * 4"),
    ],
)
def test_marks_leave_the_plain_text(marked, text):
    assert plain(marked) == text


@needs_shared
def test_the_published_example_comes_in_whole():
    text = (REFERENCE / "paper-express-2023-05-26.md").read_text(encoding="utf-8")
    back = READERS["paper-express"](text, None)
    assert back.problems == ()
    titles = re.findall(r"^### \d、(.+)$", text, re.MULTILINE)
    assert [a.paper.raw_title for a in back.announcements] == titles
    assert [a.paper.links["abs"] for a in back.announcements] == re.findall(r"URL：(\S+)", text)
    assert [n.highlight for n in back.paper_notes] == [True] * 3 + [False] * 3
    further = re.findall(r"^> - (?:网站|Gorilla|Discord)", text, re.MULTILINE)
    assert sum(len(n.links) for n in back.paper_notes) == len(further)
    assert sum(bool(n.affiliation) for n in back.paper_notes) == text.count("单位：")
    assert len(back.issue_note.references) == 3
    known = "\n".join(n.deep_dive for n in back.paper_notes)
    for line in text[: text.index("## 参考")].splitlines():
        # nothing between the first heading of a dive and the next paper is lost
        if line.startswith(("####", "$$", "![")) and line not in known:
            assert any(line.endswith(f"({address})") for n in back.paper_notes for _, address in n.figures), line
    bullets = re.findall(r"^- (?:动机|方法|优势)：(.+)$", text, re.MULTILINE)
    written = [
        n.words.get("zh-Hans", {}).get(role, getattr(a.summaries[0], role))
        for a, n in zip(back.announcements, back.paper_notes, strict=True)
        for role in ("motivation", "method", "result")
    ]
    assert written == [bullet.strip() for bullet in bullets]
