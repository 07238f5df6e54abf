"""Reports in the form of many systems, written for these tests, and what each says."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CALM", "SAMPLES", "Sample", "delivery_report"]


class Sample(NamedTuple):
    """A message and its one event: kind, recipient, status, reply, how the recipient is known."""

    raw: str
    event: tuple[str, str, str, str, str]


def delivery_report(
    fields: str, words: str = "It did not arrive.", *, returned: str = "Message-ID: <d1@ours.example.org>\n"
) -> str:
    """A report of three parts as RFC 3464 has it."""
    return f"""From: MAILER-DAEMON@mx.example.net
To: bounces+d1.0123456789abcdef@ours.example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=us-ascii

{words}

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Original-Envelope-Id: d1

{fields}
--=_b
Content-Type: message/rfc822

{returned}
Dear Ada
--=_b--
"""


def plain(sender: str, subject: str, text: str, more: str = "") -> str:
    """A report that is one text."""
    return f"From: {sender}\nTo: list@ours.example.org\nSubject: {subject}\n{more}\n{text}"


_RETURNED = """Received: from ours.example.org by mx.example.net; Tue, 2 Jun 2026 09:00:00 +0000
Message-ID: <d1@ours.example.org>
From: list@ours.example.org
To: ada@example.org

Dear Ada
"""


def of_ada(status: str, said: str = "", *, action: str = "failed") -> str:
    """The fields of the one recipient of most reports; `said` is what the other server answered."""
    answer = f"Diagnostic-Code: smtp; {said}\n" if said else ""
    return f"Final-Recipient: rfc822; ada@example.org\nAction: {action}\nStatus: {status}\n{answer}"


SAMPLES = {
    "Postfix": Sample(
        delivery_report(
            "Final-Recipient: rfc822; ada@example.org\nOriginal-Recipient: rfc822;ada@example.org\nAction: failed\n"
            "Status: 5.1.1\nRemote-MTA: dns; mx.example.org\nDiagnostic-Code: smtp; 550 5.1.1 "
            "<ada@example.org>: Recipient\n"
            "    address rejected: User unknown in local recipient table\n"
        ),
        ("hard", "ada@example.org", "5.1.1", "550", "field"),
    ),
    "Postfix, full": Sample(
        delivery_report(of_ada("5.2.2", "552 5.2.2 Mailbox is full")),
        ("soft", "ada@example.org", "5.2.2", "552", "field"),
    ),
    "a delay": Sample(
        delivery_report(of_ada("4.4.1", action="delayed")),
        ("unknown", "ada@example.org", "4.4.1", "", "field"),
    ),
    "an arrival": Sample(
        delivery_report(of_ada("2.0.0", action="relayed")),
        ("delivered", "ada@example.org", "2.0.0", "", "field"),
    ),
    "a code that says nothing, and words that do": Sample(
        delivery_report(
            of_ada("5.0.0"),
            "  ada@example.org\n    SMTP error from remote mail server after RCPT TO:<ada@example.org>:\n"
            "    550 no such user here\n",
        ),
        ("hard", "ada@example.org", "5.0.0", "550", "field"),
    ),
    "a code of the address, and words of spam": Sample(
        delivery_report(of_ada("5.1.1", "550 5.7.1 Message rejected as spam")),
        ("policy", "ada@example.org", "5.7.1", "550", "field"),
    ),
    "internationalised (RFC 6533)": Sample(
        delivery_report(
            "Original-Recipient: utf-8; b\\x{FC}cher@example.org\nFinal-Recipient: utf-8; bücher@example.org\n"
            "Action: failed\nStatus: 5.1.1\n"
        ).replace("message/delivery-status", "message/global-delivery-status"),
        ("hard", "bücher@example.org", "5.1.1", "", "field"),
    ),
    "internationalised, escaped": Sample(
        delivery_report("Final-Recipient: utf-8; b\\x{FC}cher@example.org\nAction: failed\nStatus: 5.1.1\n"),
        ("hard", "bücher@example.org", "5.1.1", "", "field"),
    ),
    "X.400": Sample(
        delivery_report(
            "Final-Recipient: x400; /G=Ada/S=L/O=Ex/C=DE/\nOriginal-Recipient: rfc822; ada@example.org\n"
            "Action: failed\nStatus: 5.1.1\n"
        ),
        ("hard", "ada@example.org", "5.1.1", "", "field"),
    ),
    "Exim": Sample(
        plain(
            "Mail Delivery System <Mailer-Daemon@mx.example.net>",
            "Mail delivery failed: returning message to sender",
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
            "delivered to one or more of its\nrecipients. This is a permanent error. The following "
            "address(es) failed:\n\n"
            "  ada@example.org\n    SMTP error from remote mail server after RCPT TO:<ada@example.org>:\n"
            "    host mx.example.org [192.0.2.4]: 550 Unknown user\n\n"
            f"------ This is a copy of the message, including all the headers. ------\n\n{_RETURNED}",
            "X-Failed-Recipients: ada@example.org\nAuto-Submitted: auto-replied\n",
        ),
        ("hard", "ada@example.org", "", "550", "header"),
    ),
    "qmail": Sample(
        plain(
            "MAILER-DAEMON@mx.example.net",
            "failure notice",
            "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver "
            "your message to the "
            "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
            "<ada@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
            f"--- Below this line is a copy of the message.\n\n{_RETURNED}",
        ),
        ("hard", "ada@example.org", "5.1.1", "", "text"),
    ),
    "OpenSMTPD": Sample(
        plain(
            "Mailer Daemon <MAILER-DAEMON@mx.example.net>",
            "Delivery status notification: error",
            "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n    An "
            "error has occurred "
            "while attempting to deliver a message for\n    the following list of recipients:\n\n"
            f"ada@example.org: 552 5.2.2 mailbox full\n\n    Below is a copy of the original message:\n\n{_RETURNED}",
        ),
        ("soft", "ada@example.org", "5.2.2", "552", "text"),
    ),
    "Gmail": Sample(
        plain(
            "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            "Delivery Status Notification (Failure)",
            "** Address not found **\n\nYour message wasn't delivered to ada@example.org because the "
            "address couldn't be "
            "found.\n\nThe response was:\n550 5.1.1 The email account that you tried to reach does not exist.\n",
        ),
        ("hard", "ada@example.org", "5.1.1", "550", "text"),
    ),
    "Exchange 5.5": Sample(
        plain(
            "System Administrator <postmaster@example.org>",
            "Undeliverable: Today's papers",
            "Your message\n\n  To:      ada@example.org\n  Subject: Today's papers\n\ndid not reach the following "
            "recipient(s):\n\nada@example.org on Tue, 2 Jun 2026 09:00:11 -0000\n    The recipient name "
            "is not recognized\n",
        ),
        ("hard", "ada@example.org", "", "", "text"),
    ),
    "Domino": Sample(
        plain(
            "Postmaster@example.org",
            "DELIVERY FAILURE: User Ada (ada@example.org) not listed in Domino Directory",
            "Your message\n\n  Subject: Today's papers\n\nwas not delivered to:\n\n  ada@example.org\n\nbecause:\n\n"
            "  User Ada (ada@example.org) not listed in Domino Directory\n",
        ),
        ("hard", "ada@example.org", "", "", "text"),
    ),
    "GroupWise": Sample(
        plain(
            "Mailer-Daemon@example.org",
            "Message status - undeliverable",
            "The message that you sent was undeliverable to the following:\n\tada@example.org (user not found)\n",
        ),
        ("hard", "ada@example.org", "", "", "text"),
    ),
    "a virus wall": Sample(
        plain(
            "MAILER-DAEMON@gate.example.org",
            "Mail could not be delivered",
            "****** Message from Example Messaging Security ******\n\nSent <<< RCPT "
            "TO:<ada@example.org>\nReceived >>> 550 "
            "5.1.1 <ada@example.org>: User unknown\n\nUnable to deliver message to <ada@example.org>.\n",
        ),
        ("hard", "ada@example.org", "5.1.1", "550", "text"),
    ),
    "a session's transcript": Sample(
        plain(
            "MDaemon@mx.example.org",
            "Delivery failed: permanent fatal errors",
            "The following addresses did NOT receive a copy of your message:\n\n> ada@example.org\n\n"
            "--- Session Transcript ---\n --> RCPT To:<ada@example.org>\n <-- 550 No such user here\n--- End ---\n",
        ),
        ("hard", "ada@example.org", "", "550", "text"),
    ),
    "a filter that answers after the content": Sample(
        plain(
            "MAILER-DAEMON@mx.example.net",
            "Undelivered Mail Returned to Sender",
            "<ada@example.org>: host mx.example.org[192.0.2.4] said: 550 : User unknown (in reply to end of\n    DATA "
            "command)\n",
        ),
        ("soft", "ada@example.org", "", "550", "text"),
    ),
    "a bulk filter": Sample(
        plain(
            "MAILER-DAEMON@filter.example.org (Mail Delivery System)",
            "**Message you sent blocked by our bulk email filter**",
            "Your message to: ada@example.org\nwas blocked by our Spam Firewall.\n",
        ),
        ("policy", "ada@example.org", "", "", "text"),
    ),
    "a title and an answer, from nobody": Sample(
        plain(
            "<noreply@mx.example.org>",
            "Votre message",
            "Le message n'a pas pu etre remis a:\n  ada@example.org\n552 5.2.2 Mailbox full\n",
            "Return-Path: <>\n",
        ),
        ("soft", "ada@example.org", "5.2.2", "552", "text"),
    ),
    "one that names nobody but returns the mail": Sample(
        plain(
            "MAILER-DAEMON@mx.example.org",
            "Undelivered Mail",
            f"The mailbox is over quota.\n\n--- Original message follows ---\n\n{_RETURNED}",
        ),
        ("soft", "ada@example.org", "", "", "returned"),
    ),
    "a base64 part in a charset that is wrong": Sample(
        delivery_report("Status: 5.0.0\n").replace(
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns; "
            "mx.example.net\nOriginal-Envelope-Id: d1\n\nStatus: "
            "5.0.0\n",
            "Content-Type: message/delivery-status; charset=x-nobody-knows\nContent-Transfer-Encoding: base64\n\n"
            "RmluYWwtUmVjaXBpZW50OiByZmM4MjI7IGFkYUBleGFtcGxlLm9yZwpBY3Rpb246IGZhaWxlZApTdGF0dXM6IDUuMS4xCg==\n",
        ),
        ("hard", "ada@example.org", "5.1.1", "", "field"),
    ),
    "fields within a text, quoted-printable": Sample(
        plain(
            "MAILER-DAEMON@mx.example.org",
            "Delivery Status Notification",
            "It failed.\n\nAction: fai=\nled\nFinal-Reci=\npient: rfc822; ada@example.org\nStatus: 5.1.1\n",
            "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n",
        ),
        ("hard", "ada@example.org", "5.1.1", "", "field"),
    ),
    "a complaint (RFC 5965)": Sample(
        """From: fbl@mail.example.net
