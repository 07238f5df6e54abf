"""Rosters: what a person writes is taken in, what is wrong is named by file and line, and the others go on."""

from __future__ import annotations

import csv
import time
from dataclasses import replace
from datetime import UTC, date
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.issues import Edition, PaperOrder
from newsletter.domain.notation import Weekday
from newsletter.domain.subscribers import (
    AT_ONCE,
    MAX_CATCH_UP,
    MAX_INTERESTS,
    MAX_NAME,
    MAX_PAPERS,
    Rhythm,
    Subscriber,
    SubscriptionState,
    address_key,
    check_address,
)
from newsletter.errors import AddressInvalid
from newsletter.formats import Roster, parse_roster, write_roster

TOML = """\
# people of the lab
[[subscriber]]
email = "ada@example.org"
name = "Ada"
interests = ["retrieval-augmented generation", "-survey"]
language = "zh-hans"
cadence = "weekly"
max_papers = 30

[[subscriber]]
email = "bo@example.net"
"""
CSV = """\
email,name,interests,language,cadence,max_papers
ada@example.org,Ada,retrieval-augmented generation; -survey,zh-hans,weekly,30
bo@example.net
"""
ADA = Subscriber(
    email="ada@example.org",
    name="Ada",
    interests=("retrieval-augmented generation", "-survey"),
    language="zh-Hans",
    cadence=Edition.WEEKLY,
    max_papers=30,
    origin="roster",
)
BO = Subscriber(email="bo@example.net", origin="roster")


def read(name: str, text: str) -> Roster:
    return parse_roster(PurePosixPath(name), text, lambda interest: "cannot be read" if interest == "???" else None)


def emails(roster: Roster) -> list[str]:
    return [subscriber.email for subscriber in roster.subscribers]


def said(roster: Roster) -> list[str]:
    return [str(problem) for problem in roster.problems]


