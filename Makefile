# Two commands do everything: `make run` and `make test`. `make help` lists the rest.
VENV ?= .venv
PYTHON ?= python3
BIN = $(VENV)/bin
ARGS ?=

.PHONY: help run setup dev test test-unit coverage test-fast sdk sdk-go crash fuzz conformance check format demo bench soak lock proto docs clean attack audit-mutations bench-audit

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

setup: $(VENV)/.bitting ## set-up alone, into VENV=DIR (default .venv)

$(VENV)/.bitting: requirements/base.txt pyproject.toml scripts/setup.sh
	scripts/setup.sh $(PYTHON) $(VENV) base

dev: $(VENV)/.bitting-dev ## set-up with what tests and checks need

$(VENV)/.bitting-dev: requirements/dev.txt pyproject.toml scripts/setup.sh
	scripts/setup.sh $(PYTHON) $(VENV) dev

run: setup ## set up, start the service, serve until Ctrl-C
	exec $(BIN)/bitting serve $(ARGS)

PYTEST = $(BIN)/python -m pytest --no-header --durations=10

test: dev ## set up and pass every test
	rm -rf .operations
	BITTING_OPERATIONS=$(CURDIR)/.operations $(PYTEST) -n auto --dist loadgroup -o console_output_style=progress $(ARGS)
	$(BIN)/python tests/dialects/operations_seen.py .operations

test-unit: dev ## under a minute: the core, the contracts on memory and SQLite, the house rules
	$(PYTEST) -n auto -m "not slow" -k "not postgresql and not RSA_3072 and not RSA_4096" tests/core tests/contract tests/house $(ARGS)

coverage: dev ## measure what test-unit and the dialects' tests reach; fails under the gate in pyproject.toml
	$(BIN)/coverage run -m pytest --no-header -m "not slow" -k "not postgresql" tests/core tests/contract tests/house tests/dialects $(ARGS)
	$(BIN)/coverage report

test-fast: dev ## the tests without official clients and crashes
	$(BIN)/python -m pytest -n auto -m "not sdk and not slow" $(ARGS)

sdk: dev ## the official clients only
	$(BIN)/python -m pytest -m sdk $(ARGS)

sdk-go: dev ## golangsdk alone, built from its pinned module; needs go
	$(BIN)/python -m pytest tests/sdk/test_go_clients.py $(ARGS)

crash: dev ## kill -9 two hundred times; nothing acknowledged may be lost
	$(BIN)/python -m pytest tests/server/test_crash.py $(ARGS)

fuzz: dev ## 100,000 bent requests of the Instance API; ARGS="--iterations N --seconds N --seed N"
	$(BIN)/python tests/server/instance_fuzz.py $(ARGS)

audit-mutations: dev ## change an audit trail in 10,000 ways; verification must find every one
	$(BIN)/python tests/audit/mutations.py $(ARGS)

check: dev ## ruff, mypy --strict, mypy over the tests, import contracts, dead code, dependencies, house tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check src tests
	$(BIN)/mypy
	$(BIN)/mypy --config-file mypy-tests.ini
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/deptry src
	$(BIN)/python -m pytest tests/house

format: dev ## let ruff format sources and tests
	$(BIN)/ruff format src tests
	$(BIN)/ruff check --fix .

attack: dev ## the known attacks over HTTP against a real server, one test a row (names start with the row's number)
	$(BIN)/python -m pytest tests/attack $(ARGS)

conformance: dev ## provoke every documented error row over the wire, write docs/conformance.md
	$(BIN)/python tests/conformance/report.py $(ARGS)

demo: dev ## drive a fresh server with every official client, print a table
	$(BIN)/bitting demo

bench: dev ## hot requests against the echo route, side by side
	$(BIN)/bitting bench $(ARGS)

bench-audit: dev ## what sync, written and buffered audit cost, side by side
	$(BIN)/python tests/audit/bench_audit.py $(ARGS)

soak: dev ## rotate a live password every 5 s while clients log in; ten minutes (ARGS=seconds)
	$(BIN)/python tests/soak/soak.py $(ARGS)

docs: dev ## make the generated pages again
	$(BIN)/python -m bitting docs

lock: ## compile requirements/*.txt from requirements/*.in (needs uv)
	for name in base dev; do uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" --quiet requirements/$$name.in -o requirements/$$name.txt; done

clean: ## remove the environments and caches this file made
	rm -rf .venv .sdk-envs .operations .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
