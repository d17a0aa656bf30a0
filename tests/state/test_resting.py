"""A position that rests is one that a judgement would have left as it was, and it wakes in time."""

from typing import Any

import pytest
from hypothesis import given

from cockpit.commands import SetStop, Veto
from cockpit.domain.order import Fill
from cockpit.exits.profile import Profile
from cockpit.records import CheckpointRecord
from cockpit.state import reduce as reducing
from cockpit.state.model import Held, State
from cockpit.state.resting import judge_all
from tests.laws.sessions import Tale, tales
from tests.market_of import Line, Playing, clock, play, playing, profile, shipped_profile

GREEKS = "gamma=.012 delta=.55 theta=-5 iv=.2"
QUOTED = f"10:00:00 49.9 50.1 {GREEKS}"
BUY: list[Line] = ["10:00:00 under 20000", QUOTED, "10:00:00 P 30 30.1", "10:00:00 buy 100"]
QUIET = profile("holding_limit max_held_s=3000", "protective_stop stop_pct=20", "scale_out")


def restless(state: State, *, is_disturbed: bool) -> list[Held]:
    """The same without rest."""
    return judge_all(state, is_disturbed=True)


def everything(played: Playing) -> list[Any]:
    """All that can be seen of a session; NaN is itself."""
    state = played.state
    seen: list[Any] = [r for r in played.journal.records if not isinstance(r, CheckpointRecord)]
    seen += [state.evaluations, state.peak, state.realised, played.ledger.hexdigest()]
    for h in played.trips:
        seen += [h.id, h.pos, h.contract.view, h.judged_t, h.worst, h.best, h.answers, h.is_lively, h.unmarked_ns]
        seen += [(a.m, a.packed, a.status, a.blind_ns, a.blind_since_ns) for a in h.asked]
    return [repr(x) for x in seen]


@given(tale=tales())
def test_rest_changes_nothing(tale: Tale) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reducing, "judge_all", restless)
        expected = everything(tale.play())
    assert everything(tale.play()) == expected


class Watch:
    """Which heartbeats judged the first position."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.judged: list[str] = []
        self.beats = 0
        monkeypatch.setattr(reducing, "judge_all", self)

    def __call__(self, state: State, *, is_disturbed: bool) -> list[Held]:
        judged = judge_all(state, is_disturbed=is_disturbed)
        self.beats += 1
        if judged:
            self.judged.append(clock(state.now_ns))
        return judged


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Counts."""
    return Watch(monkeypatch)


def judged_at(watch: Watch, lines: list[Line], rules: Profile = QUIET, **given: Any) -> list[str]:
    """The heartbeats at which the position was judged, after the first two seconds."""
    play(lines, rules, **given)
    return [at for at in watch.judged if at > "10:00:02"]


def test_a_quiet_position_is_judged_when_its_quote_grows_old_and_when_it_is_sampled(watch: Watch) -> None:
    judged = judged_at(watch, [*BUY, "10:00:59.75 P 30 30.1"])
    assert "10:00:05.25" in judged, "the quote has grown old"
    assert "10:00:30.25" in judged, "so have its Greeks"
    assert len(judged) < 8
    assert watch.beats == 240
    assert "10:01:00" in judged_at(watch, [*BUY, "10:01:00 P 30 30.1"]), "the sample of every minute"


def test_its_clock_goes_on_meanwhile() -> None:
    played = play([*BUY, "10:00:45.1 P 30 30.1"], QUIET)
    held = played.held
    assert (held.pos.age_s, held.contract.view.t - held.pos.opened_t) == (45.0, 45.0)
    assert held.judged_t == held.contract.view.t
    assert played.state.evaluations == 1 + 4 * 45 + 1, "rests count as evaluations: nothing would have been found"


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("10:00:20.1 49.9 50.1", QUIET),
        ("10:00:20.1 under 20001", QUIET),
        ("10:00:20.1 features momentum=.4", QUIET),
        (("10:00:20.1", SetStop(position="C", price=45.0)), QUIET),
        (("10:00:20.1", Veto(position="C", for_s=3.0)), QUIET),
        ("10:00:20.1 buy 10 P", QUIET),
    ],
    ids=["a row", "the underlying", "features", "a stop", "a veto", "an entry elsewhere"],
)
def test_it_wakes_for(watch: Watch, line: Line, rules: Profile) -> None:
    judged = judged_at(watch, [*BUY, "10:00:15 P 30 30.1", line, "10:00:25 P 30 30.1"], rules)
    assert "10:00:20.25" in judged
    assert "10:00:24" not in judged


