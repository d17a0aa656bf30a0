"""What a human may ask: sizes, vetoes, modes; refused or done in one sentence, and journalled either way."""

import pytest

from cockpit.brokers.paper import PaperOptions
from cockpit.commands import (
    Acknowledge,
    Acknowledged,
    Base,
    CancelExit,
    Close,
    Enter,
    Flatten,
    GoNow,
    HandBack,
    HoldUntil,
    Reconcile,
    Reduce,
    SetMode,
    SetSession,
    TakeOver,
    Unveto,
    Veto,
)
from cockpit.records import CommandRecord, DecisionRecord, OrderRecord
from cockpit.routing.walk import Walk
from cockpit.state.obeying import obey
from cockpit.state.reduce import taken
from tests.market_of import Line, Playing, ns, play, playing, profile
from tests.state.at_broker import Live

NAME = "NIFTY 20000 C 25 Aug"


def holding(contracts: int = 100, *, lot: int = 1, side: str = "buy", **how: object) -> Playing:
    """A position in C at 50, one second old."""
    lines: list[Line] = ["10:00:00 50 50", f"10:00:00 {side} {contracts}", "10:00:01 52 52"]
    return play(lines, lot=lot, **how)  # type: ignore[arg-type]


def says(played: Playing, given: Base) -> str:
    """The answer to a command that is done."""
    said = played.command(given)
    assert said.accepted, said.said
    return said.said


def refuses(played: Playing, given: Base) -> str:
    """The reason of a command that is not."""
    said = played.command(given)
    assert not said.accepted, said.said
    return said.said


# ---------------------------------------------------------------- size


@pytest.mark.parametrize(
    ("held", "lot", "fraction", "taken"),
    [
        (100, 1, 0.25, 25),
        (100, 1, 0.6, 60),
        (10, 1, 0.25, 2),  # 2.5 down
        (3, 1, 0.25, 1),  # at least one lot
        (150, 75, 0.5, 75),
        (225, 75, 0.6, 75),  # 1.8 lots down
        (225, 75, 0.25, 75),  # at least one
        (200, 75, 0.5, 75),  # odd contracts stay
        (75, 75, 1.0, 75),
        (100, 1, 1.0, 100),
    ],
)
def test_a_fraction_rounds_down_to_whole_lots_but_to_at_least_one(
    held: int, lot: int, fraction: float, taken: int
) -> None:
    played = holding(held, lot=lot)
    says(played, Reduce(position="C", fraction=fraction))
    assert played.sent[-1].contracts == taken


def test_one_lot_cannot_be_split() -> None:
    played = holding(75, lot=75)
    assert refuses(played, Reduce(position="C", fraction=0.5)) == "one lot cannot be split; take all"


@pytest.mark.parametrize(("contracts", "taken"), [(75, 75), (150, 150), (200, 200)])
def test_a_typed_count_is_whole_lots_or_everything(contracts: int, taken: int) -> None:
    played = holding(200, lot=75)
    says(played, Reduce(position="C", contracts=contracts))
    assert played.sent[-1].contracts == taken


def test_any_other_count_is_refused_with_the_remedy() -> None:
    played = holding(200, lot=75)
    assert refuses(played, Reduce(position="C", contracts=80)) == (
        "80 is not whole lots of 75; take a multiple, or everything"
    )
    assert refuses(played, Reduce(position="C", contracts=201)) == "only 200 are held"


def test_close_takes_all_and_is_a_decision_of_a_human() -> None:
    played = holding()
    assert says(played, Close(position="P0001")) == f"sells all 100 of {NAME}"
    assert played.exits == ["10:00:01 100 @ 52.00 human close"]
    (decision,) = [r for r in played.journal.durable if isinstance(r, DecisionRecord)]
    assert (decision.rule, decision.trigger, decision.contracts) == ("human", "close", 100)


