"""The ledger of deliveries in the database: who is to get what, and every step of it."""

from newsletter.store.ledger._audience import let_nobody_plan
from newsletter.store.ledger._steps import let_rest
from newsletter.store.ledger.deliveries import SqlDeliveryStore
from newsletter.store.ledger.forgetting import (
    addresses_of,
    count_of_old,
    deliveries_of,
    deliveries_of_person,
    empty_deliveries,
    empty_some,
    old_dispatches,
)
from newsletter.store.ledger.moving import readdress

__all__ = [
    "SqlDeliveryStore",
    "addresses_of",
    "count_of_old",
    "deliveries_of",
    "deliveries_of_person",
    "empty_deliveries",
    "empty_some",
    "let_nobody_plan",
    "let_rest",
    "old_dispatches",
    "readdress",
]