@pytest.mark.parametrize(("name", "text"), [("lab.toml", TOML), ("lab.csv", CSV), ("LAB.CSV", CSV)])
@pytest.mark.parametrize(
    "change", [str, lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n")], ids=["", "bom", "crlf"]
)
def test_both_formats_say_the_same(name: str, text: str, change: object) -> None:
    assert read(name, change(text)) == Roster((ADA, BO), ())  # type: ignore[operator]


def test_an_empty_toml_file_is_a_roster_of_nobody() -> None:
    assert read("lab.toml", "# nobody yet\n") == Roster((), ())


@pytest.mark.parametrize("text", ["", "ada@example.org\n", "e-mail;name\nada@example.org;Ada\n"])
def test_a_csv_file_needs_its_columns_named(text: str) -> None:
    roster = read("lab.csv", text)
    assert roster.subscribers == ()
    assert "lab.csv:1: expected a first line with the columns email, name" in said(roster)[0]


# --- wrong entries ----------------------------------------------------------------------------------------------------

WRONG = [
    ('name = "x"', "no email; expected for example"),
    ('email = "ada at example.org"', "'ada at example.org' is not a mail address"),
    ('email = "ada@example.org\\r\\nBcc: all@example.org"', "holds a control character"),
    ("email = 7", "email: expected a text, got 7"),
    ('email = "x@example.org"\nnmae = "x"', "no such key 'nmae'; did you mean 'name'?"),
    ('email = "x@example.org"\nzzz = 1', "no such key 'zzz'; known are email, name"),
    ('email = "x@example.org"\ninterests = "one"', "interests: expected a list of texts, got 'one'"),
    ('email = "x@example.org"\ninterests = ["one", 2]', "interests: expected a list of texts"),
    ('email = "x@example.org"\nmax_papers = "many"', f"max_papers: expected a whole number from 1 to {MAX_PAPERS}"),
    ('email = "x@example.org"\nmax_papers = 0', "max_papers: expected a whole number"),
    ('email = "x@example.org"\nmax_papers = true', "max_papers: expected a whole number"),
    ('email = "x@example.org"\nmax_papers = 99999999999999999999', "max_papers: expected a whole number"),
    ('email = "x@example.org"\ncadence = "hourly"', "cadence: expected daily, weekdays or weekly, got 'hourly'"),
    ('email = "x@example.org"\nlanguage = "klingon"', "language: expected a language tag"),
    ('email = "x@example.org"\nname = ', "not valid TOML"),
    ('email = "x@example.org"\nmax_papers = ' + "9" * 5000, "not valid TOML"),
    ('email = "x@example.org"\ninterests = ' + "[" * 20_000, "not valid TOML"),
    ('email = "x@example.org"\n[other]\nx = 1', "'other' is no roster table"),
]


@pytest.mark.parametrize(("entry", "problem"), WRONG, ids=[problem for _, problem in WRONG])
def test_a_wrong_entry_is_named_by_its_line_and_the_others_go_on(entry: str, problem: str) -> None:
    bo = '[[subscriber]]\nemail = "bo@example.net"\n'
    roster = read("lab.toml", f"{bo}\n[[subscriber]]\n{entry}\n\n{bo.replace('bo@', 'cy@')}")
    assert (
        {"bo@example.net", "cy@example.net"}
        <= set(emails(roster))
        <= {"bo@example.net", "cy@example.net", "x@example.org"}
    )
    [told] = said(roster)
    assert problem in told
    assert told.startswith("lab.toml:")
    assert roster.problems[0].path == PurePosixPath("lab.toml")
    assert 4 <= roster.problems[0].line <= 7
    assert len(told) < 300


def test_the_line_is_that_of_the_address() -> None:
    text = "\n\n[[subscriber]]\nname = 'x'\n\nemail = 'nobody'\n[[subscriber]]\nemail = 'nobody either'\n"
    assert [problem.line for problem in read("lab.toml", text).problems] == [6, 8]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("nobody,Ada,,,,", "'nobody' is not a mail address"),
        (",Ada,,,,", "no email"),
        ("x@example.org,,,,hourly,", "cadence: expected daily, weekdays or weekly"),
        ("x@example.org,,,,,many", "max_papers: expected a whole number"),
        ("x@example.org,,,,,-3", "max_papers: expected a whole number"),
        ("x@example.org,,,,," + "9" * 5000, "max_papers: expected a whole number"),
        ("x@example.org,,,,,,extra", "more cells than the first line has columns"),
        ('x@example.org,"Ada"x,,,,', "not valid CSV"),
        ('x@example.org,"Ada,,,,', "not valid CSV"),
        ("x@example.org," + "A" * 1_000_000 + ",,,,", "not valid CSV: field larger than field limit"),
    ],
)
def test_a_wrong_row_is_named_by_its_line_and_the_others_go_on(row: str, problem: str) -> None:
    header = CSV.splitlines()[0]
    after = "".join(f"p{n}@example.net,P,,,,\n" for n in range(30))
    roster = read("lab.csv", f"{header}\nbo@example.net,,,,,\n\n{row}\n{after}")
    assert emails(roster) == ["bo@example.net", *(f"p{n}@example.net" for n in range(30))]
    [told] = said(roster)
    assert told.startswith("lab.csv:4: ")
    assert problem in told
    assert len(told) < 300


def test_a_record_may_run_over_lines_and_is_named_by_its_first() -> None:
    roster = read("lab.csv", 'email,name\nada@example.org,"Ada\nLovelace"\nnobody,"x\ny"\nbo@example.net,Bo\n')
    assert [(s.email, s.name) for s in roster.subscribers] == [
        ("ada@example.org", "Ada Lovelace"),
        ("bo@example.net", "Bo"),
    ]
    assert [problem.line for problem in roster.problems] == [4]


@pytest.mark.parametrize("text", ['email = "a@example.org"\n' + TOML, "[subscriber]\nemail = 'a@example.org'\n" + TOML])
def test_what_stands_outside_of_a_subscriber_is_named(text: str) -> None:
    roster = read("lab.toml", text)
    assert emails(roster) == ["ada@example.org", "bo@example.net"]
    assert "stands outside of a [[subscriber]] table" in said(roster)[0]


