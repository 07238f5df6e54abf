"""What a digest says about how complete the day was."""

from newsletter.domain.papers import ListingStatus
from newsletter.render.issue_view import _completeness
from tests.support.doubles import listing


def test_the_counts_of_lists_are_added_and_a_check_against_the_record_stands_for_its_list() -> None:
    day = _completeness(
        [
            listing("cs.CL", announced=812, collected=810),
            listing("cs.CL", source="arxiv-oai", announced=813, collected=812),
            listing("cs.AI", announced=100, collected=100),
            listing("", source="hf-daily", announced=30, collected=30),
            listing("cs.XX", status=ListingStatus.STALE, announced=7, collected=7),
        ]
    )
    assert (day.announced, day.collected) == (813 + 100 + 30, 812 + 100 + 30)
    assert [one.feed for one in day.missing] == ["cs.XX"]
    assert not day.complete
