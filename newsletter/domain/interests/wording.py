"""What is said about an interest: why it cannot be read, or that it was read otherwise than it may have been meant.

A remark is an English sentence with named places for what differs, so that pages can say it in the reader's language:
the sentence is what the catalogues look it up by, the values are put in afterwards. Printed, it is English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from newsletter.errors import InterestError

__all__ = ["LineRemark", "Remark", "cause_of", "remark"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence, without its full stop.

    `message` is a Python format with named places (`more than %(most)s terms`), `values` are what goes there.
    `position` is the character it is about, counted from 1; 0 where it is about the whole line.
    """

    message: str
    values: tuple[tuple[str, str | int], ...] = ()
    position: int = 0

    def __str__(self) -> str:
        sentence = self.message % dict(self.values)
        return f"{sentence} (at character {self.position})" if self.position else sentence


class LineRemark(NamedTuple):
    """A remark and the line that it is about, shortened."""

    interest: str
    note: Remark

    def __str__(self) -> str:
        sentence = str(self.note)
        return f"“{self.interest}”: {sentence}{'' if sentence.endswith('?') else '.'}"


def remark(message: str, **values: str | int) -> Remark:
    """A remark about a whole line. The message stands in the catalogues, so it is written out where it is said."""
    return Remark(message, tuple(values.items()))


def cause_of(error: InterestError) -> Remark:
    """Why an interest cannot be read, and where in it."""
    values: Mapping[str, str | int] = error.values
    return Remark(error.message, tuple(values.items()), error.position + 1)
