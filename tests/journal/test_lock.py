"""One writer for each journal, whatever it is called."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cockpit.domain.errors import BadInput
from cockpit.journal.store import open_journal

HOLD = """
import sys
from pathlib import Path
from cockpit.journal.store import open_journal
store = open_journal(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_writer_is_told_who_holds_it(path: Path) -> None:
    with (
        open_journal(path),
        pytest.raises(BadInput, match=rf"already being written by process {os.getpid()} on \S+ since \d{{4}}-.*Z"),
    ):
        open_journal(path)
    open_journal(path).close()


def test_another_name_of_the_same_file_is_the_same_journal(path: Path, tmp_path: Path) -> None:
    alias = tmp_path / "alias.sqlite"
    alias.symlink_to(path)
    with open_journal(path), pytest.raises(BadInput, match="already being written"):
        open_journal(alias)


def test_what_is_refused_gives_the_lock_back(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + bytes(84))
    with pytest.raises(BadInput, match="not a journal"):
        open_journal(path)
    path.unlink()
    open_journal(path).close()


def test_a_process_that_is_killed_lets_go(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BadInput, match=f"process {holder.pid} on"):
            open_journal(path)
        holder.send_signal(signal.SIGKILL)
        holder.wait(30)
    open_journal(path).close()


def test_an_unsigned_lock_still_holds(path: Path) -> None:
    with open_journal(path):
        path.with_name("journal.sqlite.lock").write_text("")
        with pytest.raises(BadInput, match="already being written by another process"):
            open_journal(path)
