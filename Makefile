# `make demo` and `make test` need Python 3.11 to 3.13, pip and git; everything else is set up here.
VENV := .venv
BIN := $(VENV)/bin
SAMPLE := tests/fixtures/sample
TEST_STORE := .signals-test
SQL := models macros tests/data python/ci_signals/sql
# The moment that the bundled rows stop at.
SAMPLE_AS_OF := 2026-11-20T12:00:00
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)

# The pins hold for what builds the package, too; pip before 25.3 knows the first name only.
INSTALL := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt
PIP_AUDIT := pip-audit==2.10.1

# What the gate leaves to test-all: the tests marked slow, and four fifths of the damaged files and drawn rows.
PYTEST_OPTIONS := -m "not slow"
FUZZ_ROUNDS := 0.2

.PHONY: help demo test test-models test-all fuzz bench kills lint format wheel audit clean
.DEFAULT_GOAL := demo

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "make %-12s %s\n", $$1, $$2}'

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; name it with make PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) -e .
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(INSTALL) -e '.[dev]'
	touch $@

demo: $(VENV)/.run ## load the bundled rows and traces, build both tracks, write site/
	$(BIN)/signals load ci $(SAMPLE)/ci
	for trace in $(SAMPLE)/traces/*/; do $(BIN)/signals load trace $$trace || exit 1; done
	$(BIN)/signals build --as-of latest --output site
	@echo
	@echo "Open site/index.html in a browser."

test: $(VENV)/.dev ## the checks, dbt build with its tests on the bundled data, then pytest
	$(MAKE) -j2 --output-sync lint test-models
	FUZZ_ROUNDS=$(FUZZ_ROUNDS) $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST_OPTIONS)

test-models: $(VENV)/.dev ## dbt build with its unit and data tests on the bundled data
	rm -rf $(TEST_STORE)
	SIGNALS_STORE=$(TEST_STORE) $(BIN)/signals -q load ci $(SAMPLE)/ci
	for trace in $(SAMPLE)/traces/*/; do SIGNALS_STORE=$(TEST_STORE) $(BIN)/signals -q load trace $$trace || exit 1; done
	SIGNALS_STORE=$(TEST_STORE) DBT_TARGET_PATH=$(TEST_STORE)/target \
		$(BIN)/python tests/python/programs/run_dbt.py --quiet --log-level-file none --no-write-json build --vars '{as_of: "$(SAMPLE_AS_OF)", keep_history: true}'

test-all: ## all tests, those marked slow too: a quarter of an hour
	$(MAKE) test PYTEST_OPTIONS= FUZZ_ROUNDS=1

fuzz: $(VENV)/.dev ## fifty times as many damaged files, other ones each time: about an hour
	FUZZ_ROUNDS=50 $(BIN)/pytest -q tests/python/reliability/test_fuzz_ci.py tests/python/reliability/test_fuzz_traces.py

lint: $(VENV)/.dev ## ruff, sqlfmt, sqlfluff, mypy and deno
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfmt --check --quiet $(SQL)
	$(BIN)/sqlfluff lint --disable-progress-bar $(SQL)
	$(BIN)/mypy
	$(BIN)/deno lint
	$(BIN)/deno fmt --check

format: $(VENV)/.dev ## format Python, SQL, scripts and style sheets
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfmt --quiet $(SQL)
	$(BIN)/deno fmt --quiet

bench: $(VENV)/.dev ## seconds, rows and peak memory per stage on generated data: some minutes
	$(BIN)/python tests/bench/bench_signals.py
	$(BIN)/python tests/bench/bench_traces.py

kills: $(VENV)/.dev ## kill -9 loads of two million rows at random moments, and compare: ten minutes
	$(BIN)/python tests/bench/kill_loads.py

wheel: $(BIN)/python ## dist/: the package with the dbt project inside, and its source
	$(INSTALL) hatchling
	$(BIN)/hatchling build

audit: $(BIN)/python ## known vulnerabilities of the pins; asks PyPI's advisory service, fails when it cannot
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/pip install --quiet --disable-pip-version-check $(PIP_AUDIT)
	$(VENV)/audit/bin/pip-audit --strict --disable-pip --no-deps --requirement constraints.txt

clean: ## remove what these made: .venv, dist, stores, site, target, logs
	rm -rf $(VENV) dist .signals $(TEST_STORE) site target logs
