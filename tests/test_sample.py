"""The bundled sample holds what its README promises, and the example roster fits it."""

import json
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "newsletter" / "sample"
ROSTER = ROOT / "subscribers" / "example.toml"

# Split at line feeds only: str.splitlines would also split at separators inside a text.
LINES = (SAMPLE / "papers.jsonl").read_bytes().decode("utf-8").removesuffix("\n").split("\n")
PAPERS = [json.loads(line) for line in LINES]
BY_ID = {paper["id"]: paper for paper in PAPERS}
AWKWARD = re.findall(r"^\| (sample:\S+) \|", (SAMPLE / "README.md").read_text("utf-8"), re.MULTILINE)
SUBSCRIBERS = tomllib.loads(ROSTER.read_text("utf-8"))["subscriber"]

FIELDS = {
    "language": ("cs.CL", "cs.IR", "cs.CR"),
    "learning": ("cs.LG", "stat."),
    "vision": ("cs.CV", "eess.IV"),
    "robotics": ("cs.RO",),
    "mathematics and physics": ("math.", "quant-ph", "hep-th", "physics.", "cond-mat."),
    "life": ("q-bio.",),
    "astronomy": ("astro-ph.",),
}
ANNOUNCE_TYPES = {"new", "cross", "replace", "replace-cross", "featured"}
NEEDED = {"id", "title", "abstract", "authors", "categories", "announce_type", "announced", "version", "links"}
OPTIONAL = {"summaries", "comment", "doi", "journal_ref", "license", "upvotes", "organization"}


def field_of(paper):
    primary = paper["categories"][0]
    return next(name for name, prefixes in FIELDS.items() if primary.startswith(prefixes))


def words(text):
    return re.findall(r"\w+", text)


# Paper -> its awkward things: what is looked at, and what must be in it.
TITLE, ABSTRACT, AUTHORS, COMMENT = "title", "abstract", "authors", "comment"
PRESENT = [
    ("sample:2606.0006", ABSTRACT, ["<think>", "</think>", " > ", "(< 600"]),
    ("sample:2606.0009", TITLE, ["Text-to-Image", "Colour"]),
    (
        "sample:2606.0009",
        ABSTRACT,
        ["Text-to-image", "text to image", "text/image", "behaviour", "Modelling", "optimised"],
    ),
    ("sample:2606.0010", TITLE, ["\u0645\u064f\u0639\u062c\u064e\u0645"]),
    ("sample:2606.0010", AUTHORS, ["\u0644\u064a\u0644\u0649", "\u05e0\u05d5\u05e2\u05d4"]),
    ("sample:2606.0011", TITLE, ["$d$", "$k$"]),
    ("sample:2606.0011", ABSTRACT, ["$n$", "$$\\mathrm{spec}", "\\le"]),
    ("sample:2606.0013", AUTHORS, ["Lantern Team"]),
    ("sample:2606.0014", TITLE, ["<script>alert(1)</script>", "&", "|"]),
    ("sample:2606.0014", ABSTRACT, ["&amp;", " & ", "|", "](", "]]>", "<img src=x"]),
    ("sample:2606.0015", TITLE, ["\n"]),
    ("sample:2606.0015", ABSTRACT, ["\n", "explora-\ntion", "conserva-\n", "flora"]),
    ("sample:2606.0015", COMMENT, ["\n"]),
    ("sample:2606.0016", TITLE, ["\U0001f33e"]),
    ("sample:2606.0016", ABSTRACT, ["\U0001f3fe\u200d\U0001f33e", "\U0001f1ec\U0001f1ed"]),
    ("sample:2606.0018", ABSTRACT, ["$p \\in (1, 2]$", "\\hat{\\sigma}", "0.4\\%", "\\|"]),
    (
        "sample:2606.0019",
        AUTHORS,
        ["\u9673\u96e8\u6850", "\u064a\u0648\u0633\u0641", "Nguy\u1ec5n", "\u00de\u00f3rd\u00eds"],
    ),
    ("sample:2606.0020", TITLE, ["``Needle''"]),
    ("sample:2606.0020", ABSTRACT, ["``", "''", "\\textbf{", "\\emph{", "\\textsc{", "\\citep{", "40\\%"]),
    ("sample:2606.0021", AUTHORS, ["Andr\\'e", "Erd\\H{o}s", "{\\L}", "\\v{r}"]),
    ("sample:2606.0022", ABSTRACT, ["organ ", "organization", "began", "Elegant"]),
    ("sample:2606.0023", TITLE, ["\r\n"]),
    ("sample:2606.0023", AUTHORS, ["(Department of Computer Science, Polytechnic of the Lagoon, Venice, Italy)"]),
    ("sample:2606.0025", ABSTRACT, ["fragment", "storage", "leverage", "average", "dragging"]),
    ("sample:2606.0038", ABSTRACT, ["\x00", "\x07", "(IT)", " it "]),
    ("sample:2606.0039", TITLE, ["\uff26\uff49\uff4e\uff45"]),
    ("sample:2606.0039", ABSTRACT, ["\ufb01", "\ufb02", "\ufb00", "\ufb03", "\uff05", "\u2018"]),
    ("sample:2605.0077", ABSTRACT, ["(LLMs)", "An LLM", "(RAG)", "KG-RAG", "retrieval augmented generation"]),
]
MEASURED = {
    "sample:2606.0007": lambda paper: max(map(len, paper["abstract"].split())) == 300,
    "sample:2606.0027": lambda paper: len(set(paper["authors"])) == len(paper["authors"]) == 312,
    "sample:2606.0033": lambda paper: len(paper["abstract"]) >= 1900,
    "sample:2606.0040": lambda paper: len(paper["abstract"].split()) == 2,
    "sample:2606.0041": lambda paper: paper["abstract"] == "",
    "sample:hep-th/0601001": lambda paper: re.fullmatch(r"sample:[a-z-]+/\d{7}", paper["id"]),
}
NO_USUAL_LENGTH = {"sample:2606.0033", "sample:2606.0040", "sample:2606.0041"}


