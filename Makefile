# Every task of development, and the demo. `make help` lists them.
# The environment lives in .venv; pinned versions with hashes come from requirements/.

VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/bash
# the first Python here that is new enough; PYTHON=/path/to/python overrides
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# one more than there are cores: some tests wait for a server or a clock
JOBS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) + 1 )))
# a worker that has nothing left takes from another; until then neighbours, which share what is slow to make, stay together
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help demo run test test-all crash-test mta-test mutation check-standards pictures lint types format bench lock migration reference clean

help:  ## List these tasks
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-16s %s\n", $$1, $$2 }'

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "newsletter needs Python 3.11 or newer. Install one, or name it: make demo PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python cannot make a virtual environment here; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

# the package itself goes in without its dependencies: those are pinned
$(VENV)/runtime: $(BIN)/python requirements/runtime.txt pyproject.toml
	@echo "Installing what newsletter needs into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev: $(VENV)/runtime requirements/dev.txt
	@echo "Installing what its tests need into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

# in a folder of its own: the sample is what a folder without newsletter.toml shows, and your site stays yours
demo: $(VENV)/runtime  ## Show the bundled sample in demo/: the messages that would go out, the site, the feeds
	@mkdir -p demo
	@test ! -e demo/newsletter.toml || { echo "demo/ holds a newsletter of yours (demo/newsletter.toml). Move it, then: make demo"; exit 1; }
	@cd demo && ../$(BIN)/newsletter send --dry-run
	@cd demo && ../$(BIN)/newsletter publish
	@echo
	@echo "Look at   demo/outbox/2026-06-15/index.html   every message, as its reader would see it"
	@echo "          demo/site/index.html                the site, with feeds in demo/site/feed.atom and feed.rss"
	@echo "Then      $(BIN)/newsletter init           writes newsletter.toml for real papers"
	@echo "          $(BIN)/newsletter --help         lists the commands"

run: $(VENV)/runtime  ## Run the daily job with newsletter.toml
	@$(BIN)/newsletter send

test: $(VENV)/dev  ## Run every test but the slow ones, in parallel
	@$(PYTEST) -m "not slow"

test-all: test  ## Run every test, the slow ones last
	@$(PYTEST) -m slow

crash-test: $(VENV)/dev  ## Kill dispatches hundreds of times and count who got what (ten minutes)
	@$(BIN)/python -m pytest tests/services/test_dispatch_crashes.py -m slow -s

mta-test: $(VENV)/dev  ## Dispatch through a real Postfix, greylisted; take in what comes back (Debian, as root)
	@deploy/postfix-test/run $(BIN)/python

mutation: $(VENV)/dev  ## Change what decides bit by bit; do its tests notice? ONLY=path, SAMPLE=number a module
	@PYTHONHASHSEED=0 $(BIN)/python -m tests.mutation $(ONLY) $(if $(SAMPLE),--sample $(SAMPLE))

check-standards: $(VENV)/dev  ## Check mail, feeds and pages by caniemail, axe, SpamAssassin, feed readers (Debian, npm)
	@PYTHON=$(BIN)/python tests/standards/run.sh

pictures: $(VENV)/dev  ## Take the pictures of docs/screenshots again; ALL=folder takes every digest there (chromium)
	@work=$$(mktemp -d) && trap 'rm -rf "$$work"' EXIT && \
		$(BIN)/python -m tests.standards.make "$$work" $(if $(ALL),,--sample) && \
		$(BIN)/python -m tests.standards.pictures "$$work" $(if $(ALL),"$(ALL)" --all,docs/screenshots)
	@$(if $(ALL),,$(BIN)/python -m tests.standards.album docs/screenshots)

lint: $(VENV)/dev  ## Check style, layers and dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/deptry .

types: $(VENV)/dev  ## Check types, strictly, of the package, the benchmarks and what tests are made of
	@$(BIN)/mypy newsletter benchmarks tests/support tests/mutation tests/standards

format: $(VENV)/dev  ## Put the code into its form
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: $(VENV)/dev  ## Measure every stage on recorded real data (ten minutes)
	@for name in day sources enrich archives interests interests_scale render subscriber_feeds reader_pages bounces serve; do \
		echo; echo "== benchmarks.$$name"; $(BIN)/python -m benchmarks.$$name || exit 1; done
	@if [ -x /usr/sbin/smtp-sink ] || command -v smtp-sink >/dev/null; then \
		for name in dispatch dkim audience; do \
			echo; echo "== benchmarks.$$name"; $(BIN)/python -m benchmarks.$$name || exit 1; done; \
	else echo; echo "Sending is measured where Postfix's smtp-sink is installed (Debian: postfix)."; fi

lock: $(VENV)/dev  ## Pin the newest versions that pyproject.toml allows
	@for name in runtime dev; do \
		$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
			--no-emit-index-url --upgrade --quiet --group build $$([ $$name = dev ] && echo --group dev) \
			--output-file requirements/$$name.txt || exit 1; done

migration: $(VENV)/dev  ## Write a migration: make migration MESSAGE="What changes"
	@$(BIN)/python -m newsletter.store.migrations "$(MESSAGE)"

reference: $(VENV)/runtime  ## Write docs/settings.md from the models
	@$(BIN)/python -m newsletter.settings.reference > docs/settings.md.new && mv docs/settings.md.new docs/settings.md

# nothing that a newsletter wrote: its site, outbox and database are found beside newsletter.toml
clean:  ## Remove what make has made: the environment, caches and the demo
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@test -e demo/newsletter.toml || rm -rf demo/outbox demo/site demo/.newsletter demo/sample.db*
	@rmdir demo 2>/dev/null || true
