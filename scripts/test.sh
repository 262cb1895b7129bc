#!/usr/bin/env bash
# Every test: on SQLite, on PostgreSQL with real threads, in Chromium. Usage: scripts/test.sh [pytest's options]
# All three at the same time, because much of the last is waiting. They are shown one after the other.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${JOBS:-$(nproc 2>/dev/null || echo 2)}
given_database=${TEST_DATABASE_URL:-}
unset TEST_DATABASE TEST_DATABASE_URL
# Tests start many processes. Each would compile the same modules anew.
unset PYTHONDONTWRITEBYTECODE

parts=(SQLite PostgreSQL Chromium)
if [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null && [ "${BROWSER_TESTS:-}" != required ]; then
  echo 'Chromium is not installed, so its tests are left out. On Debian: sudo apt-get install chromium fonts-noto-color-emoji'
  parts=(SQLite PostgreSQL)
fi

run() {
  exec nice -n "$1" .venv/bin/python -m pytest --quiet --numprocesses "$jobs" --dist worksteal "${@:2}"
}
# A browser that waits for a page goes before what only computes.
on_SQLite() { run 10 --ignore tests/e2e -m 'not postgres' "$@"; }
on_PostgreSQL() { TEST_DATABASE=postgres TEST_DATABASE_URL=$given_database run 10 --ignore tests/e2e -m 'not once' "$@"; }
on_Chromium() { run 0 tests/e2e "$@"; }

said=$(mktemp -d)
end() {
  trap - EXIT
  # shellcheck disable=SC2046
  kill $(jobs -p) 2>/dev/null || true
  wait
  rm -rf "$said"
}
trap end EXIT
trap 'exit 130' INT TERM

declare -A running
for part in "${parts[@]}"; do
  : >"$said/$part"
  "on_$part" "$@" >>"$said/$part" 2>&1 &
  running[$part]=$!
done

failed=()
for part in "${parts[@]}"; do
  echo "Tests on $part"
  tail --follow --lines=+1 --pid="${running[$part]}" "$said/$part" &
  wait $! || true
  wait "${running[$part]}" || failed+=("$part")
done

# What failed stands at the end, with its closing line.
for part in "${failed[@]}"; do
  echo "Failed on $part"
  grep --quiet 'short test summary info' "$said/$part" || tail --lines=20 "$said/$part"
  sed --quiet '/short test summary info/,$p' "$said/$part"
done
[ "${#failed[@]}" = 0 ]
