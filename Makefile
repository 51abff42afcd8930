# Everything a person types here. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help install demo test test-processes test-rules test-kafka faults faults-long test-compose test-cluster test-whole check format bench bench-full bench-grading year planted lock up down clean java

PYTHON ?= $(or $(shell command -v python3.11),$(shell command -v python3))
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PEERS := $(VENV)-peers
PEERS_STAMP := $(PEERS)/.installed
REQUIREMENTS := requirements.txt requirements-test.txt requirements-demo.txt
# A module is compiled once, not by each process that is started.
unexport PYTHONDONTWRITEBYTECODE

# 3.11 or newer; the venv's own pip where Python can make one, else the pip beside $(PYTHON).
NEEDS_PYTHON = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo 'Holdfast needs Python 3.11 or newer: make install PYTHON=/path/to/python3.11' >&2; exit 1; }
PIP = $$($(BIN)/python -c 'import pip' 2>/dev/null && echo $(BIN)/python -m pip || echo $(PYTHON) -m pip --python $(BIN)/python) --quiet --disable-pip-version-check
PYTEST = $(BIN)/python -m pytest
# `make demo CUSTOMERS=all` replays all 23,570 customers instead of the published tenth of them.
CUSTOMERS ?=

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## .venv with the pinned packages and the holdfast command (needs Python 3.11 and pip)

$(STAMP): $(REQUIREMENTS) pyproject.toml
	@$(NEEDS_PYTHON)
	@echo 'Installing the pinned packages into $(VENV) (about a minute) ...'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || $(PYTHON) -m venv --clear --without-pip $(VENV)
	@$(PIP) install --require-hashes -r requirements-test.txt
	@$(PIP) install --require-hashes --no-deps -r requirements-demo.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP) ## real orders through all four services, and what became of them (CUSTOMERS=all for all)
	$(BIN)/holdfast demo $(if $(CUSTOMERS),--customers $(CUSTOMERS))

test: $(STAMP) ## tests that need Python alone: embedded Postgres and broker
	@$(MAKE) --no-print-directory --keep-going --jobs=2 test-processes test-rules

# What starts processes of its own waits for them half of the time: the rest is tested meanwhile. The contracts' and
# scheduler's tests make the two halves equally long.
PROCESSES = tests/acceptance tests/bad_input tests/contracts tests/demo tests/imports tests/local tests/scheduler

test-processes: $(STAMP)
	$(PYTEST) -m 'not faults and not slow' $(PROCESSES)

test-rules: $(STAMP)
	$(PYTEST) -m 'not faults and not slow' $(PROCESSES:%=--ignore=%)

test-kafka: $(STAMP) java ## what touches the broker, on Apache Kafka, kill tests, more examples (needs Java 17 and Maven)
	HOLDFAST_TEST_BROKER=kafka $(PYTEST) -m '(kafka or faults or slow) and not whole and not compose and not cluster'
	$(PYTEST) -m hypothesis --hypothesis-profile=further

faults: $(STAMP) java ## all is killed, cut off, frozen and put back, against the oracle: more than 60 kills, ten minutes
	HOLDFAST_TEST_BROKER=kafka $(PYTEST) -m faults tests/faults

faults-long: $(STAMP) java ## the same over thirteen histories: more than 500 kills
	HOLDFAST_TEST_BROKER=kafka HOLDFAST_FAULTS_HISTORIES=13 $(PYTEST) -m faults tests/faults

test-compose: $(STAMP) ## the image and both compose files, run, killed and taken down (needs Docker; ten minutes)
	$(PYTEST) -m compose tests/containers

test-cluster: $(STAMP) ## the chart on the cluster that kubectl points at, HOLDFAST_TEST_IMAGE in it (docs/kubernetes.md; a quarter of an hour)
	$(PYTEST) -m cluster --capture=no tests/cluster

test-whole: $(STAMP) ## every published history there is, imported and reconciled to the cent
	$(PYTEST) -m whole

java:
	@command -v java >/dev/null || { echo 'Apache Kafka needs Java 17 or newer: install a JRE (Debian: default-jre-headless)' >&2; exit 1; }
	@command -v mvn >/dev/null || { echo 'Maven is needed: it fetches the jars of Apache Kafka (Debian: maven)' >&2; exit 1; }

check: $(STAMP) ## format, lint, borders, types, schemas, references
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m shared.contracts.schemas --check
	$(BIN)/python -m shared.contracts.compatibility
	$(BIN)/python -m holdfast.configuration --check
	$(BIN)/python -m holdfast.access --check

format: $(STAMP) ## write the format and the safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP) $(PEERS_STAMP) java ## what it costs, against what others cost, into docs/performance.md (a quarter of an hour; Java 17, Maven)
	$(BIN)/python -m bench --rounds 2

bench-full: $(STAMP) $(PEERS_STAMP) java ## the same with more rounds and more customers
	$(BIN)/python -m bench --rounds 7 --growth 20000 1000000 --customers 5000 --seconds 60

$(PEERS_STAMP): bench/reference/requirements.txt
	@echo 'Installing what Holdfast is compared with into $(PEERS) ...'
	@test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS) || $(PYTHON) -m venv --clear --without-pip $(PEERS)
	@$(subst $(BIN),$(PEERS)/bin,$(PIP)) install --require-hashes -r $<
	@touch $@

year: $(STAMP) ## a million wake-ups of a year, the clock jumping, processes and the database killed (half an hour)
	$(BIN)/python -m bench.waking

bench-grading: $(STAMP) ## how well value and churn are told on real purchase logs, into docs/grading-benchmark.md
	$(BIN)/python -m bench.grading

planted: $(STAMP) java ## plant known bugs one by one and see the kill tests catch each
	HOLDFAST_TEST_BROKER=kafka $(BIN)/python tests/faults/planted.py

# Addresses and paths of the machine that locks never reach the files.
COMPILE = $(VENV)-lock/bin/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

lock: ## compile the hashed requirements again after a change of pyproject.toml
	test -x $(VENV)-lock/bin/pip-compile || { $(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install --quiet pip-tools==7.6.2; }
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) --extra local --extra test --build-deps-for editable --constraint requirements.txt pyproject.toml --output-file requirements-test.txt
	$(COMPILE) bench/reference/requirements.in --output-file bench/reference/requirements.txt

up: ## the whole stack in containers, waits until it is healthy (needs Docker)
	docker compose up --build --detach --wait

down: ## stop the containers; their data stays (docker compose down --volumes drops it)
	docker compose down

clean: ## remove what the targets above made, but no data of a running stack
	rm -rf $(VENV) $(VENV)-lock $(PEERS) bench/out *.egg-info .mypy_cache .ruff_cache .hypothesis .import_linter_cache deploy/kafka/target
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