def test_a_short_is_bought_back() -> None:
    played = holding(side="sell")
    assert says(played, Reduce(position="C", fraction=0.25)) == f"buys back 25 of {NAME}"
    assert played.exits == ["10:00:01 25 @ 52.00 human reduce"]


def test_what_is_leaving_is_not_sold_twice() -> None:
    played = holding(options=PaperOptions(latency_ms=900))
    says(played, Reduce(position="C", contracts=40))
    says(played, Reduce(position="C", contracts=10))
    assert refuses(played, Reduce(position="C", contracts=51)) == "an exit of 50 is working; close takes the rest"
    says(played, Close(position="C"))
    assert [(o.contracts, o.purpose) for o in played.sent][1:] == [(40, "exit"), (10, "exit"), (50, "exit")]
    assert refuses(played, Close(position="C")) == "all 100 are leaving already"


def test_a_position_that_is_not_there_is_named() -> None:
    assert refuses(holding(), Close(position="P")) == "no open position 'P'; open are P0001"


@pytest.mark.parametrize(
    ("given", "left"),
    [
        (Flatten(), []),
        (Flatten(scope="winners"), ["P", "S"]),
        (Flatten(scope="losers"), ["C", "S"]),
        (Flatten(scope="underlying", underlying="NIFTY"), ["S"]),
    ],
)
def test_flatten_takes_a_scope(given: Flatten, left: list[str]) -> None:
    lines = ["10:00:00 50 50", "10:00:00 P 30 30", "10:00:00 S 100 100"]
    lines += ["10:00:00 buy 10", "10:00:00 buy 10 P", "10:00:00 buy 10 S"]
    lines += ["10:00:01 51 51", "10:00:01 P 29 29", "10:00:01 S 100 100"]
    played = play(lines)
    says(played, given)
    assert [h.instrument.symbol for h in played.state.held.values()] == left


def test_flatten_says_when_there_is_nothing() -> None:
    played = play(["10:00:00 50 50"])
    assert says(played, Flatten()) == "nothing to flatten"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (SetSession(state="halted"),
         "session halted; no engine stop acts, only your own reductions; 1 entry being cancelled"),
        (SetSession(state="reducing"), "session reducing; 1 entry being cancelled"),
        (Flatten(), "1 entry being cancelled"),
        (Flatten(scope="underlying", underlying="NIFTY"), "1 entry being cancelled"),
    ],
)  # fmt: skip
def test_an_entry_on_its_way_is_cancelled_where_no_new_risk_is_wanted(given: Base, said: str) -> None:
    lines: list[Line] = ["10:00:00 50 50", "10:00:00 buy 100"]
    begun, events = playing([*lines, "10:00:01 51 51", "10:00:02 51 51"], options=PaperOptions(latency_ms=500))
    begun.take(events[0])
    assert says(begun, given) == said
    begun.play(events[1:])
    assert begun.trips == []
    assert begun.refused == ["10:00:00 cancelled on request"]


def test_what_an_entry_still_lacks_is_cancelled_by_a_halt() -> None:
    lines: list[Line] = ["10:00:00 50 50 ask_size=40", "10:00:00 buy 100"]
    lines += [("10:00:01", SetSession(state="halted")), *[f"10:00:0{s} 50 50 ask_size=40" for s in range(2, 6)]]
    assert play(lines, options=PaperOptions(participation=1.0)).held.contracts == 40


def test_flatten_leaves_entries_of_another_underlying_alone() -> None:
    lines: list[Line] = ["10:00:00 50 50", "10:00:00 S 100 100", "10:00:00 buy 10 S"]
    begun, events = playing([*lines, "10:00:01 S 100 100"], options=PaperOptions(latency_ms=500))
    begun.take(events[0])
    assert says(begun, Flatten(scope="underlying", underlying="NIFTY")) == "nothing to flatten"
    assert begun.play(events[1:]).held.contracts == 10


