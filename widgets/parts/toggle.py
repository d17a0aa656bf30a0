"""A button that is one of several, or that switches something on."""

from PySide6.QtCore import QRectF

from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton


class Toggle(ActionButton):
    """A button that shows whether it is the one that is chosen; whoever owns it says so."""

    def __init__(self, look: Look, word: str, *, hint: str = "", icon: str = "") -> None:
        super().__init__(look, word, hint=hint)
        self._chosen = False
        if icon:
            self.set_icon(icon)

    @property
    def chosen(self) -> bool:
        """Whether this is the one."""
        return self._chosen

    def set_chosen(self, chosen: bool) -> None:
        """Make it the one, or not."""
        if chosen != self._chosen:
            self._chosen = chosen
            self.setAccessibleDescription("chosen" if chosen else "")
            self.update()

    def _ground(self, ink: Ink, box: QRectF) -> None:
        if self._chosen and self.isEnabled():
            ink.rounded(box, 4, fill="sel", line="accent")
        else:
            super()._ground(ink, box)