def test_every_line_is_one_compact_object():
    """A line is what json.dumps writes: control characters escaped, everything else as it is."""
    for line, paper in zip(LINES, PAPERS, strict=True):
        assert line == json.dumps(paper, ensure_ascii=False, separators=(",", ":"))


def test_there_are_48_papers_over_six_fields_and_more():
    counts = Counter(map(field_of, PAPERS))
    assert len(PAPERS) == 48
    assert len(counts) >= 6
    assert min(counts.values()) >= 3


def test_ids_are_unique_and_cannot_be_taken_for_arxiv_ids():
    assert len(BY_ID) == len(PAPERS)
    assert all(id_.startswith("sample:") for id_ in BY_ID)


@pytest.mark.parametrize("paper", PAPERS, ids=BY_ID)
def test_a_paper_has_the_documented_keys(paper):
    assert paper.keys() >= NEEDED
    assert paper.keys() <= NEEDED | OPTIONAL
    assert paper["announced"] == "2026-06-15"
    assert paper["announce_type"] in ANNOUNCE_TYPES
    assert (paper["version"] > 1) == paper["announce_type"].startswith("replace")
    assert paper["title"]
    assert paper["authors"]
    assert paper["categories"]
    assert len(set(paper["categories"])) == len(paper["categories"])
    assert paper["links"]["abs"] == paper["id"].replace("sample:", "https://papers.example.org/abs/")
    assert paper["links"]["pdf"] == paper["id"].replace("sample:", "https://papers.example.org/pdf/")
    if paper["id"] not in NO_USUAL_LENGTH:
        assert 90 <= len(paper["abstract"].split()) <= 220


def test_announce_types_are_mixed_as_the_readme_says():
    counts = Counter(paper["announce_type"] for paper in PAPERS)
    assert counts == {"new": 35, "featured": 5, "cross": 4, "replace": 3, "replace-cross": 1}


def test_half_the_papers_are_awkward_and_listed():
    assert len(AWKWARD) == len(set(AWKWARD)) == len(PAPERS) // 2
    assert set(AWKWARD) <= set(BY_ID)
    assert set(AWKWARD) == {id_ for id_, _, _ in PRESENT} | set(MEASURED)


@pytest.mark.parametrize(("id_", "key", "snippets"), PRESENT, ids=[f"{id_} {key}" for id_, key, _ in PRESENT])
def test_what_the_readme_lists_is_in_the_text(id_, key, snippets):
    value = BY_ID[id_][key]
    text = "\n".join(value) if key == AUTHORS else value
    for snippet in snippets:
        assert snippet in text


@pytest.mark.parametrize("id_", MEASURED)
def test_what_the_readme_measures_is_so(id_):
    assert MEASURED[id_](BY_ID[id_])


