"""The one import seam of these tests: `ib_insync`, or its maintained fork of the same API when that is installed."""

import asyncio
import importlib
from types import ModuleType


def _library() -> ModuleType:
    """Whichever is installed; imported in a running loop, because on import it asks the thread for its loop."""

    async def imported() -> ModuleType:
        try:
            return importlib.import_module("ib_insync")
        except ModuleNotFoundError:
            return importlib.import_module("ib_async")

    return asyncio.run(imported())


api = _library()
IS_FORK = api.__name__ == "ib_async"
