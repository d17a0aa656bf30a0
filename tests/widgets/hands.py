"""A hand at the mouse and one at the keys: real events on what lies at a place, and through the keymap in force."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QMenu, QWidget

from cockpit.commands import Command
from tests.widgets.conftest import Table
from widgets.acting.keymap import active
from widgets.grid.position_row import take_boxes
from widgets.parts.painted_table import PaintedTable
from widgets.parts.row_area import RowArea
from widgets.parts.tab_bar import TabBar

LEFT, K = Qt.MouseButton.LeftButton, Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Hand = Callable[[Table], object]


class Way(NamedTuple):
    """One thing that a trader can do, by mouse and by key.

    `sends` are the commands that come of it, None for any; or `seen` reads from the window what is `wanted` afterwards,
    and was not before. `action` is that of the keymap whose key begins it, if one does.
    """

    name: str
    mouse: Hand
    key: Hand
    action: str = ""
    sends: tuple[Command, ...] | None = ()
    seen: Hand | None = None
    wanted: object = None
    given: Hand | None = None  # what is on the screen; all of it unless said otherwise


def under(widget: QWidget, at: QPoint | None = None) -> tuple[QWidget, QPoint]:
    """What lies under the mouse at that place of the widget, which must be the widget or a part of it."""
    QApplication.processEvents()  # nobody clicks on what has not been laid out and painted
    spot = widget.rect().center() if at is None else at
    assert widget.rect().contains(spot), f"{spot} is beside {widget.accessibleName()}"
    window = widget.window()
    there = widget.mapTo(window, spot)
    found = window.childAt(there) or window
    assert found is widget or widget.isAncestorOf(found), f"{found} lies over {widget.accessibleName()}"
    return found, found.mapFrom(window, there)


def click(table: Table, widget: QWidget, at: QPoint | None = None) -> None:
    """The left button, at the middle unless said otherwise."""
    found, spot = under(widget, at)
    table.qtbot.mouseClick(found, LEFT, pos=spot)


def double_click(table: Table, widget: QWidget, at: QPoint) -> None:
    """The left button twice."""
    found, spot = under(widget, at)
    table.qtbot.mouseClick(found, LEFT, pos=spot)
    table.qtbot.mouseDClick(found, LEFT, pos=spot)


def right_click(widget: QWidget, at: QPoint | None = None) -> None:
    """What the right button asks for."""
    found, spot = under(widget, at)
    QApplication.sendEvent(found, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, found.mapToGlobal(spot)))


def wheel(widget: QWidget, steps: int) -> None:
    """The wheel, over the middle."""
    found, spot = under(widget)
    event = QWheelEvent(
        QPointF(spot), QPointF(found.mapToGlobal(spot)), QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(found, event)


def drag(table: Table, widget: QWidget, start: QPoint, end: QPoint) -> None:
    """With the left button held from one place to the other."""
    found, spot = under(widget, start)
    table.qtbot.mousePress(found, LEFT, pos=spot)
    middle = (start + end) / 2
    for at in (middle, end):
        table.qtbot.mouseMove(found, found.mapFrom(widget, at))
    table.qtbot.mouseRelease(found, LEFT, pos=found.mapFrom(widget, end))


def pick(table: Table, words: str) -> None:
    """A click on the entry of the menu that is open."""
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu), "no menu is open"
    entry = next(each for each in menu.actions() if each.text().partition("\t")[0] == words)
    table.qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry).center())


def pick_by_key(table: Table, words: str) -> None:
    """Down to the entry of the menu that is open, and Enter."""
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu), "no menu is open"
    for _ in menu.actions():
        table.qtbot.keyClick(menu, K.Key_Down)
        entry = menu.activeAction()
        if entry is not None and entry.text().partition("\t")[0] == words:
            table.qtbot.keyClick(menu, K.Key_Return)
            return
    raise AssertionError(f"the keys do not reach {words!r}")


def choose(table: Table, box: QComboBox, words: str) -> None:
    """Open the box and click on that line."""
    interval = QApplication.doubleClickInterval()
    QApplication.setDoubleClickInterval(0)  # for so long the box takes a second click for a part of the first
    click(table, box)
    QApplication.processEvents()
    QApplication.setDoubleClickInterval(interval)
    view = box.view()
    row = next(i for i in range(box.count()) if box.itemText(i) == words)
    place = view.visualRect(box.model().index(row, 0)).center()
    table.qtbot.mouseClick(view.viewport(), LEFT, pos=place)


# ---------------------------------------------------------------- places


def take(table: Table, row: int, action: str) -> None:
    """One of the small buttons of a row of the grid."""
    grid = table.window.cockpit.grid
    place = next(each for each in grid.places if each.column.key == "take")
    left = place.left - grid.horizontalScrollBar().value()
    box = dict(take_boxes(QRectF(row_of(table, row)), left))[action]
    click(table, grid.viewport(), box.center().toPoint())


def row_of(table: Table, row: int):  # type: ignore[no-untyped-def]
    """Where a row of the grid is."""
    return table.window.cockpit.grid._row_rect(row)


def row_menu(table: Table, row: int, words: str) -> None:
    """An entry of the menu of a row of the grid."""
    grid = table.window.cockpit.grid
    right_click(grid.viewport(), row_of(table, row).topLeft() + QPoint(60, 10))
    pick(table, words)


def tab(table: Table, bar: TabBar, name: str) -> None:
    """A tab."""
    click(table, bar, bar.place_of(name).center().toPoint())


def line_of(area: RowArea | PaintedTable, row: int) -> QPoint:
    """A place on a line of a list."""
    return area.row_rect(row).topLeft() + QPoint(60, 8)


# ---------------------------------------------------------------- keys


def focused(table: Table) -> QWidget:
    """What has the keyboard."""
    return table.window.focusWidget() or table.window


def press(table: Table, action: str) -> None:
    """The key of an action, wherever the keyboard is."""
    key = QKeySequence(active.bindings[action].keys[0])[0]
    table.qtbot.keyClick(focused(table), key.key(), key.keyboardModifiers())


def keys(table: Table, *given: Qt.Key | str) -> None:
    """Keys one after the other, or words to type."""
    for each in given:
        if isinstance(each, str):
            table.qtbot.keyClicks(focused(table), each)
        else:
            table.qtbot.keyClick(focused(table), each)


def tab_to(table: Table, widget: QWidget) -> None:
    """Tab, until the keyboard is there."""
    for _ in range(200):
        now = focused(table)
        if now is widget or now is widget.focusProxy():
            return
        table.qtbot.keyClick(now, K.Key_Tab)
    raise AssertionError(f"Tab does not reach {widget.accessibleName() or widget}")


def by(action: str, *then: Qt.Key | str) -> Hand:
    """The key of an action, and others after it."""

    def hand(table: Table) -> None:
        press(table, action)
        keys(table, *then)

    return hand


def all_of(*hands: Hand) -> Hand:
    """One after the other."""

    def hand(table: Table) -> None:
        for each in hands:
            each(table)

    return hand
