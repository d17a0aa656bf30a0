"""A painter that speaks in tokens: text, fills, hairlines and key caps in the look of the theme."""

from types import TracebackType

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPaintDevice, QPainter, QPen

from widgets.paint import icons, registers
from widgets.paint.theme import Look

LEFT, CENTRE, RIGHT = 0.0, 0.5, 1.0  # the share of the free room that is left of a text


class Ink:
    """A painter for the length of a `with`, or one that is lent; colours are tokens of the look, or mixed from them."""

    def __init__(self, target: QPaintDevice | QPainter, look: Look) -> None:
        self.look = look
        self._owns = not isinstance(target, QPainter)
        self.painter = target if isinstance(target, QPainter) else QPainter(target)
        self._font = (0, 0)
        self._pen: QColor | None = None

    def __enter__(self) -> "Ink":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._owns:
            self.painter.end()

    def colour(self, token: str | QColor) -> QColor:
        """The colour itself."""
        return self.look.colour(token) if isinstance(token, str) else token

    def style(self, px: int, weight: int, token: str | QColor) -> None:
        """Font and pen for the text that follows."""
        if self._font != (px, weight):
            self._font = (px, weight)
            self.painter.setFont(self.look.font(px, weight))
        colour = self.colour(token)
        if self._pen is not colour:
            self._pen = colour
            self.painter.setPen(colour)
        registers.clear()

    def text(
        self,
        box: QRectF,
        words: str,
        *,
        px: int = 12,
        weight: int = 400,
        token: str | QColor = "t1",
        align: float = LEFT,
    ) -> None:
        """One line of text in `box`, centred vertically."""
        self.style(px, weight, token)
        line, width, height = self.look.laid_out(words, px, weight)
        x = box.left() + align * (box.width() - width)
        y = box.top() + (box.height() - height) / 2
        self.painter.drawStaticText(QPointF(round(x) if align == LEFT else x, round(y)), line)

    def run(self, box: QRectF, words: str, *, px: int = 12, weight: int = 400, token: str | QColor = "t1") -> float:
        """Text from the left of `box`; the x at which it ends."""
        self.text(box, words, px=px, weight=weight, token=token)
        return box.left() + self.look.width(words, px, weight)

    def elided(
        self,
        box: QRectF,
        words: str,
        *,
        px: int = 12,
        weight: int = 400,
        token: str | QColor = "t1",
        align: float = LEFT,
    ) -> bool:
        """Text cut with an ellipsis where it does not fit; whether it was cut."""
        shown = words
        if self.look.width(words, px, weight) > box.width():  # known already, where eliding shapes the text again
            shown = self.look.metrics(px, weight).elidedText(words, Qt.TextElideMode.ElideRight, box.width() + 0.5)
        self.text(box, shown, px=px, weight=weight, token=token, align=align)
        return shown != words

    def fill(self, box: QRectF, token: str | QColor) -> None:
        """A plain rectangle."""
        self.painter.fillRect(box, self.colour(token))

    def hairline(self, start: QPointF, end: QPointF, token: str | QColor = "line") -> None:
        """A line one device pixel wide, not smoothed."""
        self.pen(token)
        self.painter.drawLine(start, end)

    def pen(self, token: str | QColor, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
        """The pen for what is drawn next."""
        pen = QPen(self.colour(token), width, style)
        self._pen = None
        self.painter.setPen(pen)

    def no_pen(self) -> None:
        """What is drawn next has no outline."""
        self._pen = None
        self.painter.setPen(Qt.PenStyle.NoPen)

    def rounded(
        self, box: QRectF, radius: float, *, fill: str | QColor | None = None, line: str | QColor | None = None
    ) -> None:
        """A rounded rectangle, filled, outlined or both; the outline lies inside the box."""
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setBrush(self.colour(fill) if fill is not None else Qt.BrushStyle.NoBrush)
        self._pen = None
        if line is None:
            self.painter.setPen(Qt.PenStyle.NoPen)
            self.painter.drawRoundedRect(box, radius, radius)
        else:
            self.painter.setPen(QPen(self.colour(line), 1.0))
            self.painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def focus_ring(self, box: QRectF, radius: float) -> None:
        """The two accent pixels around what has the keyboard."""
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.pen("accent", 2.0)
        self.painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius, radius)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def icon(self, name: str, box: QRectF, token: str | QColor = "t2") -> None:
        """One of our icons in the middle of `box`."""
        icons.paint(self.painter, name, self.colour(token), box)

    def underline(self, box: QRectF) -> None:
        """A hairline from the left edge of what is painted along the bottom of `box`."""
        self.hairline(QPointF(0, box.bottom() - 0.5), QPointF(box.right(), box.bottom() - 0.5))

    def head(self, box: QRectF, name: str, second: str = "") -> float:
        """The head of a pane: its name and a quieter word; the x at which it ends."""
        left = self.run(box.adjusted(12, 0, 0, 0), name, px=12, weight=600)
        if second:
            left = self.run(box.adjusted(left + 8, 0, 0, 0), second, px=11, token="t2")
        return left + 12

    def key_cap(self, left: float, middle: float, word: str, token: str | QColor = "t2") -> float:
        """A key as a small cap from `left`, centred at the height `middle`; the x at which it ends."""
        width = max(14.0, self.look.width(word, 9, 500) + 7)
        box = QRectF(left, middle - 7, width, 14)
        self.rounded(box, 3, line=self.look.tint("bg2", "t3", 0.55) if isinstance(token, str) else token)
        self.text(box, word, px=9, weight=500, token=token, align=CENTRE)
        return box.right()
