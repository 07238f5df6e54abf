"""Every way in which a model wrote the `hf-daily` sections is read as the same data."""

import re
from datetime import date

import pytest

from newsletter.archives import READERS
from newsletter.archives._ratings import read_ratings
from newsletter.archives.hf_daily import parse_keyword, read_hf_daily
from newsletter.domain.papers import RATINGS, Keyword, Rating
from newsletter.errors import SourceMalformed
from tests.support.shared import REFERENCE, needs_shared

HEAD = """# 【2023-09-26】Huggingface 每日论文速览

- [Huggingface Daily Papers 2023-09-26](https://huggingface.co/papers?date=2023-09-26) 共推荐 1 篇论文。

> 💡说明：
>
> - 本文速览花园论文。
>
> - 使用 GPT-4 进行内容生成。

"""
LINK = "\n[到 Huggingface 论文主页查看详情](https://huggingface.co/papers/2309.00001)\n"
KEYWORDS = "- Tomato (番茄)\n\n- Bean (豆子)\n"

# Each is one style of the sections' titles, and where their bodies stand.
STYLES = {
    "numbered, bold after the number": "1. **本文的主要工作：**\n\n种番茄。\n\n2. **本文工作的主要亮点：**\n\n红。\n\n"
    f"3. **核心关键词：**\n\n{KEYWORDS}\n4. **打分：**\n\n- 实用性: 4/5\n\n- 创新性: 5/5\n\n- 推荐度: 4/5\n",
    "bold over the number": "**1. 本文主要工作**\n\n种番茄。\n\n**2. 工作的主要亮点**\n\n- 红\n\n- 圆\n\n"
    "**3. 核心关键词**\n\n"
    f"{KEYWORDS}\n**4. 评分**\n\n- 实用性：4/5。好。\n\n- 创新性：5/5。新。\n\n- 推荐度：4/5。读。\n",
    "a heading over all, bodies indented": "### 本文工作总结\n\n1. **本文主要工作**\n\n   种番茄。\n\n"
    "2. **本文工作的主要亮点**\n\n   红。\n\n3. **核心关键词**\n\n   - Tomato (番茄)\n\n   - Bean (豆子)\n\n"
    "4. **打分**\n\n   - 实用性： 4/5分\n\n   - 创新性： 5/5分\n\n   - 推荐度：4/5分\n\n   很实用。\n",
    "headings of level three": "### 1. 介绍本文的主要工作\n\n种番茄。\n\n### 2. 本文工作的主要亮点\n\n红。\n\n"
    "### 3. 核心关键词\n\n- Tomato (`番茄`)\n\n- Bean (`豆子`)\n\n### 4. 从实用性、创新性和推荐度进行打分\n\n"
    "实用性：4/5 - 好。\n\n创新性：5/5 - 新。\n\n推荐度：4/5 - 读。\n",
    "bold with a colon, keywords in backticks": "**1. 本文主要工作：**\n\n种番茄。\n\n"
    "**2. 本文工作的主要亮点：**\n\n- 红。\n\n"
    "**3. 核心关键词：**\n\n- `Tomato` (`番茄`)\n\n- `Bean` (`豆子`)\n\n**4. 评分：**\n\n- 实用性：4分。好。\n\n"
    "- 创新性：5分。新。\n\n- 推荐度：4分。读。\n",
    "another word for ratings": "### 论文总结\n\n**1. 本文的主要工作：**\n\n种番茄。\n\n"
    "**2. 本文工作的主要亮点：**\n\n- 红；\n\n"
    "**3. 核心关键词：**\n\n- `Tomato` (番茄)\n\n- `Bean` (豆子)\n\n**4. 速评（满分5分）：**\n\n- 实用性：4分。好。\n\n"
    "- 创新性：5分。新。\n\n- 推荐度：4分。读。\n",
    "in English": "**1. Main work**\n\nIt grows tomatoes.\n\n**2. Highlights**\n\n- They are red.\n\n"
    "**3. Keywords**\n\n"
    "- Tomato (番茄)\n\n- Bean (豆子)\n\n**4. Ratings**\n\n- Practicality: 4/5. Good.\n\n- Novelty: 5/5. New.\n\n"
    "- Recommendation: 4/5. Read.\n",
}


@pytest.mark.parametrize("style", STYLES)
def test_every_style_gives_the_same_data(style):
    back = read_hf_daily(f"{HEAD}## On  Growing Tomatoes\n\n{STYLES[style]}{LINK}")
    assert back.problems == ()
    (announcement,) = back.announcements
    (summary,) = announcement.summaries
    assert announcement.paper.title == "On Growing Tomatoes"
    assert announcement.paper.raw_title == "On  Growing Tomatoes"
    assert announcement.paper.links == {
        "abs": "https://arxiv.org/abs/2309.00001",
        "hf": "https://huggingface.co/papers/2309.00001",
    }
    assert summary.main_work in {"种番茄。", "It grows tomatoes."}
    assert summary.highlights
    assert "**" not in "".join(summary.highlights)
    assert summary.keywords == (Keyword("Tomato", "番茄"), Keyword("Bean", "豆子"))
    assert {name: rating.value for name, rating in summary.ratings.items()} == {
        "practicality": 4.0,
        "novelty": 5.0,
        "recommendation": 4.0,
    }


def test_the_head_is_the_preface_and_names_the_model():
    back = read_hf_daily(f"{HEAD}## T\n\n{STYLES['in English']}{LINK}")
    assert back.day == date(2023, 9, 26)
    assert back.issue_note.preface == {"zh-Hans": "- 本文速览花园论文。\n- 使用 GPT-4 进行内容生成。"}
    assert back.announcements[0].summaries[0].provenance.model == "GPT-4"


