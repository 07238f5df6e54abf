"""What must not be published is recognised, and every honest summary passes."""

import json
import lzma
import re
import time

import pytest

from newsletter.domain.judging import is_error_text, is_garbled, is_refusal, judge
from newsletter.domain.languages import is_in
from newsletter.domain.papers import Paper, PaperId
from newsletter.domain.resemblance import is_about
from newsletter.domain.summaries import FailureKind, Keyword, Provenance, Rating, Summary
from newsletter.domain.summary_schema import read_answer
from tests.support.shared import DATA, needs_shared

PAPER = Paper(
    id=PaperId("sample:1"),
    title="Counting Tomatoes in Greenhouses with Small Cameras",
    abstract="Growers count tomatoes by hand, which takes hours. We mount small cameras on trellis wires and train a "
    "light network that counts fruit while a cart passes. On forty rows it is off by two percent, and the code is at "
    "https://example.org/tomato. It needs no new hardware beyond the cart, and runs on a telephone of five years ago.",
    links={"abs": "https://arxiv.org/abs/2606.00001"},
)
ENGLISH = "The paper counts tomatoes in greenhouses with small cameras on a cart and is off by two percent."
CHINESE = "本文用安装在推车上的小型相机统计温室中的番茄数量，误差为百分之二。"


def summary(language="en", **fields):
    base = {"tldr": ENGLISH if language == "en" else CHINESE}
    if language != "en":
        base |= {"title": "用小型相机统计温室番茄", "abstract": CHINESE * 2, "tldr_en": ENGLISH}
    return Summary(paper_id=PAPER.id, language=language, provenance=Provenance("llm"), **(base | fields))


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_an_honest_summary_passes(language):
    assert judge(summary(language), PAPER) is None


@pytest.mark.parametrize("field", ["tldr", "method", "result"])
@pytest.mark.parametrize("mark", ["\x0c", "\x00", "\x07", "\x1b", "\x7f", "\x85", "\ufffd", chr(0xD835)])
def test_a_control_character_is_garbled(field, mark):
    assert judge(summary(**{field: f"It reaches ${mark}rac{{1}}{{2}}$ of the optimum."}), PAPER) is FailureKind.GARBLED


def test_the_same_words_over_and_over_are_garbled():
    assert is_garbled("the paper presents a method for the paper presents a method for " * 8)
    assert is_garbled("番茄番茄" * 40)
    assert not is_garbled(PAPER.abstract)


@pytest.mark.parametrize(
    "text",
    [
        "Error",
        "error.",
        "ERROR: could not reach the model",
        "Summary generation failed",
        "Motivation analysis unavailable",
        "Method extraction failed",
        "Failed to generate summary.",
        "N/A",
        "None",
        "null",
        "Not available",
        "Not specified in the abstract.",
        "Internal Server Error",
        "HTTP error 500",
        "Rate limit exceeded, try again in 20s",
        "Traceback (most recent call last): …",
        "...",
        "string",
        "翻译失败",
        "摘要生成失败。",
        "暂无摘要",
        "无",
        "错误：请求超时",
    ],
)
def test_a_failure_text_is_no_content(text):
    assert is_error_text(text)
    assert judge(summary(tldr=text), PAPER) is FailureKind.ERROR_TEXT
    assert judge(summary(result=text), PAPER) is FailureKind.ERROR_TEXT


@pytest.mark.parametrize(
    "text",
    [
        "Errors in semantic occupancy models compromise planning.",
        "Error-driven learning explains the data.",
        "None of the architectures were able to recover the signal.",
        "Failed grasps are used to train the policy.",
        "Error: a measure of trust that the paper redefines for language models and tests on six tasks"
        + " and more" * 80,
        "It generates specifications with sorry placeholders.",
        "NoT reduced collapse from 31% to under 1%.",
        "我们发现错误会在推理链中累积。",
    ],
)
def test_a_sentence_about_errors_is_content(text):
    assert not is_error_text(text)
    assert not is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "Sorry, I cannot summarise this.",
        "I cannot provide a summary of this paper.",
        "I am unable to access the paper.",
        "As an AI language model, I do not have opinions.",
        "Please provide the abstract.",
        "Sure, here is the summary:",
        "抱歉，我无法提供摘要。",
        "很抱歉，我不能回答。",
        "作为一个AI语言模型，我没有观点。",
        "我无法访问该论文。",
        "请提供摘要内容。",
    ],
)
def test_a_refusal_is_no_content(text):
    assert judge(summary(tldr=text), PAPER) is FailureKind.REFUSED
    assert judge(summary("zh-Hans", method=text), PAPER) is FailureKind.REFUSED


def test_without_a_one_liner_a_summary_is_incomplete():
    assert judge(summary(tldr=""), PAPER) is FailureKind.INCOMPLETE
    assert judge(summary(tldr=" … "), PAPER) is FailureKind.ERROR_TEXT


INSTRUCTIONS = "You write entries of a newsletter of research papers, for readers who know the field. Answer with JSON."


@pytest.mark.parametrize(
    "text",
    [
        PAPER.title,
        PAPER.abstract,
        "Summary: <paper id=1> the tomatoes </paper>",
        '{"tldr": "It counts tomatoes."}',
        "```json {} ```",
        "<|im_start|>assistant It counts tomatoes.",
        "I write entries of a newsletter of research papers, for readers who know the field.",
    ],
)
def test_an_echo_is_no_summary(text):
    assert judge(summary(tldr=text), PAPER, instructions=INSTRUCTIONS) is FailureKind.ECHO


