"""Labels: every one stands in every catalogue, with the values it needs."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from newsletter.render.catalogues import wording
from tests.render.messages import ROOT, extracted

LOCALES = ROOT / "newsletter" / "locale"
_FIELD = re.compile(r"%\((\w+)\)[sd]")


def catalogue(path: Path) -> Catalog:
    return read_po(BytesIO(path.read_bytes()))


@pytest.mark.parametrize("path", sorted(LOCALES.glob("*/LC_MESSAGES/newsletter.po")), ids=lambda path: path.parts[-3])
def test_a_catalogue_has_every_label_and_no_other(path: Path) -> None:
    messages = catalogue(path)
    known = {message.id for message in messages if message.id}
    assert known == set(extracted())
    if path.parts[-3] != "en":
        untranslated = [message.id for message in messages if message.id and not all(message.string or ("",))]
        assert untranslated == []


@pytest.mark.parametrize("path", sorted(LOCALES.glob("*/LC_MESSAGES/newsletter.po")), ids=lambda path: path.parts[-3])
def test_a_translation_names_no_value_that_its_label_does_not_have(path: Path) -> None:
    for message in catalogue(path):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for string in filter(None, strings):
            assert set(_FIELD.findall(string)) <= set(_FIELD.findall(" ".join(ids))), message.id


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("zh-Hans", "退订"),
        ("zh", "退订"),
        ("zh-CN", "退订"),
        ("en", "Unsubscribe"),
        ("fr", "Unsubscribe"),
        ("x?", "Unsubscribe"),
    ],
)
def test_a_language_finds_its_nearest_catalogue(language: str, label: str) -> None:
    assert wording(language).gettext("Unsubscribe") == label
