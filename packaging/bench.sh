#!/bin/sh
# Every benchmark, each against a named peer in the same run; then trailing stops on other engines (bench_peers.sh).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
python=$root/.venv/bin/python
if [ ! -x "$python" ]; then
    printf '%s\n' "There is no $python; make it with sh packaging/test.sh." >&2
    exit 1
fi
cd "$root"

failed=''
for bench in tests/bench/bench_*.py; do
    if [ ! -f "$bench" ]; then continue; fi
    name=$(basename -- "$bench" .py)
    printf '\n== %s\n' "$name"
    if ! "$python" -m "tests.bench.$name"; then failed="$failed $name"; fi
done

if [ -f packaging/bench_peers.sh ]; then
    printf '\n== peers\n'
    if ! sh packaging/bench_peers.sh "$@"; then failed="$failed peers"; fi
fi

if [ -n "$failed" ]; then
    printf '\nfailed:%s\n' "$failed" >&2
    exit 1
fi
