#!/bin/sh
# The heavy campaigns in full: every kill, schedule and load run, and every law with a thousand examples.
set -eu
# shellcheck source=packaging/environment.sh
. "$(dirname -- "$0")/environment.sh"

prepare test
cd "$root"
export QT_QPA_PLATFORM=offscreen COCKPIT_SOAK=1
exec "$venv/bin/python" -m pytest -m "not bench" --override-ini faulthandler_timeout=0 "$@"
