"""Compiled chains are kept in one folder for all workers of a run, so that each chain is compiled once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def chains(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder; workers' temporary folders are siblings."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "chains"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_CACHE_HOME", str(folder))
        yield folder
