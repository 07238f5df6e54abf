"""Prompts are templates, versioned by what they say."""

import shutil
from pathlib import Path

import pytest

from newsletter.domain.papers import Paper, PaperId
from newsletter.enrich.prompts import Prompts, language_name
from newsletter.errors import ConfigError, TemplateFault

SHIPPED = Path(__file__).parents[2] / "templates" / "prompts"
PAPER = Paper(id=PaperId("sample:1"), title="Gardens", abstract="They grow.")


def test_the_version_changes_with_the_content_and_the_language_alone(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "same")
    assert Prompts([SHIPPED]).version("en") == Prompts([tmp_path / "same"]).version("en")
    assert Prompts([SHIPPED]).version("en") != Prompts([SHIPPED]).version("zh-Hans")
    with (tmp_path / "same" / "papers.txt").open("a") as file:
        file.write("Be brief.\n")
    assert Prompts([SHIPPED]).version("en") != Prompts([tmp_path / "same"]).version("en")


def test_an_operators_file_replaces_one_of_the_shipped(tmp_path):
    (tmp_path / "system.txt").write_text("Write in {{ language_name }}.")
    system, user = Prompts([tmp_path, SHIPPED]).messages([PAPER], "zh-Hans")
    assert system["content"] == "Write in Chinese (Simplified)."
    assert "They grow." in user["content"]


def test_a_missing_template_is_a_clear_error(tmp_path):
    with pytest.raises(ConfigError, match=r"system\.txt"):
        Prompts([tmp_path]).version("en")


def test_a_wrong_template_names_its_line(tmp_path):
    (tmp_path / "system.txt").write_text("one\n{% if %}\n")
    with pytest.raises(TemplateFault) as caught:
        Prompts([tmp_path, SHIPPED]).messages([PAPER], "en")
    assert (caught.value.file, caught.value.line) == ("system.txt", 2)


def test_every_field_of_the_schema_is_explained():
    system = Prompts([SHIPPED]).system("zh-Hans")
    for field in ("tldr_en", "main_work", "highlights", "affiliation", "first_words"):
        assert f"`{field}`" in system
    assert "translated" not in Prompts([SHIPPED]).system("en")


def test_languages_have_names():
    assert language_name("zh-Hans") == "Chinese (Simplified)"
    assert language_name("pt-BR") == "Portuguese (Brazil)"
    assert language_name("xx-unknown") == "xx-unknown"
