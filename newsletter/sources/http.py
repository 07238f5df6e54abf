"""The one polite client: every request to a source goes through it.

From the outside in, a request passes

1. retries: refusals that may pass are asked again, later and later, with jitter, and as the host says (Retry-After);
2. redirects, a few;
3. the cache on disk (hishel): conditional requests, and answers kept for as long as the caller says they cannot change;
4. the gate of the host (`domain.ports.HostGate`), which only real requests pass;
5. the guard of the inner network (`_peers`): only addresses that were judged are connected to;
6. limits: seconds in all and between two reads, bytes as sent and as decompressed. What is over them is never held;
7. what the answer is: the four faces of arXiv's throttling, and the caller's own check, before anything is cached.

A connection lasts for one request: at one in three seconds a kept one saves nothing, and so there is nothing to close.
"""

from __future__ import annotations

import asyncio
import ipaddress
import random
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import httpx
from hishel import AsyncSqliteStorage, CacheOptions
from hishel.httpx import AsyncCacheTransport

from newsletter.domain.notation import site_of
from newsletter.domain.ports import HostGate
from newsletter.errors import SourceMalformed, SourceThrottled, SourceUnavailable
from newsletter.private import private_folder
from newsletter.sources._transport import Ask, GuardedTransport, Limits, gate_of

__all__ = ["HttpAnswer", "Limits", "PoliteClient", "Retry", "backoff", "spacing_of"]

_ARXIV_SPACING = 3.0  # https://info.arxiv.org/help/api/tou.html
_SPACING = 1.0
_KEPT = 64 * 1024 * 1024  # bytes of cache; a day of twenty feeds is a few


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how long to ask again; seconds. A host that asks for more than `longest` is left for this run."""

    attempts: int = 4
    first: float = 5.0
    longest: float = 120.0


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a host said: the body is decompressed. `cached` tells that the host was not asked or said "not modified"."""

    url: str = field(repr=False)
    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cached: bool = False


def backoff(attempt: int, retry: Retry, *, asked: float | None, chance: float) -> float | None:
    """Seconds to wait before attempt number `attempt` + 1 (counted from 1), None to give up.

    Args:
        attempt: how many attempts were made.
        retry: the policy.
        asked: what the host asked for (Retry-After), in seconds.
        chance: 0 to 1, spreads those who were refused together.
    """
    if attempt >= retry.attempts or (asked is not None and asked > retry.longest):
        return None
    if asked is not None:
        return asked + chance
    return min(retry.longest, retry.first * 2.0 ** (attempt - 1)) * (0.5 + chance)


def spacing_of(gate: str) -> float:
    """Seconds between two requests through this gate: arXiv's rule, a courteous one elsewhere, none on this machine."""
    if gate == "arxiv.org":
        return _ARXIV_SPACING
    host = gate.rpartition(":")[0]
    return (
        0.0
        if host == "localhost" or (_is_address(host) and ipaddress.ip_address(host.strip("[]")).is_loopback)
        else _SPACING
    )


