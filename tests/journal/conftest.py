"""A journal of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit.journal.store import Store, open_journal
from tests.journal import examples


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the test's journal lies."""
    return tmp_path / "journal.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An open journal with session S0001 begun, which tries again at every write."""
    opened = open_journal(path, retry_s=0.0)
    opened.begin(examples.session())
    yield opened
    opened.close()


@pytest.fixture
def kept() -> Iterator[Store]:
    """A journal in memory with session S0001 begun."""
    with open_journal(None) as opened:
        opened.begin(examples.session())
        yield opened
