"""The menu of a position's row: what can be asked for it beyond its buttons, with the keys that do the same."""

from collections.abc import Callable

from PySide6.QtWidgets import QMenu

from cockpit.frame import PositionPart
from widgets.acting.keymap import cap
from widgets.paint import format as fmt

GROUPS: tuple[dict[str, str], ...] = (
    {"number": "Take off how many …", "all": "Take all of it off", "cancel": "Cancel what works, or say no"},
    {"stop_price": "Type a price for the stop …", "break_even": "Stop to break-even", "stop_up": "Stop up by one tick",
     "stop_down": "Stop down by one tick"},
    {"hold_until": "Hold for a while …", "take_over": "Take over", "mode": "Automatic, confirm, observe"},
)  # fmt: skip


def fill(menu: QMenu, row: PositionPart, press: Callable[[str, str], None]) -> None:
    """Put the entries of that row into the menu; `press` is told the action and the position's id."""
    menu.clear()
    menu.addSection(fmt.split_label(row.label)[0])
    for group in GROUPS:
        for name, words in group.items():
            said = "Hand back" if name == "take_over" and row.mode == "taken over" else words
            action = menu.addAction(f"{said}\t{cap(name)}")
            action.setData(name)
            action.triggered.connect(lambda _=False, name=name: press(name, row.id))
            if name == "hold_until" and row.hold_until_ns is not None:
                menu.addAction("End the hold").triggered.connect(lambda: press("end_hold", row.id))
        menu.addSeparator()
