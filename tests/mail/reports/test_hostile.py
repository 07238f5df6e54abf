"""Mail that wants to do harm: it is read to its end, within the limits."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.domain.bounces import SHOWN
from newsletter.mail.reports import read_report
from newsletter.mail.reports.limits import MOST_PARTS, MOST_RECIPIENTS
from newsletter.mail.reports.parts import split_message
from tests.mail.reports.samples import CALM, SAMPLES
from tests.support.hostile_mail import bombs, mutated

RAW = [sample.raw.encode() for sample in SAMPLES.values()] + [text.encode() for text in CALM.values()]


def _is_read_within_limits(raw: bytes) -> None:
    report = read_report(raw)
    assert len(report.events) <= MOST_RECIPIENTS
    assert all(len(event.text) <= SHOWN and len(event.recipient) <= 600 for event in report.events)
    assert len(split_message(raw)[1]) <= MOST_PARTS


def test_bombs_are_read_within_limits() -> None:
    for raw in bombs():
        _is_read_within_limits(raw)


@given(st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_mutations_of_reports_are_read_within_limits(chance: random.Random) -> None:
    _is_read_within_limits(mutated(chance, RAW))


@pytest.mark.slow
@given(st.randoms(use_true_random=True))
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_twenty_thousand_mutations_are_read_within_limits(chance: random.Random) -> None:
    _is_read_within_limits(mutated(chance, RAW))


@given(st.binary(max_size=3000))
def test_any_bytes_are_read(raw: bytes) -> None:
    _is_read_within_limits(raw)
    _is_read_within_limits(b"From: MAILER-DAEMON@example.net\nSubject: failure notice\n\n" + raw)
