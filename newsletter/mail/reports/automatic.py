"""Who answers automatically: a mail system, a person's vacation note (RFC 3834), or a filter that wants a proof."""

from __future__ import annotations

import re

from newsletter.mail.reports.headers import Header, addresses_in

__all__ = [
    "has_no_return",
    "is_automatic",
    "is_by_machine",
    "is_challenge",
    "is_from_a_mail_system",
    "is_titled_as_a_report",
    "is_vacation",
]

_SYSTEM = re.compile(
    r"(?:^|[<\"\s.])(?:mail(?:er)?-?daemon|mdaemon|e500_smtp_mail_service|mmdf|mail[._-]delivery[._-](?:system|"
    r"subsystem|service)|"
    r"(?:mail|smtp)-?(?:system|service|server|gateway)|mail deli\w* (?:system|subsystem|service))(?=[@>\"\s+.\-]|$)",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?:^|[<\"\s.])(?:post[-_]?master|sysadmin|mail-?admin|system administrator)(?=[@>\"\s+.\-]|$)", re.IGNORECASE
)
"""Names of mail systems that people write under, too."""
_SUBJECT = re.compile(
    r"undeliver|\[bounce\]|delivery status|delivery notification|delivery (?:has )?fail|delivery (?:report|"
    r"error|problem)|returned (?:e?mail|to sender)|"
    r"return(?:ed|ing) mail|returning message|returned message|failure notice|failure notification|"
    r"delivery problem|message status|fail(?:ed|ure) (?:to |in )?deliver|"
    r"mail system error|non-?deliver|not (?:be )?delivered|delayed mail|mail failure|mail error|mail delivery|"
    r"message delivery|could not deliver|unable to deliver|"
    r"unzustellbar|non remis|non consegn|配信不能|配信エラー|送信できません|メールエラー|エラーメール|"
    r"mdaemon notification|rejected mail|"
    r"warning: could not send",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"out of (?:the )?office|auto(?:matic|mated)?[ \-]?(?:repl|respon|antwort|answer)|^auto(?:matic)?:|"
    r"vacation|on holiday|on leave|away (?:from|until|on|till)|i am away|"
    r"maternity leave|annual leave|abwesen|automatische antwort|r[ée]ponse automatique|absen[tc]|"
    r"respuesta autom|fuera de (?:la )?oficina|risposta automatica|"
    r"fuori ufficio|resposta autom|afwezig|frånvaro|автоответ|отсутств|"
    r"自动回复|自動回覆|自動返信|自動応答|不在|休假|부재중|자동",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"(?:confirm|verify|authenticat|approve|release)[^.\n]{0,40}(?:your (?:message|e-?mail|mail)|"
    r"you are (?:a )?(?:human|person|real)|the sender)|sender verification|"
    r"challenge[ /\-]response|spam ?arrest|boxbe|bluebottle|mailblocks|earthlink.{0,20}spamblocker|tmda|"
    r"(?:message|e?mail) (?:is )?(?:awaiting|requires|needs) (?:your )?(?:verification|confirmation|approval)|"
    r"to be (?:added to|put on) (?:my|the|his|her|their) (?:guest|allowed|white|safe|approved).?list",
    re.IGNORECASE,
)
_ANSWER_FIELDS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-response-from",
    "x-auto-reply",
    "x-mail-autoreply",
    "x-ms-exchange-generated-message-source",
)


def is_from_a_mail_system(header: Header) -> bool:
    """Whether a message certainly comes from a mail system rather than a person."""
    sender = _sender(header)
    if (
        _SYSTEM.search(sender)
        or header.first("x-failed-recipients")
        or header.parameter("report-type") == "delivery-status"
    ):
        return True
    return is_titled_as_a_report(header) and (has_no_return(header) or bool(_ROLE.search(sender)))


def may_be_from_a_mail_system(header: Header) -> bool:
    """Whether one sign speaks for it: its name, its title, an envelope without a sender."""
    return bool(_ROLE.search(_sender(header))) or is_titled_as_a_report(header) or has_no_return(header, surely=True)


def is_titled_as_a_report(header: Header) -> bool:
    """Whether the subject is one that mail systems give their reports, and nobody passed it on."""
    subject = header.decoded("subject")[:300]
    if subject.lstrip().lower().startswith(("re:", "fw:", "fwd:", "aw:", "wg:")):
        return False
    return bool(_SUBJECT.search(subject))


def is_automatic(header: Header) -> bool:
    """Whether no person wrote it in this moment (RFC 3834 §5, and what was used before it)."""
    submitted = header.first("auto-submitted").split(";")[0].strip().lower()
    precedence = header.first("precedence").strip().lower()
    return (
        submitted not in {"", "no"}
        or precedence in {"auto_reply", "auto-reply", "junk", "bulk"}
        or any(header.first(name) for name in _ANSWER_FIELDS)
        or "x-auto-response-suppress" in dict(header.fields)
        or has_no_return(header, surely=True)
    )


def is_by_machine(header: Header) -> bool:
    """Whether a mail system or an automatic answer sent it, by what they say of themselves: no words are judged.

    What is `auto-generated` may be a mail program's that acts for its reader; nobody answers by that (RFC 3834 §5.2).
    """
    submitted = header.first("auto-submitted").split(";")[0].strip().lower()
    return (
        submitted.startswith("auto-replied")
        or header.first("precedence").strip().lower() in {"auto_reply", "auto-reply"}
        or any(header.first(name) for name in _ANSWER_FIELDS)
        or header.media_type == "multipart/report"
        or is_from_a_mail_system(header)
        or has_no_return(header, surely=True)
    )


def is_vacation(header: Header, text: str) -> bool:
    """Whether it is a person's automatic answer."""
    if not is_automatic(header) and not _AWAY.search(header.decoded("subject")[:200]):
        return False
    replied = header.first("auto-submitted").split(";")[0].strip().lower() in {
        "auto-replied",
        "auto-replied (vacation)",
    }
    if replied and not _ROLE.search(_sender(header)):
        return True
    return bool(_AWAY.search(header.decoded("subject")[:200]) or _AWAY.search(text[:1000])) or any(
        header.first(name) for name in _ANSWER_FIELDS[:-1]
    )


def is_challenge(header: Header, text: str) -> bool:
    """Whether it asks the sender to prove something before the mail is let in."""
    if header.first("x-delivery-agent").lower().startswith("tmda") or header.first("x-boxbe-id"):
        return True
    return is_automatic(header) and bool(_CHALLENGE.search(f"{header.decoded('subject')[:200]}\n{text[:2000]}"))


def _sender(header: Header) -> str:
    return (header.decoded("from") or header.first("sender"))[:300]


def has_no_return(header: Header, *, surely: bool = False) -> bool:
    """Whether the envelope had no sender, as a report's (RFC 5321 §4.5.5); it may, where nobody kept it."""
    paths = header.all("return-path")
    if not paths:
        return not surely
    return not addresses_in(paths[0]) or bool(_SYSTEM.search(paths[0][:300]) or _ROLE.search(paths[0][:300]))
