"""From an issue to bytes: mail, feeds, pages, Markdown. No clock, no network, no database."""
