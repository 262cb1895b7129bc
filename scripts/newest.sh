#!/usr/bin/env bash
# Tests on the newest versions that pyproject.toml allows, in an environment of its own: SQLite, no browser.
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

"$python" -m venv --clear "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --requirement "$wanted"
"$room/venv/bin/python" -c 'import django, sys; print("Python", *sys.version.split()[:1], "Django", django.__version__)'

"$room/venv/bin/python" -m pytest --quiet --numprocesses "$jobs" --dist worksteal -p no:cacheprovider \
  --ignore tests/e2e -m 'not postgres and not alone'
