"""The published schema of the structured issue: every issue fits it, and what is wrong does not."""

import json
from typing import Any

import pytest

from newsletter.formats.issue_codec import decode_issue, encode_issue, issue_schema
from tests.support.june import june_issue
from tests.support.samples import make_issue, make_notice
from tests.support.shared import needs_shared

jsonschema = pytest.importorskip("jsonschema")


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = issue_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_an_issue_fits_its_schema(validator: Any) -> None:
    assert list(validator.iter_errors(json.loads(encode_issue(make_issue(30))))) == []


def test_a_day_without_papers_fits_the_schema_and_is_read_back(validator: Any) -> None:
    notice = make_notice()
    assert list(validator.iter_errors(json.loads(encode_issue(notice)))) == []
    assert decode_issue(encode_issue(notice)) == notice


@needs_shared
def test_a_recorded_day_fits_the_schema(validator: Any) -> None:
    assert list(validator.iter_errors(json.loads(encode_issue(june_issue(2, 50))))) == []


@pytest.mark.parametrize(
    ("change", "place"),
    [({"date": "yesterday"}, "date"), ({"papers": {}}, "papers"), ({"languages": "en"}, "languages")],
)
def test_what_is_wrong_does_not_fit(change: dict[str, Any], place: str) -> None:
    document = json.loads(encode_issue(make_issue(2))) | change
    checker = jsonschema.Draft202012Validator(issue_schema(), format_checker=jsonschema.FormatChecker())
    assert place in {error.path[0] for error in checker.iter_errors(document)}


def test_every_field_that_is_written_is_described() -> None:
    schema = issue_schema()
    document = json.loads(encode_issue(make_issue(12)))
    assert set(document) <= set(schema["properties"])
    described = set(schema["$defs"]["Paper"]["properties"])
    assert {name for paper in document["papers"] for name in paper} <= described
