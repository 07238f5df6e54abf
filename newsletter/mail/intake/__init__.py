"""How reports get here by themselves: a listener that the mail server delivers to, and a mailbox that is asked."""

from newsletter.mail.intake.listener import Listener, Reception
from newsletter.mail.intake.mailbox import ImapAccount, open_mailbox
from newsletter.mail.intake.others import OtherMails, keep_other

__all__ = [
    "ImapAccount",
    "Listener",
    "OtherMails",
    "Reception",
    "keep_other",
    "open_mailbox",
]
