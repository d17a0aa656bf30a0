"""Random sessions for the laws: rows good and bad, entries, and everything a human may do, on several profiles."""

from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st

from cockpit import commands as c
from cockpit.brokers.paper import PaperOptions
from cockpit.exits.profile import Profile
from cockpit.routing.walk import Walk
from tests.market_of import Line, Playing, playing, profile, shipped_profile

QUICK = profile(
    "session_cutoff",
    "holding_limit max_held_s=90",
    "theta_decay max_held_s=60",
    "open_interest_reversal grace_s=3",
    "exhaustion grace_s=2 hits=2",
    "protective_stop",
    "greeks_trailing_stop",
    "scale_out grace_s=1",
)
STAGED = profile(
    "regime_change",
    "momentum_reversal",
    'protective_stop stop_pct="off" stop_bps=100',
    "staged_trailing_stop",
    "profit_extreme grace_s=2 fraction=0.5",
    "time_limit max_hold_min=1 grace_s=0",
    head='gain_basis = "own"',
)
DEAF = profile(  # nothing here hears of a veto: no turn to use up, no trail that comes closer
    "session_cutoff",
    "holding_limit max_held_s=90",
    "theta_decay max_held_s=40",
    "open_interest_reversal",
    "momentum_reversal",
    "protective_stop",
    "greeks_trailing_stop",
)
PROFILES: dict[str, Profile] = {
    "quick": QUICK,
    "staged": STAGED,
    "deaf": DEAF,
    "ladder": shipped_profile("ladder"),
    "adaptive": shipped_profile("adaptive"),
}
OPTIONS = {
    "plain": PaperOptions(),
    "late": PaperOptions(latency_ms=400),
    "partial": PaperOptions(participation=0.5, latency_ms=100),
    "walking": PaperOptions(walk=Walk(), participation=1.0),
}

STEPS = (0.25, 0.4, 1.0, 1.0, 1.0, 2.0, 3.5, 6.0, 11.0)
MOVES = (1.0, 1.0, 1.002, 0.998, 1.004, 0.996, 1.01, 1.01, 0.99, 1.03, 0.97, 0.9, 0.72, 1.5)
PAIRS = ("{b} {a}",) * 20 + ("{b} -", "- {a}", "- -", "0 0", "{a} {b}", "nan {a}", "{b} -1")
GREEKS = (
    "", "", "", "gamma=.020 delta=.65 theta=-5 iv=.2", "gamma=.004 delta=.4 theta=-5 iv=.2", "gamma=.009 delta=.62",
    "gamma=.012 delta=.55 theta=-9 iv=.19", "delta=.7 iv=.16", "delta=3 iv=-1 gamma=nan", "volume=5", "volume=60",
    "open_interest=1000", "open_interest=900 last=49",
)  # fmt: skip
FEATURES = (
    "regime=trend trend_direction=up", "regime=trend trend_direction=down", "regime=range", "regime=range",
    "regime=panic", "regime=unknown", "momentum=.6", "momentum=-.6", "rsi=80", "rsi=20",
    "volatility_bps=250 volatility_index=25",
)  # fmt: skip
HAPPENINGS = ("row",) * 14 + ("under", "under", "features", "features", "entry", "human", "human")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tale:
    """One session: its lines and what it is played with."""

    lines: tuple[Line, ...]
    rules: str
    options: str
    lot: int

    def playing(self) -> tuple[Playing, list[Any]]:
        """Not begun."""
        return playing(self.lines, PROFILES[self.rules], options=OPTIONS[self.options], lot=self.lot)

    def play(self) -> Playing:
        """To its end."""
        return self.playing()[0].play()


def tales(*, humans: bool = True, plain: bool = False) -> st.SearchStrategy[Tale]:
    """Sessions of some minutes; `plain` ones have no order on its way and nothing but good quotes.

    Told by a seed, because a thousand choices a session are too many for a search; the length is what shrinks.
    """
    return st.builds(
        lambda length, seed: tell(Random(seed), length, humans=humans, plain=plain),
        st.integers(3, 60),
        st.integers(0, 1 << 32),
    )


def clock(t: float) -> str:
    """Time of day, `t` seconds after ten."""
    whole, rest = divmod(round(t * 100), 100)
    return f"{10 + whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{rest:02d}"


