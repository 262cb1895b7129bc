#!/usr/bin/env bash
# Tests on the newest versions that pyproject.toml allows, in an environment of its own: SQLite, no browser.
# With a current lock those are the versions of `make test`, which proves the same: then they aren't run twice.
# Usage: scripts/newest.sh [Django's version, as 6.1, beyond what pyproject.toml allows]
# PYTHON names the interpreter. Otherwise it is the first of python3.14, python3.13 and pyenv's that is new enough.
set -euo pipefail
cd "$(dirname "$0")/.."
django=${1:-}
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN)}
unset TEST_DATABASE TEST_DATABASE_URL PYTHONDONTWRITEBYTECODE

fits() { "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, int(sys.argv[1])))' "$2" 2>/dev/null; }
find_python() {
  local candidate
  for candidate in "${PYTHON:-python3}" python3.14 python3.13 "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.1[3-9]*/bin/python3; do
    if fits "$candidate" "$1"; then
      echo "$candidate"
      return
    fi
  done
}
# Django 6 needs Python 3.12. Beside the newest Django belongs a newer Python than the lock's.
if [ -n "$django" ]; then least=13; else least=11; fi
python=$(find_python "$least")
if [ -z "$python" ]; then
  echo "Left out: no Python 3.$least here. PYTHON=… names one."
  exit 0
fi

room=var/newest/${django:-allowed}
wanted=$room/wanted.txt
mkdir -p "$room"
"$python" - "$django" >"$wanted" <<'END'
import re, sys, tomllib

django, project = sys.argv[1], tomllib.load(open("pyproject.toml", "rb"))
for line in project["project"]["dependencies"] + project["dependency-groups"]["dev"]:
    print(f"Django=={django}.*" if django and re.match(r"Django\b", line) else line)
END

# Print each package whose newest version isn't the one in .venv, or that .venv isn't what the lock says.
list_differences() {
  if ! cmp -s requirements-dev.lock .venv/.installed/requirements-dev.lock; then
    echo 'no environment of the lock'
    return
  fi
  if [ "$("$python" --version)" != "$(.venv/bin/python --version)" ]; then echo "$("$python" --version)"; fi
  rm -f "$room/report.json"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --dry-run --ignore-installed \
    --report "$room/report.json" --requirement "$wanted" >/dev/null
  .venv/bin/python - "$room/report.json" <<'END'
import json, sys
from importlib.metadata import distributions

ours = {one.name.lower().replace("_", "-"): one.version for one in distributions()}
for package in json.load(open(sys.argv[1]))["install"]:
    name, newest = package["metadata"]["name"], package["metadata"]["version"]
    locked = ours.get(name.lower().replace("_", "-"), "none")
    if locked != newest:
        print(f"{name} {locked}, newest {newest}")
END
}
if [ -z "$django" ]; then
  differences=$(list_differences)
  if [ -z "$differences" ]; then
    echo 'The newest versions are those of the lock, with which `make test` runs the same tests.'
    exit 0
  fi
  echo "$differences"
fi

"$python" -m venv --clear "$room/venv"
"$room/venv/bin/python" -m pip install --no-compile --quiet --disable-pip-version-check --no-input --requirement "$wanted"
"$room/venv/bin/python" -c 'import django, sys; print("Python", *sys.version.split()[:1], "Django", django.__version__)'

"$room/venv/bin/python" -m pytest --quiet --numprocesses "$jobs" --dist worksteal -p no:cacheprovider \
  --ignore tests/e2e -m 'not postgres and not alone'
