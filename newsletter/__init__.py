"""A self-hosted email and RSS newsletter of the day's research papers."""

__version__ = "0.1.0"
