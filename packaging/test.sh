#!/bin/sh
# The one command of the checks: lint, format, types, layers, tests. Arguments go to pytest.
set -eu
# shellcheck source=packaging/environment.sh
. "$(dirname -- "$0")/environment.sh"

prepare test
cd "$root"
PATH=$venv/bin:$PATH
export PATH QT_QPA_PLATFORM=offscreen COCKPIT_ALL_TESTS=1

failed=''
check() {
    name=$1
    shift
    printf '\n== %s: %s\n' "$name" "$*"
    if ! "$@"; then failed="$failed $name"; fi
}

# Strict everywhere but at the seams to untyped libraries.
only_the_seams_are_basic() {
    relaxed=$(grep -rlE '^# pyright: (basic|standard)' cockpit widgets resources --include='*.py' |
        grep -vx 'widgets/charts/plot\.py' || true)
    if [ -z "$relaxed" ]; then return 0; fi
    printf 'not a seam, so it must be strict: %s\n' "$relaxed"
    return 1
}

check lint ruff check .
check format ruff format --check .
check layers lint-imports --no-logo
check types pyright
check seams only_the_seams_are_basic
if [ ! -d "${COCKPIT_RECORDINGS:-$root/../shared/data}" ]; then
    say "No recordings (COCKPIT_RECORDINGS): the tests that read them are skipped."
fi
# What hangs in spite of the limit of each test ends here, not with the machine's patience.
limit=''
if command -v timeout >/dev/null; then limit="timeout --foreground --kill-after=30 ${COCKPIT_TEST_LIMIT_S:-1500}"; fi
# shellcheck disable=SC2086
check tests $limit pytest -n "${COCKPIT_TEST_WORKERS:-2}" --dist loadgroup -q "$@"

if [ -n "$failed" ]; then
    printf '\nfailed:%s\n' "$failed"
    exit 1
fi
