"""The one import of the broker's library: `ib_insync`, or its maintained fork `ib_async` with the same API."""

import importlib
import importlib.util
import logging
from types import ModuleType

from cockpit.domain.errors import BadInput

NAMES = ("ib_insync", "ib_async")


def library() -> ModuleType:
    """Whichever is installed; call it in a running event loop, because on import it asks the thread for its loop.

    Raises BadInput when neither is. Its log is not shown: what matters of it is said in sentences of our own.
    """
    name = installed()
    if name is None:
        raise BadInput("The library of Interactive Brokers is not installed; install ib_insync (or ib_async).")
    logger = logging.getLogger(name)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    if name == "ib_insync":
        import ib_insync  # in this form, so that the frozen program brings it along

        return ib_insync
    return importlib.import_module(name)


def installed() -> str | None:
    """The name of the library that `library` would import, without importing it."""
    return next((name for name in NAMES if importlib.util.find_spec(name) is not None), None)
