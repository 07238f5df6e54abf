"""A mailbox that reports come to, by IMAP (RFC 3501): read from its beginning, and emptied into two folders.

Moving is one command of the server's (RFC 6851), so a message lies in one folder or the other whenever we end. Where a
server has no MOVE, a message is copied, then marked as deleted: ended between the two, its copy is made once more.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError
from pydantic import SecretStr

from newsletter.domain.subscribers import ascii_domain
from newsletter.errors import AddressInvalid, ConfigError, MailboxUnavailable
from newsletter.mail.reports import LONGEST_MESSAGE

__all__ = ["ImapAccount", "Mailbox", "open_mailbox"]

_MOST_WAITING = 5000
"""Messages that are taken at a time; those behind them come in the next round."""
_CONNECT_SECONDS = 30.0
_PORTS = {"tls": 993, "starttls": 143, "none": 143}


@dataclass(frozen=True, kw_only=True)
class ImapAccount:
    """Whose mailbox, where, and how the connection is secured: `tls`, `starttls` or `none`.

    `folder` is what is read; `reports` and `others` are where its messages go. `port` 0 is the one of its security;
    `authorities` is a file of certificates (PEM) to trust instead of the system's.

    Raises:
        ConfigError: it is not set, or not safe as it is set.
    """

    host: str
    port: int = 0
    security: str = "tls"
    username: str = ""
    password: SecretStr | None = field(default=None, repr=False)
    folder: str = "INBOX"
    reports: str = "bounces-read"
    others: str = "bounces-other"
    authorities: Path | None = None
    seconds: float = 60.0

    def __post_init__(self) -> None:
        if not self.host:
            msg = "bounces.imap_host is not set: name the server of the mailbox, for example imap.example.org"
            raise ConfigError(msg, key="bounces.imap_host")
        try:
            object.__setattr__(self, "host", ascii_domain(self.host))
        except AddressInvalid as error:
            msg = f"bounces.imap_host cannot be reached: {error}"
            raise ConfigError(msg, key="bounces.imap_host") from error
        if not self.username or self.password is None:
            msg = (
                "bounces.imap_username and its password are needed: set NEWSLETTER_BOUNCES__IMAP_PASSWORD, or "
                "bounces.imap_password_file"
            )
            raise ConfigError(msg, key="bounces.imap_username")
        if self.security == "none" and not _is_loopback(self.host):
            msg = (
                f'bounces.imap_security = "none": the password would cross the network to {self.host} in plain text. '
                'Set it to "tls" or "starttls".'
            )
            raise ConfigError(msg, key="bounces.imap_security")
        if len({self.folder, self.reports, self.others}) < 3:
            msg = "bounces.imap_folder, imap_read and imap_other must be three folders"
            raise ConfigError(msg, key="bounces.imap_folder")

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"{self.host}:{self.port or _PORTS[self.security]}"

    def tls(self) -> ssl.SSLContext:
        """Certificates and host names are checked, always."""
        try:
            return ssl.create_default_context(cafile=str(self.authorities) if self.authorities else None)
        except OSError as error:
            msg = f"bounces.imap_authorities: {self.authorities} cannot be read ({error}). Expected certificates (PEM)."
            raise ConfigError(msg, key="bounces.imap_authorities") from error


@contextmanager
def open_mailbox(account: ImapAccount) -> Iterator[Mailbox]:
    """Log in, and have the folders.

    Raises:
        MailboxUnavailable: it cannot be reached, or something is refused, then or later.
    """
    tls = account.tls() if account.security != "none" else None
    try:
        with IMAPClient(
            account.host,
            port=account.port or _PORTS[account.security],
            ssl=account.security == "tls",
            ssl_context=tls,
            timeout=SocketTimeout(_CONNECT_SECONDS, account.seconds),
        ) as client:
            if account.security == "starttls":
                client.starttls(tls)
            _log_in(client, account)
            yield Mailbox(client, account)
    except (IMAPClientError, OSError, ValueError) as error:  # ValueError: what its parser makes of nonsense
        msg = f"The mailbox at {account.label} cannot be read: {_words(error)}. What was not stored stays in it."
        raise MailboxUnavailable(msg) from error


def _log_in(client: IMAPClient, account: ImapAccount) -> None:
    try:
        client.login(account.username, account.password.get_secret_value() if account.password else "")
    except LoginError as error:
        msg = f"{account.label} refuses the login: {_words(error)}. Check bounces.imap_username and its password."
        raise MailboxUnavailable(msg) from None


class Mailbox:
    """Implements `domain.ports.ReportBox`."""

    def __init__(self, client: IMAPClient, account: ImapAccount) -> None:
        self._client = client
        self._reports = account.reports
        self._others = account.others
        for name in (account.reports, account.others):
            if not client.folder_exists(name):
                client.create_folder(name)
        self._messages = int(client.select_folder(account.folder)[b"EXISTS"])

    def waiting(self) -> Sequence[int]:
        """The numbers of the oldest messages that are not marked as deleted."""
        if not self._messages:
            return ()
        return sorted(self._client.search([f"1:{min(self._messages, _MOST_WAITING)}", "UNDELETED"]))

    def content(self, number: int) -> bytes | None:
        """As much of a message as is read of one, without marking it as seen."""
        try:
            answer: dict[int, Any] = self._client.fetch([number], [f"BODY.PEEK[]<0.{LONGEST_MESSAGE}>"])
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            return None  # the server cannot read this one; there are others
        content = answer.get(number, {}).get(b"BODY[]<0>")
        return content if isinstance(content, bytes) else None

    def put_away(self, numbers: Sequence[int], *, are_reports: bool) -> None:
        """Move messages to the folder of reports, or of all others."""
        if not numbers:
            return
        folder = self._reports if are_reports else self._others
        if self._client.has_capability("MOVE"):
            self._client.move(numbers, folder)
            return
        self._client.copy(numbers, folder)
        self._client.delete_messages(numbers, silent=True)
        if self._client.has_capability("UIDPLUS"):  # without it, EXPUNGE would take what others have marked
            self._client.uid_expunge(numbers)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _words(error: Exception) -> str:
    """What a server or the system said, in a line."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(said.split())[:200] or type(error).__name__