def tell(chance: Random, length: int, *, humans: bool, plain: bool) -> Tale:
    """One session of so many happenings after the first entry."""
    first = chance.choice(("buy", "buy", "sell"))
    lines: list[Line] = ["10:00:00.00 under 20000", "10:00:00.00 P 29.95 30.05"]
    lines.append("10:00:00.00 49.95 50.05 bid_size=40 ask_size=60 gamma=.012 delta=.65 theta=-5 iv=.2")
    lines.append(f"10:00:00.00 features {chance.choice(FEATURES)}")
    lines.append(f"10:00:00.00 {first} 100")
    mids, t = {"C": 50.0, "P": 30.0}, 0.0
    for _ in range(length):
        t += chance.choice(STEPS)
        symbol, what, now = chance.choice("CCCP"), chance.choice(HAPPENINGS), clock(t)
        if what == "human":
            if humans:
                lines.append((now, human(chance, symbol, mids[symbol])))
        elif what == "entry":
            lines.append(f"{now} {chance.choice((first, first, 'buy'))} {chance.choice((25, 50, 100))} {symbol}")
        elif what == "under":
            lines.append(f"{now} under {20_000 * chance.choice((1.0, 1.001, 0.999, 1.004, 0.995, 1.02)):.2f}")
        elif what == "features":
            lines.append(f"{now} features {chance.choice(FEATURES)}")
        else:
            mids[symbol] = max(mids[symbol] * chance.choice(MOVES), 1.0)
            lines.append(f"{now} {symbol} {quote(chance, mids[symbol], plain=plain)} {chance.choice(GREEKS)}")
    lines.append(f"{clock(t + 1.0)} {quote(chance, mids['C'], plain=True)}")
    return Tale(
        lines=tuple(lines),
        rules=chance.choice(("quick", "quick", "staged", "staged", "ladder", "adaptive")),
        options="plain" if plain else chance.choice(("plain", *OPTIONS)),
        lot=chance.choice((1, 25)),
    )


def quote(chance: Random, mid: float, *, plain: bool) -> str:
    """Two sides, or one of the things that are none."""
    pair = PAIRS[0] if plain else chance.choice(PAIRS)
    return f"{pair.format(b=round(mid - 0.05, 2), a=round(mid + 0.05, 2))} bid_size=40 ask_size=60"


def human(chance: Random, symbol: str, level: float) -> c.Command:
    """Something to do to the position in a symbol whose premium is about `level`."""
    price = round(level * chance.choice((0.5, 0.9, 0.98, 0.999, 1.001, 1.1)), 2)
    rule = chance.choice((None, "theta_decay", "scale_out", "exhaustion", "regime_change", "protective_stop"))
    mode = chance.choice(("automatic", "confirm", "observe"))
    session = chance.choice(("active", "active", "active", "reducing", "halted"))
    seconds = chance.choice((1.0, 8.0, 60.0))
    return chance.choice(
        (
            c.Reduce(position=symbol, fraction=chance.choice((0.25, 0.5, 0.6, 1.0))),
            c.Reduce(position=symbol, contracts=chance.choice((1, 25, 40, 100))),
            c.Close(position=symbol),
            c.Flatten(scope=chance.choice(("all", "winners", "losers"))),
            c.Veto(position=symbol, rule=rule, for_s=seconds),
            c.Unveto(position=symbol, rule=rule),
            c.HoldUntil(position=symbol, for_s=seconds),
            c.GoNow(position=symbol),
            c.TakeOver(position=symbol),
            c.HandBack(position=symbol),
            c.SetMode(position=symbol, mode=mode),
            c.SetMode(position=symbol, mode="automatic"),
            c.SetStop(position=symbol, price=price, typed=chance.random() < 0.5),
            c.CancelExit(position=symbol),
            c.StopByTicks(position=symbol, ticks=chance.choice((-3, 1, 5))),
            c.StopToBreakEven(position=symbol),
            c.SetSession(state=session),
            c.ResetCooldown(reason="the law"),
            c.Enter(symbol=symbol, side=chance.choice(("buy", "sell")), contracts=25),
        )
    )
