"""The documentation cannot rot: commands, options, links and examples in it exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from newsletter.cli.app import app
from newsletter.settings import load_settings
from tests.support.shared import ROOT

PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/*.md"), *ROOT.glob("subscribers/*.md")]
)
_CODE = re.compile(r"^    newsletter .*$|^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?:^|[\s`$]|bin/)(?<!-u )(?<!nologin )newsletter((?: +[^\s`#>|&;()]+)+)", re.MULTILINE)
_PLACEHOLDER = re.compile(r"[A-Z_…./<>\d\"'*@-]")
ROOT_COMMAND = typer.main.get_command(app)


def _invocations(page: Path) -> Iterator[list[str]]:
    for code in _CODE.finditer(page.read_text()):
        for line in code[0].replace("\\|", " ").splitlines():
            for found in _COMMAND.finditer(line.split("#")[0]):
                try:
                    yield shlex.split(found[1])
                except ValueError:  # a quotation that ends on the next line
                    yield found[1].split()


def _resolve(words: list[str]) -> tuple[object, list[str]]:
    command: object = ROOT_COMMAND
    rest = list(words)
    while rest and (known := getattr(command, "commands", {}).get(rest[0])):
        command = known
        rest.pop(0)
    return command, rest


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_and_option_that_a_page_names_exists(page: Path) -> None:
    unknown = []
    for words in _invocations(page):
        command, rest = _resolve(words)
        if command is ROOT_COMMAND and rest and not rest[0].startswith("-"):
            if re.fullmatch(r"[a-z][a-z-]+", rest[0]):
                unknown.append(" ".join(words))
            continue
        options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}  # type: ignore[attr-defined]
        named = {word.split("=")[0] for word in rest if re.fullmatch(r"--[a-z-]+(=.*)?", word)}
        unknown += [f"{' '.join(words)}: {name}" for name in named - options - {"--help"}]
    assert not unknown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`\n]+`", "", page.read_text(), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s#]+)[^)]*\)|src=\"([^\"]+)\"", prose)
    missing = [a or b for a, b in links if "://" not in (a or b) and not (page.parent / (a or b)).exists()]
    assert not missing


def test_the_settings_that_init_writes_are_valid_and_show_every_section() -> None:
    example = ROOT / "newsletter" / "cli" / "newsletter.example.toml"
    settings = load_settings(example, {})
    assert settings.sources[0].kind == "arxiv-rss"
    uncommented = re.sub(r"^# (?=[a-z_]+ = |\[)", "", example.read_text(), flags=re.MULTILINE)
    for section in type(settings).model_fields.keys() - {"folder", "sample", "web", "dkim", "sources"}:
        assert f"[{section}]" in uncommented


def test_every_decision_is_dated_and_stands_in_the_index_under_its_own_words() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text().splitlines()
    for page in sorted(folder.glob("[0-9]*.md")):
        heading = re.match(r"# (\d+)\. (.+)\n\n\*(\d{4}-\d\d-\d\d)\*\n", page.read_text())
        assert heading is not None, f"{page.name} begins with a number, a title and a date"
        number, title, day = heading.groups()
        assert int(number) == int(page.name[:4])
        assert f"| {number} | [{title}]({page.name}) | {day} |" in index