@pytest.mark.parametrize("given", [{}, {"fraction": 0.5, "contracts": 5}, {"fraction": 1.5}, {"contracts": 0}])
def test_code_cannot_make_a_reduction_that_means_nothing(given: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"'fraction'|'contracts'"):
        Reduce(position="C", **given)  # type: ignore[arg-type]


def test_nor_a_flatten_of_no_underlying() -> None:
    with pytest.raises(ValueError, match="'underlying'"):
        Flatten(scope="underlying")
    with pytest.raises(ValueError, match="'underlying'"):
        Flatten(underlying="NIFTY")


def test_a_partial_that_waits_for_a_quote_does_not_block_another() -> None:
    lines: list[Line] = ["10:00:00 50 50", "10:00:00 buy 100", "10:00:01 - 50"]
    lines += [("10:00:01", Reduce(position="C", contracts=10)), ("10:00:01", Reduce(position="C", fraction=0.25))]
    assert play([*lines, "10:00:02 49 50"]).exits == [
        "10:00:02 10 @ 49.00 human reduce", "10:00:02 25 @ 49.00 human reduce",
    ]  # fmt: skip


@pytest.mark.parametrize("session", ["reducing", "halted"])
@pytest.mark.parametrize("mode", ["observe", "confirm", "automatic"])
def test_nothing_ever_blocks_a_human_from_reducing(session: str, mode: str) -> None:
    played = holding()
    says(played, SetSession(state=session))  # type: ignore[arg-type]
    says(played, SetMode(position="C", mode=mode))  # type: ignore[arg-type]
    says(played, Veto(position="C", for_s=60))
    says(played, Reduce(position="C", contracts=40))
    says(played, TakeOver(position="C"))
    says(played, Close(position="C"))
    assert played.exits == ["10:00:01 40 @ 52.00 human reduce", "10:00:01 60 @ 52.00 human close"]


def test_a_humans_exit_fills_on_a_suspect_mark() -> None:
    lines: list[Line] = ["10:00:00 50 50", "10:00:00 buy 100", "10:00:01 80 80", ("10:00:01", Close(position="C"))]
    assert play(lines).exits == ["10:00:01 100 @ 80.00 human close"]


def test_and_waits_for_its_side() -> None:
    lines: list[Line] = [
        "10:00:00 50 50",
        "10:00:00 buy 100",
        "10:00:01 - 50",
        ("10:00:01", Close(position="C")),
        "10:00:02 49 50",
    ]
    assert play(lines).exits == ["10:00:02 100 @ 49.00 human close"]


# ---------------------------------------------------------------- what walks

WALKING = PaperOptions(walk=Walk())


def walking(*given: Line, rules: object = None) -> Playing:
    """A vetoable exit that walks from 10:00:10.25 on, eight seconds long."""
    lines: list[Line] = ["10:00:00 49 51", "10:00:00 buy 100", *[f"10:00:{s:02d} 49 51" for s in range(2, 11, 2)]]
    wanted = rules or profile("theta_decay max_held_s=10 binding='vetoable' grace_s=0")
    return play([*lines, *given], wanted, options=WALKING)  # type: ignore[arg-type]


QUIET = [f"10:00:{s:02d} 49 51" for s in range(11, 30)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Close(position="C"), "all 100 are leaving already; what still walked crosses at once"),
        (Reduce(position="C", fraction=1.0), "all 100 are leaving already; what still walked crosses at once"),
        (Flatten(), "1 position leaving"),
    ],
)
def test_a_human_makes_a_walking_exit_cross_at_once(given: Base, said: str) -> None:
    begun = walking("10:00:11 49 51")
    assert begun.held.leaving == 100, "it walks"
    assert says(begun, given) == said
    assert begun.exits == ["10:00:11 100 @ 49.00 theta_decay TIME_WINDOW_EXCEEDED"]
    assert len(begun.sent) == 2, "no second order"


def test_left_alone_it_walks_to_its_end() -> None:
    assert walking(*QUIET).exits == ["10:00:18.25 100 @ 49.00 theta_decay TIME_WINDOW_EXCEEDED"]


