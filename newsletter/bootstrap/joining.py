"""Signing up, moving, and the letters that answer it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from newsletter.bootstrap.shared import Shared
from newsletter.domain.subscribers import JoiningRules, Quota
from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from newsletter.domain.signup import AddressPolicy
    from newsletter.services.joining import Joining
    from newsletter.services.signing_up import Door

__all__ = ["JoiningParts"]


class JoiningParts:
    """Builds what takes requests in, decides on them, and sends the letters that follow."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    @property
    def rules(self) -> JoiningRules:
        """What the settings say."""
        s = self._shared.settings.signup
        return JoiningRules(
            per_mailbox=(Quota(s.per_address_day, timedelta(days=1)), Quota(s.per_address_week, timedelta(days=7))),
            per_client=Quota(s.per_client, timedelta(hours=1)),
            per_hour=s.budget,
            lifetime=s.lifetime,
            suppressed_may_confirm=s.suppressed_may_confirm,
            complaint_wait=self._shared.settings.bounces.complaint_wait,
        )

    def joining(self) -> Joining:
        """Asking and confirming."""
        from newsletter.services.joining import Joining

        return Joining(
            self._shared.store.joining,
            rules=self.rules,
            secrets=self._shared.store.secrets,
            clock=self._shared.clock,
            record_ip=self._shared.settings.signup.record_ip,
        )

    def door(self) -> Door:
        """The public door: forms and documents of people who are not known.

        Raises:
            ConfigError: the list of blocked domains cannot be read.
        """
        from newsletter.services.signing_up import Door, DoorRules

        s = self._shared.settings.signup
        return Door(
            self.joining(),
            self._shared.store.joining,
            rules=DoorRules(addresses=self._address_policy(), proof_of_work=s.proof_of_work),
            secrets=self._shared.store.secrets,
            clock=self._shared.clock,
            chance=secrets.token_hex,
            check_interest=self._shared.check_interest,
            languages=self._shared.settings.languages,
            topics=tuple(self._shared.catalogue.expressions),
            takes_mail=self._mail_domains() if s.check_mx else None,
        )

    def _address_policy(self) -> AddressPolicy:
        from newsletter.domain.signup import AddressPolicy

        s = self._shared.settings.signup
        return AddressPolicy(frozenset(s.allowed_domains), frozenset(s.blocked_domains) | self._listed_domains())

    def _listed_domains(self) -> frozenset[str]:
        from newsletter.formats import parse_domain_list

        named = self._shared.settings.signup.disposable_domains
        if named is None:
            return frozenset()
        path, key = self._shared.settings.path(named), "signup.disposable_domains"
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            msg = f"{path}: the list of domains cannot be read ({error}); correct it, or {key}"
            raise ConfigError(msg, key=key, path=path) from error
        return parse_domain_list(text, path=path, key=key)

    @staticmethod
    def _mail_domains() -> Callable[[str], bool]:
        from newsletter.mail.mail_domains import MailDomains

        return MailDomains().take_mail