@pytest.mark.parametrize("name", ["lab.toml", "lab.csv"])
def test_of_an_address_that_stands_twice_the_first_entry_counts(name: str) -> None:
    text = {
        "lab.toml": "[[subscriber]]\nemail='ada@example.org'\nname='1'\n"
        "[[subscriber]]\nemail='ADA@example.org'\nname='2'\n",
        "lab.csv": "email,name\nada@example.org,1\nADA@example.org,2\n",
    }[name]
    roster = read(name, text)
    assert [s.name for s in roster.subscribers] == ["1"]
    assert "ADA@example.org stands in this file twice; the first entry counts" in said(roster)[0]


def test_an_interest_that_cannot_be_read_is_reported_and_kept() -> None:
    """The subscriber's other interests count; without any the subscriber would get every paper."""
    roster = read("lab.toml", "[[subscriber]]\nemail = 'ada@example.org'\ninterests = ['LLM', '???']\n")
    assert roster.subscribers[0].interests == ("LLM", "???")
    assert said(roster) == ["lab.toml:2: ada@example.org: interest '???': cannot be read"]


# --- hostile input ----------------------------------------------------------------------------------------------------


def test_line_ends_and_control_characters_become_spaces() -> None:
    """A name stands in a header of the mail, and PostgreSQL takes no NUL."""
    text = r"""[[subscriber]]
email = "ada@example.org"
name = "Ada\r\nBcc: all@example.org\u0000\u0007"
interests = ["graph\u0000\n neural", "\u0000", "graph neural"]
"""
    [ada] = read("lab.toml", text).subscribers
    assert ada.name == "Ada Bcc: all@example.org"
    assert ada.interests == ("graph neural",)
    [same] = read("lab.csv", 'email,name\nada@example.org,"Ada\r\nBcc: all@example.org\x00"\n').subscribers
    assert same.name == ada.name


@pytest.mark.parametrize("name", ["lab.toml", "lab.csv"])
def test_ten_thousand_interests_are_too_many(name: str) -> None:
    many = [f"i{n}" for n in range(10_000)]
    text = {
        "lab.toml": f"[[subscriber]]\nemail = 'ada@example.org'\ninterests = {many!r}\n"
        "[[subscriber]]\nemail='bo@example.net'\n",
        "lab.csv": f"email,interests\nada@example.org,{';'.join(many)}\nbo@example.net,\n",
    }[name]
    roster = read(name, text)
    assert emails(roster) == ["bo@example.net"]
    assert f"10000 interests; at most {MAX_INTERESTS} can be kept" in said(roster)[0]


def test_a_name_of_a_megabyte_is_cut() -> None:
    [ada] = read("lab.toml", f"[[subscriber]]\nemail = 'ada@example.org'\nname = '{'A' * 1_000_000}'\n").subscribers
    assert ada.name == "A" * MAX_NAME


@pytest.mark.parametrize("name", ["lab.toml", "lab.csv"])
def test_the_time_grows_with_the_file_and_not_with_its_square(name: str) -> None:
    """Eight times the subscribers in well below 64 times the time; every line number is right to the end."""

    def seconds(count: int) -> float:
        row = "[[subscriber]]\nemail = 'a{}@example.org'\n# {}\n" if name == "lab.toml" else "a{}@example.org,{}\n"
        text = ("" if name == "lab.toml" else "email,name\n") + "".join(row.format(n, "x" * 2000) for n in range(count))
        text += "[[subscriber]]\nemail = 'nobody'\n" if name == "lab.toml" else "nobody,\n"
        begun = time.process_time()
        roster = read(name, text)
        assert len(roster.subscribers) == count
        assert roster.problems[0].line == text.count("\n")
        return time.process_time() - begun

    assert seconds(1600) < 30 * seconds(200)


# --- writing ----------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(lambda text: " ".join(text.split()))


def _is_address(text: str) -> bool:
    try:
        return check_address(text) == text
    except AddressInvalid:
        return False


