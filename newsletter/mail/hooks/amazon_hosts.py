"""Amazon's hosts: asked for a signature's certificate, and to confirm a subscription; in bounds, and not too often."""

from __future__ import annotations

import ssl
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime

import httpx
from cryptography import x509

__all__ = ["AmazonHosts"]

_SECONDS = 10.0
_LARGEST = 64 * 1024
"""Octets of an answer; a certificate with its chain has 8 KB."""
_KEPT = 10
"""Certificates in memory. Amazon changes its own about once a year."""
_ASKED = 20
"""Questions a minute: whoever knows a topic can name certificates that are not there."""
_OK = 200


class AmazonHosts:
    """Implements `mail.hooks.amazon_ses.Amazon`. Addresses have been judged before they come here."""

    def __init__(
        self,
        *,
        trust: ssl.SSLContext | None = None,
        connect_to: tuple[str, int] | None = None,
        passed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; nothing is connected yet.

        Args:
            trust: who may vouch for a host; the public authorities by default.
            connect_to: address and port where every host is found, instead of by its name.
            passed: seconds that have passed since some moment.
        """
        self._trust = trust or httpx.create_ssl_context(trust_env=False)
        self._connect_to = connect_to
        self._passed = passed
        self._certificates: OrderedDict[str, x509.Certificate] = OrderedDict()
        self._asked: deque[float] = deque(maxlen=_ASKED)
        self._lock = threading.Lock()

    def certificate(self, url: str, now: datetime) -> x509.Certificate | None:
        """The certificate at an address, kept while it is valid; None where it cannot be had now."""
        with self._lock:  # of many requests at once one asks
            certificate = self._certificates.get(url)
            if certificate is not None and now <= certificate.not_valid_after_utc:
                return certificate
            body = self._get(url)
            try:
                certificate = x509.load_pem_x509_certificate(body) if body else None
            except ValueError:
                certificate = None
            if certificate is not None:
                self._certificates[url] = certificate
                if len(self._certificates) > _KEPT:
                    self._certificates.popitem(last=False)
            return certificate

    def confirm(self, url: str) -> bool:
        """Ask for an address that confirms a subscription; whether that was answered."""
        with self._lock:
            return self._get(url) is not None

    def _get(self, url: str) -> bytes | None:
        now = self._passed()
        if len(self._asked) == _ASKED and now - self._asked[0] < 60:
            return None
        self._asked.append(now)
        try:
            return self._fetch(httpx.URL(url), until=now + _SECONDS)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None

    def _fetch(self, url: httpx.URL, *, until: float) -> bytes | None:
        """The body of a good answer. Redirects are not followed: what they lead to was not judged."""
        host, extensions = url.host, {}
        if self._connect_to is not None:
            url = url.copy_with(host=self._connect_to[0], port=self._connect_to[1])
            extensions = {"sni_hostname": host}
        body = bytearray()
        with (
            httpx.Client(verify=self._trust, trust_env=False, timeout=_SECONDS, follow_redirects=False) as client,
            client.stream("GET", url, headers={"Host": host}, extensions=extensions) as answer,
        ):
            if answer.status_code != _OK:
                return None
            for part in answer.iter_raw():
                body += part
                if len(body) > _LARGEST or self._passed() > until:
                    return None
        return bytes(body)
