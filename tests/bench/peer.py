"""Other engines measured beside ours: each in an environment of its own, which packaging/bench_peers.sh makes."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "options-cockpit" / "peers"
SEED = 7
LONGEST_S = 600.0


def measured(name: str, ticks: int) -> dict[str, Any]:
    """What the peer's script says of one round of `ticks`."""
    return run_peer(name, f"{name}_trailing.py", ["--ticks", str(ticks), "--rounds", "1", "--seed", str(SEED)])


def run_peer(name: str, script: str, options: list[str]) -> dict[str, Any]:
    """What a script in that peer's environment says; {"measured": False, "why": ...} when it cannot run."""
    python = CACHE / name / "bin" / "python"
    if not python.exists():
        return _not("its environment is missing; sh packaging/bench_peers.sh makes it")
    command = [str(python), str(HERE / "peers" / script), *options]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, check=True)
        found: dict[str, Any] = json.loads(said.stdout.strip().splitlines()[-1])
    except (subprocess.SubprocessError, json.JSONDecodeError, IndexError) as error:
        return _not(f"its script failed: {type(error).__name__}")
    return found


def _not(why: str) -> dict[str, Any]:
    return {"measured": False, "why": f"not measured: {why}"}
