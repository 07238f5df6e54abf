"""One question to an OpenAI-compatible server, and everything that can happen to it.

Answers are streamed: a server that stalls is noticed after the time between two pieces, not after that of a whole
answer, and one that never stops is stopped. Structured output is asked for in the strictest form that the server takes;
one that takes none is asked in plain words. The key goes into the client and nowhere else: no message, no log, no repr.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from newsletter.domain.moments import retry_after
from newsletter.domain.ports import Clock
from newsletter.domain.summaries import FailureKind
from newsletter.domain.summary_schema import bounded
from newsletter.domain.web_addresses import site_of
from newsletter.enrich.answers import LARGEST
from newsletter.errors import AnswerUnusable, EngineUnavailable

if TYPE_CHECKING:
    import openai

__all__ = ["ChatClient", "Interrupted", "Reply", "Throttled"]

_SECRET = re.compile(r"\b(?:sk|key|pk|api)[-_][A-Za-z0-9_*-]{6,}|Bearer\s+\S+", re.IGNORECASE)


class Interrupted(Exception):
    """The server gave no whole answer this time: cut, slow, broken or busy. Asking again may well succeed."""


class Throttled(Interrupted):
    """The server asked for fewer requests. `retry_after` is in seconds, None where it named no time."""

    def __init__(self, message: str, *, retry_after: float | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


_FORMS = ("bounded", "json_schema", "json_object", "text")


@dataclass(frozen=True, slots=True)
class _Dialect:
    """Which parameters a server takes. Begins with all, and gives up the one that the server complains of.

    `bounded` is the schema with a limit on every text: a server that holds a model to it (llama.cpp, vLLM) cannot get
    an answer without an end. OpenAI's own takes the schema without limits.
    """

    form: str = "bounded"
    usage: bool = True
    temperature: bool = True
    limit: str = "max_tokens"

    def parameters(self, schema: dict[str, Any], most_tokens: int, longest_text: int) -> dict[str, Any]:
        """The parameters of a question in this dialect."""
        parameters: dict[str, Any] = {self.limit: most_tokens}
        if self.form in ("bounded", "json_schema"):
            held = bounded(schema, longest_text) if self.form == "bounded" else schema
            named = {"name": "summaries", "schema": held, "strict": True}
            parameters["response_format"] = {"type": "json_schema", "json_schema": named}
        elif self.form == "json_object":
            parameters["response_format"] = {"type": "json_object"}
        if self.usage:
            parameters["stream_options"] = {"include_usage": True}
        if self.temperature:
            parameters["temperature"] = 0
        return parameters

    def plainer(self, complaint: str) -> _Dialect | None:
        """The dialect without what is complained of, None where nothing is left to give up."""
        if self.usage and "stream_options" in complaint:
            return replace(self, usage=False)
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        if self.limit == "max_tokens" and "max_completion_tokens" in complaint:
            return replace(self, limit="max_completion_tokens")
        after = _FORMS.index(self.form) + 1
        return replace(self, form=_FORMS[after]) if after < len(_FORMS) else None


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: its text, and the tokens it cost (estimated at four characters each where nothing was said)."""

    text: str
    tokens_in: int
    tokens_out: int


