"""Finds the rule files and says, once, everything the engine wants to know about each."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import Any, Literal

from cockpit.exits import rules as _rules
from cockpit.exits.rule import NAN, Example, Kernel, Level, Reading, Trigger, Verdict

Binding = Literal["advisory", "vetoable", "immediate", "mandatory"]
BINDINGS: tuple[Binding, ...] = ("advisory", "vetoable", "immediate", "mandatory")


class Rule:
    """One rule file, read once. Optional functions of the file are None where it has none."""

    def __init__(self, name: str, module: ModuleType) -> None:
        names: dict[Trigger, str] = {v: k for k, v in vars(module).items() if isinstance(v, Trigger)}
        self.name = name
        self.help: str = (module.__doc__ or "").strip()
        self.Parameters: Any = module.Parameters
        self.Memory: Any = module.Memory
        self.kernel: Kernel = module.kernel
        self.binding: Binding = module.BINDING
        self.triggers: tuple[Trigger, ...] = tuple(sorted(names))
        self.trigger_names: dict[int, str] = {t.code: names[t] for t in self.triggers}
        self.needs: dict[int, tuple[str, ...]] = {t.code: tuple(module.NEEDS[t]) for t in self.triggers}
        self.because: dict[int, str] = {t.code: text for t, text in module.BECAUSE.items()}
        self.readings: Callable[..., dict[str, Reading]] = module.readings
        self.examples: tuple[Example, ...] = module.EXAMPLES
        self._weigh: Callable[..., Verdict] | None = getattr(module, "weigh", None)
        # hooks: the position opened, was joined; the verdict was carried out (or vetoed); an exit of a rule that
        # `WARNS` was vetoed by a human or gated
        self.opened: Callable[..., None] | None = getattr(module, "opened", None)
        self.joined: Callable[..., None] | None = getattr(module, "joined", None)
        self.acted: Callable[..., None] | None = getattr(module, "acted", None)
        self.warned: Callable[..., None] | None = getattr(module, "warned", None)
        self.warns: bool = getattr(module, "WARNS", False)
        self.alert: Callable[..., str] | None = getattr(
            module, "alert", None
        )  # what it must hold on but a human decide
        self.overlay: Callable[..., list[Level]] | None = getattr(module, "overlay", None)
        # pairs of parameters of which exactly one is set; the other is off
        self.either: tuple[tuple[str, str], ...] = getattr(module, "EXACTLY_ONE", ())
        # a sentence about parameters that contradict one another, "" when they do not
        self.check: Callable[[Any], str] | None = getattr(module, "check", None)
        self.urgency: dict[int, str] = {t.code: u for t, u in getattr(module, "URGENCY", {}).items()}
        self.memory_fields: tuple[str, ...] = tuple(f.name for f in dataclasses.fields(self.Memory))
        self.has_stop = "stop" in self.memory_fields

    def weigh(self, p: Any, now: Any, pos: Any, m: Any, code: int) -> Verdict:
        """What trigger `code`, which holds, wants: by default to leave whole with its fixed confidence."""
        if self._weigh is not None:
            return self._weigh(p, now, pos, m, code)
        return Verdict(code, self.triggers[code - 1].confidence)

    def stop(self, m: Any) -> float:
        """The level this rule's memory holds, NaN when it holds none."""
        return m.stop if self.has_stop else NAN


def discover() -> dict[str, Rule]:
    """name -> rule, for every file in cockpit.exits.rules."""
    found = sorted(i.name for i in pkgutil.iter_modules(_rules.__path__))
    return {name: Rule(name, importlib.import_module(f"{_rules.__name__}.{name}")) for name in found}


RULES = discover()
