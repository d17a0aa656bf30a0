#!/bin/sh
# Build what is handed on: dist/*.whl (pipx install FILE) and dist/cockpit/ (a folder that starts without Python).
set -eu
# shellcheck source=packaging/environment.sh
. "$(dirname -- "$0")/environment.sh"

prepare test
cd "$root"
"$venv/bin/python" -m hatchling build -t wheel
"$venv/bin/python" -m PyInstaller --noconfirm --log-level ERROR \
    --distpath "$root/dist" --workpath "$root/.cache/bundle" packaging/cockpit.spec
say "dist/ has the wheel, and dist/cockpit/cockpit starts the demo."
