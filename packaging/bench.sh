#!/bin/sh
# All benchmarks: each prints ratios or figures beside what is asked. Name some to run only those: decisions pricing …
# The long ones, gaps (ten minutes) and memory (an hour), run when they are named, and with packaging/soak.sh.
set -eu
# shellcheck source=packaging/environment.sh
. "$(dirname -- "$0")/environment.sh"

if [ ! -x "$venv/bin/python" ]; then prepare test; fi
cd "$root"

if [ "$#" -eq 0 ]; then set -- decisions replay first_paint first_exit pricing frames curves window latency; fi
for name in "$@"; do
    if [ ! -f "tests/bench/bench_$name.py" ]; then stop "There is no tests/bench/bench_$name.py; see the names in tests/bench."; fi
done

failed=''
for name in "$@"; do
    case $name in # makes the peers' environments once; a peer that cannot be had is not measured
        decisions | latency) sh packaging/bench_peers.sh --ticks 1000 --rounds 1 >/dev/null || true ;;
    esac
    printf '\n== %s\n' "$name"
    if ! "$venv/bin/python" -m "tests.bench.bench_$name"; then
        printf '%s: not measured, its script failed\n' "$name"
        failed="$failed $name"
    fi
done
if [ -n "$failed" ]; then exit 1; fi
