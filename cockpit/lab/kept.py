"""Chains as modules on disk, where numba keeps what it has compiled from one start of the program to the next."""

import os
import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from cockpit.lab.compiler import compiler, fingerprint
from cockpit.lab.source import APART


def cache_dir() -> Path:
    """Where compiled chains are kept; everything in it may be deleted."""
    given = os.environ.get("XDG_CACHE_HOME") or ""
    base = Path(given) if Path(given).is_absolute() else Path.home() / ".cache"
    return base / "options-cockpit" / "chains"


def compiled(text: str, *layouts: Any) -> Any:
    """The module's function `run`, compiled, and kept under a name that changes with all that it is made of.

    Numba watches the file of the function itself and never what that calls, hence the name. Where nothing can be
    written it is compiled at every start.
    """
    plain = _loaded_from_text(text)
    mark = fingerprint(plain, text, *layouts)[:20]
    path = cache_dir() / f"chain_{mark}.py"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            written = path.with_suffix(f".{os.getpid()}")
            written.write_text(text, encoding="utf-8")
            written.replace(path)
        return compiler()(_loaded_from_file(path), APART, cache=True, nogil=True)
    except OSError:
        return compiler()(plain, APART, nogil=True)


def _loaded_from_text(text: str) -> Callable[..., Any]:
    found: dict[str, Any] = {"__name__": "chain"}
    exec(compile(text, "<chain>", "exec"), found)
    return found["run"]


def _loaded_from_file(path: Path) -> Callable[..., Any]:
    known = sys.modules.get(path.stem)
    if known is None:
        spec = spec_from_file_location(path.stem, path)
        assert spec is not None, path
        assert spec.loader is not None, path
        known = module_from_spec(spec)
        sys.modules[path.stem] = known
        spec.loader.exec_module(known)
    return known.run
