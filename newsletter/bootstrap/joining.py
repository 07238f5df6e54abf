"""Signing up, moving, and the letters that answer it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsletter.bootstrap.publishing import Publishing
from newsletter.bootstrap.sending import Sending
from newsletter.bootstrap.shared import Shared
from newsletter.domain.notation import Weekday
from newsletter.domain.subscribers import JoiningRules, LetterKind, Quota
from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from newsletter.domain.signup import AddressPolicy
    from newsletter.services.catch_up import CatchUpMail, PlanCatchUps
    from newsletter.services.joining import Joining
    from newsletter.services.joining.first_digest import FirstDigests
    from newsletter.services.joining.settling import SettleRequests
    from newsletter.services.letters import LetterMaker, LetterWorker, SendLetters
    from newsletter.services.signing_up import Door

__all__ = ["JoiningParts"]


class JoiningParts:
    """Builds what takes requests in, decides on them, and sends the letters that follow."""

    def __init__(self, shared: Shared, sending: Sending, publishing: Publishing) -> None:
        self._shared = shared
        self._publishing = publishing
        self._sending = sending

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
            sends_first=self._shared.settings.signup.first_digest,
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

    def can_send(self) -> str:
        """Why letters wait, as far as the settings are concerned; empty where they go."""
        s = self._shared.settings
        if not s.newsletter.base_url:
            return "newsletter.base_url is not set, and links lead there"
        return "" if s.smtp.host else "smtp.host is not set"

    def settle(self) -> SettleRequests:
        """Decide on requests that wait."""
        from newsletter.services.joining.settling import SettleRequests

        return SettleRequests(self._shared.store.joining, self.rules, clock=self._shared.clock)

    def send(self) -> SendLetters:
        """Send letters.

        Raises:
            ConfigError: the relay is not set, or not safe as it is set.
        """
        from newsletter.domain.delivery import Pacer
        from newsletter.mail.smtp import PRESETS, Connector, PoolSettings, Preset
        from newsletter.services.letters import SendLetters

        s = self._shared.settings
        preset = PRESETS.get(s.smtp.preset, Preset(()))
        return SendLetters(
            self._shared.store.letters,
            self._maker(),
            Connector(self._sending.check_relay()),
            pool=PoolSettings(connections=1, messages=s.smtp.messages or preset.messages, patience=2),
            pacer=Pacer(s.smtp.rate or preset.limits, s.smtp.per_domain, now=time.monotonic()),
            clock=self._shared.clock,
            digests={LetterKind.FIRST: self._first_digests()},
        )

    def worker(self) -> LetterWorker:
        """What turns requests into letters and sends them, beside the pages."""
        from newsletter.services.letters import LetterWorker

        return LetterWorker(
            self.settle(),
            self.send(),
            self._shared.store.joining,
            clock=self._shared.clock,
            close=self._shared.close,
        )

    def _maker(self) -> LetterMaker:
        from newsletter.mail.letters import LetterAssembler
        from newsletter.render.letters import LetterRenderer
        from newsletter.services.letters import LetterMaker

        s, store = self._shared.settings, self._shared.store
        name, address = parseaddr(s.newsletter.from_)
        return LetterMaker(
            joining=store.joining,
            subscribers=store.subscribers,
            suppressions=store.suppressions,
            rules=self.rules,
            writer=LetterRenderer(
                self._shared.templates,
                title=s.newsletter.title,
                base_url=s.newsletter.base_url,
                contact=s.newsletter.contact or address,
                postal_address=s.newsletter.postal_address,
                zone=ZoneInfo(s.newsletter.timezone),
            ),
            mail=LetterAssembler(
                title=s.newsletter.title,
                sender=address,
                sender_name=name,
                bounces=s.bounce_address,
                verp=s.bounces.verp,
                secret=store.secret(),
            ),
            secrets=store.secrets,
            clock=self._shared.clock,
            base_url=s.newsletter.base_url,
            languages=s.languages,
            catch_ups=self._catch_up_mail(),
            today=lambda: self._shared.today,
            signer=self._sending.signer(),
        )

    def plan_catch_ups(self) -> PlanCatchUps:
        """Choose for those whose pause has ended."""
        from newsletter.services.catch_up import PlanCatchUps

        store = self._shared.store
        return PlanCatchUps(
            issues=store.issues,
            subscribers=store.subscribers,
            deliveries=store.deliveries,
            letters=store.letters,
            select=self._shared.selector,
            clock=self._shared.clock,
            weekly_on=Weekday(self._shared.settings.issue.weekly_on),
        )

    def _catch_up_mail(self) -> CatchUpMail:
        from newsletter.render.catalogues import wording
        from newsletter.render.labels import Labels
        from newsletter.services.catch_up import CatchUpMail

        return CatchUpMail(
            issues=self._shared.store.issues,
            select=self._shared.selector,
            mail=self._publishing.mail(),
            preface=lambda language, first, last: Labels(wording(language)).missed(first, last),
        )

    def _first_digests(self) -> FirstDigests:
        from newsletter.services.joining.first_digest import FirstDigests

        s, store = self._shared.settings, self._shared.store
        return FirstDigests(
            issues=store.issues,
            subscribers=store.subscribers,
            deliveries=store.deliveries,
            select=self._shared.selector,
            send=self._sending.send,
            clock=self._shared.clock,
            late_after=s.dispatch.late_after,
            timetable=self._sending.timetable(),
        )
