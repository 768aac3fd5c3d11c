# Every command of the project; needs only make and Python 3.11 or 3.12. `make help` lists them.

PYTHON ?= $(shell for p in python3 python3.12 python3.11; do \
	"$$p" requirements/supported.py >/dev/null 2>&1 && echo "$$p" && exit; done; echo python3)
BIN := .venv/bin
EMBEDDED := $(BIN)/python -m config.embedded
LOCK := requirements/dev.txt
# One more than processors: tests wait for servers and browsers.
PROCESSES = $(shell $(PYTHON) -c "import os; print(min(os.cpu_count() + 1, 6))")
IF_SET_UP := test -x $(BIN)/python || { echo "Nothing is set up here."; exit 0; };
COMPILE := pip compile --quiet --universal --python-version 3.11 --only-binary :all: \
	--generate-hashes --no-header --no-emit-index-url --no-emit-find-links
# Settings that need no service and no secret.
STATIC := --settings=config.settings.base
# From compiled modules our processes start in half the time; some machines forbid to keep them.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo up down status test contract examples browser pictures lint fix audit check bench \
	dataset schema lock purge

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Prepare .venv from the locked wheels (nothing is built)
	@if ! cmp -s $(LOCK) .venv/installed.txt; then \
		set -e; \
		$(PYTHON) requirements/supported.py; \
		$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
			echo "setup     making .venv"; $(PYTHON) -m venv --clear .venv; }; \
		echo "setup     installing $(LOCK)"; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check \
			--require-hashes --only-binary :all: -r $(LOCK); \
		cp $(LOCK) .venv/installed.txt; \
	fi

demo: up ## Set everything up, run the main job on real input and show the result
	@$(BIN)/python manage.py run_demo

up: setup ## Start database, broker, web, worker and beat on this machine
	@$(EMBEDDED) up

down: ## Stop them all; the data stays
	@$(IF_SET_UP) $(EMBEDDED) down

status: ## Show what runs where
	@$(IF_SET_UP) $(EMBEDDED) status || true

test: setup ## Run all tests; args="-k word" is passed on
	@$(EMBEDDED) run $(BIN)/python -m pytest --numprocesses=$(PROCESSES) --dist=worksteal $(args)

contract: setup ## Ask the running API all that its description allows, and more; examples=30 of each
	@TARGETING_CONTRACT_EXAMPLES=$(or $(examples),30) $(EMBEDDED) run $(BIN)/python -m pytest \
		tests/integration/contract $(args)

examples: setup ## Ask the running API for examples that its description has not; of=all anew
	@TARGETING_RECORD_EXAMPLES=$(or $(of),missing) $(EMBEDDED) run $(BIN)/python -m pytest -s \
		tests/integration/contract $(args)

browser: setup ## Install Chromium for tests in a browser, where the system lets us
	@$(BIN)/python requirements/browser.py

pictures: setup ## Take pictures of the main pages of a running demonstration for the docs
	@$(BIN)/python manage.py take_pictures $(args)

lint: setup ## Check style, types, imports between layers and missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run $(STATIC)

fix: setup ## Put right what lint can put right by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

audit: setup ## Ask for known weaknesses of the locked packages, where that can be asked
	@$(BIN)/python requirements/audit.py

check: lint test ## All that must pass before a change lands

bench: setup ## Measure; part=screening runs one part, args="--items 5000" is passed on
	@TARGETING_TEST_DATABASE=bench_targeting $(EMBEDDED) run $(BIN)/python manage.py bench \
		--settings=config.settings.test $(if $(part),--part $(part)) $(args)

dataset: setup ## Build the shared 1,000,000 goods items for load figures, once
	@$(BIN)/python manage.py build_dataset $(STATIC) $(args)

schema: setup ## Compare what the code says of the API with docs/openapi.yaml; renew=1 writes it
	@$(BIN)/python manage.py describe_api $(if $(renew),--renew) $(STATIC)

lock: setup ## Resolve requirements/*.in again; upgrade=1 takes the newest versions
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv $(COMPILE) $(if $(upgrade),--upgrade) requirements/dev.in --output-file $(LOCK)
	$(BIN)/uv $(COMPILE) --constraints $(LOCK) requirements/base.in \
		--output-file requirements/base.txt
	$(BIN)/uv $(COMPILE) --constraints $(LOCK) requirements/bench.in \
		--output-file requirements/bench.txt

purge: ## Stop everything and delete all data of this machine's installation
	@$(IF_SET_UP) $(EMBEDDED) purge
