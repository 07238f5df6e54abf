"""The preferences page: shown, checked, kept; and the way back for who has unsubscribed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from lxml import html

from newsletter.domain.issues import Edition
from newsletter.domain.subscribers import Cause, Subscriber, SubscriptionState, Suppression
from newsletter.store import SqlStore
from tests.web.conftest import EMAIL

FORM = {
    "name": "Ada L.",
    "interests": "retrieval-augmented generation\r\nauthor:Knuth\r\n",
    "language": "zh-Hans",
    "cadence": "weekly",
    "max_papers": "12",
    "action": "save",
}


def reader(store: SqlStore) -> Subscriber:
    found = store.subscribers.get(EMAIL)
    assert found is not None
    return found


def fields(answer: httpx.Response) -> dict[str, str]:
    """The form that would be sent, as a browser reads the page."""
    page = html.document_fromstring(answer.text)
    form = next(form for form in page.forms if "interests" in form.fields)
    values = {name: value or "" for name, value in form.form_values()}
    # the line end after <textarea> does not count (WHATWG HTML §13.2.6.4.7); lxml keeps it
    values["interests"] = values["interests"].removeprefix("\n")
    return values


def test_the_page_shows_what_is_stored(client: httpx.Client, preferences: str) -> None:
    answer = client.get(preferences)
    assert answer.status_code == 200
    assert fields(answer) == {
        "name": "Ada",
        "interests": "retrieval\n-survey",
        "language": "",
        "cadence": "daily",
        "max_papers": "30",
        "order": "best",
        "weekly_on": "",
        "more_than": "",
        "hour": "",
    }


def test_what_is_saved_is_kept_and_nothing_else_changes(
    client: httpx.Client, store: SqlStore, preferences: str
) -> None:
    before = reader(store)
    answer = client.post(preferences, data=FORM)
    assert answer.status_code == 200
    assert reader(store) == replace(
        before,
        name="Ada L.",
        interests=("retrieval-augmented generation", "author:Knuth"),
        language="zh-Hans",
        cadence=Edition.WEEKLY,
        max_papers=12,
    )


def test_the_saved_page_speaks_the_chosen_language(client: httpx.Client, preferences: str) -> None:
    page = html.document_fromstring(client.post(preferences, data=FORM).text)
    assert page.get("lang") == "zh-Hans"
    assert "已保存" in page.text_content()


def test_sending_the_page_as_it_is_changes_nothing(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    before = reader(store)
    client.post(preferences, data=fields(client.get(preferences)))
    assert reader(store) == before


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("interests", "fine\n(never closed"),
        ("interests", "\n".join(f"word{n}" for n in range(1001))),
        ("name", "x" * 201),
        ("language", "tlh"),
        ("cadence", "hourly"),
        ("max_papers", "0"),
        ("max_papers", "10001"),
        ("max_papers", "many"),
        ("max_papers", "9" * 5000),
        ("max_papers", "1.5"),
    ],
)
def test_a_problem_is_shown_beside_its_field_and_what_was_typed_stays(
    client: httpx.Client, store: SqlStore, preferences: str, field: str, typed: str
) -> None:
    before = reader(store)
    answer = client.post(preferences, data=FORM | {field: typed})
    assert answer.status_code == 422
    page = html.document_fromstring(answer.text)
    assert [one.get("id") for one in page.find_class("problems")] == [f"{field}-problems"]
    assert f"{field}-problems" in page.xpath("//*[@aria-invalid='true']/@aria-describedby")[0]
    shown = fields(answer)
    if field not in {"language", "cadence"}:  # a choice that does not exist cannot be shown
        assert shown[field].splitlines() == typed.splitlines()
    assert shown["name" if field != "name" else "max_papers"] == FORM["name" if field != "name" else "max_papers"]
    assert reader(store) == before


def test_a_problem_names_the_line_and_the_reason(client: httpx.Client, preferences: str) -> None:
    answer = client.post(preferences, data=FORM | {"interests": "fine\n\n(never closed"})
    page = html.document_fromstring(answer.text)
    text = page.get_element_by_id("interests-problems").text_content()
    assert "Line 3 cannot be read: (never closed" in " ".join(text.split())
    assert "this bracket is never closed" in text


def test_what_was_typed_is_never_markup(client: httpx.Client, preferences: str) -> None:
    evil = "</textarea><script>alert(1)</script> ("
    answer = client.post(preferences, data=FORM | {"interests": evil, "name": '"><img src=x>', "language": "<i>"})
    page = html.document_fromstring(answer.text)
    assert not page.xpath("//script[not(@src)] | //main//script")
    assert not page.xpath("//main//img")
    assert fields(answer)["interests"] == evil


def test_saving_does_not_subscribe_again(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    store.subscribers.set_state(EMAIL, SubscriptionState.UNSUBSCRIBED)
    assert client.post(preferences, data=FORM).status_code == 200
    assert reader(store).state is SubscriptionState.UNSUBSCRIBED
    assert reader(store).name == "Ada L."


def test_who_has_unsubscribed_can_come_back(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    store.subscribers.set_state(EMAIL, SubscriptionState.UNSUBSCRIBED)
    answer = client.post(preferences, data=fields(client.get(preferences)) | {"action": "return"})
    assert answer.status_code == 200
    assert reader(store).state is SubscriptionState.CONFIRMED
    assert reader(store).interests == ("retrieval", "-survey")


def test_who_is_subscribed_sees_no_such_button(client: httpx.Client, preferences: str) -> None:
    page = html.document_fromstring(client.get(preferences).text)
    assert not page.xpath("//*[@name='action' and @value='return']")


@pytest.mark.parametrize("cause", [Cause.HARD, Cause.SOFT])
def test_whose_mail_came_back_can_come_back(
    client: httpx.Client, store: SqlStore, preferences: str, cause: Cause
) -> None:
    store.suppressions.take_in([Suppression(email=EMAIL, cause=cause, reason="bounced")])
    assert "Mail to this address came back" in client.get(preferences).text
    assert "Welcome back" in client.post(preferences, data={"action": "return"}).text
    assert not store.suppressions.suppressed([EMAIL])


@pytest.mark.parametrize(
    ("cause", "language", "why"),
    [
        (Cause.COMPLAINT, "en", "was reported as unwanted"),
        (Cause.COMPLAINT, "zh-Hans", "被举报为不想要的邮件"),
        (Cause.OPERATOR, "en", "has stopped mail to this address"),
        (Cause.OPERATOR, "zh-Hans", "发行者已停止向此地址发送邮件"),
    ],
)
def test_who_complained_or_was_stopped_by_the_operator_is_told_why_they_cannot_come_back_alone(
    client: httpx.Client, store: SqlStore, preferences: str, cause: Cause, language: str, why: str
) -> None:
    store.subscribers.upsert([replace(reader(store), language=language)])
    store.subscribers.set_state(EMAIL, SubscriptionState.UNSUBSCRIBED)
    complained = datetime.now(UTC) - timedelta(days=30)
    store.suppressions.take_in([Suppression(email=EMAIL, cause=cause, created_at=complained)])
    for answer in (client.get(preferences), client.post(preferences, data={"action": "return"})):
        assert why in answer.text
        assert "help@example.org" in answer.text
        assert not html.document_fromstring(answer.text).xpath("//*[@name='action' and @value='return']")
        again = (complained + timedelta(days=365)).date().isoformat()
        assert (again in answer.text) is (cause is Cause.COMPLAINT)
    assert store.suppressions.suppressed([EMAIL])
    assert reader(store).state is SubscriptionState.UNSUBSCRIBED


def test_who_complained_long_ago_can_come_back(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=366)
    store.suppressions.take_in([Suppression(email=EMAIL, cause=Cause.COMPLAINT, created_at=long_ago)])
    assert "Welcome back" in client.post(preferences, data={"action": "return"}).text
    assert not store.suppressions.suppressed([EMAIL])


def test_an_unsubscribe_token_opens_no_preferences(client: httpx.Client, store: SqlStore, unsubscribe: str) -> None:
    before = reader(store)
    path = unsubscribe.replace("unsubscribe", "preferences", 1)
    assert client.get(path).status_code == 404
    assert client.post(path, data=FORM).status_code == 404
    assert reader(store) == before


def test_a_link_of_an_earlier_address_no_longer_works(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    store.subscribers.upsert([replace(reader(store), email="Ada@example.org")])
    assert client.get(preferences).status_code == 404


@pytest.mark.parametrize("body", [b"", b"%ff%00=%00&interests=%00", b"a=1&" * 100, b"\xff" * 1000])
def test_a_strange_body_keeps_nothing(client: httpx.Client, store: SqlStore, preferences: str, body: bytes) -> None:
    before = reader(store)
    assert client.post(preferences, content=body).status_code in {400, 422}
    assert reader(store) == before


def test_the_largest_form_is_answered_in_time(client: httpx.Client, preferences: str) -> None:
    interests = "\n".join(f"({'a AND b OR ' * 30} c{n})" for n in range(1000))
    answer = client.post(preferences, data=FORM | {"interests": interests}, timeout=10)
    assert answer.status_code in {200, 413, 422}


def test_a_form_without_end_is_refused(client: httpx.Client, preferences: str) -> None:
    assert client.post(preferences, data=FORM | {"interests": "x" * 600_000}).status_code == 413


def boxes(answer: httpx.Response) -> dict[str, str]:
    """The boxes of the page by their names: what stands beside each, with `*` before it where it is ticked."""
    labels = html.document_fromstring(answer.text).xpath("//label[input[starts-with(@name, 'topic:')]]")
    return {
        label.find("input").get("name"): "*" * ("checked" in label.find("input").attrib)
        + " ".join(label.text_content().split())
        for label in labels
    }


def subscribe(store: SqlStore, *interests: str, **changes: object) -> None:
    store.subscribers.upsert([replace(reader(store), interests=interests, **changes)])  # type: ignore[arg-type]


def test_the_topics_of_the_catalogue_can_be_ticked(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    subscribe(store, "topic:agents", "author:Knuth")
    assert boxes(client.get(preferences)) == {
        "topic:rag": "Retrieval Models that look things up",
        "topic:agents": "*Agents & <tools>",
        "topic:fish": "Fish",
    }
    assert fields(client.get(preferences))["interests"] == "author:Knuth"


def test_topics_have_names_in_the_readers_language(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    subscribe(store, language="zh-Hans")
    # a description in another language than the page's is left out, a name is not
    assert boxes(client.get(preferences)) == {
        "topic:rag": "检索",
        "topic:agents": "Agents & <tools>",
        "topic:fish": "Fish",
    }


def test_ticked_topics_become_interests_before_what_was_typed(
    client: httpx.Client, store: SqlStore, preferences: str
) -> None:
    answer = client.post(preferences, data=FORM | {"topic:fish": "on", "topic:rag": "on"})
    assert reader(store).interests == ("topic:rag", "topic:fish", "retrieval-augmented generation", "author:Knuth")
    ticked = [name for name, text in boxes(answer).items() if text.startswith("*")]
    assert ticked == ["topic:rag", "topic:fish"]
    assert fields(answer)["interests"] == "retrieval-augmented generation\nauthor:Knuth"


def test_a_tick_that_is_taken_away_takes_nothing_else(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    subscribe(store, "title:benchmark", "topic:rag", "topic:fish", "-survey")
    form = fields(client.get(preferences))
    del form["topic:rag"]
    client.post(preferences, data=form)
    assert reader(store).interests == ("topic:fish", "title:benchmark", "-survey")


def test_a_topic_that_is_typed_is_a_tick_and_counts_once(
    client: httpx.Client, store: SqlStore, preferences: str
) -> None:
    answer = client.post(preferences, data=FORM | {"interests": "agents\n topic:rag ", "topic:rag": "on"})
    assert reader(store).interests == ("topic:rag", "agents")
    assert fields(answer)["interests"] == "agents"


def test_what_is_more_than_a_tick_stays_a_line(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    lines = ("topic:rag^2", "-topic:fish", "!topic:agents", "topic:rag AND agents", "topic:gone")
    subscribe(store, *lines)
    answer = client.get(preferences)
    assert not [text for text in boxes(answer).values() if text.startswith("*")]
    assert fields(answer)["interests"] == "\n".join(lines)


def test_sending_a_page_with_topics_as_it_is_changes_nothing(
    client: httpx.Client, store: SqlStore, preferences: str
) -> None:
    subscribe(store, "agents", "topic:fish", "-survey", "topic:rag")
    before = reader(store)
    client.post(preferences, data=fields(client.get(preferences)))
    assert reader(store) == before


def test_ticks_stay_while_something_else_is_wrong(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    before = reader(store)
    answer = client.post(preferences, data=FORM | {"topic:fish": "on", "max_papers": "many"})
    assert answer.status_code == 422
    assert [name for name, text in boxes(answer).items() if text.startswith("*")] == ["topic:fish"]
    assert reader(store) == before


def test_a_box_that_was_never_offered_is_ignored(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    forged = {f"topic:{slug}": "on" for slug in ("gone", "<script>", "rag OR agents", "")}
    assert client.post(preferences, data=FORM | forged).status_code == 200
    assert reader(store).interests == ("retrieval-augmented generation", "author:Knuth")


def test_ticking_and_typing_together_keep_the_limit(client: httpx.Client, store: SqlStore, preferences: str) -> None:
    words = "\n".join(f"word{n}" for n in range(1000))
    form = FORM | {"interests": words, "language": "en"}
    assert client.post(preferences, data=form).status_code == 200
    answer = client.post(preferences, data=form | {"topic:rag": "on"})
    assert answer.status_code == 422
    assert "At most 1000 interests" in answer.text
    assert len(reader(store).interests) == 1000