def test_a_stop_makes_a_walking_exit_cross_at_once() -> None:
    played = walking("10:00:11 37 38", "10:00:12 37 38")
    assert played.exits == ["10:00:11 100 @ 37.00 theta_decay TIME_WINDOW_EXCEEDED"]
    assert len(played.sent) == 2, "no second order"
    assert any(r.said == "hurried by protective_stop STOP_HIT" for r in played.journal.durable
               if isinstance(r, OrderRecord))  # fmt: skip


def test_leaving_whole_hurries_the_part_that_walks() -> None:
    lines: list[Line] = ["10:00:00 50 50 gamma=.012", "10:00:00 buy 100", "10:00:01 50.6 51.2 gamma=.004"]
    played = play(lines, profile("scale_out grace_s=0"), options=WALKING)
    assert played.held.leaving == 60
    assert says(played, Close(position="C")) == f"sells all 40 of {NAME}"
    assert played.exits == [
        "10:00:01 60 @ 50.60 scale_out FIRST_IMPULSE",
        "10:00:01 40 @ 50.60 human close",
    ]


def test_what_a_human_hurries_once_is_refused_the_second_time() -> None:
    begun = walking("10:00:11 - 51")
    says(begun, Close(position="C"))
    assert refuses(begun, Close(position="C")) == "all 100 are leaving already"


def test_a_restart_goes_on_as_urgent() -> None:
    lines: list[Line] = ["10:00:00 49 51", "10:00:00 buy 100", *[f"10:00:{s:02d} 49 51" for s in range(2, 11, 2)]]
    lines += ["10:00:11 - 51", ("10:00:11", Close(position="C")), "10:00:12 49 51"]
    rules = profile("theta_decay max_held_s=10 binding='vetoable' grace_s=0")
    begun, events = playing(lines, rules, options=WALKING)
    begun.play([e for e in events if e.at_ns <= ns("10:00:11")])
    again = begun.killed()
    assert again.play().exits == ["10:00:12 100 @ 49.00 theta_decay TIME_WINDOW_EXCEEDED"]


# ---------------------------------------------------------------- no, after all


def answer_to(played: Playing, command: str) -> str:
    """What the journal says was answered to the newest command of that name."""
    records = [r for r in played.journal.durable if isinstance(r, CommandRecord) and r.command == command]
    return records[-1].answer


def test_what_still_works_is_cancelled_and_the_position_stays() -> None:
    played = holding(options=PaperOptions(latency_ms=900))
    says(played, Reduce(position="C", contracts=40))
    says(played, Reduce(position="C", contracts=10))
    assert says(played, CancelExit(position="C")) == f"cancels the rest of 50 of {NAME}"
    assert (played.held.contracts, played.held.leaving, played.exits) == (100, 0, [])
    assert [r.state for r in played.journal.durable if isinstance(r, OrderRecord)][-2:] == ["cancelled", "cancelled"]


def test_of_a_part_that_is_filled_only_the_rest_is_cancelled() -> None:
    lines: list[Line] = ["10:00:00 50 50 ask_size=100", "10:00:00 buy 100", "10:00:01 52 52 bid_size=30"]
    played = play(lines, options=PaperOptions(participation=1.0))
    says(played, Close(position="C"))
    assert says(played, CancelExit(position="C")) == f"cancels the rest of 70 of {NAME}"
    assert (played.held.contracts, played.held.leaving) == (70, 0)


def test_there_must_be_something_to_cancel() -> None:
    played = holding()
    assert refuses(played, CancelExit(position="C")) == f"no exit of {NAME} works or waits for a yes"
    record = next(r for r in reversed(played.journal.durable) if isinstance(r, CommandRecord))
    assert (record.command, record.accepted) == ("cancel_exit", False)


