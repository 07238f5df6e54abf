"""How much of a message is read. Anybody can send one, so each number bounds time or memory.

What lies beyond a limit is not read, and the rest is: a report says what it has to say at its beginning, before the
mail that it returns.
"""

__all__ = [
    "LARGEST_MAIL",
    "LONGEST_FIELD",
    "LONGEST_HEADER",
    "LONGEST_LINE",
    "LONGEST_MESSAGE",
    "LONGEST_NOTICE",
    "MOST_FIELDS",
    "MOST_LEVELS",
    "MOST_LINES",
    "MOST_PARTS",
    "MOST_RECIPIENTS",
]

LONGEST_MESSAGE = 512 * 1024
"""Octets of a message. The longest report of the corpus has 58 KB, of which 50 are one server's trace; a returned
mail of ours has up to 100 KB."""
LARGEST_MAIL = 10 * 1024 * 1024
"""Octets of a mail that the listener takes: what Postfix takes where nobody says otherwise."""
LONGEST_HEADER = 64 * 1024
"""Octets of one header. Sendmail takes 32 KB of one, Postfix 100 KB; real ones have up to 20."""
MOST_FIELDS = 400
"""Fields of one header; mail that passed a dozen servers and three lists has about a hundred."""
LONGEST_FIELD = 4096
"""Characters of one field: a `References` of fifty ids, a reply of a dozen lines."""
MOST_PARTS = 40
"""Parts of one message, at all levels. A report has three; with the parts of the mail that it returns, ten."""
MOST_LEVELS = 6
"""Parts within parts. A report has two; one that was forwarded within another and signed by a list, five."""
LONGEST_NOTICE = 64 * 1024
"""Characters of text for a person that are looked through, and of a machine-readable part."""
LONGEST_LINE = 1000
"""Characters of a line of it (RFC 5322 §2.1.1 allows 998)."""
MOST_LINES = 1500
"""Lines of it."""
MOST_RECIPIENTS = 100
"""Recipients of one report: what RFC 5321 §4.5.3.1.8 has every server take. Mail of ours has one."""
