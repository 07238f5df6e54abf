"""Checks that need Debian or npm packages: `make check-standards` runs them."""
