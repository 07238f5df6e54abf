"""Which words of a report speak of which recipient, and what they mean: from what was read to events.

The surest first: a server's answer, then all that is said of the recipient, then all that is said. Words that several
recipients share are looked through and classified once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from newsletter.domain.bounces import (
    SHOWN,
    Action,
    Event,
    EventKind,
    Finding,
    KnownBy,
    Statement,
    answer_in,
    classify,
    most_telling,
)
from newsletter.mail.reports.delivery_status import RecipientStatus
from newsletter.mail.reports.notices import Notice, statement_of

__all__ = ["Evidence"]


class Evidence:
    """The words of one report."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._read: dict[str, Statement] = {}
        self._meant: dict[Statement, Finding] = {}

    def by_fields(self, statuses: Iterable[RecipientStatus]) -> list[Event]:
        """An event a recipient whose fields were read; the words help where they say too little."""
        events = (
            self._event(
                self._beside_fields(status),
                status.final,
                KnownBy.FIELD if status.final else KnownBy.NOTHING,
                status.original,
            )
            for status in statuses
        )
        return list(dict.fromkeys(events))

    def by_words(self, recipients: list[str], known_by: KnownBy) -> list[Event]:
        """An event a recipient of whom only words tell; one without a recipient where none is known."""
        alone = len(recipients) < 2
        return [self._event(self._said_of(name, alone=alone), name, known_by) for name in recipients or [""]]

    def _beside_fields(self, status: RecipientStatus) -> Statement:
        fields = status.statement
        words = self._notice.said_of(status.final) if self._notice.text else ""
        spoken = statement_of(fields.text, fields.status, fields.code, action=fields.action)
        beside = self._statement(words)
        if spoken.stage is None:  # the command stands in the words more often than in the fields
            spoken = replace(spoken, stage=beside.stage)
        is_enough = status.described and self._says_something(spoken)
        if fields.action is not Action.FAILED or not words or is_enough:
            return spoken
        better = replace(
            beside,
            action=fields.action,
            status=most_telling(beside.status, fields.status),
            code=beside.code or fields.code,
        )
        return better if self._says_something(better) else spoken

    def _said_of(self, recipient: str, *, alone: bool) -> Statement:
        own, whole = self._statement(self._notice.said_of(recipient)), self._statement(self._notice.text)
        if whole.action is Action.DELAYED:
            return whole
        own = replace(own, stage=whole.stage if own.stage is None and alone else own.stage)
        answer = replace(own, text=answer_in(own.text))
        if answer.text and self._says_something(answer):
            return answer
        return whole if alone and not self._says_something(own) else own

    def _statement(self, words: str) -> Statement:
        if words not in self._read:
            self._read[words] = statement_of(words)
        return self._read[words]

    def _finding(self, statement: Statement) -> Finding:
        if statement not in self._meant:
            self._meant[statement] = classify(statement)
        return self._meant[statement]

    def _says_something(self, statement: Statement) -> bool:
        return self._finding(statement).kind is not EventKind.UNKNOWN

    def _event(self, said: Statement, recipient: str, known_by: KnownBy, original: str = "") -> Event:
        finding = self._finding(said)
        code = str(said.code) if said.code else ""
        text = " ".join(said.text[:SHOWN].split())
        return Event(finding.kind, recipient, known_by, said.status, code, finding.reason, said.action, text, original)
