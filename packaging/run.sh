#!/bin/sh
# Start the cockpit from a fresh checkout: installs what is missing, then passes every argument to `cockpit`.
set -eu
# shellcheck source=packaging/environment.sh
. "$(dirname -- "$0")/environment.sh"

prepare run

if [ "$#" -eq 0 ] && ! has_display && [ -z "${QT_QPA_PLATFORM:-}" ]; then
    say "There is no display here, so the demo plays without a window and leaves a picture of it in cockpit-demo.png."
    QT_QPA_PLATFORM=offscreen exec "$venv/bin/cockpit" run --feed demo --headless --speed max --screenshot cockpit-demo.png
fi
exec "$venv/bin/cockpit" "$@"