RHYTHMS = st.builds(
    Rhythm,
    weekly_on=st.none() | st.sampled_from(Weekday),
    more_than=st.integers(0, 1000),
    hour=st.none() | st.integers(0, 23),
    order=st.sampled_from(PaperOrder),
    reads=st.lists(st.sampled_from(["de", "fr", "pt-BR"]), unique=True).map(tuple),
)
DAYS = st.dates(date(2026, 1, 1), date(2099, 12, 31))
PAUSES = st.fixed_dictionaries({"paused_until": st.none()}) | st.fixed_dictionaries(
    {"paused_until": DAYS, "paused_since": st.none() | DAYS, "catch_up": st.integers(0, MAX_CATCH_UP)}
)


def _choosing(subscriber: Subscriber, pause: dict[str, Any], *, weekdays_only: bool) -> Subscriber:
    only = weekdays_only and subscriber.cadence is Edition.DAILY
    return replace(subscriber, rhythm=replace(subscriber.rhythm, weekdays_only=only), **pause)


SUBSCRIBERS = st.lists(
    st.builds(
        Subscriber,
        email=st.sampled_from(["{}@example.org", "{}@exämple.org", "用户{}@example.org", "o'{}+x@example.org"]).flatmap(
            lambda form: st.text("abcXYZ01", min_size=1, max_size=6).map(form.format)
        ),
        name=TEXT | TEXT.map("={}".format) | st.sampled_from(["=1+1", "'=1", "''-x", "@x", "+x", "＝x", "'x", "-"]),
        interests=st.lists(
            TEXT.filter(bool) | st.sampled_from(["a;b", "a\\", "\\;", ";", '-"x"', "#"]), unique=True, max_size=4
        ).map(tuple),
        language=st.sampled_from(["", "en", "zh-Hans"]),
        cadence=st.sampled_from(Edition),
        max_papers=st.none() | st.integers(1, MAX_PAPERS),
        rhythm=st.just(AT_ONCE) | RHYTHMS,
        state=st.sampled_from([state for state in SubscriptionState if state is not SubscriptionState.FEED]),
        created_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        origin=st.just("roster"),
    )
    .filter(lambda s: _is_address(s.email))
    .flatmap(lambda s: st.builds(_choosing, st.just(s), PAUSES, weekdays_only=st.booleans())),
    unique_by=lambda s: address_key(s.email),
    max_size=4,
)


@pytest.mark.parametrize("suffix", [".toml", ".csv"])
@given(subscribers=SUBSCRIBERS)
@settings(max_examples=150)
def test_what_is_written_reads_back_as_the_same_subscribers(suffix: str, subscribers: list[Subscriber]) -> None:
    text = "".join(write_roster(iter(subscribers), suffix))
    assert read(f"lab{suffix}", text) == Roster(tuple(subscribers), ())


def test_what_a_person_writes_of_when_and_how_is_read_and_a_mistake_in_it_is_named() -> None:
    text = """
[[subscriber]]
email = "ada@example.org"
cadence = "weekdays"
more_than = 3
hour = "07:00"
order = "upvotes"
reads = ["zh-CN", "en"]
paused_until = 2026-08-10
catch_up = 10

[[subscriber]]
email = "bo@example.org"
cadence = "weekly"
weekly_on = "Monday"
paused_until = "2026-08-10"
"""
    ada, bo = read("lab.toml", text).subscribers
    assert ada.rhythm == Rhythm(
        weekdays_only=True, more_than=3, hour=7, order=PaperOrder.UPVOTES, reads=("zh-CN", "en")
    )
    assert (ada.paused_until, ada.paused_since, ada.catch_up) == (date(2026, 8, 10), None, 10)
    assert (bo.rhythm, bo.cadence) == (Rhythm(weekly_on=Weekday.MONDAY), Edition.WEEKLY)
    assert bo.paused_until == date(2026, 8, 10)
    for wrong, problem in {
        "hour = 24": "hour: expected an hour from 0 to 23, got 24",
        'weekly_on = "mo"': "weekly_on: expected monday, tuesday",
        "more_than = -1": "more_than: expected a whole number from 0 to 1000",
        'order = "worst"': "order: expected best, newest, upvotes",
        'reads = "en"': "reads: expected a list of texts",
        'reads = ["english"]': "reads: expected a language tag",
        'paused_until = "soon"': "paused_until: expected a day such as 2026-06-02, got 'soon'",
        "paused_until = 2026-08-10T10:00:00Z": "paused_until: expected a day",
        "paused_until = 2026-08-10\ncatch_up = 31": "catch_up: expected a whole number from 0 to 30",
        'state = "feed"': "state: expected unconfirmed, confirmed, unsubscribed, got 'feed'",
    }.items():
        roster = read("lab.toml", f'[[subscriber]]\nemail = "cy@example.org"\n{wrong}\n')
        assert not roster.subscribers
        assert problem in str(roster.problems[0])


