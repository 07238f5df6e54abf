"""What systems say when they refuse: closed lists of phrases in lower case, each used by more than one system.

They are looked for as they stand, in text whose blanks are single and whose web addresses are gone. A phrase gets in
here because its words mean the same whoever says them; what only one sample ever said does not.
"""

from __future__ import annotations

import re

__all__ = [
    "BUSY",
    "DISABLED",
    "FULL",
    "GREYLISTED",
    "LOCKED",
    "MOVED",
    "NO_DOMAIN",
    "NO_MAIL_HERE",
    "NO_NAME_NOW",
    "NO_SUCH_DOMAIN",
    "NO_USER",
    "POLICY",
    "RECIPIENT_DENIED",
    "SENDER",
    "TOO_LARGE",
]

FULL = (
    "mailbox full|mailbox is full|mailbox too full|mailbox or folder is full|mailbox quota|mailbox size limit|"
    "mailbox has exceeded|"
    "mailbox exceeded|mailbox space|mailbox over|mail box full|mail box is full|inbox full|inbox is full|"
    "folder is full|"
    "user is full|account is full|over quota|overquota|over the quota|over its quota|over their quota|over disk quota|"
    "over storage|over the storage|over the allowed|over the maximum allowed|over allowed|quota exceeded|quota exceeds|"
    "quotaexceeded|quota has been exceeded|quota violation|quota is full|quota full|out of quota|"
    "exceeded quota|exceeds quota|"
    "exceed quota|exceeded the quota|exceeded its quota|exceeded his quota|exceeded their quota|exceeded email quota|"
    "exceeded storage|exceeded its storage|exceeded the storage|exceeds the storage|exceed mailbox|"
    "exceeds allowed storage|"
    "exceeded allocated storage|storage allocation|storage limit|storage quota|disk quota|disk full|disk is full|"
    "insufficient storage|insufficient system storage|insufficient disk|insufficient space|no space left|"
    "out of storage|"
    "out of disk space|out of space|not enough space|not enough storage|not enough disk|not enough free space|"
    "exceeded the maximum amount of space|too many messages in|too many messages on the server|too much mail data|"
    "full mailbox|pleine|postfach voll|postfach ist voll|speicherplatz|quota superata|casella piena|"
    "buzon lleno|buzón lleno"
).split("|")

GREYLISTED = "greylist|graylist|grey-list|gray-list|grey list|gray list".split("|")

TOO_LARGE = (
    "message too large|message is too large|message too big|message is too big|mail too large|mail too big|"
    "too large for this recipient|"
    "message size exceed|message exceeds|mail size exceed|maximum message size|max message size|maximum size|"
    "fixed maximum|size limit exceeded|"
    "exceeds size limit|exceeds the size|exceeds maximum|exceeded max|file too big|message length exceed|"
    "larger than the current"
).split("|")

SENDER = (
    "sender address rejected|sender address denied|sender address has been|sender address does|"
    "sender address domain|sender rejected|sender denied|"
    "sender domain|sender ok? no|sender unknown|sender not|sender verif|sender is|sender's|invalid sender|"
    "unknown sender|domain of sender|"
    "of sender address|from sender|mail from|return path|return-path|from: header|from header|from address|"
    "envelope from|envelope sender|"
    "unresolvable|responsible address|permission to post|permission to send|not allowed to post|"
    "not allowed to send|not authorized to send|"
    "not permitted to send|not a member|not member|only members|members only|moderat"
).split("|")