def test_a_rule_whose_exit_was_cancelled_is_silent_until_its_reason_has_passed() -> None:
    played = walking("10:00:11 49 51", ("10:00:11", CancelExit(position="C")), *QUIET)
    assert played.exits == []
    assert len(played.sent) == 2, "the entry and the exit that was cancelled"
    assert played.held.leaving == 0
    assert answer_to(played, "cancel_exit") == (
        f"cancels the rest of 100 of {NAME}; theta decay declined until its reason has passed"
    )  # fmt: skip


def test_a_mandatory_rule_sends_again_and_the_answer_says_so() -> None:
    lines: list[Line] = ["10:00:00 50 50 ask_size=100", "10:00:00 buy 100", "10:00:01 37 38 bid_size=30"]
    lines += ["10:00:02 37 38 bid_size=0", ("10:00:02", CancelExit(position="C")), "10:00:03 37 38 bid_size=0"]
    played = play(lines, options=PaperOptions(participation=1.0))
    assert answer_to(played, "cancel_exit") == (
        f"cancels the rest of 70 of {NAME}; protective stop is mandatory and may send again at its next evaluation"
    )
    assert [order.contracts for order in played.sent] == [100, 100, 70]


def test_what_waits_for_a_yes_gets_a_no() -> None:
    asking = ("10:00:05", SetMode(position="C", mode="confirm"))
    silent = vetoing(asking, ("10:00:12", CancelExit(position="C")))
    assert silent.exits == []
    assert silent.held.asked[0].declined
    assert answer_to(silent, "cancel_exit") == "theta decay declined until its reason has passed"


def test_and_a_restart_remembers_it() -> None:
    asking: list[Line] = [("10:00:05", SetMode(position="C", mode="confirm"))]
    given: list[Line] = ["10:00:00 50 50", "10:00:00 buy 100", *LATER, *asking, ("10:00:12", CancelExit(position="C"))]
    begun, events = playing(given, THETA)
    begun.play([e for e in events if e.at_ns <= ns("10:00:14")])
    assert begun.killed().play().exits == []


def test_a_countdown_is_vetoed_and_not_cancelled() -> None:
    begun, events = playing(["10:00:00 50 50", "10:00:00 buy 100", *LATER], THETA)
    begun.play([e for e in events if e.at_ns <= ns("10:00:12")])
    assert refuses(begun, CancelExit(position="C")) == f"no exit of {NAME} works or waits for a yes"


# ---------------------------------------------------------------- vetoes

RULES = profile("holding_limit max_held_s=10", "theta_decay max_held_s=10 binding='vetoable'")
LATER = [f"10:00:{s:02d} 50 50" for s in range(2, 40, 2)]
THETA = profile("theta_decay max_held_s=10 binding='vetoable'")


def vetoing(*given: Line, rules: object = THETA) -> Playing:
    """A position that wants to leave from 10:00:10.25 on."""
    return play(["10:00:00 50 50", "10:00:00 buy 100", *LATER, *given], rules)  # type: ignore[arg-type]


def test_a_veto_before_the_countdown() -> None:
    played = vetoing(("10:00:05", Veto(position="C", rule="theta_decay", for_s=12)))
    assert played.exits == ["10:00:22 100 @ 50.00 theta_decay TIME_WINDOW_EXCEEDED"], "17, and then its grace"


def test_a_veto_during_the_countdown() -> None:
    played = vetoing(("10:00:12", Veto(position="C", rule="theta_decay", for_s=100)))
    assert played.exits == []
    assert played.verdicts("theta_decay")[-1] == "10:00:10.25 exit TIME_WINDOW_EXCEEDED pending"


def test_a_veto_after_the_order_is_sent_comes_too_late() -> None:
    lines: list[Line] = [
        "10:00:00 50 50",
        "10:00:00 buy 100",
        "10:00:10 - 50",
        "10:00:15 - 50",
        ("10:00:16", Veto(position="C", rule="theta_decay", for_s=100)),
        "10:00:17 49 50",
    ]
    assert play(lines, THETA).exits == ["10:00:17 100 @ 49.00 theta_decay TIME_WINDOW_EXCEEDED"]