def test_a_paragraph_of_reasons_is_divided_without_losing_a_word():
    lines = [
        "- 实用性: 4/5",
        "- 创新性: 5/5",
        "- 推荐度: 4.5/5",
        "评估很重要。因此实用性为4分。它打破传统，因此创新性满分。最后推荐度高。完。",
    ]
    ratings = read_ratings(lines)
    assert ratings["practicality"] == Rating(4, "评估很重要。因此实用性为4分。")
    assert ratings["novelty"] == Rating(5, "它打破传统，因此创新性满分。")
    assert "".join(r.reason for r in ratings.values()) == lines[-1]


@pytest.mark.parametrize(
    ("line", "value", "reason"),
    [
        ("- 实用性：4.5/5。好用。", 4.5, "好用。"),
        ("实用性：4/5 - 好用。", 4, "好用。"),
        ("- 实用性：5分。好用。", 5, "好用。"),
        ("- 实用性： 4.5/5分", 4.5, ""),
        ("- **实用性**：4/5，好用。", 4, "好用。"),
        ("- **实用性：** 4/5 分。好用。", 4, "好用。"),
        ("Practicality: 3.5/5 – handy.", 3.5, "handy."),
        ("- 实用性: 0/5", 0, ""),
    ],
)
def test_every_form_of_a_rating(line, value, reason):
    assert read_ratings([line]) == {"practicality": Rating(value, reason)}


@pytest.mark.parametrize("line", ["实用性：6/5", "实用性：4.3/5", "实用性：很高", "味道：4/5"])
def test_what_is_no_rating_is_none(line):
    assert read_ratings([line]) == {}


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("Large Models (大模型)", Keyword("Large Models", "大模型")),
        ("`Large Models` (`大模型`)", Keyword("Large Models", "大模型")),
        ("Transformer (`变压器`)", Keyword("Transformer", "变压器")),
        ("`LLMs (Large Language Models)` (大型语言模型)", Keyword("LLMs (Large Language Models)", "大型语言模型")),
        ("Large Models（大模型）", Keyword("Large Models", "大模型")),
        ("**Large Models**（大模型）；", Keyword("Large Models", "大模型")),
        ("SCREWS", Keyword("SCREWS")),
        ("VQA (视觉问答 (VQA))", Keyword("VQA", "视觉问答 (VQA)")),
    ],
)
def test_every_form_of_a_keyword(text, keyword):
    assert parse_keyword(text) == keyword


def test_keywords_on_one_line_are_several():
    style = STYLES["in English"].replace("- Tomato (番茄)\n\n- Bean (豆子)", "Tomato (番茄, 西红柿)、Bean (豆子)")
    (announcement,) = read_hf_daily(f"{HEAD}## T\n\n{style}{LINK}").announcements
    assert announcement.summaries[0].keywords == (Keyword("Tomato", "番茄, 西红柿"), Keyword("Bean", "豆子"))


def test_a_paper_without_a_link_and_a_missing_section_are_told():
    text = f"{HEAD}## No Link\n\n{STYLES['in English']}\n## Half\n\n**1. Main work**\n\nIt is.\n{LINK}"
    back = read_hf_daily(text)
    assert [a.paper.title for a in back.announcements] == ["Half"]
    assert any("No Link" in p for p in back.problems)
    assert any("no section of keywords" in p for p in back.problems)


def test_a_head_that_counts_otherwise_is_told():
    paper = f"## T\n\n{STYLES['in English']}{LINK}"
    back = read_hf_daily(HEAD + paper + "\n" + paper.replace("2309.00001", "2309.00002"))
    assert back.problems == ("the head announces 1 papers, 2 were read",)


def test_a_document_of_another_kind_is_refused():
    with pytest.raises(SourceMalformed, match="hf-daily"):
        read_hf_daily("# only a title\n")


@needs_shared
def test_the_published_example_comes_in_whole():
    text = (REFERENCE / "hf-daily-2023-09-26.md").read_text(encoding="utf-8")
    back = READERS["hf-daily"](text, None)
    assert back.problems == ()
    # counted on the raw text, without the reader
    assert len(back.announcements) == len(re.findall(r"^## ", text, re.MULTILINE)) == 6
    assert {a.paper.links["hf"] for a in back.announcements} == set(re.findall(r"https://\S+/papers/[\d.]+", text))
    summaries = [a.summaries[0] for a in back.announcements]
    rated = re.findall(r"(?:实用性|创新性|推荐度)[:：] ?(\d(?:\.\d)?)(?:/5|分)", text)
    assert sorted(r.value for s in summaries for r in s.ratings.values()) == sorted(map(float, rated))
    assert all(set(s.ratings) == set(RATINGS) for s in summaries)
    keywords = re.findall(r"^ *- [^：:\n]*[(（][^：:\n]*[)）]$", text, re.MULTILINE)
    assert sum(len(s.keywords) for s in summaries) == len(keywords) == 30
    assert all(k.term and k.translation and "`" not in k.term + k.translation for s in summaries for k in s.keywords)
    words = "".join(
        s.main_work + "".join(s.highlights) + "".join(r.reason for r in s.ratings.values()) for s in summaries
    )
    prose = [
        line.strip()
        for line in text[text.index("\n## ") :].splitlines()
        if len(line) > 60 and not line.startswith((">", "#", "["))
    ]
    for line in prose:
        said = re.sub(r"^(?:- )?(?:\S{3}[:：] ?[\d.]+(?:/5|分)分?[。]?(?: - )?)?", "", line)
        assert said in words, "a sentence of the page was lost"