To: abuse@ours.example.org
Subject: FW: Today's papers
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b

This is an abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Example/1
Original-Rcpt-To: <ada@example.org>

--b
Content-Type: message/rfc822

Message-ID: <d1@ours.example.org>

Dear Ada
--b--
""",
        ("complaint", "ada@example.org", "", "", "field"),
    ),
    "a complaint with its recipient redacted": Sample(
        """From: fbl@mail.example.net
Content-Type: multipart/report; report-type="feedback-report"; boundary=b

--b
Content-Type: message/feedback-report

Feedback-Type: abuse

--b
Content-Type: text/rfc822-headers

Message-ID: <d1@ours.example.org>
--b--
""",
        ("complaint", "", "", "", ""),
    ),
    "a complaint of Microsoft's": Sample(
        """From: staff@mail.example.com
Subject: complaint about message from 192.0.2.1
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: message/rfc822

X-HmXmrOriginalRecipient: ada@example.com
Message-ID: <d1@ours.example.org>

Dear Ada
--b--
""",
        ("complaint", "ada@example.com", "", "", "field"),
    ),
    "Apple Mail's unsubscribing": Sample(
        plain("Ada <ada@example.com>", "unsubscribe", "Apple Mail sent this.", "X-Apple-Unsubscribe: true\n"),
        ("complaint", "ada@example.com", "", "", "sender"),
    ),
    "Amazon SES": Sample(
        plain(
            "SES <no-reply@sns.amazonaws.com>",
            "AWS Notification Message",
            '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":'
            '"ada@example.org","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]},'
            '"mail":{"messageId":"x"}}\n',
        ),
        ("hard", "ada@example.org", "5.1.1", "550", "service"),
    ),
    "a vacation note": Sample(
        plain(
            "Ada <ada@example.org>",
            "Abwesenheitsnotiz: Today's papers",
            "Ich bin bis 5. Juni nicht erreichbar, in dringenden Fällen: bob@example.org",
            "Return-Path: <>\nAuto-Submitted: auto-replied\n",
        ),
        ("vacation", "ada@example.org", "", "", "sender"),
    ),
    "a vacation note that speaks of full mailboxes": Sample(
        plain(
            "Ada <ada@example.org>",
            "Automatic reply: Today's papers",
            "I am away. My mailbox is full.\nbob@example.org: for urgent matters",
            "X-Auto-Response-Suppress: All\n",
        ),
        ("vacation", "ada@example.org", "", "", "sender"),
    ),
    "a challenge": Sample(
        plain(
            "Ada <ada@example.org>",
            "Please confirm your message",
            "To be put on my guest list, verify that you are a human.",
            "Auto-Submitted: auto-replied\n",
        ),
        ("challenge", "ada@example.org", "", "", "sender"),
    ),
}

CALM = {
    "a person who quotes a bounce": plain(
        "Bob <bob@example.org>",
        "Re: Undelivered Mail Returned to Sender",
        "What does this mean?\n\n> <ada@example.org>: host mx.example.org said: 550 5.1.1 User unknown\n",
    ),
    "a person who forwards one": plain(
        "Bob <bob@example.org>", "Fwd: failure notice", "<ada@example.org>:\n550 5.1.1 no such user\n"
    ),
    "a postmaster who writes by hand": plain(
        "Postmaster <postmaster@example.org>",
        "Your newsletter",
        "Hello, the mailbox of our colleague is full.\nada@example.org: no longer employed\n",
    ),
    "a mail with another attached": plain(
        "Bob <bob@example.org>",
        "original as attachment",
        "--b\n\nSee there.\n--b\nContent-Type: message/rfc822\n\nSubject: Hi\n\n<ada@example.org>: 550 "
        "user unknown\n--b--\n",
        "Content-Type: multipart/mixed; boundary=b\n",
    ),
    "an answer to the newsletter": plain("Ada <ada@example.org>", "Re: Today's papers", "Thank you! 550 papers, wow."),
    "nothing": "",
}
