"""A button that stays pressed: underlined and in the accent while it is on."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPaintEvent

from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton


class Switch(ActionButton):
    """On or off, as `isChecked` says; `clicked` comes when a human has switched it."""

    def __init__(self, look: Look, word: str, *, icon: str = "", key: str = "", hint: str = "") -> None:
        super().__init__(look, word, key=key, hint=hint, kind="flat")
        self.setCheckable(True)
        self.set_icon(icon)
        self.setFixedSize(28, 24)

    def _text_token(self) -> str:
        return "accent" if self.isEnabled() and self.isChecked() else super()._text_token()

    def _content(self, ink: Ink, box: QRectF, token: str) -> None:
        """Without the cap: there is no room, and the tooltip names the key."""
        key, self._key = self._key, ""
        super()._content(ink, box, token)
        self._key = key

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, and the line under it while it is on."""
        super().paintEvent(event)
        if self.isChecked():
            with Ink(self, self._look) as ink:
                ink.fill(QRectF(8, self.height() - 3, self.width() - 16, 2), "accent")
