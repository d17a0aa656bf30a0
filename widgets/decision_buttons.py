"""The buttons of the decision bar: which there are, and the fixed place of each, so that none is where another was."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from widgets.acting.keymap import cap
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton, beside

FOUND = {  # what is done about a position that was found beyond its stop: word, hint and width
    "stop_price": ("Stop…", "type a stop from which it may be led", 84),
    "mode": ("Automatic", "let its rules act on it again, once its stop is where none of them sells at once", 106),
    "all": ("Take off", "leave this position whole", 96),
}
REASONS = {"veto_reason_1": "Bad data", "veto_reason_2": "Trend", "veto_reason_3": "News"}


class DecisionButtons(QWidget):
    """A bar with its buttons; whoever derives from it says which of them are seen."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._slim = look, False
        hint = "veto this decision; right click: how long, and why"
        self.veto = ActionButton(look, "Veto", key=cap("veto"), hint=hint)
        self.veto.set_icon("veto")
        self.take_over = ActionButton(look, "Take over", key=cap("take_over"), hint="take this position over")
        self.go = ActionButton(look, "Go now", key=cap("go"), hint="let it act now", kind="act")
        self.undo = ActionButton(look, "Undo", key=cap("undo_veto"), hint="take the veto back")
        self.reasons = {
            action: ActionButton(look, word, key=cap(action), hint=f"you vetoed because of: {word.lower()}")
            for action, word in REASONS.items()
        }
        self.again = ActionButton(look, "Play again", key=cap("again"), hint="play it again from the start")
        self.leave = ActionButton(look, "Take off", key=cap("all"), hint="leave this position whole")
        self.cancel = ActionButton(look, "Cancel rest", key=cap("cancel"), hint="cancel what still works of this exit")
        self.found = {name: ActionButton(look, word, hint=hint) for name, (word, hint, _) in FOUND.items()}
        self.previous = ActionButton(look, "↑", key="", hint="the decision before", kind="flat")
        self.next = ActionButton(look, "↓", key="", hint="the next decision", kind="flat")
        self.buttons = (
            self.veto, self.take_over, self.go, self.leave, self.cancel, self.again, self.undo,
            *self.reasons.values(), *self.found.values(), self.previous, self.next,
        )  # fmt: skip
        beside(self, *self.buttons)

    def _place(self) -> None:
        """Buttons from the right, each at its fixed place, so that Veto is never where Go now was."""
        height, tall = self.height(), 24 if self._slim else 28
        right = self.width() - 10
        for button, width in ((self.go, 96), (self.take_over, 102), (self.veto, 88)):
            button.setGeometry(right - width, (height - tall) // 2, width, tall)
            right -= width + 6
        self.leave.setGeometry(self.go.geometry())
        self.undo.setGeometry(self.veto.geometry())  # never where Go now may come up
        self.again.setGeometry(self.width() - 10 - 168, (height - tall) // 2, 168, tall)
        self.cancel.setGeometry(self.width() - 10 - 124, (height - tall) // 2, 124, tall)
        left = self.width() - 10
        for action, button in reversed(self.found.items()):
            wide = FOUND[action][2]
            button.setGeometry(left - wide, (height - tall) // 2, wide, tall)
            left -= wide + 6
        left = self.undo.x()
        for button in reversed(self.reasons.values()):
            left -= 98
            button.setGeometry(left, (height - tall) // 2, 92, tall)
        self.next.setGeometry(right - 30, (height - 24) // 2, 28, 24)
        self.previous.setGeometry(right - 104, (height - 24) // 2, 28, 24)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the buttons at the right."""
        self._place()
