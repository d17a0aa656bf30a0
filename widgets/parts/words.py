"""Sentences in a form: wrapped to the width there is, in a token of the theme that is in force."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from widgets.paint.ink import Ink
from widgets.paint.theme import Look

WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
ENDLESS = 10_000


class Words(QWidget):
    """As tall as the text needs; an empty one takes no room."""

    def __init__(
        self, look: Look, text: str = "", *, px: int = 11, weight: int = 400, token: str = "t2", inset: int = 0
    ) -> None:
        super().__init__()
        self._look, self._text, self._style, self._token = look, "", (px, weight), token
        self._inset = inset
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.say(text)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def say(self, text: str, token: str = "") -> None:
        """Another text, in another token when one is given."""
        self._token = token or self._token
        self._text = text
        self.setAccessibleName(text)
        if not text or self.parentWidget() is not None:  # without a parent it would be a window of its own
            self.setVisible(bool(text))
        self._fit()
        self.update()

    def heightForWidth(self, width: int) -> int:
        """The height of the wrapped text."""
        return wrapped_height(self._look, self._text, width - 2 * self._inset, *self._style)

    def sizeHint(self) -> QSize:
        """The text as it is wrapped now."""
        width = self.width() if self.width() > 1 else 300
        return QSize(width, self.heightForWidth(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of lines."""
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect()).adjusted(self._inset, 0, -self._inset, 0)
            wrapped(ink, box, self._text, *self._style, self._token)

    def _fit(self) -> None:
        height = self.heightForWidth(max(self.width(), 1)) if self.width() > 1 else 0
        if height and height != self.minimumHeight():
            self.setFixedHeight(height)


class Ground(QWidget):
    """A pane's ground, on which a form is laid out."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def paintEvent(self, event: QPaintEvent) -> None:
        """Nothing but the ground."""
        with Ink(self, self._look) as ink:
            ink.fill(QRectF(event.rect()), "bg1")


def titled(look: Look, head: str, second: str, shown: QWidget) -> Ground:
    """A pane with its head, a sentence and what is below them."""
    made = Ground(look)
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 8, 0, 0)
    column.setSpacing(4)
    column.addWidget(Words(look, head, px=12, weight=600, token="t1", inset=12))
    column.addWidget(Words(look, second, inset=12))
    column.addWidget(shown, 1)
    return made


def wrapped_height(look: Look, text: str, width: int, px: int = 11, weight: int = 400) -> int:
    """How tall a text is when it is wrapped to that width."""
    if not text:
        return 0
    box = look.metrics(px, weight).boundingRect(QRect(0, 0, max(width, 40), ENDLESS), WRAP.value, text)
    return round(box.height()) + 2


def wrapped(ink: Ink, box: QRectF, text: str, px: int, weight: int, token: str) -> None:
    """Paint a text wrapped to the width of `box`."""
    ink.style(px, weight, token)
    ink.painter.drawText(box, WRAP.value, text)
