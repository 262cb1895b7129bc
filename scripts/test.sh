#!/usr/bin/env bash
# Every test: on SQLite, on PostgreSQL with real threads, in Chromium. Usage: scripts/test.sh [pytest's options]
# SQLite, PostgreSQL and Chromium run at the same time and are shown one after the other: a browser's tests mostly wait.
# Tests that measure how long something takes run last, one by one, with nothing beside them.
# It runs on macOS too: bash 3.2, and no option that only GNU's tools have.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN)}
given_database=${TEST_DATABASE_URL:-}
unset TEST_DATABASE TEST_DATABASE_URL
# Tests start many processes. Each would compile the same modules anew.
unset PYTHONDONTWRITEBYTECODE

browsers=yes
if [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null && [ "${BROWSER_TESTS:-}" != required ]; then
  echo 'Chromium is not installed, so its tests are left out. On Debian: sudo apt-get install chromium fonts-noto-color-emoji'
  browsers=
elif [ -z "${CHROMIUM:-}" ] && ! command -v chromium-headless-shell >/dev/null; then
  echo 'With chromium-headless-shell, another package of Debian, the tests in Chromium take less time.'
fi

run() { exec .venv/bin/python -m pytest --quiet "$@"; }
many=(--numprocesses "$jobs" --dist worksteal)
on_SQLite() { run "${many[@]}" --ignore tests/e2e -m 'not postgres' "$@"; }
on_PostgreSQL() {
  TEST_DATABASE=postgres TEST_DATABASE_URL=$given_database run "${many[@]}" --ignore tests/e2e -m 'not once' "$@"
}
on_Chromium() { run tests/e2e "${many[@]}" -m 'not alone' "$@"; }
on_Chromium_alone() { run tests/e2e -m alone "$@"; }

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

# The number of its process is in a variable named after the part: bash 3.2 has no associative arrays.
begin() {
  : >"$said/$1"
  "on_$1" "${@:2}" >>"$said/$1" 2>&1 &
  printf -v "process_of_$1" %s $!
}

failed=''
# Print what a part says until it ends. Each cat goes on where the one before stopped.
show() {
  local process=process_of_$1
  echo "Tests on ${1/_/, }"
  exec 3<"$said/$1"
  while kill -0 "${!process}" 2>/dev/null; do
    cat <&3
    sleep 0.3
  done
  cat <&3
  exec 3<&-
  wait "${!process}" || failed="$failed $1"
}

parts=(SQLite PostgreSQL ${browsers:+Chromium})
for part in "${parts[@]}"; do begin "$part" "$@"; done
for part in "${parts[@]}"; do show "$part"; done
if [ -n "$browsers" ]; then
  begin Chromium_alone "$@"
  show Chromium_alone
fi

# The part that failed stands at the end, with its closing line.
for part in $failed; do
  echo "Failed on ${part/_/, }"
  grep -q 'short test summary info' "$said/$part" || tail -n 20 "$said/$part"
  sed -n '/short test summary info/,$p' "$said/$part"
done
[ -z "$failed" ]
