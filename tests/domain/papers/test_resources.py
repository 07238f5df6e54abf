"""Where a paper's code, data and pages are, by what its abstract says."""

import json
import lzma

import pytest

from newsletter.domain.papers import RESOURCES, find_resources
from tests.support.shared import DATA, needs_shared

ABSTRACTS = DATA / "abstracts" / "2025-07_2026-02.jsonl.xz"


@pytest.mark.parametrize(
    ("text", "resources"),
    [
        ("Code is available at https://github.com/a/b.", {"code": "https://github.com/a/b"}),
        ("Our code and dataset: https://github.com/a/b.git", {"code": "https://github.com/a/b"}),
        ("The dataset is released at https://github.com/a/b", {"data": "https://github.com/a/b"}),
        ("Models are at https://huggingface.co/a/b", {"model": "https://huggingface.co/a/b"}),
        ("https://huggingface.co/datasets/a/b", {"data": "https://huggingface.co/datasets/a/b"}),
        ("Try it: https://huggingface.co/spaces/a/b", {"demo": "https://huggingface.co/spaces/a/b"}),
        ("Project page: https://a.github.io/b/", {"project": "https://a.github.io/b/"}),
        ("It is available on PyPI (https://index.example.org/p/x)", {"code": "https://index.example.org/p/x"}),
        ("A video is at https://youtu.be/abc", {"video": "https://youtu.be/abc"}),
        ("Our code is at https://anonymous.4open.science/r/x-1", {"code": "https://anonymous.4open.science/r/x-1"}),
        ("Data: https://doi.org/10.5281/zenodo.123", {"data": "https://doi.org/10.5281/zenodo.123"}),
        ("See our website https://lab.example.edu/x for more.", {"project": "https://lab.example.edu/x"}),
        (r"Code can be found \href{https://github.com/a/b}{here}.", {"code": "https://github.com/a/b"}),
        (
            "Code: https://github.com/a/b, data: https://lab.example.edu/d, demo: https://lab.example.edu/e",
            {
                "code": "https://github.com/a/b",
                "data": "https://lab.example.edu/d",
                "demo": "https://lab.example.edu/e",
            },
        ),
        # a tool that is merely mentioned comes after what is said to be available
        (
            "We build on Foo (https://github.com/foo/foo), a parser. Our code is available at https://github.com/a/b.",
            {"code": "https://github.com/a/b"},
        ),
    ],
)
def test_an_address_gets_its_role_from_its_host_and_the_words_before(text: str, resources: dict[str, str]) -> None:
    assert find_resources([text]) == resources


@pytest.mark.parametrize(
    "text",
    [
        "The code will be available at https://github.com/.",
        "Code: https://github.com/XXX/xxx and https://github.com/username/repo",
        "as shown before (https://arxiv.org/abs/2403.18684)",
        "see https://doi.org/10.1000/182",
        "trained on NHIS, https://statistics.example.gov/nhis, for years",
        "Code will be released.",
    ],
)
def test_what_is_nobodys_code_or_page_has_no_role(text: str) -> None:
    assert find_resources([text]) == {}


def test_a_comment_counts_like_an_abstract_and_comes_after_it() -> None:
    texts = [
        "Code: https://github.com/a/b",
        "12 pages. Code: https://github.com/c/d. Project page: https://a.github.io",
    ]
    assert find_resources(texts) == {"code": "https://github.com/a/b", "project": "https://a.github.io"}


@needs_shared
def test_recorded_abstracts_that_name_an_address_lead_somewhere() -> None:
    """Every tenth of 41,355 recorded abstracts: 12 % name an address, nearly all of them one with a role."""
    named = led = 0
    with lzma.open(ABSTRACTS, "rt") as lines:
        for at, line in enumerate(lines):
            abstract = json.loads(line)["abstract"] if at % 10 == 0 else ""
            found = find_resources([abstract])
            assert set(found) <= set(RESOURCES)
            named += "http" in abstract
            led += bool(found)
    assert led > 450
    assert led >= 0.98 * named
