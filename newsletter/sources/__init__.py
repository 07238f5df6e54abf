"""Sources of announcements: one module a source, a pure parser of its wire format and a thin fetcher."""
