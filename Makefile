# One word for each thing one does with Navette. `make help` reads the comments after ##.
.DEFAULT_GOAL := help
.PHONY: help setup run test check fix bench soak schema docs words pictures speed browser

PORT ?= 8000
DATA_DIR ?= var
export PORT DATA_DIR

VENV := .venv
BIN := $(VENV)/bin
CODE := server auth graphql web tests
RUNTIME := $(VENV)/.runtime-is-installed
DEVELOPMENT := $(VENV)/.development-is-installed
NODE := node_modules/.is-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
TESTS ?=
# What `make check` looks at: the rules, the data and the written word. Pages are left to `make test`.
FAST := tests/core tests/test_layout.py tests/test_docs.py
# The five real catalogues, where they lie in a folder beside this one; only `make bench` asks.
CATALOGUES ?= $(patsubst %/,%,$(dir $(firstword $(wildcard ../*/data/*/toufflers.mrc))))
BENCH ?=

help: ## Say what can be asked
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(RUNTIME) ## Make .venv with .venv/bin/navette, and stop there

run: $(RUNTIME) ## Start the demonstration (PORT=8000 DATA_DIR=var)
	@exec $(BIN)/python -m navette_server.launcher

test: $(DEVELOPMENT) browser ## Run everything: both databases, browser (at most 10 minutes)
	$(BIN)/ruff format --quiet --check $(CODE)
	$(BIN)/ruff check --quiet $(CODE)
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo > $(VENV)/contracts.txt || { cat $(VENV)/contracts.txt; exit 1; }
	$(BIN)/pytest -q -n 2 --database usual -m "not alone and not browser and not soak" $(TESTS)
	$(BIN)/pytest -n 2 --dist loadfile --database usual -m "(alone or browser) and not soak" $(TESTS)

check: $(DEVELOPMENT) ## Format, lint, types, contracts, fast tests (at most 60 s)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -q -n 2 -m "not slow and not browser and not soak" $(or $(TESTS),$(FAST))

fix: $(DEVELOPMENT) ## Format, and repair what the linter can repair
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

bench: $(DEVELOPMENT) ## Print the figures, each as a ratio within one run
	@exec $(BIN)/navette bench $(if $(CATALOGUES),--catalogues $(CATALOGUES)) $(BENCH)

soak: $(DEVELOPMENT) ## Run the long tests, and every test on PostgreSQL
	$(BIN)/pytest -q -n 2 --database postgresql -m "not alone and not browser and not soak" $(TESTS)
	$(BIN)/pytest --database both -m soak $(TESTS)

schema: $(RUNTIME) ## Write graphql/schema.graphql and docs/reference.md anew
	@$(BIN)/navette schema > $(VENV)/schema.graphql && mv $(VENV)/schema.graphql graphql/schema.graphql
	@$(BIN)/navette schema --reference > $(VENV)/reference.md && mv $(VENV)/reference.md docs/reference.md

docs: $(DEVELOPMENT) ## Write docs/circulation.md anew
	@$(BIN)/python tests/proofs.py

words: $(RUNTIME) ## Gather the sentences of the interface into its catalogues
	@$(BIN)/navette words

pictures: $(DEVELOPMENT) ## Take pictures of every page of the running demonstration (SCREENS=1: the app's own too)
	@$(BIN)/python tests/pictures.py

speed: $(DEVELOPMENT) ## Measure the five main pages of the running demonstration as a slow phone would
	@$(BIN)/python tests/speed.py

# A Python that is new enough, or a sentence that says how to get one.
define FIND_PYTHON
for name in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then found="$$name"; break; fi; \
done; \
if [ -z "$$found" ]; then \
  echo "Navette needs Python 3.11 or newer; here: $$(python3 --version 2>&1 || echo none)." >&2; \
  echo "Install one (Debian: apt-get install python3 python3-venv), or say which: make setup PYTHON=/path/to/python3.12" >&2; \
  exit 1; \
fi; \
if ! "$$found" -c 'import ensurepip, venv' 2> /dev/null; then \
  echo "$$found has no ensurepip, so it cannot make a virtual environment." >&2; \
  echo "Install it (Debian: apt-get install python3-venv), or say another Python: make setup PYTHON=/path/to/python3.12" >&2; \
  exit 1; \
fi
endef

$(BIN)/python:
	@$(FIND_PYTHON); echo "Making $(VENV) with $$("$$found" --version)"; "$$found" -m venv --clear $(VENV)

$(RUNTIME): requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what requirements.txt pins (about a minute the first time)"
	@$(PIP) install --require-hashes --requirement requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@echo "Installing what requirements-dev.txt pins"
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@touch $@

# Browser tests need Debian's Chromium and, where node is present, the pinned development tools.
browser: $(if $(wildcard package-lock.json),$(if $(shell command -v npm 2> /dev/null),$(NODE)))
	@if ! command -v chromium > /dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	  echo "Installing Chromium for the browser tests"; \
	  { apt-get update -y -q && apt-get install -y -q --no-install-recommends chromium; } > $(VENV)/chromium.txt 2>&1 \
	    || echo "Chromium could not be installed ($(VENV)/chromium.txt says why): its tests will skip"; \
	fi

$(NODE): package-lock.json
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
