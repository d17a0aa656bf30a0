"""What a trader can do on the cockpit's page, each by mouse and by key."""

from dataclasses import replace
from functools import cache

from PySide6.QtCore import QPoint

from cockpit.commands import (
    Acknowledge,
    CancelExit,
    Close,
    Flatten,
    GoNow,
    HandBack,
    HoldUntil,
    Reduce,
    SetMode,
    SetSession,
    SetStop,
    StopByTicks,
    StopToBreakEven,
    TakeOver,
    Unveto,
    Veto,
)
from cockpit.frame import ChainPart, DetailPart, Frame
from tests.widgets import frames, frames_lists, frames_market, frames_selected
from tests.widgets.conftest import Table
from tests.widgets.hands import (
    LEFT,
    SHIFT,
    Hand,
    K,
    Way,
    all_of,
    by,
    choose,
    click,
    double_click,
    drag,
    keys,
    line_of,
    pick,
    pick_by_key,
    press,
    right_click,
    row_menu,
    tab,
    tab_to,
    take,
)
from widgets.parts.button import HOLD_S

P, RULE = "P0001", "open_interest_reversal"
MORE = "Veto with a reason …"


@cache
def watched() -> DetailPart:
    """The selected position with all that is known of it."""
    listed = frames_lists.frame().detail
    assert listed is not None
    made = frames_selected.detail()
    row = replace(made.position, closes_ns=frames.AT_NS + 3_600 * frames.NS)
    return replace(
        made, position=row, conflict=listed.conflict, conflict_ns=listed.conflict_ns,
        open_interest=frames_market.open_interest(), regime=frames_market.regime(),
    )  # fmt: skip


@cache
def chain() -> ChainPart:
    """The chain, priced once."""
    return frames_market.chain()


def everything(*, cools: bool = False, **changed: object) -> Frame:
    """Every pane has something to show, one decision counts down."""
    made = frames_lists.frame()
    status = frames.status(alerts=2) if cools else frames.status(cooldown="expired", cooldown_until_ns=None, alerts=2)
    return replace(made, detail=watched(), chain=chain(), status=status, **changed)


def shows(table: Table, frame: Frame) -> None:
    """That frame, and what it makes the window ask for is answered."""
    table.show(frame)
    table.recorder.answer("")
    table.recorder.commands.clear()
    table.now_s += 1.5


def charted(table: Table) -> None:
    """The curves are drawn, so that the ladder has its axis."""
    table.window.load_charts()
    busy(table)


def busy(table: Table) -> None:
    shows(table, everything())


def quiet(table: Table) -> None:
    shows(table, everything(pending=()))


def several(table: Table) -> None:
    shows(table, everything(pending=frames.several().pending))


def confirming(table: Table) -> None:
    shows(table, everything(pending=frames.several().pending[1:2]))


def vetoed(table: Table) -> None:
    """A veto has just been sent and taken, and nothing is pending any more."""
    busy(table)
    press(table, "veto")
    table.recorder.answer("vetoed for 600 s")
    quiet(table)


def holding(table: Table) -> None:
    """The first position has just been held, and the engine has said so; another one is selected."""
    busy(table)
    press(table, "hold_until")
    keys(table, K.Key_Return)
    table.recorder.answer("whatever may be vetoed is held for 10 min")
    rules = tuple(replace(rule, by_hold=rule.status == "vetoed") for rule in watched().rules)
    first, *others = everything().positions
    held = replace(first, hold_until_ns=frames.AT_NS + 600 * frames.NS)
    shows(table, replace(everything(pending=(), positions=(held, *others)), detail=replace(watched(), rules=rules)))
    press(table, "down")
    table.recorder.answer("")
    table.recorder.commands.clear()


def selected(row: int) -> Hand:
    """Nothing is pending, and that row is selected."""

    def hand(table: Table) -> None:
        quiet(table)
        for _ in range(row):
            press(table, "down")
        table.recorder.answer("")
        table.recorder.commands.clear()

    return hand


def button(name: str) -> Hand:
    """A button of the selected position's head."""
    return lambda table: click(table, table.window.cockpit.header.buttons[name])


def bar(name: str) -> Hand:
    """A button of the decision bar."""
    return lambda table: click(table, getattr(table.window.bar, name))


def send(table: Table) -> None:
    """The button of the question that stands."""
    click(table, table.window.ask.send)


def typed(text: str) -> Hand:
    """Words where the keyboard is: the question has taken it."""
    return lambda table: keys(table, text)


def menu(row: int, words: str) -> Hand:
    """An entry of a row's menu."""
    return lambda table: row_menu(table, row, words)


