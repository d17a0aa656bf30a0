"""Plain tables as TOML text: what `tomllib` reads, for the files that the cockpit writes itself."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(table: Mapping[str, Any]) -> str:
    """The table as TOML: values first, then `[tables]` and `[[lists of tables]]`.

    Values are texts, booleans, numbers, and lists and tables of them. Raises TypeError for anything else.
    """
    return "\n".join(_lines(table, ())) + "\n"


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    values = {key: value for key, value in table.items() if not _is_section(value)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in values.items()]
    for key, section in table.items():
        if key in values:
            continue
        inside = (*path, _key(key))
        name = ".".join(inside)
        if isinstance(section, Mapping):
            lines += ["", f"[{name}]", *_lines(cast(Mapping[str, Any], section), inside)]
        else:
            for row in section:
                lines += ["", f"[[{name}]]", *_lines(row, inside)]
    return lines[1:] if lines and not lines[0] and not path else lines


def _is_section(value: Any) -> bool:
    if isinstance(value, list | tuple):
        rows = cast(Sequence[Any], value)
        return bool(rows) and all(isinstance(row, Mapping) for row in rows)
    return isinstance(value, Mapping)


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _text(key)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _number(value)
        case str():
            return _text(value)
        case list() | tuple():
            return f"[{', '.join(_value(each) for each in cast(Sequence[Any], value))}]"
        case _:
            raise TypeError(f"{type(value).__name__} has no place in TOML")


def _number(value: float) -> str:
    if not math.isfinite(value):
        return str(value)  # inf, -inf and nan are TOML too
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