def test_near_misses_are_not_the_keyword():
    for id_, keyword in [("sample:2606.0025", "rag"), ("sample:2606.0015", "lora"), ("sample:2606.0022", "gan")]:
        text = f"{BY_ID[id_]['title']} {BY_ID[id_]['abstract']}".lower()
        assert keyword in text
        assert keyword not in words(text)


@pytest.mark.parametrize("paper", [p for p in PAPERS if p["id"] not in AWKWARD], ids=lambda paper: paper["id"])
def test_the_other_half_is_plain(paper):
    text = " ".join([paper["title"], paper["abstract"], *paper["authors"]])
    assert text.isascii()
    assert text.isprintable()
    assert not re.search(r"[\\$<>&|`{}\[\]]", text)


def test_fourteen_papers_bring_summaries_in_two_languages():
    with_summaries = [paper for paper in PAPERS if "summaries" in paper]
    assert len(with_summaries) == 14
    for paper in with_summaries:
        assert list(paper["summaries"]) == ["en", "zh-Hans"]


@pytest.mark.parametrize(
    ("paper", "language"),
    [(paper, language) for paper in PAPERS for language in paper.get("summaries", {})],
    ids=lambda value: value if isinstance(value, str) else value["id"],
)
def test_a_summary_has_every_part(paper, language):
    summary = paper["summaries"][language]
    texts = ["title", "tldr", "motivation", "method", "result"]
    if language == "zh-Hans":  # the English abstract is the paper's own
        texts.append("abstract")
    assert set(summary) == {*texts, "highlights", "keywords", "ratings"}
    han = re.compile(r"[\u4e00-\u9fff]")
    for text in [*(summary[key] for key in texts), *summary["highlights"]]:
        assert text.strip()
        assert bool(han.search(text)) == (language == "zh-Hans")
    assert len(summary["highlights"]) >= 2
    assert len(summary["keywords"]) >= 3
    assert all(set(keyword) == {"en", "zh"} and all(keyword.values()) for keyword in summary["keywords"])
    assert set(summary["ratings"]) == {"practicality", "novelty", "recommendation"}
    for rating in summary["ratings"].values():
        assert rating["value"] * 2 in range(11)
        assert rating["reason"].strip()


def test_the_roster_has_ten_subscribers_at_example_addresses():
    emails = [subscriber["email"] for subscriber in SUBSCRIBERS]
    assert len(emails) == len(set(emails)) == 10
    for email in emails:
        assert re.fullmatch(r"[a-z]+(\.[a-z]+)*@example\.(org|com|net)", email)


def test_the_roster_uses_every_key_and_every_kind_of_interest():
    for subscriber in SUBSCRIBERS:
        assert subscriber.keys() >= {"email", "name", "interests"}
        assert subscriber.keys() <= {"email", "name", "interests", "language", "cadence", "max_papers"}
        assert subscriber["interests"]
        assert all(subscriber["interests"])
        assert subscriber.get("language", "en") in {"en", "zh-Hans"}
        assert subscriber.get("cadence", "daily") in {"daily", "weekly"}
        assert subscriber.get("max_papers", 1) >= 1
    interests = [interest for subscriber in SUBSCRIBERS for interest in subscriber["interests"]]
    for start in ["title:", "abstract:", "author:", "cat:", "-"]:
        assert any(interest.startswith(start) for interest in interests)
    assert sum(subscriber.get("cadence") == "weekly" for subscriber in SUBSCRIBERS) == 1
    assert sum("max_papers" not in subscriber for subscriber in SUBSCRIBERS) == 1
    assert {subscriber.get("language") for subscriber in SUBSCRIBERS} == {"en", "zh-Hans", None}


def loosely_fits(interest, paper):
    """A rough stand-in for the product's matching, enough to keep roster and sample together."""
    where, _, term = interest.rpartition(":")
    if where == "cat":
        return term in paper["categories"]
    if where == "author":
        return any(term in author for author in paper["authors"])
    text = {"title": paper["title"], "abstract": paper["abstract"]}.get(where, f"{paper['title']} {paper['abstract']}")
    return f" {' '.join(words(term.lower()))} " in f" {' '.join(words(text.lower()))} "


@pytest.mark.parametrize("subscriber", SUBSCRIBERS, ids=lambda subscriber: subscriber["email"])
def test_every_subscriber_but_one_finds_something(subscriber):
    wanted = [interest for interest in subscriber["interests"] if not interest.startswith("-")]
    found = [paper["id"] for paper in PAPERS if any(loosely_fits(interest, paper) for interest in wanted)]
    assert bool(found) == (subscriber["email"] != "nomvula@example.net")
