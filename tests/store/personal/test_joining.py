"""What somebody asked for by a form goes with them: requests, letters, consent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from newsletter.domain.delivery import DeliveryStatus, Outcome
from newsletter.domain.subscribers import Subscriber, address_key
from newsletter.store import SqlStore
from newsletter.store.statements import table_of
from newsletter.store.tables import ConsentRow, LetterRow, RequestRow
from tests.store.conftest import NOW

ADA, BO = "Ada@example.org", "bo@example.net"


@pytest.fixture
def asked(store: SqlStore) -> SqlStore:
    """Two people who asked to join; Ada has confirmed, and one letter to her is being handed over."""
    for number, email in enumerate((ADA, BO), 1):
        store.subscribers.add(Subscriber(email=email))
        subscriber = store.subscribers.get(email)
        assert subscriber is not None
        whose = {"email": email, "email_key": address_key(email), "subscriber_id": subscriber.id}
        request = {"kind": "join", "state": "confirmed", "wishes": '{"name": "Quill"}', "asked_at": NOW, **whose}
        letter = {"kind": "confirm", "about": "", "status": "sent", "created_at": NOW, "updated_at": NOW, **whose}
        consent = {"kind": "join", "form": "1", "asked_at": NOW, "confirmed_at": NOW, "asked_from": "192.0.2.1"}
        with store.database.write() as connection:
            connection.execute(table_of(RequestRow).insert().values(request))
            # asked before they were somebody: the address alone says whose it is
            connection.execute(table_of(RequestRow).insert().values(request | {"subscriber_id": 0}))
            connection.execute(table_of(LetterRow).insert().values(letter))
            held = {"status": "sending", "holder": f"p{number}", "held_until": NOW + timedelta(hours=1)}
            connection.execute(table_of(LetterRow).insert().values(letter | held))
            connection.execute(table_of(ConsentRow).insert().values(consent | {"subscriber_id": subscriber.id}))
    return store


def rows(store: SqlStore, table: Any) -> list[Any]:
    with store.database.read() as connection:
        return list(connection.execute(select(table_of(table)).order_by(table_of(table).c.id)))


def test_what_somebody_asked_for_is_told(asked: SqlStore) -> None:
    records = asked.personal.records(asked.personal.person(email=ADA))
    assert {name: len(several) for name, several in records.items() if several} == {
        "subscription": 1,
        "consents": 1,
        "requests": 2,
        "letters": 2,
    }
    assert records["requests"][0]["wishes"] == {"name": "Quill"}
    assert records["consents"][0]["asked_from"] == "192.0.2.1"


def test_it_goes_with_them_and_what_others_asked_for_stays(asked: SqlStore) -> None:
    counts = asked.personal.erase(asked.personal.person(email=ADA))
    assert {name: count for name, count in counts.items() if count} == {
        "subscription": 1,
        "consents": 1,
        "requests": 2,
        "letters": 2,
    }
    assert [row.email for row in rows(asked, RequestRow)] == [BO, BO]
    assert len(rows(asked, ConsentRow)) == 1
    assert [row.email for row in rows(asked, LetterRow)] == ["", BO, BO]


def test_a_letter_on_its_way_goes_when_it_is_settled(asked: SqlStore) -> None:
    asked.personal.erase(asked.personal.person(email=ADA))
    [number] = [row.id for row in rows(asked, LetterRow) if not row.email]
    asked.letters.settle("p1", Outcome(number, DeliveryStatus.FAILED, "", "550 <ada@example.org> unknown"), now=NOW)
    assert [row.email for row in rows(asked, LetterRow)] == [BO, BO]


def test_a_number_of_a_request_is_never_given_twice(asked: SqlStore) -> None:
    last = max(row.id for row in rows(asked, RequestRow))
    asked.personal.erase(asked.personal.person(email=BO))
    asked.personal.erase(asked.personal.person(email=ADA))
    new = {
        "kind": "join",
        "state": "waiting",
        "email": ADA,
        "email_key": address_key(ADA),
        "wishes": "",
        "asked_at": NOW,
    }
    with asked.database.write() as connection:
        connection.execute(table_of(RequestRow).insert().values(new))
    assert next(row.id for row in rows(asked, RequestRow)) > last
