#!/bin/sh
# The heavy campaigns in full: every kill, schedule and load run, and every law with a thousand examples; then, unless
# arguments choose among the tests, ten minutes of the demo for gaps of the engine and an hour of it for memory.
set -eu
# shellcheck source=packaging/environment.sh
. "$(dirname -- "$0")/environment.sh"

prepare test
cd "$root"
export QT_QPA_PLATFORM=offscreen COCKPIT_SOAK=1
"$venv/bin/python" -m pytest -m "not bench" --timeout 0 --override-ini faulthandler_timeout=0 "$@"
if [ "$#" -eq 0 ]; then sh packaging/bench.sh gaps memory; fi
