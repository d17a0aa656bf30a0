"""The strip on top: feed and its age, the exchange's clock, the day's money, cooldown, session, playback, flatten."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from cockpit.frame import ConnectionPart, OrderPart, StatusPart
from widgets.acting.keymap import cap
from widgets.paint import format as fmt
from widgets.paint.ink import Ink
from widgets.paint.signs import arc
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton, HoldButton, beside
from widgets.parts.link import link_words, paint_link
from widgets.playback import PlaybackControls
from widgets.strip_live import (
    BADGES,
    LIVE,
    PLAYED,
    badge_words,
    guard_sentence,
    link_caption,
    link_sentence,
    paint_badge,
    paint_guard,
)
from widgets.strip_money import money_caption, paint_money

NS = 1_000_000_000
LINE = 3  # the mode line above everything


LEAVES = "hold to leave every position; right click: some of them"
KILLS = "kill switch: halt, cancel every order, leave at any price; asks which positions"
ARMS = "type the account code: until then nothing is opened and nothing rests"
SESSIONS = {"active": "Active", "reducing": "Reducing", "halted": "Halted"}


class StatusStrip(QWidget):
    """Paints a `StatusPart`; a new instant of the session repaints only what reads the clock.

    `arm_wanted`: somebody has clicked the badge of an account that is not armed.
    """

    arm_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._part: StatusPart | None = None
        self._link: ConnectionPart | None = None
        self._boxes: dict[str, QRectF] = {}
        self._watchdog = ""
        self._orders: tuple[OrderPart, ...] = ()
        self._enters = False
        self.session = ActionButton(look, "Active", key=cap("session"), hint="halt the session", kind="flat")
        self.flatten = HoldButton(look, "Hold to flatten", key=cap("flatten"), hint=LEAVES)
        self.kill = ActionButton(look, "Kill…", key=cap("kill"), hint=KILLS)
        self.kill.keep_key_in_tip()
        self.kill.hide()
        self.playback = PlaybackControls(look)
        self._plays = False
        beside(self, self.session, self.kill, self.flatten)
        self.playback.setParent(self)
        self.setAccessibleName("status")
        self.set_measures()

    def set_measures(self) -> None:
        """Take the heights of the look again."""
        self.setFixedHeight(self._look.measures.strip + LINE)
        self._place()

    def show_playback(self, shown: bool) -> None:
        """Whether there is anything to play."""
        self._plays = shown
        self._place()  # before it is seen, or it would begin under a mouse that is elsewhere
        self.playback.setVisible(shown and self._link is None)
        self.update()

    def show_status(self, part: StatusPart) -> None:
        """Paint that part unless it is the one that is shown."""
        if part is self._part:
            return
        before, self._part = self._part, part
        if before is None or (before.session, before.is_armed) != (part.session, part.is_armed):
            self._offer_session(part)
        if before is None or before.open_positions != part.open_positions:
            self._offer_flatten()
        said = f"{part.badge}{'' if part.is_armed else ', not armed'}"
        if self._link is not None:
            said += f", broker {link_words(self._link, part.at_ns)}"
        self.setAccessibleDescription(f"{said}, day {fmt.money_short(part.day_pnl)} {part.currency}")
        self.update()

    def show_link(self, link: ConnectionPart | None) -> None:
        """The live connection, None where nothing is live: with the first one the strip has other sections."""
        if link is self._link:
            return
        before, self._link = self._link, link
        if (before is None) != (link is None):
            self.kill.setVisible(link is not None)
            self.playback.setVisible(self._plays and link is None)
            self._place()
        self.update()

    def _offer_session(self, part: StatusPart) -> None:
        """What the next press does: halt, go on, or first of all arm."""
        if not part.is_armed:
            self.session.set_word("Arm…")
            self.session.set_icon("lock")
            self.session.set_hint(ARMS)
        else:
            active = part.session == "active"
            self.session.set_word(SESSIONS.get(part.session, fmt.title(part.session)))
            self.session.set_icon("" if active else "alert")
            self.session.set_hint("halt the session" if active else "make the session active again")
        self.session.set_key(cap("session" if part.is_armed else "arm"))

    def show_orders(self, orders: tuple[OrderPart, ...]) -> None:
        """An entry that works is something to leave too."""
        if orders is not self._orders:
            self._orders = orders
            self._enters = any(order.is_working and order.purpose == "entry" for order in orders)
            self._offer_flatten()

    def _offer_flatten(self) -> None:
        held = self._part is not None and self._part.open_positions > 0
        self.flatten.set_off("" if held or self._enters else "there is no open position, and no entry works")

    def place_of(self, name: str) -> QRectF:
        """Where a section is; empty for one that is not shown."""
        return QRectF(self._boxes.get(name, QRectF()))

    def set_watchdog(self, said: str) -> None:
        """What the watchdog counted: shown in the tooltip of the session."""
        self._watchdog = said

    def feed_age_s(self) -> float | None:
        """Seconds of the session since the newest row; None before the first one."""
        part = self._part
        if part is None or part.newest_row_ns is None:
            return None
        return max(0.0, (part.at_ns - part.newest_row_ns) / NS)

    def words(self) -> dict[str, str]:
        """What each section says, for tooltips and for those who cannot see it."""
        part = self._part
        if part is None:
            return {}
        left_out = f", {part.blind_left_out} blind left out" if part.blind_left_out else ""
        return {
            "badge": badge_words(part, self._link),
            "link": link_sentence(part, self._link),
            "guard": guard_sentence(part, self._link),
            "feed": f"{part.feed}: newest row {fmt.age(self.feed_age_s())} ago; "
            f"{fmt.number(part.refused, 0)} rows, quotes and Greeks refused",
            "clock": f"Exchange time in {part.zone}",
            "money": f"Net of fees, realised and open on marks: {fmt.money(part.day_pnl)} {part.currency}, "
            f"peak {fmt.money(part.day_peak)}{left_out}",
            "cooldown": f"Cooldown {part.cooldown}: entries wait, exits never do",
            "session": self._watchdog or "No engine gaps seen",
            "alerts": part.critical or f"{part.alerts} alerts",
        }

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the sections their places."""
        self._place()

    def event(self, event: QEvent) -> bool:
        """Tooltips of the painted sections."""
        if isinstance(event, QHelpEvent):
            words = self.words()
            said = [words.get(name, "") for name, box in self._boxes.items() if box.contains(QPointF(event.pos()))]
            QToolTip.showText(event.globalPos(), said[0] if said else "", self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the badge of an account that is not armed."""
        on_badge = self.place_of("badge").contains(event.position())
        if self._part is not None and not self._part.is_armed and on_badge:
            self.arm_wanted.emit()

    def _place(self) -> None:
        compact, height = self._look.compact, self._look.measures.strip
        left, self._boxes = 0.0, {}
        plays = self._plays and self._link is None
        for section in PLAYED if self._link is None else LIVE:
            if section.name == "playback" and not plays:
                continue
            width = section.compact if compact else section.wide
            self._boxes[section.name] = QRectF(left, LINE, width, height)
            left += width
        session = self._boxes["session"]
        top = round(session.top() + height - 29)
        self.session.setGeometry(round(session.left() + 4), top, round(session.width() - 8), 26)
        if plays:
            box = self._boxes["playback"]
            self.playback.setGeometry(round(box.left() + 4), top, round(box.width() - 8), 26)
        self.flatten.set_word("Flatten" if compact else "Hold to flatten")
        width = max(self.flatten.sizeHint().width(), 116 if compact else 148)
        self.flatten.setGeometry(self.width() - width - 10, LINE + (height - 30) // 2, width, 30)
        self.kill.setGeometry(self.flatten.x() - 62, LINE + (height - 30) // 2, 56, 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        """All sections, with hairlines between them."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            part = self._part
            if part is None:
                return
            ink.fill(QRectF(0, 0, box.width(), LINE), BADGES.get(part.badge, "replay"))
            painters: dict[str, Callable[[Ink, QRectF, StatusPart], None]] = {
                "badge": self._badge,
                "link": self._linked,
                "guard": self._guard,
                "feed": self._feed,
                "clock": self._clock,
                "money": self._money,
                "cooldown": self._cooldown,
                "session": self._session,
                "playback": self._playback,
                "alerts": self._alerts,
            }
            for name, place in self._boxes.items():
                painters[name](ink, place.adjusted(10, 0, -6, 0), part)
                if name not in ("badge", "alerts"):
                    x = round(place.left()) + 0.5
                    ink.hairline(QPointF(x, place.top() + 9), QPointF(x, place.bottom() - 9), "line2")

    def _caption(self, ink: Ink, box: QRectF, words: str) -> QRectF:
        """The caption on top; the box of the value below it."""
        top = box.top() + (6 if not self._look.compact else 4)
        ink.elided(QRectF(box.left(), top, box.width(), 13), words, px=10, weight=500, token="t2")
        return QRectF(box.left(), top + 14, box.width(), box.bottom() - top - 17)

    def _badge(self, ink: Ink, box: QRectF, part: StatusPart) -> None:
        paint_badge(ink, box, part, self._link)

    def _linked(self, ink: Ink, box: QRectF, part: StatusPart) -> None:
        if self._link is not None:
            paint_link(ink, self._caption(ink, box, link_caption(ink.look, self._link)), self._link, part.at_ns)

    def _guard(self, ink: Ink, box: QRectF, part: StatusPart) -> None:
        paint_guard(ink, self._caption(ink, box, "If we die now"), part, self._link)

    def _feed(self, ink: Ink, box: QRectF, part: StatusPart) -> None:
        named = part.feed if self._look.compact else f"Feed · {part.feed}"
        value = self._caption(ink, box, named if self._link is None else "Feed")
        age_s = self.feed_age_s()
        if age_s is None:
            ink.text(value, "waiting for rows", px=12, token="t3")
        elif age_s > part.quote_limit_s:
            ink.icon("alert", QRectF(value.left() - 1, value.center().y() - 7, 14, 14), "warn")
            ink.text(value.adjusted(18, 0, 0, 0), f"stale {fmt.age(age_s)}", weight=600, token="warn")
        else:
            ink.rounded(QRectF(value.left() + 1, value.center().y() - 3, 7, 7), 3.5, fill="t2")
            ink.text(value.adjusted(15, 0, 0, 0), fmt.age(age_s), weight=600)

    def _clock(self, ink: Ink, box: QRectF, part: StatusPart) -> None:
        caption = f"Exchange clock · {part.next_cutoff} in" if part.next_cutoff else "Exchange clock"
        if self._look.compact:
            caption = f"Clock · {part.next_cutoff} in" if part.next_cutoff else "Clock"
        value = self._caption(ink, box, caption)
        left = ink.run(value, fmt.clock(part.at_ns, part.zone), px=15, weight=600)
        if self._link is None or not self._look.compact:
            zone = value.adjusted(left - value.left() + 4, 2, 0, 0)
            left = ink.run(zone, fmt.zone_word(part.at_ns, part.zone), px=10, weight=500, token="t3")
        if part.next_cutoff_ns is not None:
            ahead = value.adjusted(left - value.left() + 10, 0, 0, 0)
            ink.text(ahead, fmt.until((part.next_cutoff_ns - part.at_ns) / NS), px=13, weight=500, token="t2")

    def _money(self, ink: Ink, box: QRectF, part: StatusPart) -> None:
        is_live = self._link is not None
        paint_money(ink, box, self._caption(ink, box, money_caption(ink.look, part, is_live)), part, is_live)

    def _cooldown(self, ink: Ink, box: QRectF, part: StatusPart) -> None:
        value = self._caption(ink, box, "Cooldown")
        circle = QRectF(value.left(), value.center().y() - 6, 12, 12)
        left_s = (part.cooldown_until_ns - part.at_ns) / NS if part.cooldown_until_ns is not None else 0.0
        arc(ink, circle, 1.0, "bg3", 2.4)
        if part.cooldown == "active" and left_s > 0.0:
            arc(ink, circle, left_s / part.cooldown_total_s if part.cooldown_total_s > 0 else 1.0, "t2", 2.4)
            ink.text(value.adjusted(19, 0, 0, 0), fmt.until(left_s), weight=600)
        else:
            ink.text(value.adjusted(19, 0, 0, 0), "ready", token="t2")

    def _session(self, ink: Ink, box: QRectF, part: StatusPart) -> None:
        unguarded = f"{part.unprotected_by_us} unguarded" if part.unprotected_by_us else ""
        engine = "" if unguarded and self._link is not None else "Engine"
        self._caption(ink, box, " · ".join(word for word in (engine, unguarded) if word))

    def _playback(self, ink: Ink, box: QRectF, part: StatusPart) -> None:
        self._caption(ink, box, "Playback")

    def _alerts(self, ink: Ink, box: QRectF, part: StatusPart) -> None:
        if part.alerts or part.trouble:
            value = self._caption(ink, box, "Alerts")
            ink.icon("alert", QRectF(value.left() - 1, value.center().y() - 7, 14, 14), "warn")
            words = fmt.number(part.alerts, 0) if part.alerts else "journal"
            ink.text(value.adjusted(18, 0, 0, 0), words, weight=600, token="warn")
