"""Gettext catalogues: the `.po` files are the source and are read as they are, so nothing generated is shipped."""

from __future__ import annotations

import gettext
from datetime import date, datetime
from functools import lru_cache
from importlib import resources
from io import BytesIO

from babel import Locale, UnknownLocaleError, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from newsletter.domain.notation import is_english

__all__ = ["Wording", "wording"]

_FALLBACK = "en"


class Wording:
    """The labels and dates of one language. Labels that no catalogue has appear in English."""

    def __init__(self, language: str, locale: Locale, translations: gettext.NullTranslations) -> None:
        self.language = language
        self.locale = locale
        self.translations = translations
        self.gettext = translations.gettext
        self.ngettext = translations.ngettext

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return self.locale.text_direction

    def day(self, day: date) -> str:
        """A date in words, without its weekday: `2 June 2026`, `2026年6月2日`."""
        pattern = "d MMMM y" if is_english(self.locale.language) else "long"
        return dates.format_date(day, pattern, locale=self.locale)

    def near_day(self, day: date, *, weekday: bool) -> str:
        """A date of about this time, without its year: `Tue 2 June`, `6月2日周二`."""
        if is_english(self.locale.language):
            return dates.format_date(day, "EEE d MMMM" if weekday else "d MMMM", locale=self.locale)
        return dates.format_skeleton("MMMMEd" if weekday else "MMMMd", day, locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """A moment of its own zone to the minute: `2 June 2026, 07:30 CEST`, `2026年6月2日 07:30 CEST`."""
        comma = "," if is_english(self.locale.language) else ""
        return f"{self.day(moment.date())}{comma} {moment:%H:%M} {moment.tzname()}"

    def weekday(self, day: date) -> str:
        """The day's name."""
        return dates.format_date(day, "EEEE", locale=self.locale)

    def shortday(self, day: date) -> str:
        """The day's name, abbreviated."""
        return dates.format_date(day, "EEE", locale=self.locale)

    def month(self, day: date) -> str:
        """A month in words: `June 2026`."""
        return dates.format_skeleton("yMMMM", day, locale=self.locale)

    def number(self, number: int) -> str:
        """A count: `1,259`."""
        return str(number) if number < 1000 else numbers.format_decimal(number, locale=self.locale)

    @property
    def first_weekday(self) -> int:
        """Which day a week begins with: 0 is Monday."""
        return self.locale.first_week_day


@lru_cache(maxsize=32)
def wording(language: str) -> Wording:
    """The wording of a language given as a BCP 47 tag."""
    try:
        locale = Locale.parse(language.replace("-", "_"), sep="_")
    except (ValueError, UnknownLocaleError):
        locale = Locale.parse(_FALLBACK)
    return Wording(language, locale, _translations(locale))


def _translations(locale: Locale) -> gettext.NullTranslations:
    """The nearest catalogue: by language and script, then by language alone, then none."""
    names = [str(locale), locale.language]
    if locale.language == "zh":
        names = [f"zh_{locale.script or 'Hans'}", "zh_Hans"]
    folder = resources.files("newsletter.locale")
    for name in names:
        source = folder / name / "LC_MESSAGES" / "newsletter.po"
        if source.is_file():
            catalogue = read_po(BytesIO(source.read_bytes()), locale=name)
            compiled = BytesIO()
            write_mo(compiled, catalogue)
            compiled.seek(0)
            return gettext.GNUTranslations(compiled)
    return gettext.NullTranslations()
