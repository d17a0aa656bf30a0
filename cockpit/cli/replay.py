"""`cockpit replay`: recordings through the engine, headless, at full speed."""

import sys
import time
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cockpit.brokers.paper import PaperOptions
from cockpit.cli.application import app, say_error
from cockpit.domain.money import exact, plain
from cockpit.feeds.recording import load
from cockpit.journal.store import open_journal
from cockpit.outcome import iso, session_pnl
from cockpit.profiles import profile
from cockpit.state.model import State
from cockpit.wiring import DEFAULT_PROFILE, Plan, Replay, profiles_by_name, read_script, replay_of

Paths = Annotated[list[Path], typer.Argument(help="Recordings: a .parquet or .csv file, or a folder.", metavar="PATH…")]
ProfileName = Annotated[str, typer.Option("--profile", help="A shipped profile's name, or the path of a .toml file.")]
MarketName = Annotated[str | None, typer.Option("--market", help="nse, us or crypto; overrules the recording's own.")]
EntriesFile = Annotated[Path | None, typer.Option("--entries", help="ts,symbol,side,contracts[,price][,profile].")]
CommandsFile = Annotated[Path | None, typer.Option("--commands", help="JSON lines: what a human does, and when.")]
JournalFile = Annotated[Path | None, typer.Option("--journal", help="Keep the session in this journal.")]
Money = Annotated[str, typer.Option("--cash", help="Net liquidation at the start.")]
NAMED = 5  # commands named in one line; the others are counted
PerContract = Annotated[str | None, typer.Option("--commission", help="Per contract; default none.")]


