"""What comes back after an issue was sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from newsletter.bootstrap.shared import Shared
from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from newsletter.domain.notation import Endpoint
    from newsletter.domain.ports import NotificationReader
    from newsletter.mail.intake import Listener
    from newsletter.services.bounces import Intake, Poll, Receive, Reclassify, Story, Webhooks

__all__ = ["Returning"]


class Returning:
    """Builds what takes in bounces and complaints, judges them again, and tells of an address."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def intake(self) -> Intake:
        """Where every way ends by which reports come."""
        from newsletter.mail.reports import read_report
        from newsletter.services.bounces import Intake, LeaveByMail

        s, store = self._shared.settings, self._shared.store
        return Intake(
            store.events,
            store.deliveries,
            self._shared.bounce_rules,
            read_report,
            clock=self._shared.clock,
            keep_events=s.retention.events,
            keep_evidence=s.retention.evidence,
            letters=store.letters,
            leave=LeaveByMail(store.subscribers, store.secrets) if s.bounces.unsubscribes else None,
        )

    def receive(self, source: str) -> Receive:
        """Take the mails that a mail server delivers, one by one, by the way of this name."""
        from newsletter.mail.reports import LONGEST_MESSAGE
        from newsletter.services.bounces import Receive

        s = self._shared.settings
        return Receive(
            self.intake(),
            address=s.bounce_address,
            secrets=self._shared.store.secrets,
            source=source,
            longest=LONGEST_MESSAGE,
            keep_other=self.keep_other,
        )

    def keep_other(self, content: bytes) -> None:
        """Keep a mail that is no report for a person to look at."""
        from newsletter.mail.intake import keep_other

        s = self._shared.settings
        keep_other(s.path(s.bounces.others), content)

    def listener(self, endpoint: Endpoint, log: Callable[[str], None]) -> Listener:
        """Where a mail server delivers to."""
        from newsletter.mail.intake import Listener

        name = self._shared.settings.bounce_address.rpartition("@")[2]
        return Listener(endpoint, self.receive(endpoint.protocol), name=name, log=log)

    def poll(self) -> Poll:
        """Ask the mailbox of the settings.

        Raises:
            ConfigError: it is not set, or not safe as it is set.
        """
        from newsletter.mail.intake import ImapAccount, open_mailbox
        from newsletter.services.bounces import Poll

        s = self._shared.settings.bounces
        account = ImapAccount(
            host=s.imap_host,
            port=s.imap_port,
            security=s.imap_security,
            username=s.imap_username,
            password=s.imap_password,
            folder=s.imap_folder,
            reports=s.imap_read,
            others=s.imap_other,
            authorities=self._shared.settings.path(s.imap_authorities) if s.imap_authorities else None,
            seconds=s.imap_timeout.total_seconds(),
        )
        return Poll(self.intake(), partial(open_mailbox, account))

    def reclassify(self) -> Reclassify:
        """Judge again what came back."""
        from newsletter.mail.reports import read_report
        from newsletter.services.bounces import Reclassify

        return Reclassify(self._shared.store.events, self._shared.bounce_rules, read_report)

    def story(self) -> Story:
        """Tell what happened to an address."""
        from newsletter.services.bounces import Story

        store = self._shared.store
        return Story(store.deliveries, store.events, store.subscribers, store.suppressions)

    def webhooks(self) -> Webhooks:
        """What sending services tell by requests; of those that are set up."""
        from newsletter.services.bounces import Webhooks

        shared = self._shared
        return Webhooks(self._readers(), self.intake(), shared.store.webhooks, clock=shared.clock)

    def _readers(self) -> dict[str, NotificationReader]:
        from newsletter.mail.hooks import AmazonHosts, AmazonSes, Mailgun, Postmark, SendGrid

        s = self._shared.settings.webhooks
        readers: dict[str, NotificationReader] = {}
        if s.ses_topics:
            readers["ses"] = AmazonSes(s.ses_topics, AmazonHosts())
        if s.sendgrid_public_key:
            try:
                readers["sendgrid"] = SendGrid(s.sendgrid_public_key)
            except ValueError:
                msg = "webhooks.sendgrid_public_key: there is no such key. Copy it anew from SendGrid's settings."
                raise ConfigError(msg, key="webhooks.sendgrid_public_key") from None
        if s.mailgun_signing_key is not None:
            readers["mailgun"] = Mailgun(s.mailgun_signing_key.get_secret_value())
        if s.postmark_password is not None:
            readers["postmark"] = Postmark(s.postmark_username, s.postmark_password.get_secret_value())
        return readers
