"""The button of the next step of a form."""

from PySide6.QtCore import QRectF

from widgets.button import ActionButton
from widgets.ink import Ink


class AccentButton(ActionButton):
    """Filled in the accent while it is on."""

    def _text_token(self) -> str:
        return "onaccent" if self.isEnabled() else "t3"

    def _ground(self, ink: Ink, box: QRectF) -> None:
        if not self.isEnabled():
            super()._ground(ink, box)
            return
        share = 0.16 if self.isDown() else 0.08 if self.underMouse() else 0.0
        ink.rounded(box, 4, fill=self._look.tint("accent", "t1", share))
