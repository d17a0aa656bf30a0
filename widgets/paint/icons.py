"""The icons: own paths on a grid of 16, tinted by the theme and kept as pixmaps."""

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer


@cache
def _source(name: str) -> str:
    return (files("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@cache
def pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    """The icon `name` in #RRGGBB, `size` logical pixels square, for a screen with `ratio` device pixels each."""
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    text = _source(name).replace("currentColor", colour)
    QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def paint(painter: QPainter, name: str, colour: QColor, box: QRectF) -> None:
    """Paint the icon in the middle of `box`, as large as its shorter side."""
    size = int(min(box.width(), box.height()))
    picture = pixmap(name, colour.name(), size, painter.device().devicePixelRatioF())
    painter.drawPixmap(round(box.center().x() - size / 2), round(box.center().y() - size / 2), picture)