def hold(table: Table) -> None:
    """Flatten, with the mouse."""
    flatten = table.window.strip.flatten
    table.qtbot.mousePress(flatten, LEFT)
    pass_time(table)
    table.qtbot.mouseRelease(flatten, LEFT)


def hold_key(table: Table) -> None:
    """Flatten, with its key."""
    table.qtbot.keyPress(table.window, K.Key_F12)
    pass_time(table)
    table.qtbot.keyRelease(table.window, K.Key_F12)


def pass_time(table: Table) -> None:
    table.pass_time(HOLD_S + 0.04)


def board_menu(table: Table, rule: int, words: str) -> None:
    """An entry of the menu of a rule."""
    board = table.window.cockpit.board
    right_click(board.viewport(), line_of(board, rule))
    pick(table, words)


def board_keys(table: Table, rule: int, words: str) -> None:
    """The same with the keys alone."""
    board = table.window.cockpit.board
    tab_to(table, board)
    keys(table, *[K.Key_Down] * (rule + 1))
    table.qtbot.keyClick(board, K.Key_F10, modifier=SHIFT)
    pick_by_key(table, words)


def drag_stop(table: Table) -> None:
    """The stop's handle on the ladder, ten ticks up."""
    ladder, scale = table.window.cockpit.selected.ladder, table.window.cockpit.selected.ladder.scale()
    assert scale is not None
    stop = frames_selected.ladder().rungs
    at = ladder.handle().center().toPoint()
    price = next(rung.price for rung in stop if rung.kind == "stop")
    drag(table, ladder, at, QPoint(at.x(), round(scale.y(price + 0.5))))


def step_stop(table: Table) -> None:
    """The same with the keys of the ladder."""
    tab_to(table, table.window.cockpit.selected.ladder)
    table.qtbot.keyClick(table.window.cockpit.selected.ladder, K.Key_Up, modifier=SHIFT)
    keys(table, K.Key_Return)


def alert_row(table: Table) -> None:
    lists = table.window.cockpit.lists
    tab(table, lists.tabs, "Alerts")
    double_click(table, lists.alerts.viewport(), line_of(lists.alerts, 0))


def alert_keys(table: Table) -> None:
    for _ in range(2):
        press(table, "next_list")
    tab_to(table, table.window.cockpit.lists.alerts)
    keys(table, K.Key_Down, K.Key_Return)


def all_alerts(table: Table) -> None:
    tab(table, table.window.cockpit.lists.tabs, "Alerts")
    click(table, table.window.cockpit.lists.acknowledge)


