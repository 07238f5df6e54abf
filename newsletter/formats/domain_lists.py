"""A list of mail domains in a file: one a line, what follows `#` is a remark.

It reads the lists of disposable addresses that others keep, for example `disposable_email_blocklist.conf` (CC0) of
https://github.com/disposable-email-domains/disposable-email-domains.
"""

from __future__ import annotations

import re
from pathlib import Path

from newsletter.domain.subscribers import check_address, domain_of
from newsletter.errors import AddressInvalid, ConfigError

__all__ = ["parse_domain_list"]

_MOST = 1_000_000
_PLAIN = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.ASCII | re.IGNORECASE)


def parse_domain_list(text: str, *, path: Path, key: str) -> frozenset[str]:
    """The domains in the form of `domain_of`; a leading `@`, `.` or `*.` says what is so anyhow.

    Args:
        text: the file.
        path: where it lies, for messages.
        key: the setting that names it.

    Raises:
        ConfigError: a line is no domain, or there are more than a million.
    """
    lines = text.splitlines()
    if len(lines) > _MOST:
        msg = f"{path}: {len(lines):,} lines; expected at most {_MOST:,} domains"
        raise ConfigError(msg, key=key, path=path)
    domains = set()
    for number, line in enumerate(lines, 1):
        name = line.partition("#")[0].strip().removeprefix("@").removeprefix("*").removeprefix(".")
        if not name:
            continue
        # what most lists consist of needs no library, which takes a second for ten thousand
        plain = len(name) <= 253 and _PLAIN.fullmatch(name) and "xn--" not in name.lower()
        domains.add(name.lower() if plain else _checked(name, number, path, key))
    return frozenset(domains)


def _checked(name: str, number: int, path: Path, key: str) -> str:
    try:
        return domain_of(check_address(f"a@{name}"))
    except AddressInvalid:
        msg = f"{path}:{number}: {name[:80]!r} is no domain; expected one a line, for example example.org"
        raise ConfigError(msg, key=key, path=path) from None