POLICY = (
    "spam|dnsbl|blacklist|black list|black-list|blocklist|block list|block-list|blocked|blocking|banned|"
    "bad reputation|poor reputation|low reputation|"
    "reputation|policy|policies|dmarc|dkim|spf |spf:|spf)|(spf|authenticat|smtp auth|reverse dns|"
    "reverse lookup|reverse address|ptr |ptr)|"
    "rdns|ptr record|find your hostname|your hostname|client host|helo|ehlo command|unsolicited|junk|virus|"
    "malware|infected|trojan|phish|"
    "content reject|content filter|content denied|message content|message filtered|message rejected|"
    "message was rejected|email rejected|"
    "mail rejected|message refused|message not accepted|rejected by content|rejected by filter|header error|"
    "headers too large|header too|"
    "prohibited|forbidden|suspicious|unwanted|relay access|relaying|not relay|relay not|to relay|relay denied|"
    "access denied|"
    "access restrict|protocol violation|rfc 5322|rfc 5321|rfc5322|rfc 2822|rfc2822|rfc 822|not rfc|"
    "multiple addresses in from|abuse|"
    "uce|ube,|complaint|listed at|listed by|listed on|is listed|unauthorized|not authorized|not authorised|"
    "ip name lookup|client ip|"
    "sending ip|your ip|from your network|from ip|ip address|your server|tls required|starttls|encrypt|"
    "refused due to|rejected due to|"
    "security|not accepted from|not accept mail from|not accept email from|does not accept messages from|"
    "media error|attachment|too many recipients"
).split("|")

LOCKED = (
    "temporary locked|temporarily locked|temporarily disabled|temporarily suspended|temporarily inactive|"
    "temporarily deactivated|"
    "temporarily blocked|account is locked|account locked|account is suspended|account suspended|"
    "account has been suspended|"
    "user suspended|user is suspended|mailbox suspended|mailbox is suspended|mailbox locked|mailbox is locked|"
    "mailbox is busy|mailbox busy|"
    "account is blocked|account has been blocked|account blocked|compte du destinataire est bloque|"
    "recipient suspended|domain suspended|"
    "on hold"
).split("|")

NO_DOMAIN = (
    "no such domain|no such host|host unknown|unknown host|host not found|host or domain name not found|"
    "domain not found|domain name not found|"
    "domain unknown|unknown domain|invalid domain|bad domain|domain does not exist|domain doesn't exist|"
    "domain may not exist|non-existent domain|nonexistent domain|"
    "non existent domain|non-existent host|nxdomain|name or service not known|unrouteable|unroutable|"
    "not routable|bad destination host|bad destination system|"
    "no mx record|no mx or|no mx found|no valid mx|no mail exchanger|no a, mx|any host named|"
    "any host by that name|any mail exchanger|"
    "address lookups failed permanently|host name is unknown|hostname is unknown|illegal host|invalid host|"
    "domain is not registered|unknown mail domain|"
    "no data record of requested type|recipient domain not|domain name does not exist"
).split("|")

NO_SUCH_DOMAIN = re.compile(
    r"\bdomain\b[^.;]{0,80}\b(?:does not exist|doesn't exist|couldn't be found|could not be found|"
    r"was not found|wasn't found|is unknown|not exist)\b"
    r"|infodomainnonexistent|find a mail exchanger|dns domain"
)

NO_MAIL_HERE = (
    "null mx|nullmx|does not accept mail|doesn't accept mail|does not accept email|doesn't accept email|"
    "does not receive mail|doesn't receive mail|"
    "does not receive email|doesn't receive email|does not accept any mail|no smtp service"
).split("|")

NO_NAME_NOW = (
    "host not found, try again|try again later for the domain|temporary failure in name|"
    "temporarily unable to resolve|temporary lookup|"
    "lookup failure|lookup timed out|server failure|servfail|name service temporar|name server time|"
    "dns timeout|dns server"
).split("|")

RECIPIENT_DENIED = ("recipient address rejected: access denied", "recipient rejected: access denied")
"""Exchange Online of whom its directory does not know, and Postfix of a recipient that is listed as refused."""

