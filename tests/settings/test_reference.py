"""docs/settings.md: every setting, as the models have it."""

from newsletter.settings.meanings import MEANINGS
from newsletter.settings.reference import keys, reference
from tests.support.shared import ROOT


def test_every_setting_has_a_meaning_and_every_meaning_a_setting() -> None:
    assert set(MEANINGS) == {key for key, _ in keys()}, "say in newsletter/settings/meanings.py what it means"


def test_the_page_of_settings_is_current() -> None:
    assert (ROOT / "docs" / "settings.md").read_text() == reference(), "run `make reference`"


def test_a_row_has_the_variable_the_values_the_default_and_the_meaning() -> None:
    rows = {line.split(" |")[0].removeprefix("| "): line for line in reference().splitlines() if line.startswith("| `")}
    assert "`587` | Its port" in rows["`port`<br>`NEWSLETTER_SMTP__PORT`"]
    assert "a number from 1 to 65535" in rows["`port`<br>`NEWSLETTER_SMTP__PORT`"]
    assert "| `10m` |" in rows["`timeout`<br>`NEWSLETTER_SMTP__TIMEOUT`"]
    assert "must be set" in rows["`from`<br>`NEWSLETTER_NEWSLETTER__FROM`"]
    assert "a folder that exists" in rows["`templates`<br>`NEWSLETTER_NEWSLETTER__TEMPLATES`"]
    assert "`arxiv-rss`, `arxiv-api`" in rows["`kind`"]
