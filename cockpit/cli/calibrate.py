"""`cockpit calibrate`: what fires how often on entries drawn at random, and whether a profile keeps to its targets."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from cockpit.cli.application import app
from cockpit.cli.random_entries import LOTS, draw
from cockpit.cli.replay import MarketName, Paths
from cockpit.events import NS, Batch, Entry
from cockpit.exits.profile import Profile
from cockpit.feeds.recording import Recording, load
from cockpit.outcome import blind_s
from cockpit.profiles import profile
from cockpit.settings import MARKETS
from cockpit.state.model import ExitFill, Held, State
from cockpit.wiring import DEFAULT_PROFILE, Plan, Script, replay_of

FEW = 100  # entries; of fewer a target says nothing
MOST_SHARE, LEAST_SHARE, LEAST_HOLD_S = 1 / 3, 1 / 4, 180.0
KINDS = {
    "STOP_HIT": "stop", "TRAIL_HIT": "trail", "STAGE_STOP_HIT": "trail", "FIRST_IMPULSE": "tranche", "LUNCH": "clock",
    "MARKET_CLOSE": "clock", "EXTREME_HOLD": "clock", "TIME_WINDOW_EXCEEDED": "clock",
    "TIME_LIMIT_WITH_PROFIT": "clock", "TIME_LIMIT_CUT_LOSS": "clock",
}  # fmt: skip
SIGNAL = "signal"  # every other trigger
Tell = Callable[[int], None]
Row = dict[str, Any]


@dataclass(slots=True)
class Played:
    """What became of the entries of one profile."""

    closed: list[Held] = field(default_factory=list[Held])
    open: list[Held] = field(default_factory=list[Held])
    refused: Counter[str] = field(default_factory=Counter[str])
    held_s: float = 0.0  # of all positions together
    blind_s: Counter[str] = field(default_factory=Counter[str])

    @property
    def taken(self) -> int:
        """Entries that became positions."""
        return len(self.closed) + len(self.open)


@app.command()
def calibrate(
    paths: Paths,
    random_entries: Annotated[
        int, typer.Option("--random-entries", min=1, max=100_000, help="Long entries to draw in each recording.")
    ] = 150,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed draws the same entries.")] = 1,
    profiles: Annotated[
        list[str] | None, typer.Option("--profile", help="A shipped profile or a .toml file; may be given again.")
    ] = None,
    market: MarketName = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object a recording, nothing else on stdout.")] = False,
) -> None:
    """Draw long entries at random, let each profile leave them, and print what fired how often.

    Each entry is a position of its own: no cooldown runs, and none joins another.
    """
    if market is not None and market not in MARKETS:
        raise typer.BadParameter(f"'{market}' is not {', '.join(MARKETS)}", param_hint="--market")
    chosen = [profile(name) for name in profiles or [DEFAULT_PROFILE]]
    shown = Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    for path in paths:
        with shown:
            recording = read(path, market, shown)
            entries = draw(recording, random_entries, seed)
            found = {
                used.name: summary_of(play(recording, used, entries, told(shown, used, entries))) for used in chosen
            }
        report = {
            "recording": str(path), "market": recording.market, "seed": seed, "drawn": len(entries), "lots": LOTS,
            "cooldown": "off", "profiles": [{"profile": name} | summary for name, summary in found.items()],
        }  # fmt: skip
        if as_json:
            sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
            sys.stdout.buffer.flush()
        else:
            tell(report, Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160, highlight=False))


def read(path: Path, market: str | None, shown: Progress) -> Recording:
    """The recording, with progress."""
    task = shown.add_task(f"reading {path.name}", total=1.0)
    return load(path, market=market, now_ns=time.time_ns(), progress=lambda _, x: shown.update(task, completed=x))


def told(shown: Progress, used: Profile, entries: list[Entry]) -> Tell:
    """Hears how many entries of one profile are done."""
    task = shown.add_task(f"playing {used.name}", total=len(entries))
    return lambda done: shown.update(task, completed=done)


# ------------------------------------------------------------------ playing


def play(recording: Recording, used: Profile, entries: list[Entry], tell: Tell) -> Played:
    """Plays the recording as often as it takes: an entry whose contract is still held waits for the next time."""
    played = Played()
    while entries:
        entries = _play_once(recording, used, entries, played)
        tell(played.taken + sum(played.refused.values()))
    return played


def _play_once(recording: Recording, used: Profile, entries: list[Entry], played: Played) -> list[Entry]:
    """One pass; returns the entries that could not be had in it."""
    plan = Plan(
        profiles={used.name: used}, default_profile=used.name, script=Script(entries=entries), cooldown=False
    )  # fmt: skip
    made = replay_of(recording, plan)
    state, take, last_ns = made.state, made.session.take, entries[-1].at_ns
    waiting: list[Entry] = []
    for event in made.events():
        if isinstance(event, Batch) and event.entries:
            free = tuple(entry for entry in event.entries if not _is_busy(state, entry.symbol))
            waiting += [entry for entry in event.entries if entry not in free]
            event = event._replace(entries=free)
        take(event)
        if event.at_ns >= last_ns and not state.held and not state.entering:
            break
    played.closed += state.closed
    played.open += state.held.values()
    for held in (*state.closed, *state.held.values()):
        played.held_s += ((held.closed_ns or state.now_ns) - held.opened_ns) / NS
    played.refused.update(r["reason"] for r in state.refused_entries)
    played.blind_s.update(blind_s(state))
    return waiting


def _is_busy(state: State, symbol: str) -> bool:
    return symbol in state.by_symbol or any(w.order.symbol == symbol for w in state.entering.values())


# ------------------------------------------------------------------ counting


def summary_of(played: Played) -> Row:
    """Counts, medians and targets of one profile; holds in seconds, gains in % of the premium at entry before fees."""
    trips = (*played.closed, *played.open)
    exits = [(held, e) for held in trips for e in held.exits]
    holds = [(held.closed_ns - held.opened_ns) / NS for held in played.closed if held.closed_ns is not None]
    gains = [gain_pct(held, float(held.exit_total), held.exit_contracts) for held in played.closed]
    rows = sorted(rows_of(exits), key=lambda row: (-row["exits"], row["rule"], row["trigger"]))
    shares = {kind: _share(rows, kind) for kind in ("stop", "trail", "tranche", "clock", SIGNAL)}
    return {
        "taken": played.taken, "refused": dict(sorted(played.refused.items())), "closed": len(played.closed),
        "open": len(played.open), "exits": len(exits), "triggers": rows, "shares": shares,
        "median_hold_s": _median(holds), "median_gain_pct": _median(gains),
        "mean_gain_pct": round(sum(gains) / len(gains), 4) if gains else None,
        "winners": round(sum(g > 0 for g in gains) / len(gains), 4) if gains else None,
        "blind": {rule: round(s / played.held_s, 4) for rule, s in sorted(played.blind_s.items()) if s},
        "targets": targets(played.taken, rows, shares, _median(holds)),
    }  # fmt: skip


def rows_of(exits: Iterable[tuple[Held, ExitFill]]) -> list[Row]:
    """A row a trigger."""
    by_trigger: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for held, e in exits:
        told = by_trigger.setdefault((e.cause.rule, e.cause.trigger), [])
        told.append(((e.at_ns - held.opened_ns) / NS, gain_pct(held, float(e.total), e.contracts)))
    whole = sum(len(told) for told in by_trigger.values())
    return [
        {
            "rule": rule, "trigger": trigger, "kind": KINDS.get(trigger, SIGNAL), "exits": len(told),
            "share": round(len(told) / whole, 4), "median_hold_s": _median([hold for hold, _ in told]),
            "median_gain_pct": _median([gain for _, gain in told]),
        }
        for (rule, trigger), told in by_trigger.items()
    ]  # fmt: skip


def gain_pct(held: Held, total: float, contracts: int) -> float:
    """Gain of contracts that left for `total` (price × contracts), in % of the premium at entry."""
    return held.side * (total / contracts / float(held.average) - 1.0) * 100.0


def targets(taken: int, rows: list[Row], shares: dict[str, float], hold_s: float | None) -> list[Row]:
    """The targets of exits.md 4, and whether they are kept; `holds` is null when too few entries were taken."""
    signals = [row for row in rows if row["kind"] == SIGNAL]
    most = max(signals, key=lambda row: row["share"], default=None)
    decided = round(shares["trail"] + shares["tranche"], 4)
    found = [
        (
            "no signal makes more than a third of the exits",
            f"{most['trigger']} {most['share']:.1%}" if most else "none",
            most is None or most["share"] <= MOST_SHARE,
        ),
        ("the median hold is at least 3 minutes", _clock(hold_s), hold_s is not None and hold_s >= LEAST_HOLD_S),
        ("trail or tranche decide at least a quarter", f"{decided:.1%}", decided >= LEAST_SHARE),
    ]
    return [{"target": what, "value": value, "holds": kept if taken >= FEW else None} for what, value, kept in found]


def _share(rows: list[Row], kind: str) -> float:
    whole = sum(row["exits"] for row in rows)
    return round(sum(row["exits"] for row in rows if row["kind"] == kind) / whole, 4) if whole else 0.0


def _median(values: list[float]) -> float | None:
    return round(median(values), 4) if values else None


# ------------------------------------------------------------------ telling


def tell(report: Row, out: Console) -> None:
    """The tables people read."""
    for found in report["profiles"]:
        table = Table(title=f"{Path(report['recording']).name} · {found['profile']} · seed {report['seed']}",
                      title_justify="left")  # fmt: skip
        for name in ("rule", "trigger", "kind"):
            table.add_column(name, no_wrap=True)
        for name in ("exits", "share", "median hold", "median P&L"):
            table.add_column(name, justify="right", no_wrap=True)
        for row in found["triggers"]:
            table.add_row(
                row["rule"], row["trigger"], row["kind"], str(row["exits"]), f"{row['share']:.1%}",
                _clock(row["median_hold_s"]), _percent(row["median_gain_pct"]),
            )  # fmt: skip
        out.print(table)
        for line in _lines(report, found):
            out.print(Text(line))


def _lines(report: Row, found: Row) -> list[str]:
    refused = "".join(f", {n} refused ({why})" for why, n in found["refused"].items())
    still = f", {found['open']} still open at the end" if found["open"] else ""
    shares = " · ".join(f"{kind} {share:.1%}" for kind, share in found["shares"].items())
    lines = [
        f"{report['drawn']} entries of {report['lots']} lots, cooldown off: {found['taken']} taken{refused}{still}",
        f"{shares} of {found['exits']} exits; median hold {_clock(found['median_hold_s'])}, P&L median "
        f"{_percent(found['median_gain_pct'])}, mean {_percent(found['mean_gain_pct'])} of the premium",
    ]
    if found["blind"]:
        lines.append(
            "blind " + ", ".join(f"{rule} {share:.0%}" for rule, share in found["blind"].items()) + " of the time"
        )
    signs = {True: "holds", False: "MISSED", None: f"fewer than {FEW} entries say nothing"}
    lines += [f"  {t['target']}: {t['value']}, {signs[t['holds']]}" for t in found["targets"]]
    return lines


def _clock(seconds: float | None) -> str:
    return "n/a" if seconds is None else f"{int(seconds // 60)}:{int(seconds % 60):02d}"


def _percent(x: float | None) -> str:
    return "n/a" if x is None else f"{x:+.2f} %"