NO_USER = (
    "user unknown|unknown user|user not found|user not known|user not exist|user doesn't|user does not|"
    "user isn't|user is unknown|user invalid|"
    "no such user|no such mailbox|no such recipient|no such address|no such person|no such account|"
    "no such name|no such local|no such email|no such id|"
    "mailbox not found|mailbox unknown|mailbox does not|mailbox doesn't|mailbox unavailable|mailbox invalid|"
    "mailbox not available|"
    "recipient not found|recipient unknown|recipient not|recipient does not|recipient doesn't|"
    "recipient no longer|recipient is not|recipient invalid|"
    "address not found|address unknown|address does not|address doesn't|address is unknown|address invalid|"
    "address is invalid|address not known|"
    "account not found|account does not|account doesn't|account may not exist|account unknown|account is invalid|"
    "unknown recipient|unknown address|unknown mailbox|unknown account|unknown local|unknown or|unknown email|"
    "unknown in|invalid recipient|invalid mailbox|invalid address|invalid user|invalid account|invalid email|"
    "destinataire invalide|"
    "bad address|bad recipient|bad destination mailbox|no mailbox|no account|no user|no recipient|"
    "not a valid mailbox|not a valid user|not a valid recipient|not a valid address|not a valid email|not a known user|"
    "not a registered|not registered|not listed in|not in directory|not our customer|not a local|isn't a|"
    "doesn't have a|does not have a|"
    "does not exist|doesn't exist|do not exist|not exist|no longer valid|no longer exist|no longer available|"
    "no longer on|"
    "no longer employed|no longer works|no longer in use|no longer accept|addressee unknown|undeliverable address|"
    "recipient name is not recognized|not recognized|couldn't be found|could not be found|cannot be found|"
    "wasn't found|was not found|"
    "recipnotfound|recipientnotfound|nosuchuser|non-existent|nonexistent|unknown to|is unknown|not known at|"
    "not known here|illegal user|illegal recipient|"
    "unable to validate recipient|recipient validation|undeliverable recipient|no valid recipient|"
    "has no mailbox|no one by that name|invalid local part|"
    "n'existe pas|adresse inconnue|existiert nicht|no existe|não existe|nao existe|non esiste|nie istnieje|"
    "не существует|не найден|用户不存在|"
    "utente sconosciuto|usuario desconocido|empfänger unbekannt|utilisateur inconnu|empfänger nicht|"
    "invalid final delivery userid|5.1.0 address rejected|宛先不明"
).split("|")

MOVED = (
    "mailbox has moved|user has moved|recipient has moved|address has moved|has moved to|no longer on server|"
    "address has changed|"
    "no forwarding address|moved without"
).split("|")

DISABLED = re.compile(
    r"\b(?:account|user|users?\(s\) account|mailbox|mail box|recipient|address|e-?mail|alias)\b[^.;:]{0,60}"
    r"\b(?:disabled|deactivated|discontinued|inactive|closed|terminated|deleted|cancell?ed|deprovisioned|"
    r"not active|not enabled)\b"
    r"|\b(?:disabled|deactivated|inactive|expired|closed|terminated|deleted) (?:account|user|mailbox|recipient|"
    r"address|e-?mail)"
)

BUSY = (
    "try again|try later|retry later|try it again|later|"
    "temporar|rate limit|ratelimit|"
    "too many connection|too many concurrent|too many message|too many mail|too many error|too many session|"
    "too fast|too frequent|"
    "throttl|exceeded the rate|at a rate|resources|timed out|timeout|time out|timed-out|connection refused|"
    "connection lost|connection reset|connection dropped|"
    "connection died|connection failed|connection error|connection closed|connection was|connection problem|"
    "could not connect|couldn't connect|cannot connect|"
    "unable to connect|failed to connect|not accept our requests to connect|establish an smtp|"
    "establish a connection|network is unreachable|network unreachable|network error|"
    "no route to host|unreachable|not reachable|not responding|not respond|no answer|did not answer|"
    "does not answer|service unavailable|service currently|"
    "service not available|service refused|not available|unavailable|expired|been in the queue|queue too long|"
    "could not be delivered for|"
    "not delivered within|within the allowed|has been trying|hop count|too many hops|routing loop|mail loop|"
    "loop detected|loops back|"
    "system error|system failure|system problem|local error|internal error|server error|server configuration|"
    "configuration error|configuration problem|"
    "mailer error|queue file|i/o error|cannot open|unable to open|couldn't create|can't create|load too high|"
    "overload|ldap|bad gateway|"
    "died with|deferred|retries|giving up|no relevant answers|socket error|protocol error|out of memory|"
    "cannot allocate|virtual memory|lookup fail"
).split("|")
