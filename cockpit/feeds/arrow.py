"""The one seam to pyarrow: imported when a recording is read, never on the start path."""

from importlib import import_module
from typing import Any


def arrow(module: str = "") -> Any:
    """`pyarrow`, or its `module`; untyped, because pyarrow ships no types."""
    top = import_module("pyarrow")
    if top.default_memory_pool().backend_name != "system":
        top.set_memory_pool(top.system_memory_pool())  # the others keep 50 MB that a recording needed for a moment
    return import_module(f"pyarrow.{module}") if module else top


def read_errors() -> tuple[type[Exception], ...]:
    """What pyarrow raises for a file that it cannot make sense of."""
    return (arrow().ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError, MemoryError)
