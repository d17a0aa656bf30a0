#!/bin/sh
# A trailing stop on other trading engines and backtesters, measured on this machine: one line of JSON a peer. Their
# environments are made once, outside the tree; arguments go to the measuring scripts (--ticks N --rounds N --seed N).
set -eu
# shellcheck source=packaging/environment.sh
. "$(dirname -- "$0")/environment.sh"

peers=${XDG_CACHE_HOME:-${HOME:?}/.cache}/options-cockpit/peers

find_python
if [ -z "$python" ]; then stop "No Python 3.11, 3.12 or 3.13 found; install one, or name it in COCKPIT_PYTHON."; fi

# measure NAME REQUIREMENT [ARGUMENT...]
measure() {
    name=$1 requirement=$2
    shift 2
    place=$peers/$name
    if [ ! -f "$place/.ready" ] || [ "$(cat "$place/.ready")" != "$requirement" ]; then
        say "Installing $requirement into $place (once)."
        mkdir -p "$peers"
        if ! { "$python" -m venv --clear "$place" &&
            "$place/bin/python" -m pip install --quiet --disable-pip-version-check "$requirement"; } >&2; then
            printf '{"peer": "%s", "measured": false, "why": "not measured: %s could not be installed"}\n' "$name" "$requirement"
            return
        fi
        printf '%s\n' "$requirement" >"$place/.ready"
    fi
    "$place/bin/python" "$root/tests/bench/peers/${name}_trailing.py" "$@" ||
        printf '{"peer": "%s", "measured": false, "why": "not measured: its script failed"}\n' "$name"
}

measure vnpy 'vnpy==4.5.0' "$@"
measure nautilus 'nautilus_trader==1.221.0' "$@"
measure vectorbt 'vectorbt==1.2.0' "$@"
