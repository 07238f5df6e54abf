"""The public door: who subscribes, confirms, has lost a link or moves to another address."""
