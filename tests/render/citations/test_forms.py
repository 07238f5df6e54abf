"""Citations as independent programs read them: bibtexparser, rispy, citeproc-py."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware, MonthIntMiddleware, SeparateCoAuthors, SplitNameParts
from citeproc import (
    Citation as Cited,
)
from citeproc import (
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st

from newsletter.domain.issues import Issue
from newsletter.domain.papers import Author, PaperId
from newsletter.domain.text import clean_line, plain
from newsletter.render.citations import CITATION_FORMS, citations
from newsletter.render.citations.names import read_name
from tests.support.june import june_issue
from tests.support.samples import make_issue, make_paper
from tests.support.shared import needs_shared


def arxiv_paper(number: str = "2606.00042", **changes: object) -> Issue:
    """An issue of one paper."""
    entry = make_paper(1, **({"id": PaperId(f"arxiv:{number}"), "title": "A title"} | changes))
    return make_issue([replace(entry, summaries={})])


def write(form: str, issue: Issue) -> str:
    made = CITATION_FORMS[form]
    return made.join(map(made.write, citations(issue))).decode()


def as_bibtex(issue: Issue, *, decoded: bool = False) -> list[dict[str, str]]:
    steps = [LatexDecodingMiddleware(), MonthIntMiddleware()] if decoded else []
    library = bibtexparser.parse_string(write("bibtex", issue), append_middleware=steps)
    assert not library.failed_blocks
    return [
        {"ID": entry.key} | {key: field.value for key, field in entry.fields_dict.items()} for entry in library.entries
    ]


def as_ris(issue: Issue) -> list[dict[str, object]]:
    text = write("ris", issue)
    assert "\n" not in text.replace("\r\n", "")
    return rispy.loads(text)


def title_in_bibtex(title: str) -> str:
    return as_bibtex(arxiv_paper(title=title))[0]["title"]


def test_every_field_of_an_eprint_is_there() -> None:
    issue = arxiv_paper(
        authors=(Author("Ada Lovelace"), Author("Fons van der Sommen")),
        title="Scaling laws for retrieval",
        categories=("cs.IR", "cs.CL"),
        version=3,
        doi="10.1000/182",
        journal_ref="J. Test. 4 (2026) 1-9",
    )
    [entry] = as_bibtex(issue, decoded=True)
    assert entry["ID"] == "lovelace2026scaling"
    assert (entry["author"], entry["year"], int(entry["month"])) == (
        "Lovelace, Ada and van der Sommen, Fons",
        "2026",
        6,
    )
    assert (entry["eprint"], entry["archivePrefix"], entry["primaryClass"]) == ("2606.00042", "arXiv", "cs.IR")
    assert (entry["doi"], entry["version"], entry["note"]) == ("10.1000/182", "3", "J. Test. 4 (2026) 1-9")
    assert entry["url"] == "https://papers.example.org/abs/2606.00001"
    [record] = as_ris(issue)
    assert (record["type_of_reference"], record["id"]) == ("UNPB", "lovelace2026scaling")
    assert record["authors"] == ["Lovelace, Ada", "van der Sommen, Fons"]
    assert (record["year"], record["date"], record["doi"]) == ("2026", "2026/06//", "10.1000/182")
    assert (record["accession_number"], record["edition"]) == ("arXiv:2606.00042", "3")
    [item] = json.loads(write("csl-json", issue))
    assert item["author"][1] == {"family": "Sommen", "given": "Fons", "non-dropping-particle": "van der"}
    assert item["issued"] == {"date-parts": [[2026, 6]]}
    assert (item["type"], item["number"], item["version"], item["DOI"]) == (
        *("article", "arXiv:2606.00042", "3"),
        "10.1000/182",
    )


@pytest.mark.parametrize(
    ("changes", "issued"),
    [
        ({"submitted": datetime(2026, 5, 29, 17, tzinfo=UTC)}, [2026, 5, 29]),
        ({}, [2026, 6]),
        ({"id": PaperId("arxiv:hep-ex/0307015")}, [2003, 7]),
        ({"id": PaperId("arxiv:math/9201042")}, [1992, 1]),
        ({"id": PaperId("doi:10.1000/182")}, [2026, 6, 2]),
    ],
)
def test_a_paper_is_dated_as_well_as_is_known(changes: dict[str, object], issued: list[int]) -> None:
    [item] = json.loads(write("csl-json", arxiv_paper(**changes)))
    assert item["issued"] == {"date-parts": [issued]}


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("LoRA for LLM-based agents in 3D", "{LoRA} for {LLM}-based agents in {3D}"),
        ("When Is 0.1% Enough? R&D at $5 #1_a", r"When Is 0.1\% Enough? {R}\&{D} at \$5 \#1\_a"),
        ("Beyond $\\ell_2$-norm and \\(N\\)", r"Beyond {$\ell_2$}-norm and {$N$}"),
        ("$γ$-Counter with $τ_0$ and $αx$", r"{$\gamma$}-{Counter} with {$\tau_0$} and {$\alpha x$}"),
        ("R^3 ~ \\ <b>", r"{R}\textasciicircum{}3 \textasciitilde{} \textbackslash{} \textless{}b\textgreater{}"),
        ("{x}", r"\textbraceleft{}x\textbraceright{}"),
        ("Learning from the Gaussian noise of Paris streets: An audit",
         "Learning from the {Gaussian} noise of {Paris} streets: An audit"),
        ("Learning From Gaussian Noise: An Audit", "Learning From Gaussian Noise: An Audit"),
        ("Half a $\\frac{1$ and \\", r"Half a \$\textbackslash{}frac\textbraceleft{}1\$ and \textbackslash{}"),
        ("Half a set $\\{}$", r"Half a set \$\textbackslash{}\textbraceleft{}\textbraceright{}\$"),
        ("Ünïcode – “quoted” 检索", "Ünïcode – “quoted” 检索"),
    ],
)  # fmt: skip
def test_a_title_in_bibtex(title: str, written: str) -> None:
    assert title_in_bibtex(title) == written


@pytest.mark.parametrize("form", ["ris", "csl-json"])
def test_a_formula_is_plain_text_elsewhere(form: str) -> None:
    text = write(form, arxiv_paper(title="UniD$^3$ for R&D"))
    assert "UniD³ for R&D" in text


def test_a_team_is_one_author_whatever_its_name_says() -> None:
    issue = arxiv_paper(authors=(Author("Systems and Robotics Group"), Author("Ada Lovelace")))
    library = bibtexparser.parse_string(write("bibtex", issue), append_middleware=[SeparateCoAuthors()])
    assert library.entries[0].fields_dict["author"].value == ["{Systems and Robotics Group}", "Lovelace, Ada"]
    [item] = json.loads(write("csl-json", issue))
    assert item["author"][0] == {"literal": "Systems and Robotics Group"}


@pytest.mark.parametrize("form", [*CITATION_FORMS])
def test_a_paper_of_which_little_is_known_can_be_cited(form: str) -> None:
    issue = arxiv_paper(
        id=PaperId("url:https://x.example/1"), title="", authors=(), categories=(), links={}, abstract=""
    )
    assert "url:https://x.example/1" in write(form, issue)


def test_a_line_cannot_be_smuggled_in() -> None:
    issue = arxiv_paper(title="One\r\nER  - \r\nTY  - BOOK", doi="10.1000/1}, author={x", authors=(Author("A\nB C"),))
    assert len(as_ris(issue)) == 1
    [entry] = as_bibtex(issue)
    assert entry["author"] == "C, A B"
    assert "doi" not in entry


@pytest.mark.parametrize(
    ("authors", "title", "key"),
    [
        (("Łukasz Øster-Ñandú",), "The $k$-means of it", "osternandu2026means"),
        (("ليلى الشناوي", "Tarek Bou Chahrour"), "مُعجَم: A Benchmark", "chahrour2026benchmark"),
        (("李飞飞",), "检索", "paper2026"),
        ((), "Of the", "2026of"),
    ],
)
def test_a_key_says_who_when_and_what(authors: tuple[str, ...], title: str, key: str) -> None:
    [one] = citations(arxiv_paper(authors=tuple(map(Author, authors)), title=title))
    assert one.key == key


def test_keys_are_unique_and_do_not_depend_on_the_order() -> None:
    papers = [
        replace(make_paper(1, id=PaperId(f"arxiv:2606.0000{n}"), title="Learning to see", authors=(Author("Xi Li"),)))
        for n in (3, 1, 2)
    ]
    keys = {one.paper_id: one.key for one in citations(make_issue(papers))}
    assert keys == {one.paper_id: one.key for one in citations(make_issue(papers[::-1]))}
    assert sorted(keys.values()) == ["li2026learning", "li2026learning-260600002", "li2026learning-260600003"]


_NASTY = st.text(st.sampled_from("aB {}\\$%&#_^~\"'@,=\n()[]<>éγ检"), max_size=40)


@given(title=_NASTY, name=_NASTY, journal=_NASTY)
def test_whatever_a_paper_holds_every_format_can_be_read(title: str, name: str, journal: str) -> None:
    entry = make_paper(1, title=title, authors=(Author(name), Author("Ada Lovelace")), journal_ref=journal)
    issue = make_issue([replace(entry, summaries={}), make_paper(2)])
    library = bibtexparser.parse_string(write("bibtex", issue), append_middleware=[SeparateCoAuthors()])
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == [one.key for one in citations(issue)]
    for own in library.entries[0].fields_dict.values():
        value = " ".join(own.value) if isinstance(own.value, list) else own.value
        assert value.count("{") == value.count("}")
    assert library.entries[0].fields_dict["author"].value[-1] == "Lovelace, Ada"
    assert [record["authors"][-1] for record in as_ris(issue)] == ["Lovelace, Ada", "Author 3"]  # type: ignore[index]
    assert json.loads(write("csl-json", issue))[0]["author"][-1] == {"family": "Lovelace", "given": "Ada"}


@needs_shared
@pytest.mark.slow
def test_a_recorded_day_keeps_every_author_and_every_mark() -> None:
    issue = june_issue(2, 1259)
    papers = [entry.paper for entry in issue.papers]
    names = [[clean_line(author.name) for author in paper.authors] for paper in papers]
    library = bibtexparser.parse_string(
        write("bibtex", issue), append_middleware=[LatexDecodingMiddleware(), SeparateCoAuthors()]
    )
    assert not library.failed_blocks
    assert len({entry.key for entry in library.entries}) == len(papers)
    for entry, paper, own in zip(library.entries, papers, names, strict=True):
        fields = entry.fields_dict
        assert [_upright(name) for name in fields["author"].value] == own
        if "$" not in paper.title:
            # the reader's own letter for a circumflex
            assert re.sub("[{}]", "", fields["title"].value).replace("ˆ", "^") == clean_line(paper.title)
        assert f"arxiv:{fields['eprint'].value}" == paper.id
    for record, paper, own in zip(as_ris(issue), papers, names, strict=True):
        assert [_upright(name) for name in record["authors"]] == own  # type: ignore[attr-defined]
        assert (record["title"], record["urls"]) == (plain(clean_line(paper.title)), [paper.links["abs"]])
    for item, paper, own in zip(json.loads(write("csl-json", issue)), papers, names, strict=True):
        parts = ("given", "non-dropping-particle", "family", "suffix", "literal")
        assert [" ".join(name[part] for part in parts if part in name) for name in item["author"]] == own
        assert item["title"] == plain(clean_line(paper.title))


@needs_shared
def test_bibtex_parts_names_where_we_do() -> None:
    issue = june_issue(2, 300)
    library = bibtexparser.parse_string(
        write("bibtex", issue), append_middleware=[SeparateCoAuthors(), SplitNameParts()]
    )
    seen = 0
    for entry, paper in zip(library.entries, issue.papers, strict=True):
        for name, author in zip(entry.fields_dict["author"].value, paper.paper.authors, strict=True):
            own = read_name(clean_line(author.name))
            if not own.is_whole:
                assert " ".join(name.first) == own.given
                assert re.sub("[{}]", "", " ".join((*name.von, *name.last))) == f"{own.particle} {own.family}".strip()
                seen += 1
    assert seen > 1_000


@needs_shared
def test_a_citation_processor_prints_what_we_write() -> None:
    issue = june_issue(2, 40)
    items = json.loads(write("csl-json", issue))
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    for item in items:
        bibliography.register(Cited([CitationItem(item["id"])]))
    printed = [str(line) for line in bibliography.bibliography()]
    for item in items:
        [line] = [line for line in printed if item["title"].rstrip(".?!") in line]
        first = item["author"][0]
        assert first.get("family", first.get("literal")) in line
        assert str(date(2026, 6, 1).year) in line


def _upright(name: str) -> str:
    """`Fons van der Sommen` out of `van der Sommen, Fons`."""
    family, _, given = name.partition(", ")
    return clean_line(f"{given} {family}".replace("{", "").replace("}", ""))
