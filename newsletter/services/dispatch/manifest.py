"""The manifest of a dry run: what was shown, so that exactly that can be sent."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from newsletter.domain.delivery import OutgoingMessage
from newsletter.domain.issues import Issue
from newsletter.domain.subscribers import address_key
from newsletter.errors import MessageChanged, UsageError

__all__ = ["Manifest"]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The messages of a dry run, by address: their SHA-256 and the issue they are of."""

    path: Path
    slug: str
    issue_hash: str
    digests: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read `manifest.json`, or the one in a folder.

        Raises:
            UsageError: there is none, or it is not one.
        """
        path = path / "manifest.json" if path.is_dir() else path
        try:
            content = json.loads(path.read_bytes())
            digests = {address_key(d["email"]): d["sha256"] for d in content["deliveries"] if d["sha256"]}
            return cls(path, content["date"], content["issue_hash"], digests)
        except OSError as error:
            msg = f"{path} cannot be read ({error.strerror}). A dry run writes it: `newsletter dispatch --dry-run`."
            raise UsageError(msg) from error
        except (ValueError, KeyError, TypeError) as error:
            msg = f"{path} is not the manifest of a dry run ({error}). `newsletter dispatch --dry-run` writes one."
            raise UsageError(msg) from error

    def __contains__(self, email: str) -> bool:
        return address_key(email) in self.digests

    def check_issue(self, issue: Issue) -> None:
        """Refuse the manifest of another issue.

        Raises:
            MessageChanged: it is.
        """
        if (self.slug, self.issue_hash) != (issue.key.slug, issue.hash):
            msg = (
                f"{self.path} was written for issue {self.slug} ({self.issue_hash[:12]}), but this is {issue.key.slug} "
                f"({issue.hash[:12]}). Nothing was sent. Make the dry run again and look at it."
            )
            raise MessageChanged(msg)

    def check(self, email: str, message: OutgoingMessage) -> None:
        """Refuse a message that is not the one of the dry run.

        Raises:
            MessageChanged: it is not.
        """
        expected = self.digests.get(address_key(email), "")
        if hashlib.sha256(bytes(message)).hexdigest() != expected:
            msg = (
                f"The message to {email} is not the one in {self.path}: its interests, a template or a setting has "
                "changed since. Sending has stopped. Make the dry run again and look at it."
            )
            raise MessageChanged(msg)