def test_a_sentence_of_the_abstract_may_be_quoted():
    assert judge(summary(tldr=PAPER.abstract.split(". ")[1] + "."), PAPER, instructions=INSTRUCTIONS) is None


def test_a_text_far_beyond_its_limit_is_too_long():
    long = " ".join(f"row {n} has {n * n} fruit and {n * 7 + 1} leaves on vine number{n}" for n in range(60))
    assert judge(summary(method=long), PAPER) is FailureKind.TOO_LONG


@pytest.mark.parametrize(
    "text", ["See https://evil.example/x.", "Mail me at eve@evil.example.", "Go to www.evil.example now."]
)
def test_an_address_that_the_paper_does_not_name_is_unsupported(text):
    assert judge(summary(result=text), PAPER) is FailureKind.UNSUPPORTED
    assert judge(summary(ratings={"novelty": Rating(5.0, text)}), PAPER) is FailureKind.UNSUPPORTED


def test_the_papers_own_addresses_and_recall_at_k_are_no_invention():
    text = "Code is at https://example.org/tomato, and Recall@10.5 rises."
    assert judge(summary(result=text), PAPER) is None


@pytest.mark.parametrize(
    ("language", "fields", "failure"),
    [
        ("en", {"tldr": CHINESE}, FailureKind.WRONG_LANGUAGE),
        (
            "en",
            {"tldr": "Der Artikel zählt die Tomaten im Gewächshaus und ist mit einer Kamera auf zwei Prozent genau."},
            FailureKind.WRONG_LANGUAGE,
        ),
        ("zh-Hans", {"tldr": ENGLISH}, FailureKind.UNTRANSLATED),
        ("zh-Hans", {"tldr": "這篇論文們過來對時為會說國學實際樣現應結構總網絡語。"}, FailureKind.WRONG_LANGUAGE),
        ("zh-Hans", {"tldr": "この論文はトマトを数える方法について述べています。"}, FailureKind.WRONG_LANGUAGE),
        ("zh-Hans", {"abstract": PAPER.abstract}, FailureKind.UNTRANSLATED),
        ("zh-Hans", {"title": PAPER.title}, FailureKind.UNTRANSLATED),
        ("zh-Hans", {"tldr_en": CHINESE}, FailureKind.WRONG_LANGUAGE),
        ("de", {"tldr": ENGLISH, "title": "", "abstract": "", "tldr_en": ""}, FailureKind.UNTRANSLATED),
    ],
)
def test_another_language_is_recognised(language, fields, failure):
    assert judge(summary(language, **fields), PAPER) is failure


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("在GazeFollow上AUC=0.961，VideoAttentionTarget上AUC=0.948，参数量仅7.1M。", "zh-Hans"),
        ("ResNet-18, CIFAR-10, GPT-4o, BERT, LoRA.", "en"),
        ("Η απόδοση $α$ and $β$ of the model are better than the baselines.", "en"),
        ("这个模型的α和β参数比基线更好", "zh-Hans"),
    ],
)
def test_names_and_numbers_are_in_every_language(text, language):
    assert is_in(text, language)


def test_a_summary_of_another_paper_is_noticed():
    other = Paper(
        id=PaperId("sample:2"),
        title="Violins and Varnish",
        abstract="Laser interferometers measure how varnish damps resonance of maple plates in old Cremona violins.",
    )
    lie = "Laser interferometers show that varnish damps resonance of maple plates in Cremona violins."
    assert is_about(summary(), PAPER, [PAPER, other])
    assert not is_about(summary(tldr=lie), PAPER)
    assert not is_about(summary("zh-Hans", tldr_en=lie), PAPER, [PAPER, other])


def test_hostile_lengths_take_linear_time():
    began = time.perf_counter()
    for text in (
        "a@" * 50_000,
        "sorry " * 30_000,
        "error " * 20_000,
        "http" * 50_000,
        "<paper " * 20_000,
        "番" * 100_000,
    ):
        judge(summary(tldr=text, method=text, keywords=(Keyword(text[:200]),)), PAPER, instructions=INSTRUCTIONS)
    assert time.perf_counter() - began < 5


WEEK = [f"2026-06-{day:02}" for day in range(8, 15)]
MONTH = [f"2026-06-{day:02}" for day in range(1, 31)]


@needs_shared
@pytest.mark.parametrize(
    ("name", "language", "days", "faults"),
    [
        ("en", "en", WEEK, 13),
        ("zh", "zh-Hans", WEEK, 2),
        pytest.param("en", "en", MONTH, 61, marks=pytest.mark.slow),
        pytest.param("zh", "zh-Hans", MONTH, 4, marks=pytest.mark.slow),
    ],
)
def test_of_what_models_really_wrote_the_faults_found_are_the_faults_counted(name, language, days, faults):
    """Counted here without the judge: control characters, and the failure text that was published as a summary."""
    control = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
    counted, found = set(), set()
    with lzma.open(DATA / "llm_recorded" / f"{name}_2026-06.jsonl.xz", "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            if line[10:20] not in days:
                continue
            record = json.loads(line)
            said = {field: record["AI"][field] for field in ("tldr", "motivation", "method", "result")}
            if any(control.search(text) for text in said.values()) or said["tldr"] == "Summary generation failed":
                counted.add(number)
            # the abstracts stand in other files; of them the judge needs addresses and tags alone
            abstract = " ".join(re.findall(r"http\S+|</?think>", " ".join(said.values()), re.IGNORECASE))
            paper = Paper(id=PaperId(f"arxiv:{record['id']}"), title=record["title"], abstract=abstract)
            if judge(read_answer(said, paper, language, Provenance("llm")).summary, paper):
                found.add(number)
    assert found == counted
    assert len(found) == faults
