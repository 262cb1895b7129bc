#!/usr/bin/env bash
# Makes .venv and installs what a lock file pins, once: a second call takes milliseconds.
# Usage: scripts/environment.sh requirements.lock|requirements-dev.lock
set -euo pipefail
cd "$(dirname "$0")/.."
lock=$1

say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$@" >&2; exit 1; }

if [ "$lock" = requirements-dev.lock ]; then others=requirements.lock; else others=; fi
installed=.venv/.installed
mkdir -p .venv
if cmp -s "$lock" "$installed/$lock" && .venv/bin/python -c '' 2>/dev/null; then exit 0; fi

python=
for candidate in "${PYTHON:-python3}" python3 python3.11 python3.12 python3.13 python3.14; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$candidate; break; fi
done
[ -n "$python" ] || stop 'Ovation needs Python 3.11 or later. On Debian 12: sudo apt-get install python3 python3-venv'

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    stop "This Python can't make environments yet. On Debian: sudo apt-get install python3-venv"
  say "Environment: .venv with $("$python" --version)"
  "$python" -m venv --clear .venv
fi

say "Packages: $(grep -c '==' "$lock") from $lock, the first time about half a minute"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --requirement "$lock"
mkdir -p "$installed"
# The lock for development holds the other one, version for version.
for done_with in "$lock" $others; do cp "$done_with" "$installed/$done_with"; done
