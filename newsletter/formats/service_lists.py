"""Suppression lists of sending services (CSV): Amazon SES, SendGrid, Mailgun, Postmark, as they give and take them.

Which service a file is of is told by its columns:

- SES: no heading, an address and `BOUNCE` or `COMPLAINT` a line (the list that its import jobs take);
- SendGrid: `status, reason, email, created` for bounces, `ip, email, created` for spam reports, `email, created` else;
- Mailgun: `address, code, error, created_at` for bounces, `address, created_at` for complaints, with `tags` those who
  have unsubscribed;
- Postmark: `EmailAddress, SuppressionReason, Origin, CreatedAt`.

What a service keeps as a bounce is judged as any bounce is: who only had a full mailbox, or refused the service's own
reputation, is passed over.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import PurePath

from newsletter.domain.bounces import EventKind, Statement, classify, codes_in
from newsletter.domain.notation import iso_moment, mail_moment
from newsletter.domain.subscribers import Cause, Suppression, check_address
from newsletter.errors import AddressInvalid, RosterError

__all__ = ["SERVICES", "ServiceList", "read_service_list", "write_service_list"]

_REASONS = {
    "bounce": Cause.HARD,
    "hardbounce": Cause.HARD,
    "complaint": Cause.COMPLAINT,
    "spamcomplaint": Cause.COMPLAINT,
    "manualsuppression": Cause.OPERATOR,
}
_SECONDS = range(10**9, 10**10)
"""What a moment in seconds may be: from 2001 on."""


@dataclass(slots=True)
class ServiceList:
    """What a list holds. `passed_over` counts bounces that are none of the address's fault."""

    service: str
    suppressions: list[Suppression] = field(default_factory=list)
    passed_over: int = 0
    problems: list[RosterError] = field(default_factory=list)


def read_service_list(path: PurePath, text: str, cause: Cause | None = None) -> ServiceList | None:
    """Read a list; None where it is of none of the services. `cause` says of all what suppresses them."""
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    result: ServiceList | None = None
    names: list[str] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if result is None:
                names, service = _columns(cells)
                if not service:
                    return None
                result = ServiceList(service)
                if names == [cell.lower() for cell in cells]:
                    continue
            _take(result, dict(zip(names, cells, strict=False)), cause, path, reader.line_num)
    except csv.Error as error:
        problem = RosterError(f"cannot be read from here on ({error}).", path=path, line=reader.line_num)
        if result is None:
            return None
        result.problems.append(problem)
    return result


def _columns(cells: list[str]) -> tuple[list[str], str]:
    """The names of the columns, and whose they are; "" for nobody's."""
    names = [cell.lower() for cell in cells]
    if "emailaddress" in names and "suppressionreason" in names:
        return names, "postmark"
    if "address" in names and {"created_at", "code", "tags"} & set(names):
        return names, "mailgun"
    if "email" in names and ("created" in names or {"status", "reason"} <= set(names)):
        return names, "sendgrid"
    if len(names) == 2 and names[1] in {"bounce", "complaint"} and "@" in names[0]:
        return ["email", "kind"], "ses"
    return names, ""


def _take(result: ServiceList, row: Mapping[str, str], cause: Cause | None, path: PurePath, line: int) -> None:
    given = row.get("email") or row.get("address") or row.get("emailaddress") or ""
    try:
        email = check_address(given)
    except AddressInvalid as error:
        result.problems.append(RosterError(f"{error}.", path=path, line=line))
        return
    why = cause or _cause(row)
    if why is None:
        result.passed_over += 1
        return
    words = {Cause.HARD: "hard bounce", Cause.COMPLAINT: "complaint"}.get(why, "suppressed")
    moment = _moment(row.get("created") or row.get("created_at") or row.get("createdat") or "")
    result.suppressions.append(
        Suppression(email=email, reason=f"{words} ({result.service})", cause=why, created_at=moment)
    )


def _cause(row: Mapping[str, str]) -> Cause | None:
    """What suppresses a row's address; None for nothing that should."""
    named = row.get("kind") or row.get("suppressionreason") or ""
    if named:
        return _REASONS.get(named.lower(), Cause.OPERATOR)
    said = row.get("error") or row.get("reason") or ""
    if row.keys() & {"code", "status"}:
        status, code = codes_in(said)
        given = row.get("code", "")
        number = int(given) if given.isascii() and given.isdecimal() and len(given) == 3 else code
        found = classify(Statement(status=row.get("status") or status, code=number, text=said))
        return None if found.kind in {EventKind.SOFT, EventKind.POLICY} else Cause.HARD
    if "ip" in row or row.keys() == {"address", "created_at"}:
        return Cause.COMPLAINT
    return Cause.OPERATOR


def _moment(text: str) -> datetime | None:
    if text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) in _SECONDS:
        return datetime.fromtimestamp(int(text), UTC)
    moment = iso_moment(text) or mail_moment(text)
    return moment.astimezone(UTC) if moment else None


def write_service_list(service: str, rows: Iterable[tuple[str, Suppression]]) -> Iterator[str]:
    """Addresses and their suppressions as this service takes them in, line by line."""
    columns, cells = _WRITTEN[service]
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    if columns:
        writer.writerow(columns)
    for email, suppression in rows:
        writer.writerow(cells(email, suppression))
        if line.tell() > 8192:
            yield line.getvalue()
            line.seek(0)
            line.truncate()
    yield line.getvalue()


_Cells = Callable[[str, Suppression], tuple[str, ...]]


def _is_complaint(suppression: Suppression) -> bool:
    return suppression.cause is Cause.COMPLAINT


def _since(suppression: Suppression) -> datetime:
    return suppression.created_at or datetime.fromtimestamp(0, UTC)


def _ses(email: str, suppression: Suppression) -> tuple[str, ...]:
    return email, "COMPLAINT" if _is_complaint(suppression) else "BOUNCE"


def _sendgrid(email: str, suppression: Suppression) -> tuple[str, ...]:
    return "", suppression.reason, email, str(int(_since(suppression).timestamp()))


def _mailgun(email: str, suppression: Suppression) -> tuple[str, ...]:
    return email, "550", suppression.reason, format_datetime(_since(suppression))


def _postmark(email: str, suppression: Suppression) -> tuple[str, ...]:
    causes = {Cause.HARD: "HardBounce", Cause.COMPLAINT: "SpamComplaint"}
    return email, causes.get(suppression.cause, "ManualSuppression"), "Customer", _since(suppression).isoformat()


_WRITTEN: Mapping[str, tuple[tuple[str, ...], _Cells]] = {
    "ses": ((), _ses),
    "sendgrid": (("status", "reason", "email", "created"), _sendgrid),
    "mailgun": (("address", "code", "error", "created_at"), _mailgun),
    "postmark": (("EmailAddress", "SuppressionReason", "Origin", "CreatedAt"), _postmark),
}
SERVICES = tuple(_WRITTEN)
"""The services whose lists are read and written."""
