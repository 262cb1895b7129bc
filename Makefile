# Ovation. `make` alone lists what there is. Everything lands in .venv/ and var/, which git ignores.
SHELL := /bin/bash
BIN := .venv/bin
PORT ?= 8000
export PORT

.PHONY: help demo test bench lint format lock clean environment

help:
	@echo 'make demo     the demo world on http://localhost:$(PORT) (PORT=… for another port); Ctrl-C ends it'
	@echo 'make test     every test: SQLite, PostgreSQL, Chromium'
	@echo 'make bench    the performance table'
	@echo 'make lint     ruff, and migrations that are missing'
	@echo 'make format   rewrite the Python files as ruff likes them'
	@echo 'make lock     pin what requirements*.txt allow'
	@echo 'make clean    remove the environment, the demo database and what tools left behind'

demo:
	@scripts/environment.sh requirements.lock
	@exec $(BIN)/python manage.py demo

test: environment
	@scripts/test.sh

bench: environment
	@$(BIN)/python -m pip install --quiet --requirement bench/requirements.txt
	@exec $(BIN)/python -m bench

lint: environment
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run

format: environment
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

environment:
	@scripts/environment.sh requirements-dev.lock

# No address of an index may get into the locks: they must install from any.
COMPILE := $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

lock: environment
	@$(BIN)/python -m pip install --quiet 'pip-tools>=7.6,<8'
	@$(COMPILE) --output-file requirements.lock requirements.txt
	@$(COMPILE) --constraint requirements.lock --output-file requirements-dev.lock requirements-dev.txt

clean:
	@rm -rf .venv var staticfiles test-results .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
