"""The messages of one issue: selected, assembled and signed, the same bytes for a send and for a dry run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsletter.domain.delivery import OutgoingMessage, Recipient
from newsletter.domain.issues import Issue, Selection, SelectionRequest
from newsletter.domain.ports import MailFactory, MailInLanguage, SelectorFactory, Signer
from newsletter.services.dispatch.manifest import Manifest

__all__ = ["MessageMaker"]


class MessageMaker:
    """Makes the message of any recipient of one issue; what all share is made once.

    With the manifest of a dry run it makes no other messages than those.
    """

    def __init__(
        self,
        issue: Issue,
        select: SelectorFactory,
        mail: MailFactory,
        signer: Signer | None = None,
        manifest: Manifest | None = None,
    ) -> None:
        self.issue = issue
        self._selector = select(issue)
        self._mail = mail
        self._signer = signer
        self._manifest = manifest
        self._by_language: dict[str, MailInLanguage] = {}

    def select(self, recipient: Recipient) -> Selection:
        """The digest of a recipient."""
        return self._selector.select(_request(recipient))

    def select_many(self, recipients: Sequence[Recipient]) -> Iterator[Selection]:
        """The digests of several recipients, in their order: much cheaper than one by one."""
        return self._selector.select_many(map(_request, recipients))

    def has_message_for(self, recipient: Recipient) -> bool:
        """Whether a recipient gets one: with a manifest, only who stands in it."""
        return self._manifest is None or recipient.email in self._manifest

    def make(self, recipient: Recipient, selection: Selection | None = None) -> OutgoingMessage:
        """The message of a recipient: a function of the issue, the recipient as frozen, and the key.

        Raises:
            AddressInvalid: nothing can be mailed to this address.
            MessageChanged: it is not the one that the manifest names.
        """
        mail = self._by_language.get(recipient.language)
        if mail is None:
            mail = self._by_language[recipient.language] = self._mail.in_language(self.issue, recipient.language)
        message = mail.build(recipient, selection if selection is not None else self.select(recipient))
        if self._signer is not None:
            message = self._signer.sign(message)
        if self._manifest is not None:
            self._manifest.check(recipient.email, message)
        return message


def _request(recipient: Recipient) -> SelectionRequest:
    return SelectionRequest(recipient.interests, recipient.max_papers, recipient.rhythm.order)
