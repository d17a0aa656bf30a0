"""What every start of the program pays for: nothing of the live modules, which only a live feed needs."""

import subprocess
import sys

LOADED = "import sys; from cockpit.cli.application import load; load(); print(*sys.modules)"
LIVE = ("cockpit.feeds.ib", "cockpit.brokers.ib", "cockpit.live", "cockpit.wiring_live", "ib_insync", "ib_async")


def test_the_command_tree_loads_no_live_module() -> None:
    said = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True)
    modules = said.stdout.split()
    assert "cockpit.cli.running" in modules
    assert [name for name in modules if name.startswith(LIVE)] == []
