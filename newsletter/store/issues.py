"""Frozen issues."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, Integer, Row, Select, bindparam, delete, insert, select, update

from newsletter.domain.issues import Edition, Issue, IssueKey, IssuePaper, IssueState, IssueStatus
from newsletter.domain.papers import PaperId
from newsletter.errors import IssueMissing, IssuePublished
from newsletter.formats import decode_issue, encode_issue
from newsletter.store.database import Database
from newsletter.store.statements import chunks, table_of, upsert
from newsletter.store.tables import IssuePaperRow, IssueRow

__all__ = ["SqlIssueStore"]

_ISSUE = table_of(IssueRow)
_IN_ISSUE = table_of(IssuePaperRow)
_IN_KEYS = ("paper_id", "day", "edition")
_SHOWN = ("day", "edition", "revision", "state", "hash", "papers", "frozen_at", "published_at")
_STATUS = tuple(_ISSUE.c[name] for name in _SHOWN)


def _newest(state: IssueState | None) -> Select[tuple[object, ...]]:
    """The newest revision of every issue, of those in a state where one is named."""
    other = _ISSUE.alias()
    same = (other.c.day == _ISSUE.c.day, other.c.edition == _ISSUE.c.edition)
    later = select(other.c.revision).where(*same, other.c.revision > _ISSUE.c.revision)
    statement = select(*_STATUS)
    if state is not None:
        statement = statement.where(_ISSUE.c.state == state.value)
        later = later.where(other.c.state == state.value)
    return statement.where(~later.exists())


# made once: they are asked at every look at a page, and making one takes longer than answering it
_OF_RHYTHM = (
    _newest(IssueState.PUBLISHED)
    .where(_ISSUE.c.edition == bindparam("edition"))
    .where(_ISSUE.c.day.between(bindparam("since"), bindparam("until")))
    .limit(bindparam("most", type_=Integer))
)
_PUBLISHED = _OF_RHYTHM.order_by(_ISSUE.c.day.desc())
_PUBLISHED_FORWARD = _OF_RHYTHM.order_by(_ISSUE.c.day)


class SqlIssueStore:
    """Implements `domain.ports.IssueStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, issue: Issue) -> None:
        """Keep a draft, in place of an earlier draft of the same key and revision.

        Raises:
            IssuePublished: that revision has been published.
            ValueError: the issue was never frozen.
        """
        if not issue.hash or issue.frozen_at is None:
            msg = f"issue {issue.key.slug} was never frozen"
            raise ValueError(msg)
        with self._database.write() as connection:
            here = (*_is(issue.key), _ISSUE.c.revision == issue.revision)
            state = connection.execute(select(_ISSUE.c.state).where(*here)).scalar()
            if state == IssueState.PUBLISHED:
                msg = f"issue {issue.key.slug} is published and never changes; compose a new revision of it"
                raise IssuePublished(msg)
            connection.execute(delete(_ISSUE).where(*here))
            row = {
                "day": issue.day,
                "edition": issue.key.edition.value,
                "revision": issue.revision,
                "state": IssueState.DRAFT.value,
                "hash": issue.hash,
                "papers": len(issue.papers),
                "content": zlib.compress(encode_issue(issue)),
                "frozen_at": issue.frozen_at,
            }
            connection.execute(insert(_ISSUE), row)
            _remember_papers(connection, issue.key, issue.papers)

    def get(self, key: IssueKey, revision: int | None = None) -> Issue | None:
        """The issue (its newest revision by default), or None."""
        statement = select(_ISSUE.c.content).where(*_is(key)).order_by(_ISSUE.c.revision.desc()).limit(1)
        if revision is not None:
            statement = statement.where(_ISSUE.c.revision == revision)
        with self._database.read() as connection:
            content = connection.execute(statement).scalar()
        return None if content is None else decode_issue(zlib.decompress(content))

    def status(self, key: IssueKey) -> IssueStatus | None:
        """The status of the issue's newest revision, without its papers, or None."""
        statement = select(*_STATUS).where(*_is(key)).order_by(_ISSUE.c.revision.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else _status(row)

    def withdraw(self, key: IssueKey) -> bool:
        """Take back the issue's draft, approved or not; what is published stays. False where there is no draft.

        The papers that it had are free for other issues again.
        """
        with self._database.write() as connection:
            drafts = delete(_ISSUE).where(*_is(key), _ISSUE.c.state != IssueState.PUBLISHED.value)
            if not connection.execute(drafts).rowcount:
                return False
            published = select(_ISSUE.c.content).where(*_is(key)).order_by(_ISSUE.c.revision.desc()).limit(1)
            content = connection.execute(published).scalar()
            _remember_papers(connection, key, () if content is None else decode_issue(zlib.decompress(content)).papers)
        return True

    def mark(self, key: IssueKey, revision: int, state: IssueState, at: datetime) -> None:
        """Move an issue to a state; `at` becomes its date of publication where that is what happens.

        Raises:
            IssueMissing: there is no such revision.
            IssuePublished: it is published, and stays so.
        """
        values: dict[str, object] = {"state": state.value}
        if state is IssueState.PUBLISHED:
            values["published_at"] = at
        here = (*_is(key), _ISSUE.c.revision == revision)
        with self._database.write() as connection:
            before = connection.execute(select(_ISSUE.c.state).where(*here)).scalar()
            if before is None:
                msg = f"there is no revision {revision} of issue {key.slug}"
                raise IssueMissing(msg)
            if before == IssueState.PUBLISHED:
                msg = f"issue {key.slug} is published already"
                raise IssuePublished(msg)
            connection.execute(update(_ISSUE).where(*here).values(**values))

    def archive(self, *, state: IssueState | None = None, limit: int | None = None) -> tuple[IssueStatus, ...]:
        """The newest revision of every issue, newest first; with `state`, the newest one in that state."""
        statement = _newest(state).order_by(_ISSUE.c.day.desc(), _ISSUE.c.edition).limit(limit)
        with self._database.read() as connection:
            return tuple(_status(row) for row in connection.execute(statement))

    def published(
        self,
        edition: Edition,
        *,
        since: date | None = None,
        until: date | None = None,
        limit: int,
        forward: bool = False,
    ) -> tuple[IssueStatus, ...]:
        """The published issues of one rhythm between two days, each in its newest published revision, newest first."""
        bounds = {"edition": edition.value, "since": since or date.min, "until": until or date.max, "most": limit}
        with self._database.read() as connection:
            rows = connection.execute(_PUBLISHED_FORWARD if forward else _PUBLISHED, bounds)
            return tuple(_status(row) for row in rows)

    def issued(self, ids: Sequence[PaperId], *, other_than: IssueKey) -> frozenset[PaperId]:
        """Which of these papers stand in another daily issue already."""
        issued: set[PaperId] = set()
        with self._database.read() as connection:
            for chunk in chunks(ids):
                statement = select(_IN_ISSUE.c.paper_id).where(
                    _IN_ISSUE.c.paper_id.in_(chunk),
                    _IN_ISSUE.c.edition == Edition.DAILY.value,
                    _IN_ISSUE.c.day != other_than.day,
                    _IN_ISSUE.c.shown.is_(True),
                )
                issued.update(PaperId(row.paper_id) for row in connection.execute(statement))
        return frozenset(issued)

    def holders(self, ids: Sequence[PaperId]) -> Mapping[PaperId, frozenset[IssueKey]]:
        """The issues that show each of these papers, drafts and weekly ones among them; no entry where none does."""
        holders: dict[PaperId, set[IssueKey]] = {}
        with self._database.read() as connection:
            for chunk in chunks(ids):
                statement = select(_IN_ISSUE.c.paper_id, _IN_ISSUE.c.day, _IN_ISSUE.c.edition).where(
                    _IN_ISSUE.c.paper_id.in_(chunk), _IN_ISSUE.c.shown.is_(True)
                )
                for row in connection.execute(statement):
                    holders.setdefault(PaperId(row.paper_id), set()).add(IssueKey(row.day, Edition(row.edition)))
        return {paper_id: frozenset(keys) for paper_id, keys in holders.items()}

    def leave_out(self, key: IssueKey, ids: Sequence[PaperId]) -> None:
        """Keep which papers this issue could have had and has not, in place of what was kept before."""
        here = (_IN_ISSUE.c.day == key.day, _IN_ISSUE.c.edition == key.edition.value)
        rows = [{"paper_id": i, "day": key.day, "edition": key.edition.value, "shown": False} for i in ids]
        with self._database.write() as connection:
            connection.execute(delete(_IN_ISSUE).where(*here, _IN_ISSUE.c.shown.is_(False)))
            upsert(connection, IssuePaperRow, rows, keys=_IN_KEYS)

    def left_out(self, first: date, last: date) -> frozenset[tuple[date, PaperId]]:
        """The papers that the daily issues of these days (both included) could have had and have not."""
        statement = select(_IN_ISSUE.c.day, _IN_ISSUE.c.paper_id).where(
            _IN_ISSUE.c.day.between(first, last),
            _IN_ISSUE.c.edition == Edition.DAILY.value,
            _IN_ISSUE.c.shown.is_(False),
        )
        with self._database.read() as connection:
            return frozenset((row.day, PaperId(row.paper_id)) for row in connection.execute(statement))


def _is(key: IssueKey) -> tuple[ColumnElement[bool], ...]:
    return _ISSUE.c.day == key.day, _ISSUE.c.edition == key.edition.value


def _remember_papers(connection: Connection, key: IssueKey, papers: Sequence[IssuePaper]) -> None:
    day, edition = key.day, key.edition.value
    connection.execute(delete(_IN_ISSUE).where(_IN_ISSUE.c.day == day, _IN_ISSUE.c.edition == edition))
    rows = [{"paper_id": entry.id, "day": day, "edition": edition, "shown": True} for entry in papers]
    upsert(connection, IssuePaperRow, rows, keys=_IN_KEYS)


def _status(row: Row[tuple[object, ...]]) -> IssueStatus:
    v = row._asdict()
    key = IssueKey(v["day"], Edition(v["edition"]))
    state = IssueState(v["state"])
    return IssueStatus(key, v["revision"], state, v["hash"], v["papers"], v["frozen_at"], v["published_at"])
