"""`cockpit rules`: every exit rule, its parameters and worked examples; with --given, one rule asked once."""

import json
import sys
from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, cast

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cockpit.cli.application import app
from cockpit.domain.errors import BadInput
from cockpit.exits.evaluate import label
from cockpit.exits.given import ask_given, known, verdict_of
from cockpit.exits.registry import RULES, Rule
from cockpit.exits.worked_examples import example_of, plain

MAX_GIVEN = 1 << 16  # characters
FULL_WIDTH = 160  # where nobody sees it, so that a table in a pipe is not cut

NameArgument = Annotated[str | None, typer.Argument(metavar="[NAME]", help="One rule; every rule if left out.")]
GivenOption = Annotated[
    str | None,
    typer.Option(
        "--given",
        metavar="JSON",
        help="Ask the rule once: an object of market, position, parameters and memory, or of their names without that. "
        "What is not given is unknown; a position is long, of 100 contracts and just opened.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON instead of words.")]


@app.command()
def rules(name: NameArgument = None, given: GivenOption = None, as_json: JsonOption = False) -> None:
    """List every exit rule; with NAME its parameters, and when it fires; with --given, what it says to that."""
    if name is None:
        if given is not None:
            raise typer.BadParameter("it asks one rule: name it", param_hint="--given")
        if as_json:
            print_json([about(rule) for rule in RULES.values()])
        else:
            list_rules(console())
        return
    rule = RULES.get(name)
    if rule is None:
        raise typer.BadParameter(f"there is no rule '{name}'; rules are {', '.join(RULES)}", param_hint="NAME")
    if given is not None:
        tell_verdict(verdict(rule, given), as_json)
    elif as_json:
        print_json(about(rule) | {"examples": [example_of(rule, case) for case in rule.examples]})
    else:
        show(rule, console())


def console() -> Console:
    """Standard output, as wide as the terminal."""
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else FULL_WIDTH, highlight=False)


def print_json(value: Any) -> None:
    """Indented, for people and for programs."""
    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


# ------------------------------------------------------------------ one question


def verdict(rule: Rule, text: str) -> dict[str, Any]:
    """What the rule says to the JSON text; a usage error names what is wrong with it."""
    try:
        return verdict_of(rule, ask_given(rule, facts(text)))
    except (ValueError, BadInput) as error:
        raise typer.BadParameter(str(error), param_hint="--given") from error


def facts(text: str) -> dict[str, Any]:
    """The object in the text; ValueError with a sentence when there is none."""
    if len(text) > MAX_GIVEN:
        raise ValueError(f"it is longer than {MAX_GIVEN} characters")
    try:
        found = json.loads(text, object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON ({error})") from error
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("""it must be an object such as {"iv": 0.17, "iv_at_entry": 0.2}""")
    return cast(dict[str, Any], found)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"'{name}' is there twice")
    return dict(pairs)


def tell_verdict(found: dict[str, Any], as_json: bool) -> None:
    """The verdict as one object on one line, or as words."""
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
        sys.stdout.buffer.flush()
        return
    out = console()
    what = found["kind"] if found["trigger"] is None else f"{found['kind']}: {found['trigger']} {found['confidence']:g}"
    if found["kind"] == "exit" and found["fraction"] < 1.0:
        what += f", {found['fraction']:.0%} of the position"
    if found["shift_bps"]:
        what += f", stop by {found['shift_bps']:+g} bps"
    if found["stop"] is not None:
        what += f", stop {found['stop']:g}"
    say(out, f"{found['rule']} says {what}")
    say(out, f"  because {found['because']}")
    for name in found["others"]:
        say(out, f"  {name} holds too")
    for r in found["readings"].values():
        value = "unknown" if r["value"] is None else f"{r['value']:.6g}"
        limit = "unknown" if r["limit"] is None else f"{r['limit']:.6g}"
        say(out, f"  {r['name']} {value} against {limit} {r['unit']}".rstrip())


# ------------------------------------------------------------------ all rules


