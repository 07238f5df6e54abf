"""The tests mirror the package; `support` holds the real local servers they talk to."""
