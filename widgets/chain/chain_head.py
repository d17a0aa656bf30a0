"""The head of the chain: underlying, spot and its change, and the expiries to choose from."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Signal
from PySide6.QtGui import QAction, QHelpEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from cockpit.frame import ChainPart, VolatilityPart
from widgets.paint import format as fmt
from widgets.paint.ink import Ink
from widgets.paint.signs import direction, outcome
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton, beside
from widgets.parts.toggle import Toggle

FACTS = (
    ("IV 30 d", 54),
    ("IV rank", 52),
    ("IV percentile", 76),
)  # caption, and width for 99.9 % and 100
SHOWN = 5  # expiries with a button of their own, where there is room
BUTTON, GAP = 26, 5


class ChainHead(QWidget):
    """`chosen` carries underlying and expiry (ISO date; empty for the next one)."""

    chosen = Signal(str, str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._part: ChainPart | None = None
        self._offered: tuple[tuple[str, ...], tuple[tuple[str, str], ...], str, str] = ((), (), "", "")
        self.underlying = ActionButton(look, "", hint="choose another underlying", kind="flat")
        self.underlying.set_icon("chev")
        self.more = ActionButton(look, "more", hint="later expiries", kind="plain")
        self.more.set_icon("chev")
        self.expiries = tuple(Toggle(look, "") for _ in range(SHOWN))
        self.menu = QMenu(self)
        beside(self, self.underlying, *self.expiries, self.more)
        for index, button in enumerate(self.expiries):
            button.clicked.connect(lambda _=False, index=index: self._choose_shown(index))
        self.underlying.clicked.connect(self._offer_underlyings)
        self.more.clicked.connect(self._offer_later)
        self._shown: tuple[tuple[str, str], ...] = ()
        self.setAccessibleName("underlying and expiry")
        self.set_measures()

    def set_measures(self) -> None:
        """Take the height of the look again."""
        self.setFixedHeight(36 if self._look.compact else 40)
        self._place()

    def show_part(self, part: ChainPart | None) -> None:
        """Show the head of that chain."""
        before, self._part = self._part, part
        offered = ((), (), "", "")
        if part is not None:
            offered = (part.underlyings, part.expiries, part.expiry, part.underlying)
        if offered != self._offered:
            self._offered = offered
            self._place()
        if part is None or before is None or _said(part) != _said(before):
            self.setAccessibleDescription("" if part is None else _sentence(part))
            self.update()
        if (part is not None and part.volatility is not None) != (before is not None and before.volatility is not None):
            self._place()

    def await_chain(self, underlying: str, expiry: str) -> None:
        """Another chain was asked for: it is named, its spot is unknown, and the choices stay."""
        part = self._part
        if part is None or (part.underlying, part.expiry) == (underlying, expiry):
            return
        is_same = part.underlying == underlying
        known = part.volatility if is_same or part.volatility is None else VolatilityPart()
        expiries = part.expiries if is_same else ()
        self.show_part(
            replace(
                part, underlying=underlying, expiry=expiry, expiries=expiries, spot=None, spot_change=None,
                volatility=known,
            )
        )  # fmt: skip

    def event(self, event: QEvent) -> bool:
        """What the ranks mean."""
        if isinstance(event, QHelpEvent):
            part, over = self._part, self._facts_box().contains(QPointF(event.pos()))
            known = part.volatility if part is not None else None
            QToolTip.showText(event.globalPos(), _meaning(known) if over and known is not None else "", self)
            return True
        return super().event(event)

    def _facts_box(self) -> QRectF:
        """Where volatility is told, behind the widest plausible spot; empty where no feed can tell it."""
        shown = self._part is not None and self._part.volatility is not None
        return QRectF(self._spot_end(), 0, sum(wide for _, wide in FACTS) if shown else 0, self.height())

    def _choose_shown(self, index: int) -> None:
        if self._part is not None and index < len(self._shown):
            self.chosen.emit(self._part.underlying, self._shown[index][0])

    def _offer_underlyings(self) -> None:
        self._offer([(name, name, "") for name in self._offered[0]], self.underlying)

    def _offer_later(self) -> None:
        underlying = self._part.underlying if self._part is not None else ""
        later = [each for each in self._offered[1] if each not in self._shown]
        self._offer([(name, underlying, iso) for iso, name in later], self.more)

    def _offer(self, entries: list[tuple[str, str, str]], below: ActionButton) -> None:
        self.menu.clear()
        for words, underlying, expiry in entries:
            action = QAction(words, self.menu)
            action.triggered.connect(lambda _=False, u=underlying, e=expiry: self.chosen.emit(u, e))
            self.menu.addAction(action)
        self.menu.popup(below.mapToGlobal(QPoint(0, below.height() + 2)))

    def _words_end(self) -> float:
        """Where the words end at the widest plausible values: none moves a button."""
        facts = self._facts_box()
        return facts.right() + 8 if facts.width() else facts.left()

    def _spot_end(self) -> float:
        return (
            self._name_end() + self._look.width("999 999.95", 15, 600) + self._look.width("+9 999.95 +99.99 %", 12) + 36
        )

    def _name_end(self) -> float:
        return 12 + self._look.width(self._part.underlying if self._part is not None else "Chain", 15, 600)

    def _place(self) -> None:
        """Expiries from the right, as many as leave the words their room; the one that is watched is among them."""
        part, top = self._part, (self.height() - BUTTON) // 2
        several = part is not None and len(part.underlyings) > 1
        self.underlying.setVisible(several)
        self.underlying.setGeometry(round(self._name_end()) + 2, top, 24, BUTTON)
        room = self.width() - 10 - self._words_end()
        wanted = list(part.expiries) if part is not None else []
        widths = {name: self._look.width(name, 11, 500) + 20 + GAP for _, name in wanted}
        more = self.more.sizeHint().width() + GAP
        shown: list[tuple[str, str]] = []
        used = 0.0
        for iso, name in wanted[:SHOWN]:
            spare = more if len(wanted) > len(shown) + 1 else 0
            if used + widths[name] + spare > room:
                break
            shown.append((iso, name))
            used += widths[name]
        watched = next(((iso, name) for iso, name in wanted if part is not None and iso == part.expiry), None)
        if watched is not None and watched not in shown and shown:
            shown[-1] = watched
        self._shown = tuple(shown)
        self._arrange(top, len(wanted) > len(shown))

    def _arrange(self, top: int, has_more: bool) -> None:
        right = self.width() - 10
        self.more.setVisible(has_more)
        if has_more:
            width = self.more.sizeHint().width()
            self.more.setGeometry(right - width, top, width, BUTTON)
            right -= width + GAP
        for index in reversed(range(SHOWN)):
            button = self.expiries[index]
            button.setVisible(index < len(self._shown))
            if index < len(self._shown):
                iso, name = self._shown[index]
                button.set_word(name)
                button.set_hint(f"expiry {name}")
                button.set_chosen(self._part is not None and iso == self._part.expiry)
                width = button.sizeHint().width()
                button.setGeometry(right - width, top, width, BUTTON)
                right -= width + GAP

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the expiries at the right."""
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name, spot, change."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            ink.underline(box)
            part = self._part
            if part is None:
                ink.text(box.adjusted(12, 0, 0, 0), "Chain", px=15, weight=600, token="t2")
                return
            ink.text(box.adjusted(12, 0, 0, 0), part.underlying, px=15, weight=600)
            gap = 30 if len(part.underlyings) > 1 else 10
            spot = box.adjusted(self._name_end() + gap, 0, 0, 0)
            left = ink.run(spot, fmt.price(part.spot), px=15, weight=600, token="t3" if part.spot is None else "t1")
            if part.spot is not None and part.spot_change is not None:
                self._paint_change(ink, box.adjusted(left + 8, 1, 0, 0), part.spot, part.spot_change)
            if part.volatility is not None:
                self._paint_facts(ink, part.volatility)

    def _paint_facts(self, ink: Ink, known: VolatilityPart) -> None:
        """Captions, and their values below."""
        box = self._facts_box()
        left, top = box.left(), box.center().y() - 14
        for (caption, wide), words in zip(FACTS, _words(known), strict=True):
            ink.text(QRectF(left, top, wide, 13), caption, px=10, weight=500, token="t2")
            token = "t3" if words == fmt.UNKNOWN else "t1"
            ink.text(QRectF(left, top + 13, wide, 15), words, px=12, weight=600, token=token)
            left += wide

    def _paint_change(self, ink: Ink, box: QRectF, spot: float, change: float) -> None:
        token = outcome(change)
        if token != "t2":
            direction(ink, QPointF(box.left() + 4, box.center().y()), change, token)
        before = spot - change
        percent = f" {fmt.number(change / before * 100, 2, signed=True)} %" if before > 0.0 else ""
        words = f"{fmt.number(change, 2, signed=True)}{percent}"
        ink.text(box.adjusted(12, 0, 0, 0), words, weight=500, token=token)


def _said(part: ChainPart) -> tuple[object, ...]:
    return part.spot, part.spot_change, part.volatility


def _words(known: VolatilityPart) -> tuple[str, str, str]:
    now = fmt.UNKNOWN if known.now is None else f"{fmt.volatility(known.now)} %"
    return now, fmt.number(known.rank_pct, 0), fmt.number(known.percentile_pct, 0)


def _sentence(part: ChainPart) -> str:
    """Spot, and volatility where it can be told, for those who cannot see it."""
    said = f"{part.underlying} {fmt.price(part.spot)}"
    if part.volatility is None:
        return said
    now, rank, percentile = _words(part.volatility)
    return f"{said}, IV {now}, rank {rank}, percentile {percentile}"


def _meaning(known: VolatilityPart) -> str:
    if known.now is None:
        return "Not known: the broker has told less than 200 days of it, or wants a market-data subscription for it."
    return (
        f"Implied volatility of the underlying over 30 days, and where it is in {known.days} trading days.\n"
        "Rank: 0 is their lowest, 100 their highest. Percentile: on so many of 100 days it was lower."
    )
