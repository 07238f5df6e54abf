"""The innermost layer of the polite client: the gate, the limits, the inner network, and what an answer is."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

import httpx

from newsletter.domain.notation import retry_after, site_of
from newsletter.domain.ports import HostGate
from newsletter.errors import SourceMalformed, SourceThrottled, SourceUnavailable
from newsletter.sources._peers import is_literal, peers_of

__all__ = ["Ask", "GuardedTransport", "Limits", "gate_of"]

_THROTTLED_TEXT = b"Rate exceeded."
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may cost. `size` bounds the bytes both as sent and as decompressed."""

    connect: float = 10.0
    read: float = 45.0  # arXiv stalls for 15 to 30 s before it says 429
    total: float = 180.0
    size: int = 32 * 1024 * 1024
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Ask:
    """What travels with a request through the layers."""

    origin: tuple[str, int | None]
    check: Callable[[bytes], object] | None


def gate_of(url: httpx.URL) -> str:
    """Which gate a request passes: arXiv counts all its hosts together."""
    host = url.host.lower().rstrip(".")
    if host == "arxiv.org" or host.endswith(".arxiv.org"):
        return "arxiv.org"
    return f"{host}:{url.port or (443 if url.scheme == 'https' else 80)}"


class GuardedTransport(httpx.AsyncBaseTransport):
    """Steps 4 to 7: from the gate to what the answer is. Returns bodies read and decompressed."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        gate: HostGate,
        limits: Limits,
        spacing: Callable[[str], float],
        now: Callable[[], datetime],
        *,
        inner_hosts: Collection[str] = (),
    ) -> None:
        self._inner = inner
        self._gate = gate
        self._limits = limits
        self._spacing = spacing
        self._now = now
        self._inner_hosts = inner_hosts

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        ask: Ask = request.extensions["newsletter"]
        url = request.url
        site = site_of(str(url))
        gate = gate_of(url)
        async with self._gate.turn(gate, self._spacing(gate)):
            try:
                async with asyncio.timeout(self._limits.total):
                    response = await self._send(request, ask)
                    try:
                        body = await _read(response, site, self._limits.size)
                    finally:
                        await response.aclose()
            except TimeoutError as error:
                msg = f"{site} did not finish within {self._limits.total:g} s"
                raise SourceUnavailable(msg) from error
            except httpx.TimeoutException as error:
                msg = f"{site} was silent for too long ({type(error).__name__})"
                raise SourceUnavailable(msg) from error
            except httpx.RequestError as error:
                msg = f"{site} could not be read: {str(error) or type(error).__name__}"
                raise SourceUnavailable(msg) from error
        _refuse_failures(response, body, site, self._now())
        if response.status_code == httpx.codes.OK and ask.check is not None:
            ask.check(body)
        headers = httpx.Headers(response.headers)
        for name in ("content-encoding", "content-length", "transfer-encoding"):
            headers.pop(name, None)
        return httpx.Response(response.status_code, headers=headers, stream=httpx.ByteStream(body), request=request)

    async def _send(self, request: httpx.Request, ask: Ask) -> httpx.Response:
        """Send it to an address of its host that was judged; the name stays what the certificate is checked for."""
        url = request.url
        if url.scheme not in ("http", "https"):
            msg = f"redirected to {site_of(str(url))}, which is not http(s)"
            raise SourceMalformed(msg)
        if (url.host, url.port) == ask.origin and is_literal(url.host):
            return await self._inner.handle_async_request(request)  # the operator wrote this very address
        *others, last = await peers_of(url, self._inner_hosts)
        for peer in others:
            try:
                return await self._inner.handle_async_request(_pinned(request, peer))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_pinned(request, last))

    async def aclose(self) -> None:
        await self._inner.aclose()


def _refuse_failures(response: httpx.Response, body: bytes, site: str, now: datetime) -> None:
    """Tell a refusal that may pass from an answer. arXiv throttles by 429, by 406, and by 200 with a plain text."""
    status = response.status_code
    asked = retry_after(response.headers.get("retry-after", ""), now)
    says_so = len(body) <= 200 and _THROTTLED_TEXT in body
    if status in (429, 406) or says_so or (status == httpx.codes.SERVICE_UNAVAILABLE and asked is not None):
        how = f"{status} {_THROTTLED_TEXT.decode()}" if says_so else str(status)
        msg = f"{site} asks us to slow down ({how})"
        raise SourceThrottled(msg, retry_after=asked)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
        msg = f"{site} answered {status} {response.reason_phrase}".rstrip()
        raise SourceUnavailable(msg)


async def _read(response: httpx.Response, site: str, size: int) -> bytes:
    """The body, decompressed, unless it is larger than `size` in either form: then reading stops there."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    bits = 15 if encoding == "deflate" else 31  # zlib's codes for its own format and for gzip's
    if encoding in ("", "identity"):
        inflate = None
    elif encoding in ("gzip", "x-gzip", "deflate"):
        inflate = zlib.decompressobj(bits)
    else:
        msg = f"{site} sent an encoding that was not asked for: {encoding[:40]!r}"
        raise SourceMalformed(msg)
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > size:
        raise _too_large(site, size)
    body = bytearray()
    sent = 0
    async for chunk in response.aiter_raw(_CHUNK):
        sent += len(chunk)
        if inflate is None:
            body += chunk
        else:
            try:
                body += inflate.decompress(chunk, size + 1 - len(body))
                while inflate.eof and inflate.unused_data and len(body) <= size:  # gzip may be in several members
                    rest, inflate = inflate.unused_data, zlib.decompressobj(bits)
                    body += inflate.decompress(rest, size + 1 - len(body))
            except zlib.error as error:
                msg = f"{site} sent a body that is not {encoding}: {error}"
                raise SourceMalformed(msg) from error
        if sent > size or len(body) > size:
            raise _too_large(site, size)
    if inflate is not None and sent and not inflate.eof:
        msg = f"{site} was cut off: its compressed body has no end"
        raise SourceUnavailable(msg)
    return bytes(body)


def _too_large(site: str, size: int) -> SourceMalformed:
    return SourceMalformed(f"{site} is larger than {size // (1024 * 1024)} MB")


def _pinned(request: httpx.Request, peer: str) -> httpx.Request:
    """The same request, sent to this address: `Host` is in its header fields already."""
    name = request.url.raw_host.decode("ascii").rstrip(".")
    return httpx.Request(
        request.method,
        request.url.copy_with(host=peer),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": name},
    )
