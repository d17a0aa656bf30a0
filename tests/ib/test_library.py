"""The one import: late, of whichever library is there, and a sentence where none is."""

import asyncio
import importlib.util
import subprocess
import sys
from importlib.machinery import ModuleSpec

import pytest

from cockpit.domain.errors import BadInput
from cockpit.ib.library import NAMES, installed, library
from tests.tws.library import api


def only(monkeypatch: pytest.MonkeyPatch, *there: str) -> None:
    """As if of the two libraries just these were installed."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: ModuleSpec(name, None) if name in there else None)


def test_the_library_that_is_installed_is_the_one() -> None:
    async def imported() -> object:
        return library()

    assert asyncio.run(imported()) is api


def test_the_fork_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "ib_async")
    assert installed() == "ib_async"
    only(monkeypatch, *NAMES)
    assert installed() == "ib_insync"


def test_without_a_library_it_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch)
    with pytest.raises(BadInput, match="is not installed; install ib_insync"):
        library()


def test_the_live_modules_load_without_it() -> None:
    code = "import sys, cockpit.cli.recording_live, cockpit.cli.running_live; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "cockpit.feeds.ib.feed" in loaded
    assert not {*NAMES, "eventkit"} & set(loaded)