class PoliteClient:
    """Fetches, politely. One serves all sources of a run; it holds no connection and needs no closing."""

    def __init__(
        self,
        *,
        user_agent: str,
        gate: HostGate,
        cache: Path | None = None,
        limits: Limits | None = None,
        retry: Retry | None = None,
        spacing: Callable[[str], float] = spacing_of,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        inner_hosts: Collection[str] = (),
    ) -> None:
        """Set it up.

        Args:
            user_agent: names the program and the operator's contact.
            gate: shared with everybody who uses the same hosts.
            cache: the folder of the cache; None keeps nothing.
            limits: of one answer.
            retry: how often and how long to ask again.
            spacing: seconds between two requests through a gate.
            now: the clock (UTC).
            sleep: waits.
            chance: a number from 0 to 1.
            inner_hosts: names of the operator's own network that may be read from all the same.
        """
        self._user_agent = user_agent
        self._gate = gate
        self._cache = cache
        self._limits = limits or Limits()
        self._retry = retry or Retry()
        self._spacing = spacing
        self._now = now
        self._sleep = sleep
        self._chance = chance
        self._inner_hosts = frozenset(host.lower().rstrip(".") for host in inner_hosts)

    async def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        keep: timedelta | None = None,
        check: Callable[[bytes], object] | None = None,
    ) -> HttpAnswer:
        """Fetch an address.

        Args:
            url: absolute, http or https.
            accept: the media types wanted. arXiv throttles who sends none.
            keep: the answer cannot change for so long and is not asked for again; None asks whether it has changed.
            check: raises `SourceMalformed` where a body is not what was asked for; such an answer is not cached.

        Returns:
            The answer; statuses from 400 on are answers too, for what they say differs from source to source.

        Raises:
            SourceThrottled: the host asked us to slow down, and did so until we gave up.
            SourceUnavailable: no answer, a cut line, a server error.
            SourceMalformed: too large, undecodable, redirected to where it must not lead, or refused by `check`.
        """
        parsed = _address(url)
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._once(parsed, accept, keep, check)
            except (SourceThrottled, SourceUnavailable) as error:
                asked = error.retry_after if isinstance(error, SourceThrottled) else None
                wait = backoff(attempt, self._retry, asked=asked, chance=self._chance())
                if wait is None:
                    raise
                if isinstance(error, SourceThrottled):
                    await self._gate.hold(gate_of(parsed), wait)
                await self._sleep(wait)

    async def _once(
        self, url: httpx.URL, accept: str, keep: timedelta | None, check: Callable[[bytes], object] | None
    ) -> HttpAnswer:
        site = site_of(str(url))
        headers = {"User-Agent": self._user_agent, "Accept": accept, "Accept-Encoding": "gzip"}
        extensions: dict[str, object] = {"newsletter": Ask((url.host, url.port), check)}
        if keep is None:
            headers["Cache-Control"] = "no-cache"  # a cached answer is used only if the host says that it still holds
        else:
            extensions["caching"] = {"rfc": False, "ttl": keep.total_seconds()}
        async with self._client() as client:
            try:
                response = await client.get(url, headers=headers, extensions=extensions)
            except httpx.TooManyRedirects as error:
                msg = f"{site} leads from one address to the next ({self._limits.redirects} redirects)"
                raise SourceMalformed(msg) from error
            except httpx.UnsupportedProtocol as error:
                msg = f"{site} redirects to an address that is not http(s)"
                raise SourceMalformed(msg) from error
            except httpx.RemoteProtocolError as error:
                msg = f"{site} sent no proper HTTP answer: {error}"
                raise SourceUnavailable(msg) from error
            except httpx.InvalidURL as error:
                msg = f"{site} redirects to an address that cannot be read"
                raise SourceMalformed(msg) from error
        caching = response.extensions.get("caching", {})
        return HttpAnswer(
            url=str(response.url),
            status=response.status_code,
            body=response.content,
            headers=dict(response.headers),
            cached=bool(caching.get("from_cache")),
        )

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx.AsyncClient]:
        inner = httpx.AsyncHTTPTransport(
            verify=self._ssl, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )
        transport: httpx.AsyncBaseTransport = GuardedTransport(
            inner, self._gate, self._limits, self._spacing, self._now, inner_hosts=self._inner_hosts
        )
        if self._cache is not None:
            private_folder(self._cache)  # answers lie beside their addresses, which may hold a token
            storage = AsyncSqliteStorage(
                database_path=self._cache / "http.db",
                max_size=_KEPT,
                max_stream_size=_KEPT // 2,
                default_ttl=30 * 86400,
            )
            transport = AsyncCacheTransport(transport, storage, rfc=CacheOptions(shared=False))
        async with httpx.AsyncClient(
            transport=transport,
            trust_env=False,
            follow_redirects=True,
            max_redirects=self._limits.redirects,
            timeout=httpx.Timeout(self._limits.read, connect=self._limits.connect),
        ) as client:
            yield client

    @cached_property
    def _ssl(self) -> ssl.SSLContext:
        return httpx.create_ssl_context(trust_env=False)


def _address(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        msg = f"expected an absolute http(s) address, got {site_of(url)} that cannot be read"
        raise SourceMalformed(msg) from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        msg = f"expected an absolute http(s) address, got {site_of(url)} that is none"
        raise SourceMalformed(msg)
    return parsed


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
