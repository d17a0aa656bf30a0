"""The stop is moved by mouse and by key, says what it would guarantee, and is sent once; refusals are shown."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from pytestqt.qtbot import QtBot

from cockpit.commands import SetStop
from cockpit.frame import DetailPart
from tests.widgets import frames_selected as made
from tests.widgets.conftest import Recorder
from widgets.acting.dispatch import Dispatch
from widgets.paint import format as fmt
from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.selected.exit_ladder import ACTION, ExitLadder
from widgets.selected.ladder_foot import rows_of
from widgets.selected.ladder_places import placed

AXIS = (64.5, 83.5)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    made = Recorder()
    yield made
    made.close()


@pytest.fixture
def ladder(look: Look, qtbot: QtBot, recorder: Recorder) -> ExitLadder:
    built = ExitLadder(look, Dispatch(recorder.submit))
    qtbot.addWidget(built)
    built.resize(built.width(), 420)
    built.set_foot(120)
    built.show()
    built.show_detail(made.detail(), "INR")
    built.set_axis(*AXIS)
    return built


@pytest.fixture
def wanted(ladder: ExitLadder) -> list[float]:
    said: list[float] = []
    ladder.stop_wanted.connect(lambda position, price, was: said.append(price))
    return said


def at(ladder: ExitLadder, price: float) -> QPoint:
    scale = ladder.scale()
    assert scale is not None
    return QPoint(round(ladder.handle().center().x()), round(scale.y(price)))


def drag(ladder: ExitLadder, qtbot: QtBot, price: float) -> None:
    qtbot.mousePress(ladder, Qt.MouseButton.LeftButton, pos=ladder.handle().center().toPoint())
    qtbot.mouseMove(ladder, at(ladder, price))


def test_dragging_says_the_outcome_and_letting_go_sends_it(
    ladder: ExitLadder, wanted: list[float], qtbot: QtBot
) -> None:
    drag(ladder, qtbot, 75.0)
    ghost = ladder.ghost
    assert ghost is not None
    assert ghost.price == pytest.approx(75.0, abs=0.06)
    assert ghost.price / 0.05 == pytest.approx(round(ghost.price / 0.05))
    assert "locks" in ladder.said()
    assert wanted == []
    qtbot.mouseRelease(ladder, Qt.MouseButton.LeftButton, pos=at(ladder, 75.0))
    assert wanted == [ghost.price]
    assert ladder.ghost is None


def test_escape_puts_a_dragged_stop_back(ladder: ExitLadder, wanted: list[float], qtbot: QtBot) -> None:
    drag(ladder, qtbot, 75.0)
    qtbot.keyClick(ladder, Qt.Key.Key_Escape)
    assert ladder.ghost is None
    qtbot.mouseRelease(ladder, Qt.MouseButton.LeftButton, pos=at(ladder, 75.0))
    assert wanted == []


def test_a_press_without_moving_sends_nothing(ladder: ExitLadder, wanted: list[float], qtbot: QtBot) -> None:
    qtbot.mouseClick(ladder, Qt.MouseButton.LeftButton, pos=ladder.handle().center().toPoint())
    assert wanted == []


def test_only_the_stop_can_be_dragged(ladder: ExitLadder, wanted: list[float], qtbot: QtBot) -> None:
    qtbot.mousePress(ladder, Qt.MouseButton.LeftButton, pos=at(ladder, made.ENTRY))
    qtbot.mouseMove(ladder, at(ladder, 75.0))
    assert ladder.ghost is None
    qtbot.mouseRelease(ladder, Qt.MouseButton.LeftButton, pos=at(ladder, 75.0))
    assert wanted == []


def test_keys_move_the_stop_by_ticks_and_enter_sends(ladder: ExitLadder, wanted: list[float], qtbot: QtBot) -> None:
    qtbot.keyClick(ladder, Qt.Key.Key_Up)
    first = ladder.ghost
    assert first is not None
    assert first.price == pytest.approx(76.60)
    qtbot.keyClick(ladder, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(ladder, Qt.Key.Key_Return)
    assert wanted == [pytest.approx(76.10)]
    qtbot.keyClick(ladder, Qt.Key.Key_Return)
    assert len(wanted) == 1


def test_escape_and_leaving_put_the_ghost_away(ladder: ExitLadder, wanted: list[float], qtbot: QtBot) -> None:
    ladder.setFocus()
    for leave in (lambda: qtbot.keyClick(ladder, Qt.Key.Key_Escape), ladder.clearFocus):
        ladder.setFocus()
        qtbot.keyClick(ladder, Qt.Key.Key_Up)
        assert ladder.ghost is not None
        leave()
        assert ladder.ghost is None
    assert wanted == []


def trailed(stop: float) -> DetailPart:
    """The same position, its stop moved on by a trail."""
    rungs = (replace(r, price=stop) if r.kind == "stop" else r for r in made.ladder().rungs)
    return replace(made.detail(), ladder=made.ladder(rungs=tuple(sorted(rungs, key=lambda r: -r.price))))


def test_a_ghost_says_from_which_stop_it_was_taken(ladder: ExitLadder, qtbot: QtBot) -> None:
    said: list[tuple[str, float, float]] = []
    ladder.stop_wanted.connect(lambda *what: said.append(what))
    qtbot.keyClick(ladder, Qt.Key.Key_Up)
    ladder.show_detail(trailed(77.60), "INR")
    qtbot.keyClick(ladder, Qt.Key.Key_Up)
    qtbot.keyClick(ladder, Qt.Key.Key_Return)
    assert said == [("P0001", pytest.approx(76.65), made.STOP)]
    qtbot.keyClick(ladder, Qt.Key.Key_Up)
    qtbot.keyClick(ladder, Qt.Key.Key_Return)
    assert said[1:] == [("P0001", pytest.approx(77.65), 77.60)]


def test_the_stop_that_is_held_is_painted_beside_the_ghost(
    ladder: ExitLadder, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.keyClick(ladder, Qt.Key.Key_Up)
    ladder.show_detail(trailed(77.60), "INR")
    painted: list[str] = []
    text = Ink.text
    monkeypatch.setattr(
        Ink, "text", lambda self, box, words, **k: (painted.append(words), text(self, box, words, **k))[1]
    )
    ladder.grab()
    assert {"Stop", "77.60", "76.60", "1.75 below mark"} <= set(painted)
    scale = ladder.scale()
    assert scale is not None
    held = next(line for line in placed(trailed(77.60), scale, 76.60) if line.rung.kind == "stop")
    assert ladder.handle().center().y() == pytest.approx(held.place, abs=1.0), "it is taken hold of where it is drawn"


def test_other_keys_are_the_windows(ladder: ExitLadder, qtbot: QtBot) -> None:
    qtbot.keyClick(ladder, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(ladder, Qt.Key.Key_B)
    assert ladder.ghost is None


def test_a_refusal_is_shown_instead(ladder: ExitLadder, wanted: list[float], qtbot: QtBot) -> None:
    why = "an exit of all 195 is working"
    ladder.show_detail(replace(made.detail(), ladder=made.ladder(can_drag=False, drag_refusal=why)), "INR")
    drag(ladder, qtbot, 75.0)
    assert ladder.ghost is None
    assert ladder.refused == why
    assert ladder.accessibleDescription() == why
    assert ladder.grab().width() == ladder.width()
    qtbot.mouseRelease(ladder, Qt.MouseButton.LeftButton, pos=at(ladder, 75.0))
    assert wanted == []
    qtbot.keyClick(ladder, Qt.Key.Key_Escape)
    assert ladder.refused == ""


def test_a_mark_that_falls_pushes_the_ghost(ladder: ExitLadder, qtbot: QtBot) -> None:
    qtbot.keyClick(ladder, Qt.Key.Key_Up)
    rungs = tuple(replace(r, price=76.0) if r.kind == "mark" else r for r in made.ladder().rungs)
    ladder.show_detail(replace(made.detail(), ladder=made.ladder(rungs=rungs)), "INR")
    assert ladder.ghost is not None
    assert ladder.ghost.price == pytest.approx(75.95)


def test_another_position_forgets_the_ghost(ladder: ExitLadder, qtbot: QtBot) -> None:
    qtbot.keyClick(ladder, Qt.Key.Key_Up)
    other = made.detail()
    ladder.show_detail(replace(other, position=replace(other.position, id="P0002")), "INR")
    assert ladder.ghost is None
    assert ladder.scale() is None
    ladder.show_detail(None, "INR")
    assert ladder.said() == "no position is selected"
    assert ladder.handle().isEmpty()


def test_while_it_is_sent_the_rung_says_so(ladder: ExitLadder, recorder: Recorder, look: Look) -> None:
    before = ladder.grab().toImage()

    ladder._dispatch.send(SetStop(position="P0001", price=75.0), ACTION, "P0001")
    assert ladder._dispatch.sending(ACTION, "P0001")
    assert ladder.grab().toImage() != before
    recorder.answer("stop at 75")
    assert ladder.grab().toImage() == before


def test_nothing_is_painted_again_while_it_looks_the_same(ladder: ExitLadder, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[bool] = []
    monkeypatch.setattr(ladder, "update", lambda: painted.append(True))
    ladder.show_detail(replace(made.detail(), rules=()), "INR")
    ladder.set_axis(*AXIS)
    assert painted == []
    ladder.show_detail(replace(made.detail(), ladder=made.ladder(locked_bps=700.0)), "INR")
    assert painted == [True]


@pytest.mark.parametrize("width", [1600, 1280])
def test_every_word_of_the_design_fits(ladder: ExitLadder, look: Look, width: int) -> None:
    look.set_width(width)
    ladder.set_measures()
    cut: list[str] = []
    elided = Ink.elided

    def watch(self: Ink, box: object, words: str, **given: object) -> bool:
        was_cut = elided(self, box, words, **given)  # type: ignore[arg-type]
        if was_cut:
            cut.append(words)
        return was_cut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ink, "elided", watch)
        ladder.grab()
    assert cut == []


LONG = {
    "stage": "+1500 bps → locks +1000 bps",
    "stop": "+689 bps · staged trailing stop",
    "mark": "+943 bps · exit at 78.25",
    "tranche": "takes 65 of 195 once the impulse fades",
}


def test_longer_words_are_cut_at_their_parts(ladder: ExitLadder, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    look.set_width(1280)
    ladder.set_measures()
    rungs = [replace(r, text=LONG.get(r.kind, r.text)) for r in made.ladder().rungs]
    rungs.append(replace(rungs[0], kind="tranche", price=75.0, name="Tranche", text=LONG["tranche"]))
    rungs.append(
        replace(rungs[0], kind="trail", price=74.2, name="Trail, stage 3", text="+363 bps · staged trailing stop")
    )
    ladder.show_detail(replace(made.detail(), ladder=made.ladder(rungs=tuple(rungs))), "INR")
    painted: list[str] = []
    text = Ink.text
    monkeypatch.setattr(
        Ink, "text", lambda self, box, words, **k: (painted.append(words), text(self, box, words, **k))[1]
    )
    ladder.grab()
    for words in ("+1500 bps", "+689 bps", "+943 bps · exit 78.25", "takes 65 of 195", "Tranche", "Trail", "+363 bps"):
        assert words in painted
    assert not any("…" in words for words in painted)


def test_the_rows_of_money_say_what_is_locked_lost_or_unknown(look: Look) -> None:
    assert rows_of(made.detail(), "₹")[0] == ("Locked, gross", "+961 ₹", "profit", "+689 bps")
    assert rows_of(made.detail(), "₹")[1] == ("At stake to the stop", "−355 ₹", "t1", "1.82")
    assert rows_of(made.young(), "₹")[0][:3] == ("Lost at the stop, gross", "−1\u202f117 ₹", "loss")
    unknown = made.ladder(locked=None, locked_bps=None, at_stake=None, give_back=None, give_back_bps=None, rungs=())
    rows = rows_of(replace(made.detail(), ladder=unknown), "₹")
    assert [row[1] for row in rows] == ["n/a"] * 3
    assert [row[3] for row in rows] == ["n/a"] * 3
    assert rows_of(replace(made.detail(), ladder=None), "₹") == []


MONEY = {"lost": -715_710.0, "locked": 964_321.0, "passed": 119_012.0, "ten million": -99_999_999.0}


def rich(state: str, *, is_model: bool = False) -> DetailPart:
    """Six digits and more in every row, and as much in points and basis points."""
    money = MONEY[state]
    far = {"stop": 61_000.0, "mark": 60_500.0} if state == "passed" else {"stop": 60_500.0, "mark": 73_845.65}
    rungs = tuple(replace(rung, price=far.get(rung.kind, rung.price)) for rung in made.ladder().rungs)
    part = made.ladder(
        rungs=rungs, locked=money, at_stake=-888_888.0, give_back=-888_888.0, locked_bps=-99_999.0,
        give_back_bps=123_456.0, is_model=is_model,
    )  # fmt: skip
    return replace(made.detail(), ladder=part)


def painted_foot(ladder: ExitLadder, patch: pytest.MonkeyPatch) -> list[tuple[str, QRectF]]:
    """Every text of the foot and where it is painted."""
    found: list[tuple[str, QRectF]] = []
    text = Ink.text

    def watch(self: Ink, box: QRectF, words: str, **given: float) -> None:
        px, weight, align = int(given.get("px", 12)), int(given.get("weight", 400)), given.get("align", 0.0)
        width, height = self.look.width(words, px, weight), self.look.metrics(px, weight).height()
        if box.top() >= ladder.height() - 120:
            left, top = box.left() + align * (box.width() - width), box.center().y() - height / 2
            found.append((words, QRectF(left, top, width, height)))
        text(self, box, words, **given)  # type: ignore[arg-type]

    patch.setattr(Ink, "text", watch)
    ladder.grab()
    return found


@pytest.mark.parametrize("foot", [120, 84])
@pytest.mark.parametrize("window", [1600, 1280])
@pytest.mark.parametrize("currency", ["INR", "USD"])
@pytest.mark.parametrize("state", list(MONEY))
@pytest.mark.parametrize("is_model", [True, False])
def test_names_and_money_never_touch(  # every one of them makes the room smaller
    ladder: ExitLadder, look: Look, monkeypatch: pytest.MonkeyPatch, window: int, foot: int, currency: str, state: str,
    is_model: bool,
) -> None:  # fmt: skip
    look.set_width(window)
    ladder.set_measures()
    ladder.set_foot(foot)
    detail = rich(state, is_model=is_model)
    ladder.show_detail(detail, currency)
    ladder.set_axis(*AXIS)
    found = painted_foot(ladder, monkeypatch)
    said = [words for words, _ in found]
    for _, money, _, second in rows_of(detail, fmt.currency(currency)):
        assert money in said, "money is never cut"
        assert second in said
    assert not any("…" in words for words in said), "there are words short enough"
    for i, (words, box) in enumerate(found):
        assert box.left() >= 11.0, words
        assert box.right() <= ladder.width() - 11.0, words
        for other, beside in found[i + 1 :]:
            assert not box.intersects(beside), f"{words!r} runs into {other!r}"


def test_dragging_past_the_mark_sends_nothing_and_says_what_would(
    ladder: ExitLadder, wanted: list[float], qtbot: QtBot
) -> None:
    qtbot.mousePress(ladder, Qt.MouseButton.LeftButton, pos=at(ladder, 76.53))
    qtbot.mouseMove(ladder, at(ladder, 79.5))
    qtbot.mouseRelease(ladder, Qt.MouseButton.LeftButton, pos=at(ladder, 79.5))
    assert wanted == []
    assert ladder.refused.startswith("past the mark")
