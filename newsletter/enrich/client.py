"""One question to an OpenAI-compatible server, and everything that can happen to it.

Answers are streamed, and one that comes whole is understood as well. A whole answer has a deadline, a number of tokens
and a number of bytes; who exceeds one is hung up on. Whatever a server may have been paid for is booked, however the
question ended: by the server's own count where it came, estimated from what was sent and received where it did not.

Structured output is asked for in the strictest form that the server takes. A form or parameter is given up for the run
where the server complains of it by name; after another complaint only this question is asked in plainer words. The key
goes into the client and nowhere else: no message, no log, no repr.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any

from newsletter.domain.notation import retry_after, site_of
from newsletter.domain.papers import FailureKind
from newsletter.domain.ports import Clock
from newsletter.enrich._dialects import Dialect
from newsletter.enrich._streaming import Interrupted, StreamedAnswer, events_in
from newsletter.enrich.answers import LARGEST
from newsletter.enrich.budget import Usage
from newsletter.errors import AnswerUnusable, EngineUnavailable

if TYPE_CHECKING:
    import httpx2 as httpx
    import openai

__all__ = ["Book", "ChatClient", "Interrupted", "Throttled"]

Book = Callable[[Usage], None]
"""Is told what one request cost, whatever became of it."""

_MOST_BYTES = 32 * 1024 * 1024
"""Bytes of one response: far more than the largest honest answer, each token of which has some 200 around it."""
_LONGEST_TOKEN = 8
"""Characters of a token, generously: an answer with more characters has not kept to its limit."""
_SECRET = re.compile(r"\b(?:sk|key|pk|api)[-_][A-Za-z0-9_*-]{6,}|Bearer\s+\S+", re.IGNORECASE)


class Throttled(Interrupted):
    """The server asked for fewer requests. `retry_after` is in seconds, None where it named no time."""

    def __init__(self, message: str, *, retry_after: float | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ChatClient:
    """A connection to one model on one server."""

    def __init__(
        self, *, base_url: str, api_key: str, model: str, timeout: float, clock: Clock, longest_text: int = 800
    ) -> None:
        """`timeout` is in seconds, for connecting and for a whole answer.

        `longest_text` bounds the characters of each text but a translated abstract, where the server can hold to it.
        """
        self.model = model
        self._base_url = base_url
        self._site = site_of(base_url) if base_url else "OpenAI"
        self._api_key = api_key
        self._timeout = timeout
        self._clock = clock
        self._longest_text = longest_text
        self._dialect = Dialect()
        self._openai: openai.AsyncOpenAI | None = None

    def __repr__(self) -> str:
        return f"ChatClient(base_url={self._site!r}, model={self.model!r})"

    async def close(self) -> None:
        """Close its connections."""
        if self._openai is not None:
            await self._openai.close()
            self._openai = None

    async def ask(
        self, messages: Sequence[dict[str, str]], schema: dict[str, Any], *, most_tokens: int, book: Book
    ) -> str:
        """Ask once; the text of the answer. `book` is told what each request to the server cost, also those in vain.

        Raises:
            Throttled: too many requests.
            Interrupted: no whole answer.
            AnswerUnusable: the server declined this question, or the answer did not keep to its limit.
            EngineUnavailable: the server will answer no question (credentials, model, quota).
        """
        import httpx2 as httpx  # noqa: PLC0415 - as below
        import openai  # noqa: PLC0415 - takes most of a second: only who asks a model pays for it

        dialect = self._dialect
        while True:
            try:
                return await self._once(
                    messages, dialect.parameters(schema, most_tokens, self._longest_text), most_tokens, book
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if _declines_content(error):
                    raise AnswerUnusable(self._clean(error), kind=FailureKind.REFUSED) from error
                plainer = self._plainer(dialect, f"{error.param or ''} {error}")
                if plainer is None:
                    why = f"HTTP {error.status_code}: {self._clean(error)[:120]}"
                    raise AnswerUnusable(why, kind=FailureKind.UNAVAILABLE) from error
                dialect = plainer
            except openai.RateLimitError as error:
                if "insufficient_quota" in str(error):
                    raise EngineUnavailable(f"the account has no quota left: {self._clean(error)}") from error
                raise Throttled("HTTP 429", retry_after=self._retry_after(error)) from error
            except (openai.AuthenticationError, openai.PermissionDeniedError, openai.NotFoundError) as error:
                msg = f"{self._site} refuses the key or the model {self.model!r}: {self._clean(error)}"
                raise EngineUnavailable(msg) from error
            except openai.APIStatusError as error:
                wait = self._retry_after(error)
                if wait is not None:
                    raise Throttled(f"HTTP {error.status_code}", retry_after=wait) from error
                raise Interrupted(f"HTTP {error.status_code}") from error
            except TimeoutError as error:
                raise Interrupted(f"no whole answer within {self._timeout:g} s") from error
            except (openai.APIError, httpx.HTTPError, json.JSONDecodeError, UnicodeDecodeError) as error:
                raise Interrupted(_cause(error) or self._clean(error)) from error

    def _plainer(self, dialect: Dialect, complaint: str) -> Dialect | None:
        """In which dialect to ask again after this complaint; one that names what it is about changes it for all."""
        without = dialect.without(complaint)
        if without is None:
            return dialect.plainer()
        if self._dialect is dialect:  # another question may have found out meanwhile
            self._dialect = without
        return without

    def _client(self) -> openai.AsyncOpenAI:
        if self._openai is None:
            import openai  # noqa: PLC0415

            self._openai = openai.AsyncOpenAI(
                api_key=self._api_key or "none",
                base_url=self._base_url or None,
                timeout=self._timeout,
                max_retries=0,
                # bytes are counted as they come, so they must be those of the answer
                default_headers={"Accept-Encoding": "identity"},
                http_client=openai.DefaultAsyncHttpxClient(event_hooks={"response": [_limit]}),
            )
        return self._openai

    async def _once(
        self, messages: Sequence[dict[str, str]], parameters: dict[str, Any], most_tokens: int, book: Book
    ) -> str:
        import openai  # noqa: PLC0415

        longest = min(LARGEST, most_tokens * _LONGEST_TOKEN)
        answer = StreamedAnswer("".join(message["content"] for message in messages), longest)
        is_served = True
        try:
            async with asyncio.timeout(self._timeout):
                await self._receive(answer, messages, parameters)
        except openai.APIStatusError:
            is_served = False
            raise
        except openai.APIConnectionError as error:
            is_served = not _is_unconnected(error)
            raise
        finally:
            if is_served:
                book(answer.usage())
        return answer.text()

    async def _receive(
        self, answer: StreamedAnswer, messages: Sequence[dict[str, str]], parameters: dict[str, Any]
    ) -> None:
        create: Any = self._client().chat.completions.with_raw_response.create
        # As `extra_body`, because the library would walk the whole schema with every question to convert nothing.
        raw = await create(model=self.model, messages=list(messages), stream=True, extra_body=parameters)
        response: httpx.Response = raw.http_response
        try:
            if "event-stream" in response.headers.get("content-type", ""):
                async for chunk in raw.parse():
                    answer.take(chunk.to_dict())
            else:
                for event in events_in(await response.aread()):
                    answer.take(event)
        finally:
            await response.aclose()

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


async def _limit(response: httpx.Response) -> None:
    """Count the bytes of a response as they come."""
    import httpx2 as httpx  # noqa: PLC0415

    if response.headers.get("content-encoding", "identity") != "identity":
        msg = "the answer is compressed, which was not asked for"
        raise httpx.RemoteProtocolError(msg, request=response.request)
    stream = response.stream

    class Counted(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            received = 0
            async for part in stream:  # type: ignore[union-attr]  # of an asynchronous client
                received += len(part)
                if received > _MOST_BYTES:
                    msg = f"the answer did not end after {_MOST_BYTES:,} bytes"
                    raise httpx.ReadError(msg, request=response.request)
                yield part

        async def aclose(self) -> None:
            await stream.aclose()  # type: ignore[union-attr]  # as above

    response.stream = Counted()


def _is_unconnected(error: Exception) -> bool:
    """Whether the question never left."""
    import httpx2 as httpx  # noqa: PLC0415

    return isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)


def _cause(error: BaseException) -> str:
    """What an operator can act on, in the words of the operating system: `connection refused`; empty for nothing."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno:
            return ((cause.strerror or "") if cause.errno < 0 else os.strerror(cause.errno)).lower()
        cause = cause.__cause__ or cause.__context__
    return ""
