"""Who gets mail: addresses, subscriptions, what a subscriber may choose, and who is never mailed again."""

from newsletter.domain.subscribers.addresses import address_key, ascii_domain, check_address, domain_of, mailbox_key
from newsletter.domain.subscribers.choices import (
    MAX_INTERESTS,
    MAX_NAME,
    MAX_PAPERS,
    choose_cadence,
    choose_interests,
    choose_language,
    choose_limit,
    choose_name,
)
from newsletter.domain.subscribers.preferences import FIELDS, TOPIC, Problem, fill_form, read_form, surplus
from newsletter.domain.subscribers.pruning import may_be_unread
from newsletter.domain.subscribers.subscriptions import Origin, Preferences, Subscriber, SubscriptionState
from newsletter.domain.subscribers.suppressions import (
    MAX_KEYS,
    Cause,
    Suppression,
    is_digest,
    key_from_secret,
    may_lift,
    suppression_digest,
)

__all__ = [
    "FIELDS",
    "MAX_INTERESTS",
    "MAX_KEYS",
    "MAX_NAME",
    "MAX_PAPERS",
    "TOPIC",
    "Cause",
    "Origin",
    "Preferences",
    "Problem",
    "Subscriber",
    "SubscriptionState",
    "Suppression",
    "address_key",
    "ascii_domain",
    "check_address",
    "choose_cadence",
    "choose_interests",
    "choose_language",
    "choose_limit",
    "choose_name",
    "domain_of",
    "fill_form",
    "is_digest",
    "key_from_secret",
    "mailbox_key",
    "may_be_unread",
    "may_lift",
    "read_form",
    "suppression_digest",
    "surplus",
]
