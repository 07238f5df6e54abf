"""Opening connections to the relay: security exactly as set, never less."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import cast

import aiosmtplib
from pydantic import SecretStr

from newsletter.domain.subscribers import ascii_domain
from newsletter.errors import AddressInvalid, ConfigError, RelayUnavailable
from newsletter.mail.smtp.session import Session, Timeouts

__all__ = ["Connector", "Relay", "RelayRefuses", "Security"]


class Security(StrEnum):
    """How a connection is secured."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Relay:
    """The relay and how to talk to it.

    `password` is only ever asked for when a secured connection is about to log in. `plaintext_login` allows a login
    without TLS to a host that is not this machine; it has to be asked for by name. `authorities` is a file of
    certificates (PEM) to trust instead of the system's; `name` is what we call ourselves in EHLO.
    """

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    username: str = ""
    password: SecretStr | Callable[[], SecretStr] | None = field(default=None, repr=False)
    plaintext_login: bool = False
    authorities: Path | None = None
    name: str = ""
    timeouts: Timeouts = field(default_factory=Timeouts)

    def __post_init__(self) -> None:
        if not self.host:
            msg = "smtp.host is not set: name the relay that takes your mail, for example smtp.example.org"
            raise ConfigError(msg, key="smtp.host")
        try:
            # the system's own resolver reads other letters by IDNA 2003, and would log in somewhere else
            object.__setattr__(self, "host", ascii_domain(self.host))
        except AddressInvalid as error:
            msg = f"smtp.host cannot be reached: {error}"
            raise ConfigError(msg, key="smtp.host") from error
        if self.username and self.security is Security.NONE and not (self.plaintext_login or _is_loopback(self.host)):
            msg = (
                f'smtp.username is set with smtp.security = "none": the password would cross the network to '
                f'{self.host} in plain text. Set smtp.security to "starttls" or "tls".'
            )
            raise ConfigError(msg, key="smtp.security")
        if self.username and self.password is None:
            msg = "smtp.username is set but no password: set NEWSLETTER_SMTP__PASSWORD or smtp.password_file"
            raise ConfigError(msg, key="smtp.password")

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"{self.host}:{self.port}"

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """Certificates and host names are checked, always.

        Raises:
            ConfigError: `authorities` holds no certificates.
        """
        try:
            return ssl.create_default_context(cafile=str(self.authorities) if self.authorities else None)
        except OSError as error:  # an SSLError is one
            msg = f"smtp.authorities: {self.authorities} cannot be read ({error}). Expected certificates in PEM."
            raise ConfigError(msg, key="smtp.authorities") from error


class RelayRefuses(RelayUnavailable):  # named after what happened
    """The relay will not have us as we are set up; trying again cannot help before a person has looked."""


class Connector:
    """Opens sessions."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay

    async def open(self) -> Session:
        """A session that is ready for MAIL.

        Raises:
            RelayRefuses: TLS is not to be had or not to be trusted, or the login was refused.
            RelayUnavailable: the relay cannot be reached, or does not answer.
        """
        relay = self.relay
        client = aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            timeout=relay.timeouts.connect,
            use_tls=relay.security is Security.TLS,
            # True asks for STARTTLS and fails without it; the default would go on in plain text
            start_tls=relay.security is Security.STARTTLS,
            tls_context=relay.tls if relay.security is not Security.NONE else None,
            local_hostname=relay.name or None,
        )
        try:
            async with asyncio.timeout(relay.timeouts.connect):
                return await self._open(client)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            # ValueError: what aiosmtplib makes of a challenge or a reply that is none
            client.close()
            raise _explained(relay, error) from error
        except BaseException:
            client.close()
            raise

    async def _open(self, client: aiosmtplib.SMTP) -> Session:
        relay = self.relay
        await client.connect()
        if relay.security is not Security.NONE and client.get_transport_info("sslcontext") is None:
            msg = f"the connection to {relay.label} is not secured although smtp.security asks for it"
            raise RelayRefuses(msg)
        if client.is_ehlo_or_helo_needed:
            await _greet(client)
        if relay.username and relay.password is not None:
            secret = relay.password() if callable(relay.password) else relay.password
            await client.login(relay.username, secret.get_secret_value())
        transport = client.transport
        if transport is None or transport.is_closing():
            msg = f"the relay {relay.label} closed the connection"
            raise RelayUnavailable(msg)
        extensions = frozenset(name.lower() for name in client.esmtp_extensions)
        # uvloop's transports are asyncio's in all but their class
        return Session(cast("asyncio.Transport", transport), extensions=extensions, timeouts=relay.timeouts)


async def _greet(client: aiosmtplib.SMTP) -> None:
    """EHLO, or HELO for a server that does not know it."""
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError as error:
        if error.code == 421:
            raise
        await client.helo()


def _explained(relay: Relay, error: Exception) -> RelayUnavailable:
    """The error as this product's own."""
    if isinstance(error.__cause__, ssl.SSLError):
        error = error.__cause__
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        temporary = error.code // 100 == 4
        kind = RelayUnavailable if temporary else RelayRefuses
        return kind(
            f"the relay {relay.label} did not accept the login of {relay.username}: {error.code} {error.message}. "
            "Check smtp.username and the password.",
            code=error.code,
        )
    if isinstance(error, ssl.SSLError):
        return RelayRefuses(
            f"the connection to {relay.label} cannot be secured: {getattr(error, 'verify_message', '') or error}. "
            "Nothing was sent and no password left this machine. Check smtp.host, smtp.port and smtp.security."
        )
    if isinstance(error, aiosmtplib.SMTPResponseException):
        kind = RelayRefuses if error.code // 100 == 5 else RelayUnavailable
        return kind(f"the relay {relay.label} refused us: {error.code} {error.message}", code=error.code)
    if isinstance(error, TimeoutError | aiosmtplib.SMTPTimeoutError):
        return RelayUnavailable(f"the relay {relay.label} did not answer within {relay.timeouts.connect:g} s")
    if isinstance(error, aiosmtplib.SMTPConnectError):
        return RelayUnavailable(f"the relay {relay.label} cannot be reached: {error}")
    if isinstance(error, aiosmtplib.SMTPException):
        text = str(error)
        kind = RelayRefuses if "STARTTLS" in text or "AUTH" in text or "authentication" in text else RelayUnavailable
        return kind(f"the relay {relay.label}: {text}")
    if isinstance(error, OSError):
        return RelayUnavailable(f"the relay {relay.label} cannot be reached: {error}")
    return RelayUnavailable(f"the relay {relay.label} answered what is not SMTP: {error}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
