#!/usr/bin/env bash
# Every test: on SQLite, on PostgreSQL with real threads, in Chromium. Usage: scripts/test.sh [pytest's options]
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${JOBS:-$(nproc 2>/dev/null || echo 2)}
given_database=${TEST_DATABASE_URL:-}
unset TEST_DATABASE TEST_DATABASE_URL

run() { .venv/bin/python -m pytest --quiet --numprocesses "$jobs" --dist worksteal "$@"; }

echo 'Tests on SQLite'
run -m 'not e2e and not postgres' "$@"
echo 'Tests on PostgreSQL'
TEST_DATABASE=postgres TEST_DATABASE_URL=$given_database run -m 'not e2e' "$@"
echo 'Tests in Chromium'
if [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null && [ "${BROWSER_TESTS:-}" != required ]; then
  echo 'Left out: Chromium is not installed. On Debian: sudo apt-get install chromium fonts-noto-color-emoji'
  exit 0
fi
run -m e2e "$@"