class ChatClient:
    """A connection to one model on one server."""

    def __init__(
        self, *, base_url: str, api_key: str, model: str, timeout: float, clock: Clock, longest_text: int = 800
    ) -> None:
        """`timeout` is in seconds, for connecting and between two pieces of an answer.

        `longest_text` bounds the characters of each text but a translated abstract, where the server can hold to it.
        """
        self.model = model
        self._base_url = base_url
        self._site = site_of(base_url) if base_url else "OpenAI"
        self._api_key = api_key
        self._timeout = timeout
        self._clock = clock
        self._longest_text = longest_text
        self._dialect = _Dialect()
        self._openai: openai.AsyncOpenAI | None = None

    def __repr__(self) -> str:
        return f"ChatClient(base_url={self._site!r}, model={self.model!r})"

    async def close(self) -> None:
        """Close its connections."""
        if self._openai is not None:
            await self._openai.close()
            self._openai = None

    async def ask(self, messages: Sequence[dict[str, str]], schema: dict[str, Any], *, most_tokens: int) -> Reply:
        """Ask once.

        Raises:
            Throttled: too many requests.
            Interrupted: no whole answer.
            AnswerUnusable: the server declined this question, or the answer was cut at the limit of tokens.
            EngineUnavailable: the server will answer no question (credentials, model, quota).
        """
        import openai  # noqa: PLC0415 - takes most of a second: only who asks a model pays for it

        while True:
            dialect = self._dialect
            try:
                return await self._stream(
                    self._client(), messages, dialect.parameters(schema, most_tokens, self._longest_text)
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if _declines_content(error):
                    raise AnswerUnusable(self._clean(error), kind=FailureKind.REFUSED) from error
                plainer = dialect.plainer(str(error))
                if plainer is None:
                    raise AnswerUnusable(self._clean(error), kind=FailureKind.UNPARSABLE) from error
                if self._dialect is dialect:  # another question may have found out meanwhile
                    self._dialect = plainer
            except openai.RateLimitError as error:
                if "insufficient_quota" in str(error):
                    raise EngineUnavailable(f"the account has no quota left: {self._clean(error)}") from error
                raise Throttled(self._clean(error), retry_after=self._retry_after(error)) from error
            except (openai.AuthenticationError, openai.PermissionDeniedError, openai.NotFoundError) as error:
                msg = f"{self._site} refuses the key or the model {self.model!r}: {self._clean(error)}"
                raise EngineUnavailable(msg) from error
            except openai.APIStatusError as error:
                wait = self._retry_after(error)
                if wait is not None:
                    raise Throttled(self._clean(error), retry_after=wait) from error
                raise Interrupted(self._clean(error)) from error
            except (openai.APIError, json.JSONDecodeError, UnicodeDecodeError) as error:
                raise Interrupted(self._clean(error)) from error

    def _client(self) -> openai.AsyncOpenAI:
        if self._openai is None:
            import openai  # noqa: PLC0415

            self._openai = openai.AsyncOpenAI(
                api_key=self._api_key or "none", base_url=self._base_url or None, timeout=self._timeout, max_retries=0
            )
        return self._openai

    async def _stream(
        self, client: openai.AsyncOpenAI, messages: Sequence[dict[str, str]], parameters: dict[str, Any]
    ) -> Reply:
        create: Any = client.chat.completions.create
        # As `extra_body`, because the library would walk the whole schema with every question to convert nothing.
        stream = await create(model=self.model, messages=list(messages), stream=True, extra_body=parameters)
        pieces: list[str] = []
        length, finish, usage = 0, "", None
        try:
            async for chunk in stream:
                usage = getattr(chunk, "usage", None) or usage
                for choice in chunk.choices or ():
                    piece = (choice.delta.content if choice.delta else None) or ""
                    pieces.append(piece)
                    length += len(piece)
                    finish = choice.finish_reason or finish
                if length > LARGEST:
                    msg = f"the answer did not end after {LARGEST:,} characters"
                    raise AnswerUnusable(msg, kind=FailureKind.TOO_LONG)
        finally:
            await stream.close()
        text = "".join(pieces)
        if not finish:
            msg = f"the answer was cut after {length} characters"
            raise Interrupted(msg)
        if finish == "content_filter":
            msg = "the server's content filter stopped the answer"
            raise AnswerUnusable(msg, kind=FailureKind.REFUSED)
        if finish == "length":
            msg = "the answer was longer than its limit of tokens"
            raise AnswerUnusable(msg, kind=FailureKind.TOO_LONG)
        asked = sum(len(message["content"]) for message in messages)
        return Reply(
            text,
            tokens_in=usage.prompt_tokens if usage else -(-asked // 4),
            tokens_out=usage.completion_tokens if usage else -(-length // 4),
        )

    def _clean(self, error: Exception) -> str:
        """The error's text without any key in it, short enough for one line."""
        text = str(error).replace(self._api_key, "***") if self._api_key else str(error)
        return _SECRET.sub("***", " ".join(text.split()))[:300]

    def _retry_after(self, error: openai.APIStatusError) -> float | None:
        """Seconds to wait by `retry-after-ms` or `Retry-After` (RFC 9110 §10.2.3: seconds or a date)."""
        headers = error.response.headers
        now = self._clock()
        if (milliseconds := retry_after(headers.get("retry-after-ms", ""), now)) is not None:
            return milliseconds / 1000
        return retry_after(headers.get("retry-after", ""), now)


def _declines_content(error: Exception) -> bool:
    return any(
        word in str(error).lower() for word in ("content_filter", "content_policy", "responsible ai", "data_inspection")
    )
