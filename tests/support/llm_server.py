"""A real HTTP server on loopback that speaks the OpenAI chat protocol, streaming, and misbehaves on demand.

What it answers is a function from the question (parsed from the request that really came over the wire) to an
`Answer`. `good_entry` writes an honest entry for a paper; `Recorded` answers with what models wrote in June 2026.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import lzma
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from tests.support.shared import DATA

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests", 500: "No"}


@dataclass
class Question:
    number: int  # from 1, over all requests
    attempt: int  # from 1, over requests that begin with the same paper
    language: str
    papers: list[dict[str, Any]]
    form: str
    complaint: str
    body: dict[str, Any] = field(repr=False)
    key: str = ""


@dataclass
class Answer:
    text: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    finish: str | None = "stop"
    usage: tuple[int, int] | None = (100, 50)
    cut_after: int | None = None  # characters of text after which the connection is dropped
    stall: float = 0.0  # seconds of silence before the answer
    raw: bytes | None = None  # bytes instead of any HTTP answer
    plain: str | None = None  # not streamed: one JSON object, declared as this
    drip: float = 0.0  # seconds between two characters


class LlmServer:
    """`async with LlmServer(answer) as server`: `server.url` is the base URL, `server.questions` what was asked."""

    def __init__(self, answer: Callable[[Question], Answer]) -> None:
        self._answer = answer
        self._attempts: Counter[tuple[str, str]] = Counter()
        self.questions: list[Question] = []
        self.at_once = self.most_at_once = 0
        self.url = ""
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=2**22)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                lines = [line.partition(": ") for line in head.split("\r\n")[1:]]
                fields = {name.lower(): value for name, _, value in lines}
                body = json.loads(await reader.readexactly(int(fields.get("content-length", 0))) or b"{}")
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                try:
                    question = self._question(body, fields)
                    keep = await self._send(self._answer(question), writer)
                finally:
                    self.at_once -= 1
                if not keep:
                    break

    def _question(self, body: dict[str, Any], fields: dict[str, str]) -> Question:
        content = body["messages"][-1]["content"]
        request, end = json.JSONDecoder().raw_decode(content)
        first = (request["papers"][0]["id"], request["language"])
        self._attempts[first] += 1
        question = Question(
            number=len(self.questions) + 1,
            attempt=self._attempts[first],
            language=request["language"],
            papers=request["papers"],
            form=body.get("response_format", {}).get("type", "text"),
            complaint=content[end:].strip(),
            body=body,
            key=fields.get("authorization", ""),
        )
        self.questions.append(question)
        return question

    async def _send(self, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        if answer.stall:
            await asyncio.sleep(answer.stall)
        if answer.raw is not None:
            writer.write(answer.raw)
            await writer.drain()
            return False
        if answer.status != 200:
            payload = json.dumps({"error": {"message": answer.text or "no", "type": "error", "code": None}}).encode()
            headers = {"content-type": "application/json", "content-length": str(len(payload))} | answer.headers
            writer.write(self._head(answer.status, headers) + payload)
            await writer.drain()
            return True
        if answer.plain is not None:
            writer.write(self._whole(answer, answer.plain))
            await writer.drain()
            return True
        writer.write(self._head(200, {"content-type": "text/event-stream", "transfer-encoding": "chunked"}))
        for character in answer.text if answer.drip else "":
            self._event(writer, {"choices": [{"delta": {"content": character}, "index": 0, "finish_reason": None}]})
            await writer.drain()
            await asyncio.sleep(answer.drip)
        whole = answer.text if answer.cut_after is None else answer.text[: answer.cut_after]
        events = [{"delta": {"content": whole[i : i + 400]}, "index": 0} for i in range(0, len(whole), 400)]
        for event in events:
            self._event(writer, {"choices": [event | {"finish_reason": None}]})
        if answer.cut_after is not None:
            await writer.drain()
            writer.transport.abort()
            return False
        if answer.finish:
            self._event(writer, {"choices": [{"delta": {}, "index": 0, "finish_reason": answer.finish}]})
        if answer.usage:
            used = dict(zip(("prompt_tokens", "completion_tokens"), answer.usage, strict=True))
            self._event(writer, {"choices": [], "usage": used | {"total_tokens": sum(answer.usage)}})
        self._chunk(writer, b"data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    def _whole(self, answer: Answer, declared: str) -> bytes:
        choice = {"message": {"role": "assistant", "content": answer.text}, "index": 0, "finish_reason": answer.finish}
        body: dict[str, Any] = {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
        if answer.usage:
            body["usage"] = dict(zip(("prompt_tokens", "completion_tokens"), answer.usage, strict=True))
        payload = json.dumps(body).encode()
        headers = {"content-length": str(len(payload))} | ({"content-type": declared} if declared else {})
        return self._head(200, headers) + payload

    @staticmethod
    def _head(status: int, headers: dict[str, str]) -> bytes:
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}", *(f"{k}: {v}" for k, v in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _event(self, writer: asyncio.StreamWriter, event: dict[str, Any]) -> None:
        whole = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"} | event
        self._chunk(writer, f"data: {json.dumps(whole, ensure_ascii=False)}\n\n".encode())

    @staticmethod
    def _chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
        writer.write(b"%x\r\n%b\r\n" % (len(data), data))


def entry(paper: dict[str, Any], **fields: object) -> dict[str, Any]:
    """An answer's item about a paper, with its id and its check words."""
    return {"id": paper["id"], "first_words": " ".join(paper["title"].split()[:5])} | fields


def good_entry(paper: dict[str, Any], language: str = "en") -> dict[str, Any]:
    """What an honest model says of the invented papers of the tests, whose abstracts are their own words."""
    if language == "en":
        return entry(paper, tldr=f"It says that {paper['abstract']}", motivation="", method="", result="", keywords=[])
    return entry(
        paper,
        title=f"关于花园的研究：{paper['title'].split()[0]}",
        abstract=f"本文研究花园，摘要如下：{paper['title'].split()[0]} 会生长。",
        tldr=f"本文研究了 {paper['title'].split()[0]} 的生长。",
        tldr_en=f"It says that {paper['abstract']}",
    )


def answer_of(*entries: dict[str, Any]) -> str:
    return json.dumps({"papers": list(entries)}, ensure_ascii=False)


class Recorded:
    """Answers with what models wrote about the papers of June 2026, faults included."""

    def __init__(self, ids: set[str] | None = None) -> None:
        self._texts: dict[tuple[str, str], dict[str, Any]] = {}
        for language, tag in (("en", "en"), ("zh", "zh-Hans")):
            with lzma.open(DATA / "llm_recorded" / f"{language}_2026-06.jsonl.xz", "rt", encoding="utf-8") as file:
                for line in file:
                    record = json.loads(line)
                    if ids is None or record["id"] in ids:
                        self._texts.setdefault((record["id"], tag), record["AI"])

    def ids(self, language: str) -> set[str]:
        return {number for number, tag in self._texts if tag == language}

    def said(self, number: str, language: str) -> dict[str, Any]:
        return self._texts[number, language]

    def __call__(self, question: Question) -> Answer:
        entries = [
            entry(paper, **said)
            for paper in question.papers
            if (said := self._texts.get((paper["id"].removeprefix("arxiv:"), question.language))) is not None
        ]
        return Answer(answer_of(*entries), usage=(600, 250))
