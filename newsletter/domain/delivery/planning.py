"""Whether a subscriber gets an issue, as whom, and not before when."""

from __future__ import annotations

from datetime import UTC, datetime, time, tzinfo

from newsletter.domain.delivery.deliveries import DeliveryStatus, Recipient, SkipReason
from newsletter.domain.issues import Edition, Issue, IssueKey
from newsletter.domain.notation import Weekday
from newsletter.domain.subscribers import AT_ONCE, Rhythm, Subscriber, SubscriptionState

__all__ = ["freeze", "hour_of", "plan_status"]

_NOT_MAILED = {
    SubscriptionState.UNSUBSCRIBED: SkipReason.UNSUBSCRIBED,
    SubscriptionState.UNCONFIRMED: SkipReason.UNCONFIRMED,
    SubscriptionState.FEED: SkipReason.UNSUBSCRIBED,
}


def freeze(subscriber: Subscriber, issue: Issue) -> Recipient:
    """The subscriber as their message of this issue depends on them.

    Its language is the first of those they read that the issue has, else the issue's own.
    """
    language = subscriber.language
    if language not in issue.languages:
        language = subscriber.language_of(issue.languages)
    return Recipient(
        subscriber_id=subscriber.id,
        email=subscriber.email,
        name=subscriber.name,
        language=language if language in issue.languages else issue.languages[0],
        interests=subscriber.interests,
        max_papers=subscriber.max_papers,
        cadence=subscriber.cadence,
        rhythm=subscriber.rhythm,
    )


def plan_status(
    subscriber: Subscriber, issue: Issue, *, suppressed: bool, matched: bool, weekly_on: Weekday
) -> tuple[DeliveryStatus, SkipReason | None]:
    """Whether a subscriber gets a message of an issue; if not, the first of these reasons that holds.

    1. suppressed; 2. not (any more) confirmed; 3. a cadence other than the issue's; 4. not the day on which they want
    it: a weekend, or another day than theirs (else the newsletter's, `weekly_on`) for their week to end; 5. a pause;
    6. no more papers in it for them than they wait for, or nothing at all. That a day has no papers is for everybody,
    whatever they are interested in, unless they wait for a number.

    `matched` says whether more papers fit than `Rhythm.more_than`.
    """
    reason: SkipReason | None = None
    rhythm, key = subscriber.rhythm, issue.key
    if suppressed:
        reason = SkipReason.SUPPRESSED
    elif subscriber.state is not SubscriptionState.CONFIRMED:
        reason = _NOT_MAILED[subscriber.state]
    elif subscriber.cadence is not key.edition:
        reason = SkipReason.OTHER_CADENCE
    # most readers chose nothing: what is asked of them is asked a million times
    elif (rhythm is not AT_ONCE or key.edition is Edition.WEEKLY) and _is_other_day(rhythm, key, weekly_on):
        reason = SkipReason.OTHER_DAY
    elif subscriber.paused_until is not None and subscriber.is_paused_on(key.day):
        reason = SkipReason.PAUSED
    elif rhythm.more_than:
        reason = None if matched else SkipReason.TOO_FEW
    elif not matched and issue.silence is None:
        reason = SkipReason.NO_MATCH
    return (DeliveryStatus.QUEUED if reason is None else DeliveryStatus.SKIPPED), reason


def _is_other_day(rhythm: Rhythm, key: IssueKey, weekly_on: Weekday) -> bool:
    if key.edition is Edition.WEEKLY:
        return Weekday.of(key.day) is not (rhythm.weekly_on or weekly_on)
    return rhythm.weekdays_only and Weekday.of(key.day).is_weekend


def hour_of(subscriber: Subscriber, key: IssueKey, *, zone: tzinfo, now: datetime) -> datetime | None:
    """When the message of an issue may go at the earliest (UTC); None where that is at once.

    It is the hour that they chose of the issue's day, in the newsletter's `zone`. One that is past is no hour to wait
    for: a digest late in the evening is read the next morning, one a day late is not.
    """
    if subscriber.rhythm.hour is None:
        return None
    moment = datetime.combine(key.day, time(subscriber.rhythm.hour), zone).astimezone(UTC)
    return moment if moment > now else None
