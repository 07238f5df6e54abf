"""What pyproject.toml admits: no version that is known to be unsafe, for whoever installs without the pinned list."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.support.shared import ROOT

SAFE_FROM = {
    "aiosmtplib": ("5.1.3", "commands in addresses, CVE-2026-53533; answers before STARTTLS, CVE-2026-55558"),
    "cryptography": ("50", "OpenSSL in its wheels, GHSA-537c-gmf6-5ccf; an oracle in PKCS 7, PYSEC-2026-3552"),
    "h11": ("0.16", "chunks that are read two ways, CVE-2025-43859"),
    "idna": ("3.15", "long names that take minutes, CVE-2026-45409"),
    "jinja2": ("3.1.6", "a way out of the sandbox, CVE-2025-27516"),
    "lxml": ("6.1", "files read by entities, CVE-2026-41066"),
    "starlette": ("1.3.1", "Range in quadratic time, CVE-2025-62727; forms without limits, GHSA-82w8-qh3p-5jfq"),
    "aiosmtpd": ("1.4.6", "commands before STARTTLS, CVE-2024-34083"),
}
"""The first version of each that has no known advisory, and what was wrong before."""


def floors() -> dict[str, str]:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    given = [*document["project"]["dependencies"], *document["dependency-groups"]["dev"]]
    read = (re.match(r"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?>=([\d.]+)", one) for one in given)
    return {one[1].lower(): one[2] for one in read if one}


def pinned(name: str) -> list[str]:
    lists = [(ROOT / "requirements" / f"{kind}.txt").read_text("utf-8") for kind in ("runtime", "dev")]
    return [match[1] for text in lists for match in re.finditer(rf"^{name}==([\d.]+)", text, re.MULTILINE)]


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


@pytest.mark.parametrize("name", SAFE_FROM)
def test_no_version_with_a_known_advisory_is_admitted(name: str) -> None:
    safe, why = SAFE_FROM[name]
    assert number(floors()[name]) >= number(safe), why
    assert pinned(name)
    assert all(number(version) >= number(safe) for version in pinned(name)), why
