# Ovation. `make` alone lists what there is. Everything lands in .venv/ and var/, which git ignores.
SHELL := /bin/bash
BIN := .venv/bin
PORT ?= 8000
export PORT
# A demo listens on this machine alone. HOST=0.0.0.0 lets others in.
export HOST

.PHONY: help demo test test-long bench lint format lock clean environment

help:
	@echo 'make demo     the demo world on http://localhost:$(PORT) (PORT=… for another port); Ctrl-C ends it'
	@echo 'make test     every test: SQLite, PostgreSQL, Chromium'
	@echo 'make test-long races, the money machine and killed workers for many rounds (ROUNDS=50)'
	@echo 'make bench    the performance table (QUICK=1: every part, small, to see that it still runs)'
	@echo 'make lint     ruff and mypy for Python, Biome for scripts and style sheets (needs Node), lengths, migrations'
	@echo 'make format   rewrite Python files, scripts and style sheets as ruff and Biome format them'
	@echo 'make lock     pin the newest versions that pyproject.toml allows'
	@echo 'make clean    remove the environment, the demo database and what tools left behind'

demo:
	@scripts/environment.sh requirements.lock
	@exec $(BIN)/python manage.py demo

test: environment
	@scripts/test.sh

# The same tests as in `make test`, where they run one round each.
test-long: environment
	@TEST_DATABASE=postgres ROUNDS=$${ROUNDS:-50} $(BIN)/python -m pytest --quiet \
		tests/races tests/test_money_machine.py tests/test_lots_machine.py tests/live/statements
	@TEST_DATABASE=postgres WITHDRAWALS=$${WITHDRAWALS:-2000} KILLS=$${KILLS:-40} WORKERS=$${WORKERS:-4} \
		$(BIN)/python -m pytest --quiet -s tests/chaos

bench: environment
	@$(BIN)/python -m pip install --quiet --requirement bench/requirements.txt
	@exec $(BIN)/python -m bench

lint: environment
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --no-error-summary
	@scripts/lint_pages.sh
	@$(BIN)/python scripts/measure_code.py --check
	@DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run

format: environment
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@scripts/lint_pages.sh --write

environment:
	@scripts/environment.sh requirements-dev.lock

# --universal: one lock for Linux, macOS and Windows, and for every Python from 3.11 on. uv writes no address of an
# index into these locks, but it does into a uv.lock: so that one isn't kept.
COMPILE := $(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-header --no-annotate pyproject.toml

lock: environment
	@$(BIN)/python -m pip install --quiet 'uv>=0.13,<0.14'
	@$(COMPILE) --output-file requirements.lock
	@$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean:
	@rm -rf .venv node_modules bench/node_modules var staticfiles test-results .pytest_cache .ruff_cache .mypy_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