def list_rules(out: Console) -> None:
    """A line a rule, and one for each further trigger."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("rule", no_wrap=True)
    table.add_column("binding", no_wrap=True)
    table.add_column("triggers", no_wrap=True)
    table.add_column("what it does")
    for rule in RULES.values():
        said = "\n".join(f"{rule.trigger_names[t.code]} {t.confidence:.2f}" for t in rule.triggers)
        table.add_row(*(Text(cell) for cell in (rule.name, rule.binding, said, rule.help)))
    out.print(table)
    say(out, "cockpit rules NAME shows the parameters of one, and worked examples of when it fires.")


def about(rule: Rule) -> dict[str, Any]:
    """A rule without its examples, as JSON has it."""
    return {
        "name": rule.name,
        "help": rule.help,
        "binding": rule.binding,
        "triggers": [
            {
                "name": rule.trigger_names[t.code], "confidence": t.confidence, "needs": list(rule.needs[t.code]),
                "urgency": rule.urgency.get(t.code),
            }
            for t in rule.triggers
        ],
        "parameters": parameters_of(rule.Parameters),
        "exactly_one": [list(pair) for pair in rule.either],
        "memory": list(rule.memory_fields),
    }  # fmt: skip


def parameters_of(cls: Any) -> list[dict[str, Any]]:
    """Name, unit, range, default and help of every parameter."""
    found: list[dict[str, Any]] = []
    for f in fields(cls):
        about = f.metadata
        row: dict[str, Any] = {"name": f.name, "help": about["help"], "default": f.default}
        if "options" in about:
            row |= {"default": about["options"][cast(int, f.default)], "options": list(about["options"])}
        elif "row" in about:
            rows = cast(tuple[Any, ...], f.default)
            names = [g.name for g in fields(about["row"])]
            row |= {
                "default": [{n: getattr(r, n) for n in names} for r in rows],
                "columns": parameters_of(about["row"]), "most": about["capacity"],
            }  # fmt: skip
        elif not about.get("flag"):
            default = known(cast(float, f.default))
            row |= {"unit": about["unit"], "low": about["low"], "high": about["high"], "off": about["off"]}
            row["default"] = "off" if default is None else default
        found.append(row)
    return found


# ------------------------------------------------------------------ one rule


def show(rule: Rule, out: Console) -> None:
    """Everything about one rule."""
    say(out, f"{rule.name}, {rule.binding}", style="bold")
    say(out, rule.help)
    say(out, "")
    for t in rule.triggers:
        needs = ", ".join(dict.fromkeys(label(n) for n in rule.needs[t.code])) or "nothing but the clock"
        say(out, f"{rule.trigger_names[t.code]} {t.confidence:.2f}: needs {needs}")
    rows = parameters_of(rule.Parameters)
    if rows:
        say(out, "")
        out.print(parameter_table(rows))
    for row in rows:
        if "columns" in row:
            say(out, f"\n{row['name']}, at most {row['most']} rows:")
            out.print(parameter_table(row["columns"]))
    for pair in rule.either:
        say(out, f"Exactly one of {' and '.join(pair)} is set; the other is off.")
    say(out, "\nWhen would this fire?", style="bold")
    say(out, "In an otherwise calm market, 100 contracts of a call, bought at 50 at 10:00, its underlying at 20000.")
    told = [example_of(rule, case) for case in rule.examples]
    for heading, gives in (("", "trigger"), ("It holds when", "hold"), ("It has had its turn", "idle"),
                           ("It is blind", "blind")):  # fmt: skip
        chosen = [e for e in told if e["gives"] == gives]
        if chosen and heading:
            say(out, heading, style="bold")
        for e in chosen:
            say(out, f"· {e['sentence']}")


def parameter_table(rows: list[dict[str, Any]]) -> Table:
    """Default, unit, range and meaning, one parameter a line."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column, justify in (("parameter", "left"), ("default", "right"), ("unit", "left"), ("range", "left")):
        table.add_column(column, no_wrap=True, justify="right" if justify == "right" else "left")
    table.add_column("meaning")
    for row in rows:
        default = f"{len(row['default'])} rows" if "columns" in row else plain(row["default"])
        table.add_row(*(Text(cell) for cell in (row["name"], default, row.get("unit", ""), _range(row), row["help"])))
    return table


def _range(row: Mapping[str, Any]) -> str:
    if "options" in row:
        return ", ".join(row["options"])
    if "low" in row:
        return f"{row['low']:g} to {row['high']:g}{' or off' if row['off'] else ''}"
    return "rising" if "columns" in row else "true, false"


def say(out: Console, text: str, style: str | None = None) -> None:
    """A line as it is: square brackets in it are no markup."""
    out.print(Text(text, style=style or ""))