def test_taken_back_the_rule_acts_again() -> None:
    played = vetoing(
        ("10:00:05", Veto(position="C", rule="theta_decay", for_s=100)),
        ("10:00:20", Unveto(position="C", rule="theta_decay")),
    )
    assert played.exits == ["10:00:25 100 @ 50.00 theta_decay TIME_WINDOW_EXCEEDED"]
    assert refuses(played, Unveto(position="C")) == "no open position 'C'; open are none"


def test_the_mandatory_cannot_be_vetoed_by_name_nor_with_all() -> None:
    played = holding(rules=RULES)
    assert (
        refuses(played, Veto(position="C", rule="holding_limit")) == "holding_limit is mandatory and cannot be vetoed"
    )
    assert refuses(played, Veto(position="C", rule="protective_stop")).startswith("protective_stop is mandatory")
    assert refuses(played, Veto(position="C", rule="exhaustion")) == "test has no rule 'exhaustion'"
    assert says(played, HoldUntil(position="C", for_s=30)).startswith("whatever may be vetoed is held for 30 s")
    held = vetoing(("10:00:05", HoldUntil(position="C", for_s=100)), rules=RULES)
    assert held.exits == ["10:00:10.25 100 @ 50.00 holding_limit EXTREME_HOLD"]


@pytest.mark.parametrize("rule", ["theta_decay", None])
def test_a_veto_is_not_made_shorter_by_another_one(rule: str | None) -> None:
    played = play(["10:00:00 50 50", "10:00:00 buy 100", "10:00:01 50 50"], profile("theta_decay"))

    def veto(for_s: float) -> Base:
        return Veto(position="C", rule=rule, for_s=for_s) if rule else HoldUntil(position="C", for_s=for_s)

    says(played, veto(600.0))
    assert refuses(played, veto(300.0)) == "that is held back for 10 min already; end that first to make it shorter"
    says(played, veto(900.0))
    says(played, Unveto(position="C", rule=rule))
    says(played, veto(300.0))


def test_who_asked_by_signal_is_told_apart_from_a_script() -> None:
    played = holding()
    played.command(Close(position="X", author="signal"))
    assert played.state.tail[-1].rule == "signal"


def test_overrides_are_data_with_author_reason_and_expiry() -> None:
    played = holding(rules=RULES)
    says(played, Veto(position="C", rule="theta_decay", for_s=30, reason="news", author="ana"))
    (veto,) = played.held.overrides.vetoes.values()
    assert (veto.rule, veto.author, veto.reason) == ("theta_decay", "ana", "news")
    assert veto.until_ns - played.state.now_ns == 30_000_000_000


# ---------------------------------------------------------------- countdowns, modes


def test_go_now_ends_a_countdown() -> None:
    played = vetoing(("10:00:12", GoNow(position="C")))
    assert played.exits == ["10:00:12 100 @ 50.00 theta_decay TIME_WINDOW_EXCEEDED"]
    assert refuses(holding(), GoNow(position="C")) == "nothing is counting down or waiting for a yes"


def test_go_now_tells_what_came_of_it() -> None:
    counting = vetoing()
    assert counting.exits, "the plain session leaves by itself"
    begun, events = playing(["10:00:00 50 50", "10:00:00 buy 100", *LATER], THETA)
    begun.play([e for e in events if e.at_ns <= ns("10:00:12")])
    assert says(begun, GoNow(position="C")) == "theta decay acts now"


def test_and_refuses_where_nothing_may_act() -> None:
    begun, events = playing(["10:00:00 50 50", "10:00:00 buy 100", *LATER], THETA)
    begun.play([e for e in events if e.at_ns <= ns("10:00:12")])
    says(begun, SetSession(state="halted"))
    assert refuses(begun, GoNow(position="C")) == "theta decay does not act: session halted"
    assert len(begun.sent) == 1, "the entry"


