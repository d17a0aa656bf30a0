"""What was acknowledged is there after kill -9 at any instant, also when it had to be spilled."""

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cockpit.journal.store import open_journal
from cockpit.journal.verify import verify
from tests.journal.examples import session

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from cockpit.journal.store import open_journal
from tests.journal.examples import checkpoint, order, session, verdict
store = open_journal(Path(sys.argv[1]), retry_s=0.0)
store.begin(session())
if sys.argv[2] == "full":
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count = {pages}")
for number in range(1, 100_000):
    store.write([order(number, "buy", 1), verdict(number), checkpoint("session", str(number).encode())], durable=True)
    print(number, flush=True)
    store.write([verdict(number), verdict(number)], durable=False)
"""
KILLS = 250


def write_until_killed(path: Path, disk: str, acknowledged: int) -> int:
    """The last number that the writer acknowledged, killed just after it said `acknowledged`."""
    command = [sys.executable, "-c", WRITER, str(path), disk]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root) as writer:
        assert writer.stdout is not None
        said = [line for _, line in zip(range(acknowledged), writer.stdout, strict=False)]
        writer.kill()
        said += writer.stdout.readlines()
        assert writer.stderr is not None
        assert writer.stderr.read() == ""
    return max(int(line) for line in said if line.endswith("\n"))


def test_nothing_acknowledged_is_lost(campaign: Callable[[int], range], tmp_path: Path) -> None:
    open_journal(tmp_path / "new.sqlite").close()
    new = (tmp_path / "new.sqlite").read_bytes()
    spilled = 0
    for seed in campaign(KILLS):
        chance = random.Random(seed)
        path = tmp_path / f"{seed}.sqlite"
        path.write_bytes(new)
        disk = chance.choice(("roomy", "full"))
        last = write_until_killed(path, disk, chance.randint(1, 60))
        spilled += path.with_name(f"{path.name}.spill").exists()
        with open_journal(path) as store:
            orders = [int(ref[-4:]) for (ref,) in store.connection.execute("SELECT ref FROM orders ORDER BY seq")]
            assert orders == list(range(1, len(orders) + 1)), (seed, disk)
            assert len(orders) >= last, (seed, disk)
            assert store.checkpoints() == {"session": str(len(orders)).encode()}, (seed, disk)
            assert store.last_session() == session()
            assert verify(store) == [], (seed, disk)
    assert spilled


@pytest.mark.parametrize("disk", ["roomy", "full"])
def test_a_session_killed_again_and_again_goes_on(disk: str, path: Path) -> None:
    last = 0
    for _ in range(3):
        last = write_until_killed(path, disk, 10)
    with open_journal(path) as store:
        assert int(store.checkpoints()["session"]) >= last
        assert len(store.sessions()) == 1
