"""The ledger of deliveries in the database: who is to get what, and every step of it."""

from newsletter.store.ledger._steps import let_rest
from newsletter.store.ledger.deliveries import SqlDeliveryStore

__all__ = [
    "SqlDeliveryStore",
    "let_rest",
]