def test_and_says_what_it_waits_for() -> None:
    begun, events = playing(["10:00:00 50 50", "10:00:00 buy 100", *LATER, "10:00:12.1 90 90", "10:00:13 90 90"], THETA)
    begun.play([e for e in events if e.at_ns <= ns("10:00:12.1")])
    assert says(begun, GoNow(position="C")) == "theta decay acts as soon as it can (waits: the mark is suspect)"


def test_and_says_yes_in_confirm() -> None:
    played = vetoing(("10:00:05", SetMode(position="C", mode="confirm")), ("10:00:12", GoNow(position="C")))
    assert played.exits == ["10:00:12 100 @ 50.00 theta_decay TIME_WINDOW_EXCEEDED"]


def test_handed_back_the_engine_leads_again() -> None:
    played = vetoing(("10:00:05", TakeOver(position="C")), ("10:00:20", HandBack(position="C")))
    assert played.exits == ["10:00:25 100 @ 50.00 theta_decay TIME_WINDOW_EXCEEDED"]
    assert refuses(holding(), HandBack(position="C")) == "it was not taken over"


def test_taking_over_ends_countdowns() -> None:
    assert vetoing(("10:00:12", TakeOver(position="C"))).exits == []


def test_observe_says_that_no_engine_stop_acts() -> None:
    assert says(holding(), SetMode(position="C", mode="observe")) == f"{NAME}: observe; no engine stop acts on it"
    assert says(holding(), SetSession(state="halted")) == (
        "session halted; no engine stop acts, only your own reductions"
    )


# ---------------------------------------------------------------- the journal


def test_every_command_is_journalled_before_it_acts_refused_or_done() -> None:
    played = holding()
    played.command(Close(position="X"))
    played.command(Close(position="C"))
    records = played.journal.records
    said = [r for r in records if isinstance(r, CommandRecord) and r.author == "human"]
    assert [(r.command, r.arguments, r.accepted) for r in said] == [
        ("close", {"position": "X"}, False),
        ("close", {"position": "C"}, True),
    ]
    assert records.index(said[1]) < records.index(played.sent[-1])
    assert said[1] in played.journal.durable


@pytest.mark.parametrize("why", [{"symbol": "Q"}, {"symbol": "P", "profile": "none"}, {"symbol": "P"}, {"symbol": "C"}])
def test_an_entry_by_hand_is_journalled_once_whatever_refuses_it(why: dict[str, str]) -> None:
    played = holding()
    accepted = played.command(Enter(side="buy", contracts=1, **why)).accepted  # type: ignore[arg-type]
    said = [r for r in played.journal.records if isinstance(r, CommandRecord) and r.author == "human"]
    assert [(r.command, r.arguments["symbol"], r.accepted) for r in said] == [("enter", why["symbol"], accepted)]


def test_alerts_are_acknowledged() -> None:
    lines: list[Line] = ["10:00:00 49.9 50.1", "10:00:00 buy 100", *[f"10:00:{s:02d} 49.9 -" for s in range(1, 60)]]
    played = play([*lines, "10:01:00 49.9 -", "10:01:01 49.9 -", "10:01:02 49.9 -"])
    assert played.alerts == ["blind active"]
    assert says(played, Acknowledge()) == "1 alert acknowledged"
    assert refuses(played, Acknowledge(alert="nothing")) == "there is no alert 'nothing'"


def test_the_broker_is_asked_for_everything_at_once() -> None:
    live = Live()
    said = obey(live.state, Reconcile())
    assert said == Acknowledged(accepted=True, said="the broker is asked for all that it holds and has working")
    assert taken(live.state).reconciles
    live.link("quiet")
    assert not obey(live.state, Reconcile()).accepted
    assert not taken(live.state).reconciles


def test_in_practice_there_is_nobody_to_compare_with() -> None:
    played = play(["10:00:00 50 50"])
    assert played.command(Reconcile()).said == "orders are practised here: there is no broker to compare with"