def test_it_wakes_for_a_volume_that_moves_no_price(watch: Watch) -> None:
    lines: list[Line] = [*BUY, *(f"10:{m:02d}:00 under volume=5" for m in range(1, 9)), "10:08:10 P 30 30.1"]
    assert play(lines, QUIET).held.contract.view.underlying_volume_ratio == 1.0
    assert len(watch.judged) < watch.beats / 10


def test_it_wakes_at_the_very_heartbeat_at_which_a_rule_of_the_clock_holds(watch: Watch) -> None:
    rules = profile("holding_limit max_held_s=40", "protective_stop stop_pct=20")
    played = play([*BUY, "10:00:45 P 30 30.1"], rules)
    assert played.decisions[0].rule == "holding_limit"
    assert clock(played.decisions[0].at_ns) == "10:00:40.25"
    assert len([at for at in watch.judged if "10:00:31" < at < "10:00:40"]) == 0


def test_nobody_rests_while_a_rule_holds(watch: Watch) -> None:
    lines: list[Line] = [*BUY, "10:00:01 60 60.1 gamma=.001", "10:00:04 60 60.1 gamma=.001", "10:00:07 P 30 30.1"]
    judged = judged_at(watch, lines, profile("scale_out grace_s=30"))
    assert judged[-4:] == ["10:00:06.25", "10:00:06.5", "10:00:06.75", "10:00:07"]


def test_the_alarm_of_an_unmarked_position_comes_in_time(watch: Watch) -> None:
    played = play([*BUY, "10:01:30 P 30 30.1"], QUIET)
    (alert,) = played.state.alerts.values()
    assert clock(alert.at_ns) == "10:01:05.25"
    assert len(watch.judged) < watch.beats / 10


def test_a_report_wakes_all(watch: Watch) -> None:
    begun, events = playing([*BUY, "10:00:20 P 30 30.1"], QUIET)
    begun.play(events)
    watch.judged.clear()
    begun.take(Fill(id="x", ref="nobody's", contracts=1, price=begun.held.average, fees=begun.held.fees, at_ns=0))  # pyright: ignore[reportArgumentType]
    again, _ = playing([*BUY, "10:00:21 P 30 30.1"], QUIET)
    begun.play([e for e in again.events() if e.at_ns > begun.state.now_ns])
    assert "10:00:20.25" in watch.judged


def test_open_interest_that_grew_old_wakes_it_when_it_comes_again() -> None:
    rules = profile("open_interest_reversal grace_s=0", "protective_stop stop_pct=20")
    lines: list[Line] = [
        "10:00:00 under 20000", f"{QUOTED} open_interest=1000", "10:00:00 P 30 30.1 open_interest=1000",
        "10:00:01 P 30 30.1 open_interest=1010", "10:00:01 49.9 50.1", "10:00:02 buy 100",
        "10:20:00 P 30 30.1 open_interest=1010", "10:20:00.5 P 30 30.1",
    ]  # fmt: skip
    blind = play([*lines[:-2], "10:19:59 P 30 30.1"], rules)
    assert blind.held.pos.oi_own != blind.held.pos.oi_own
    assert play(lines, rules).held.pos.oi_own == 1000.0


def test_under_a_shipped_profile_a_stale_position_rests_too(watch: Watch) -> None:
    judged = judged_at(watch, [*BUY, "10:04:00 P 30 30.1"], shipped_profile("scalp"))
    assert len(judged) < watch.beats / 20
