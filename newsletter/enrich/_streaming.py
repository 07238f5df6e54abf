"""An answer as it comes: in pieces of a stream, or whole from a server that does not stream."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from newsletter.domain.papers import FailureKind
from newsletter.enrich.budget import Usage, estimated_tokens
from newsletter.errors import AnswerUnusable

__all__ = ["Interrupted", "StreamedAnswer", "events_in"]


class Interrupted(Exception):
    """The server gave no whole answer this time: cut, slow, broken or busy. Asking again may well succeed."""


@dataclass(slots=True)
class StreamedAnswer:
    """What has been received of an answer."""

    asked: str
    longest: int
    pieces: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    length: int = 0
    finish: str = ""
    counted: tuple[int, int] | None = None

    def take(self, chunk: Mapping[str, Any]) -> None:
        """Take a piece of a stream, or a whole answer.

        Raises:
            AnswerUnusable: it did not keep to its limit.
        """
        usage = chunk.get("usage")
        if isinstance(usage, Mapping):
            counts = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
            if all(isinstance(count, int) and count >= 0 for count in counts):
                self.counted = counts  # type: ignore[assignment]  # two numbers, as was just seen
        for choice in chunk.get("choices") or ():
            said = choice.get("delta") or choice.get("message") or {}
            for name, texts in (
                ("content", self.pieces),
                ("reasoning_content", self.thoughts),
                ("reasoning", self.thoughts),
            ):
                if isinstance(text := said.get(name), str):
                    texts.append(text)
                    self.length += len(text)
            self.finish = choice.get("finish_reason") or self.finish
        if self.length > self.longest:
            msg = f"the answer did not end after {self.longest:,} characters"
            raise AnswerUnusable(msg, kind=FailureKind.TOO_LONG)

    def usage(self) -> Usage:
        """What it cost so far: as the server counted, or as what was sent and received may have."""
        if self.counted is not None:
            return Usage(*self.counted)
        received = estimated_tokens("".join((*self.pieces, *self.thoughts)))
        return Usage(estimated_tokens(self.asked), received, is_estimate=True)

    def text(self) -> str:
        """The text, of an answer that has ended as one should.

        Raises:
            Interrupted: it has not ended.
            AnswerUnusable: it was stopped.
        """
        if not self.finish:
            raise Interrupted("the answer was cut" if self.length else "the answer was empty")
        if self.finish == "content_filter":
            msg = "the server's content filter stopped the answer"
            raise AnswerUnusable(msg, kind=FailureKind.REFUSED)
        if self.finish == "length":
            msg = "the answer was longer than its limit of tokens"
            raise AnswerUnusable(msg, kind=FailureKind.TOO_LONG)
        return "".join(self.pieces)


def events_in(body: bytes) -> list[Mapping[str, Any]]:
    """What an answer says that is not declared as a stream: one JSON object, or events all the same.

    Raises:
        json.JSONDecodeError: it is neither.
    """
    text = body.decode("utf-8", "replace").strip()
    lines = [line.removeprefix("data:").strip() for line in text.splitlines() if line.startswith("data:")]
    values = [json.loads(line) for line in lines if line != "[DONE]"] if lines else [json.loads(text)]
    return [value for value in values if isinstance(value, Mapping)]