def decimal(text: str, option: str, *, high: int, low: Decimal = Decimal(0)) -> Decimal:
    """A decimal number from `low` to `high`, or a usage error naming the option."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text!r} is not a number", param_hint=option) from None
    if not value.is_finite() or not low <= value <= high:
        raise typer.BadParameter(f"{text} must be a number from {low} to {high}", param_hint=option)
    return value


def worth(state: State) -> str:
    """Net liquidation in words: the cash at the start and what positions made, open ones at their marks."""
    made, unmarked = session_pnl(state)
    total = state.setup.cash + exact(round(made, 2))
    left_out = f" without {unmarked} open that have no mark" if unmarked else ""
    amount = f"{total.normalize():,f}".replace(",", " ")
    currency = next((i.currency for i in state.setup.instruments.values()), state.setup.market.currency)
    return f"net liquidation {amount} {currency}{left_out}"


def say_outside(replay: Replay) -> None:
    """One line on stderr for commands that will not be played."""
    outside, recording = replay.outside, replay.recording
    if outside:
        named = [f"{type(c.command).__struct_config__.tag} at {iso(c.at_ns)}" for c in outside[:NAMED]]
        more = f" and {len(outside) - NAMED} more" if len(outside) > NAMED else ""
        since_ns = max(replay.live_ns, recording.first_ns)
        say_error(
            f"refused, because dated outside the recording ({iso(since_ns)} to {iso(recording.last_ns)}): "
            f"{', '.join(named)}{more}; date commands inside it."
        )


def summary(found: dict[str, Any], net_liquidation: str) -> None:
    """The table people read; a narrow terminal gets the columns that decide."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)
    session = found["session"]
    table = Table(title=f"{session['path']} · {session['market']}", title_justify="left", box=None, pad_edge=False)
    wide = console.width >= 120
    for name in ("symbol", "side", *(("opened",) if wide else ()), "held", *(("entry", "exit") if wide else ()), "net"):
        table.add_column(name, justify="left" if name in ("symbol", "side", "opened") else "right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for trip in (*found["round_trips"], *found["open"]):
        exits = ", ".join(f"{e['contracts']} {e['rule']} {e['trigger']}" for e in trip["exits"])
        prices = (trip["entry_price"], trip.get("exit_price") or f"open @ {trip['mark'] or 'n/a'}")
        table.add_row(
            trip["symbol"], f"{trip['side']} {trip['contracts']}", *((trip["opened_at"][11:19],) if wide else ()),
            held_for(trip), *(prices if wide else ()), trip["net"], exits or "still open",
        )  # fmt: skip
    console.print(table)
    refused = {k: sum(v.values()) for k, v in found["refused"].items() if v}
    if refused:
        words = "; ".join(
            f"{kind}: {', '.join(f'{n} {why}' for why, n in found['refused'][kind].items())}" for kind in refused
        )
        console.print(f"refused {words}")
    for entry in found["refused_entries"]:
        left = f", {entry['seconds_left']:g} s left" if entry["seconds_left"] else ""
        console.print(f"entry refused at {entry['at']}: {entry['symbol']}, {entry['reason']}{left}")
    for guess in session["guessed"]:
        console.print(f"guessed: {guess}; set it in a .toml beside the recording")
    net = sum((Decimal(t["net"]) for t in found["round_trips"]), Decimal(0))
    console.print(
        f"{len(found['round_trips'])} round trips, {len(found['open'])} open, net "
        f"{plain(net)}, {net_liquidation}"
        f" · {found['ticks']} rows, {found['evaluations']} evaluations in {found['elapsed_s']:.2f} s"
        f" · ledger {found['ledger_sha256'][:16]}"
    )


def held_for(trip: dict[str, Any]) -> str:
    """Minutes and seconds from open to close."""
    if "closed_at" not in trip:
        return "—"
    opened, closed = (datetime.fromisoformat(trip[name]) for name in ("opened_at", "closed_at"))
    seconds = round((closed - opened).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02d}"


def symbols_of(path: Path, market: str | None) -> frozenset[str]:
    """The contracts of a recording, to tell for which of several one entries file means a row."""
    return frozenset(load(path, market=market, now_ns=time.time_ns()).instruments)


def told(progress: Progress) -> Callable[[str, float], None]:
    """What shows how far the reading has come."""
    task = progress.add_task("reading", total=1.0)
    return lambda _, share: progress.update(task, completed=share)


def play(replay: Replay, progress: Progress | None) -> None:
    """Plays everything, telling how far it has come."""
    if progress is None:
        replay.play()
        return
    first, last = replay.recording.first_ns, replay.recording.last_ns
    task = progress.add_task("playing", total=max(last - first, 1))
    take, told = replay.session.take, first
    for event in replay.events():
        take(event)
        if event.at_ns - told > 60_000_000_000:
            told = event.at_ns
            progress.update(task, completed=told - first)
    replay.end()
    progress.update(task, completed=last - first)


@app.command()
def replay(
    paths: Paths,
    entries: EntriesFile = None,
    profile_name: ProfileName = DEFAULT_PROFILE,
    market: MarketName = None,
    cash: Money = "1000000",
    commission: PerContract = None,
    latency_ms: Annotated[
        float, typer.Option("--latency-ms", min=0, max=60_000, help="Until an order can fill.")
    ] = 0.0,
    participation: Annotated[
        float, typer.Option("--participation", min=0, max=1, help="Share of the displayed size per quote; 0: all.")
    ] = 0.0,
    slippage_ticks: Annotated[int, typer.Option("--slippage-ticks", min=0, max=1000, help="Worse than quoted.")] = 0,
    commands: CommandsFile = None,
    journal: JournalFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object a recording, nothing else on stdout.")] = False,
) -> None:
    """Play recordings through the engine with the paper broker, and say what it did and why."""
    if entries is None:
        raise typer.BadParameter("a replay needs positions: give a file with --entries", param_hint="--entries")
    if market is not None and market not in ("nse", "us", "crypto"):
        raise typer.BadParameter(f"'{market}' is not nse, us or crypto", param_hint="--market")
    options = PaperOptions(
        latency_ms=latency_ms, participation=participation, slippage_ticks=slippage_ticks,
        commission=decimal(commission, "--commission", high=10**6) if commission else Decimal(0),
    )  # fmt: skip
    money = decimal(cash, "--cash", high=10**15)
    default = profile(profile_name)
    symbols = {path: symbols_of(path, market) for path in paths} if len(paths) > 1 else {}
    for path in paths:
        started = time.perf_counter()
        elsewhere = frozenset[str]().union(*(names for other, names in symbols.items() if other != path))
        quiet = as_json or not sys.stderr.isatty()
        with Progress(console=Console(stderr=True), transient=True, disable=quiet) as shown:
            recording = load(path, market=market, now_ns=time.time_ns(), progress=told(shown))
            script, named = read_script(recording, entries, commands, elsewhere)
            plan = Plan(
                profiles=profiles_by_name((default, *named.values())), default_profile=default.name, script=script,
                cash=money, options=options,
            )  # fmt: skip
            store = None if journal is None else open_journal(journal)
            try:
                made = replay_of(recording, plan, store=store)
                play(made, shown)
            finally:
                if store is not None:
                    store.close()
        found = {**made.outcome(), "elapsed_s": round(time.perf_counter() - started, 3)}
        if as_json:
            sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
            sys.stdout.buffer.flush()
        else:
            say_outside(made)
            summary(found, worth(made.state))
