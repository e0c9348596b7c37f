.DEFAULT_GOAL := help
SHELL := bash
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup up portal check test test-peers bench docs lock

help: ## show this page
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.ready: requirements/run.lock requirements/build.lock pyproject.toml
	@scripts/setup "$(PYTHON)" run
	@touch $@

.venv/.ready-dev: .venv/.ready requirements/dev.lock
	@scripts/setup "$(PYTHON)" dev
	@touch $@

setup: .venv/.ready-dev portal ## make the environment for working on Thalweg

portal: .venv/.ready ## build the web pages, with node or with PyPI's
	@scripts/portal

up: portal ## start the platform with a demo image, on http://127.0.0.1:8000 (PORT=… for another)
	@$(BIN)/thalweg up --demo $(if $(PORT),--port $(PORT))

check: .venv/.ready-dev ## lint, types, storeys, dependencies: seconds
	@scripts/check

test: setup ## all tests; as root it installs and starts what they need
	@scripts/test

test-peers: setup ## the heavy real clients and servers
	@scripts/test-peers

bench: setup ## ours and the yardsticks in turn, with the ratio
	@for bench in benchmarks/*/bench_*.py; do echo "== $$bench"; $(BIN)/python $$bench || exit 1; done

docs: .venv/.ready-dev ## generate the reference pages
	@$(BIN)/python scripts/coverage.py
	@$(BIN)/python scripts/reference.py

lock: ## resolve the dependencies again, with hashes
	@scripts/lock