COMMANDS = (
    Way("a quarter off", lambda t: take(t, 0, "quarter"), by("quarter"), "quarter",
        (Reduce(position=P, fraction=0.25),)),
    Way("half off", button("half"), by("half"), "half", (Reduce(position=P, fraction=0.5),)),
    Way("60 % off", button("sixty"), by("sixty"), "sixty", (Reduce(position=P, fraction=0.6),)),
    Way("all off", lambda t: take(t, 0, "all"), by("all"), "all", (Close(position=P),)),
    Way("n off", all_of(menu(0, "Take off how many …"), typed("65"), send), by("number", "65", K.Key_Return), "number",
        (Reduce(position=P, contracts=65),)),
    Way("cancel what works", bar("cancel"), all_of(selected(5), by("cancel")), "cancel",
        (CancelExit(position="P0006"),), given=quiet),
    Way("say no", menu(2, "Cancel what works, or say no"), by("cancel"), "cancel", (CancelExit(position="P0003"),),
        given=confirming),
    Way("flatten", hold, hold_key, "flatten", (Flatten(),)),
    Way("flatten the losers",
        all_of(lambda t: right_click(t.window.strip.flatten), lambda t: choose(t, t.window.ask.choice, "losers: 2"),
               send),
        by("scopes", K.Key_Down, K.Key_Return), "scopes", (Flatten(scope="losers"),)),
    Way("flatten one name",
        all_of(lambda t: right_click(t.window.strip.flatten), lambda t: choose(t, t.window.ask.choice, "NIFTY: 3"),
               send),
        by("scopes", K.Key_Down, K.Key_Down, K.Key_Return), "scopes",
        (Flatten(scope="underlying", underlying="NIFTY"),)),
    Way("veto", bar("veto"), by("veto"), "veto", (Veto(position=P, rule=RULE),)),
    Way("veto for half an hour with a reason",
        all_of(lambda t: right_click(t.window.bar.veto), lambda t: choose(t, t.window.ask.choice, "30 min"),
               lambda t: click(t, t.window.ask.line), typed("news"), send),
        all_of(by("veto_more", "news", K.Key_Tab, K.Key_Down, K.Key_Return)), "veto_more",
        (Veto(position=P, rule=RULE, for_s=1_800.0, reason="news"),)),
    *(Way(f"the reason of a veto: {reason}", lambda t, a=action: click(t, t.window.bar.reasons[a]), by(action), action,
          (Veto(position=P, rule=RULE, reason=reason),), given=vetoed)
      for action, reason in (("veto_reason_1", "bad data"), ("veto_reason_2", "trend"), ("veto_reason_3", "news"))),
    Way("take the veto back", bar("undo"), by("undo_veto"), "undo_veto", (Unveto(position=P, rule=RULE),),
        given=vetoed),
    Way("veto from the board", lambda t: board_menu(t, 2, "Veto for 10 min"),
        lambda t: board_keys(t, 2, "Veto for 10 min"), "", (Veto(position=P, rule="theta_decay"),)),
    Way("veto from the board until the close", lambda t: board_menu(t, 2, "Veto until the close"),
        lambda t: board_keys(t, 2, "Veto until the close"), "",
        (Veto(position=P, rule="theta_decay", for_s=3_600.0),)),
    Way("veto from the board with a reason",
        all_of(lambda t: board_menu(t, 2, MORE), typed("trend"), send),
        all_of(lambda t: board_keys(t, 2, MORE), lambda t: keys(t, "trend", K.Key_Return)), "",
        (Veto(position=P, rule="theta_decay", reason="trend"),)),
    Way("take a veto back on the board", lambda t: board_menu(t, 4, "Take the veto back"),
        lambda t: board_keys(t, 4, "Take the veto back"), "", (Unveto(position=P, rule="exhaustion"),)),
    Way("go now", bar("go"), by("go"), "go", (GoNow(position=P, rule=RULE),)),
    Way("hold until", all_of(menu(0, "Hold for a while …"), typed("lunch"), send),
        by("hold_until", "lunch", K.Key_Return), "hold_until",
        (HoldUntil(position=P, for_s=600.0, reason="lunch"),)),
    Way("end the hold that was just said", bar("undo"), by("undo_veto"), "undo_veto", (Unveto(position=P),),
        given=holding),
    Way("end the hold in the row's menu", menu(0, "End the hold"), by("undo_veto"), "undo_veto",
        (Unveto(position=P),), given=holding),
    Way("end the hold on the board", lambda t: board_menu(t, 4, "End the hold"),
        lambda t: board_keys(t, 4, "End the hold"), "", (Unveto(position=P),), given=holding),
    Way("take over", button("take_over"), by("take_over"), "take_over", (TakeOver(position=P),), given=quiet),
    Way("take the pending one over", bar("take_over"), by("take_over"), "take_over", (TakeOver(position=P),)),
    Way("hand back", lambda t: take(t, 5, "take_over"), by("take_over"), "take_over", (HandBack(position="P0006"),),
        given=selected(5)),
    *(Way(f"mode {mode}", button("mode"), by("mode"), "mode",
          (SetMode(position=f"P000{row + 1}", mode=mode),), given=selected(row))  # type: ignore[arg-type]
      for row, mode in ((0, "confirm"), (2, "observe"), (3, "automatic"))),
    Way("break-even", menu(0, "Stop to break-even"), by("break_even"), "break_even", (StopToBreakEven(position=P),)),
    Way("stop up", menu(0, "Stop up by one tick"), by("stop_up"), "stop_up", (StopByTicks(position=P, ticks=1),)),
    Way("stop down", menu(0, "Stop down by one tick"), by("stop_down"), "stop_down",
        (StopByTicks(position=P, ticks=-1),)),
    Way("type a stop", all_of(menu(0, "Type a price for the stop …"), typed("77.05"), send),
        by("stop_price", "77.05", K.Key_Return), "stop_price", (SetStop(position=P, price=77.05, was=76.53),)),
    Way("move the stop on the ladder", drag_stop, step_stop, "",
        None, lambda t: [(type(c), c.typed, c.price > 76.55, c.was) for c in t.commands],
        [(SetStop, False, True, 76.53)], charted),
    Way("halt", lambda t: click(t, t.window.strip.session), by("session"), "session", (SetSession(state="halted"),)),
    Way("go on", lambda t: click(t, t.window.strip.session), by("session"), "session", (SetSession(state="active"),),
        given=lambda t: shows(t, frames.trouble())),
    Way("all alerts seen", all_alerts, by("alerts"), "alerts", (Acknowledge(),)),
    Way("one alert seen", alert_row, alert_keys, "", (Acknowledge(alert="A4"),)),
)  # fmt: skip
