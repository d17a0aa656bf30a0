#!/bin/sh
# Everything that speaks with Interactive Brokers, with the maintained fork of the client library instead of the library
# itself, in an environment of its own in .cache/fork. Arguments go to pytest.
set -eu
# shellcheck source=packaging/environment.sh
. "$(dirname -- "$0")/environment.sh"

fork='ib_async==2.1.0'
venv=$tools/fork
prepare test
find_uv
"$uv" pip uninstall --quiet --python "$venv/bin/python" ib_insync eventkit
"$uv" pip install --quiet --python "$venv/bin/python" "$fork" 2>/dev/null ||
    "$python" -m pip --python "$venv/bin/python" install --quiet --disable-pip-version-check "$fork"

cd "$root"
export QT_QPA_PLATFORM=offscreen
"$venv/bin/python" -c 'from cockpit.ib.library import installed; print("with", installed())'
"$venv/bin/python" -m pytest -q -n "${COCKPIT_TEST_WORKERS:-2}" --dist loadgroup "$@" \
    tests/tws tests/ib tests/feeds/ib tests/brokers tests/broker_laws tests/test_live.py tests/test_wiring_live.py \
    tests/cli/test_run_live.py tests/cli/test_doctor_ib.py tests/cli/test_record.py
