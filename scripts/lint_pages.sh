#!/usr/bin/env bash
# Checks style sheets and scripts with Biome, which needs Node. Usage: scripts/lint_pages.sh [--write]
# Node is optional for contributors: without it the check says that it was left out. NODE=required makes that a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v npm >/dev/null; then
  echo 'Node is not installed, so style sheets and scripts are not checked. On Debian: sudo apt-get install nodejs npm'
  [ "${NODE:-}" != required ]
  exit
fi
# npm keeps this file beside what it installed: a newer lock means that the packages are to be installed again.
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci --silent --no-audit --no-fund
fi
if [ "${1:-}" = --write ]; then
  npx --no-install biome check --write
else
  npx --no-install biome ci --log-level=warn
fi