def test_who_reads_by_feed_alone_stands_in_no_export() -> None:
    reader = Subscriber(email="", state=SubscriptionState.FEED)
    assert "".join(write_roster([reader], ".toml")) == ""
    assert len("".join(write_roster([reader], ".csv")).splitlines()) == 1


def test_a_roster_is_written_piece_by_piece() -> None:
    """A million subscribers are never one string."""

    def endless() -> object:
        while True:
            yield ADA

    pieces = write_roster(endless(), ".toml")  # type: ignore[arg-type]
    assert next(pieces) == next(pieces)


def test_who_asks_for_more_terms_than_one_reader_may_have_is_left_out_with_the_reason() -> None:
    lines = ", ".join(f'"(model{n} OR data) AND mod*"' for n in range(60))
    text = f'[[subscriber]]\nemail = "eve@example.org"\ninterests = [{lines}]\n\n{TOML}'
    roster = read("lab.toml", text)
    assert emails(roster) == ["ada@example.org", "bo@example.net"]
    (problem,) = said(roster)
    assert "eve@example.org: these interests ask for 1,320 terms together, and one reader may ask for 1,000" in problem


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lab.toml", '[[subscriber]]\nemail = "ada@example.org"\ninterests = ["""\nrag\nworld models\n"""]\n'),
        ("lab.csv", 'email,interests\nada@example.org,"rag\nworld models"\n'),
    ],
)
def test_a_list_in_one_field_is_read_as_one_and_said(name: str, text: str) -> None:
    roster = read(name, text)
    assert not roster.problems
    assert roster.subscribers[0].interests == ("rag; world models",)
    (remark,) = roster.remarks
    assert "ada@example.org: “rag; world models”: a list: read as rag OR world models." in remark


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x.example")', "+1", "-1", "@SUM(A1)", "＝1", "'=1"])
def test_no_cell_is_a_formula_for_a_spreadsheet(name: str) -> None:
    text = "".join(write_roster([Subscriber(email="=x@example.org", name=name, interests=("-survey", "=1"))], ".csv"))
    cells = [cell for record in csv.reader(text.splitlines()) for cell in record]
    assert not [cell for cell in cells if cell[:1] in {*"=+-@＝＋－＠\t\r"} and cell]
    assert "'-survey; =1" in cells


def test_an_interest_with_a_leading_minus_is_read_as_a_person_writes_it() -> None:
    [ada] = read("lab.csv", "email,name,interests\nada@example.org,'Abd,-survey;llm\n").subscribers
    assert (ada.name, ada.interests) == ("'Abd", ("-survey", "llm"))


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "yesterday", "2026-13-01"]
)
@pytest.mark.parametrize("form", ["lab.toml", "lab.csv"])
def test_a_moment_that_is_none_costs_its_row_alone(form: str, moment: str) -> None:
    text = {
        "lab.toml": f"[[subscriber]]\nemail = 'ada@example.org'\ncreated_at = '{moment}'\n",
        "lab.csv": f"email,created_at\nada@example.org,{moment}\n",
    }[form]
    roster = read(form, text)
    assert roster.subscribers == ()
    assert "created_at: expected a moment such as" in said(roster)[0]
