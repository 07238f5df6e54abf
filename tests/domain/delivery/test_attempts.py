"""What came of handing one message over, and where nobody can know."""

from __future__ import annotations

import pytest

from newsletter.domain.delivery.attempts import AttemptResult
from newsletter.domain.delivery.replies import Reply, Stage


def test_an_answer_needs_no_explanation_and_was_not_cut() -> None:
    answered = AttemptResult(Stage.FINAL, Reply(250, "2.0.0 Ok"))
    assert (answered.error, answered.begun) == ("", False)


@pytest.mark.parametrize("stage", Stage)
def test_only_a_message_that_was_handed_over_without_an_answer_may_have_been_accepted(stage: Stage) -> None:
    """Whether to send it again is for the operator to say: it may arrive twice."""
    assert AttemptResult(stage, error="cut").is_uncertain is (stage is Stage.FINAL)
    assert not AttemptResult(stage, Reply(451, "Not now")).is_uncertain
