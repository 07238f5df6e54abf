"""The innermost layer of the polite client: the gate, the limits, the inner network, and what an answer is."""

from __future__ import annotations

import asyncio
import ipaddress
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx

from newsletter.domain.moments import retry_after
from newsletter.domain.ports import HostGate
from newsletter.errors import SourceMalformed, SourceThrottled, SourceUnavailable

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
    """Steps 4 to 6: the gate, the limits, and what the answer is. Returns bodies read and decompressed."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        gate: HostGate,
        limits: Limits,
        spacing: Callable[[str], float],
        now: Callable[[], datetime],
    ) -> None:
        self._inner = inner
        self._gate = gate
        self._limits = limits
        self._spacing = spacing
        self._now = now

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        ask: Ask = request.extensions["newsletter"]
        url = request.url
        trusted = (url.host, url.port) == ask.origin
        if not trusted:
            await _refuse_inner_addresses(url)
        gate = gate_of(url)
        async with self._gate.turn(gate, self._spacing(gate)):
            try:
                async with asyncio.timeout(self._limits.total):
                    response = await self._inner.handle_async_request(request)
                    try:
                        if not trusted:
                            _refuse_inner_peer(response, url)
                        body = await _read(response, url, self._limits.size)
                    finally:
                        await response.aclose()
            except TimeoutError as error:
                msg = f"{url} did not finish within {self._limits.total:g} s"
                raise SourceUnavailable(msg, url=str(url)) from error
            except httpx.TimeoutException as error:
                msg = f"{url} was silent for too long ({type(error).__name__})"
                raise SourceUnavailable(msg, url=str(url)) from error
            except httpx.RequestError as error:
                msg = f"{url} could not be read: {str(error) or type(error).__name__}"
                raise SourceUnavailable(msg, url=str(url)) from error
        _judge(response, body, url, self._now())
        if response.status_code == httpx.codes.OK and ask.check is not None:
            ask.check(body)
        headers = httpx.Headers(response.headers)
        for name in ("content-encoding", "content-length", "transfer-encoding"):
            headers.pop(name, None)
        return httpx.Response(response.status_code, headers=headers, stream=httpx.ByteStream(body), request=request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _judge(response: httpx.Response, body: bytes, url: httpx.URL, now: datetime) -> None:
    """Tell a refusal that may pass from an answer. arXiv throttles by 429, by 406, and by 200 with a plain text."""
    status = response.status_code
    asked = retry_after(response.headers.get("retry-after", ""), now)
    says_so = len(body) <= 200 and _THROTTLED_TEXT in body
    if status in (429, 406) or says_so or (status == httpx.codes.SERVICE_UNAVAILABLE and asked is not None):
        how = f"{status} {_THROTTLED_TEXT.decode()}" if says_so else str(status)
        msg = f"{url} asks us to slow down ({how})"
        raise SourceThrottled(msg, url=str(url), retry_after=asked)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
        msg = f"{url} answered {status} {response.reason_phrase}".rstrip()
        raise SourceUnavailable(msg, url=str(url))


async def _read(response: httpx.Response, url: httpx.URL, size: int) -> bytes:
    """The body, decompressed, unless it is larger than `size` in either form: then reading stops there."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    bits = 15 if encoding == "deflate" else 31  # zlib's codes for its own format and for gzip's
    if encoding in ("", "identity"):
        inflate = None
    elif encoding in ("gzip", "x-gzip", "deflate"):
        inflate = zlib.decompressobj(bits)
    else:
        msg = f"{url} sent an encoding that was not asked for: {encoding[:40]!r}"
        raise SourceMalformed(msg, url=str(url))
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > size:
        raise _too_large(url, size)
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
                msg = f"{url} sent a body that is not {encoding}: {error}"
                raise SourceMalformed(msg, url=str(url)) from error
        if sent > size or len(body) > size:
            raise _too_large(url, size)
    if inflate is not None and sent and not inflate.eof:
        msg = f"{url} was cut off: its compressed body has no end"
        raise SourceUnavailable(msg, url=str(url))
    return bytes(body)


def _too_large(url: httpx.URL, size: int) -> SourceMalformed:
    return SourceMalformed(f"{url} is larger than {size // (1024 * 1024)} MB", url=str(url))


def _is_inner(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    mapped = getattr(ip, "ipv4_mapped", None)
    return not (mapped or ip).is_global or ip.is_multicast


async def _refuse_inner_addresses(url: httpx.URL) -> None:
    """A redirect may not lead into the operator's own network: whoever answers for a source must not look around it."""
    if url.scheme not in ("http", "https"):
        msg = f"redirected to {str(url)[:200]!r}, which is not http(s)"
        raise SourceMalformed(msg, url=str(url))
    try:
        found = await asyncio.get_running_loop().getaddrinfo(url.host, url.port or 443, type=1)
    except OSError as error:
        msg = f"{url.host} cannot be resolved: {error}"
        raise SourceUnavailable(msg, url=str(url)) from error
    if not found or any(_is_inner(str(entry[4][0])) for entry in found):
        msg = f"redirected to {url}, an address of the inner network; that is not followed"
        raise SourceMalformed(msg, url=str(url))


def _refuse_inner_peer(response: httpx.Response, url: httpx.URL) -> None:
    """The name may have been answered differently when it was resolved again to connect."""
    stream = response.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    if peer is not None and _is_inner(str(peer[0])):
        msg = f"redirected to {url}, an address of the inner network; that is not followed"
        raise SourceMalformed(msg, url=str(url))
